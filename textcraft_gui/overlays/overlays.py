"""What lies over the window for a moment: keys, history, NEXT in full size. Esc puts it away; none is a dialog."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QObject, QRect, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from textcraft_gui.bands.faces import next_picture
from textcraft_gui.keys.keymap import Keymap
from textcraft_gui.late import Late, MadeLate
from textcraft_gui.overlays.question import Question
from textcraft_gui.pictures.pictures import PictureStore
from textcraft_gui.state.feed import Feed
from textcraft_gui.state.show_state import Message, ShowState
from textcraft_gui.theme import MARGIN
from textcraft_gui.verbs.facade import Verbs
from textcraft_gui.widgets.picture_view import ASPECT, PictureView
from textcraft_gui.widgets.words import button, describe, label
from textcraft_gui.words.i18n import tr
from textcraft_gui.words.wording import clock_time

if TYPE_CHECKING:
    from textcraft_gui.overlays.keys_overlay import KeysOverlay
    from textcraft_gui.overlays.palette import Palette


class Overlay(QFrame):
    """A sheet over the window with a title and a way to put it away."""

    def __init__(self, title: str, window: QWidget) -> None:
        super().__init__(window)
        self.setObjectName("overlay")
        self.setAccessibleName(title)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(MARGIN, 12, MARGIN, MARGIN)
        self.column.setSpacing(10)
        head = QHBoxLayout()
        head.addWidget(label(title, "heading"))
        head.addStretch(1)
        self.away = button(tr("put away (esc)"), "link", hint=tr("Esc does the same"))
        self.away.clicked.connect(self.hide)
        head.addWidget(self.away)
        self.column.addLayout(head)
        self.hide()

    def open_at(self, box: QRect) -> None:
        """Show it in a part of the window."""
        self.setGeometry(box)
        self.show()
        self.raise_()


class HistoryOverlay(Overlay):
    """The lines of the message lane, newest first, as plain text."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(tr("MESSAGES"), window)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setAccessibleName(tr("messages"))
        describe(self.text, tr("Every message of this evening, newest first; for reading and copying"))
        self.column.addWidget(self.text, 1)

    def show_messages(self, messages: list[Message]) -> None:
        """Put the lines in, newest first."""
        self.text.setPlainText("\n".join(_line(message) for message in reversed(messages)))


def _line(message: Message) -> str:
    times = f" ×{message.times}" if message.times > 1 else ""
    details = f"\n{' ' * 17}{message.details}" if message.details else ""
    at = tr("earlier") if message.earlier else clock_time(message.at)
    return f"{at}  {message.severity.value.upper():<5}  {message.text}{times}{details}"


class PeekOverlay(QFrame):
    """NEXT as large as the window allows, while a key is held."""

    def __init__(self, feed: Feed, store: PictureStore, window: QWidget) -> None:
        super().__init__(window)
        self.setObjectName("overlay")
        self._feed = feed
        self.view = PictureView(store, tr("NEXT in full size"), self)
        self.hide()

    def open_over(self, box: QRect) -> None:
        """Show NEXT over the window."""
        self.setGeometry(box)
        room = box.adjusted(0, 0, -2 * MARGIN, -2 * MARGIN)
        width = min(room.width(), round(room.height() * ASPECT))
        height = round(width / ASPECT)
        self.view.setFixedSize(width, height)
        self.view.move((box.width() - width) // 2, (box.height() - height) // 2)
        self.view.show_picture(next_picture(self._feed.state))
        self.show()
        self.raise_()


class _Watch(QObject):
    """Tells when a widget has another place or size: a window has its own before its docks have theirs."""

    moved = Signal()

    def __init__(self, watched: QWidget) -> None:
        super().__init__(watched)
        watched.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  Qt's name
        """Listen, and let it pass."""
        if event.type() in {QEvent.Type.Resize, QEvent.Type.Move}:
            self.moved.emit()
        return super().eventFilter(watched, event)


class Overlays:
    """Those of one window; the topmost is put away first. They lie over the docks: the bands stay in sight."""

    def __init__(
        self,
        feed: Feed,
        store: PictureStore,
        verbs: Verbs,
        keymap: Keymap,
        window: QWidget,
        docks: QWidget,
    ) -> None:
        self._feed, self._store, self._verbs = feed, store, verbs
        self._window = window
        self._docks = docks
        self._keymap = keymap
        self.question = Question(window, docks)
        self._more: list[Callable[[], Overlay | None]] = []
        self._watch = _Watch(docks)
        self._watch.moved.connect(self.follow)

    @MadeLate
    def keys(self) -> "KeysOverlay":
        """The table of keys: as many widgets as three panels."""
        from textcraft_gui.overlays.keys_overlay import KeysOverlay  # noqa: PLC0415 - made late

        return KeysOverlay(self._keymap, self._window)

    @MadeLate
    def palette(self) -> "Palette":
        """Every verb by its words."""
        from textcraft_gui.overlays.palette import Palette  # noqa: PLC0415 - made late

        return Palette(self._verbs, self._window, self._docks)

    @MadeLate
    def history(self) -> HistoryOverlay:
        """The messages."""
        return HistoryOverlay(self._window)

    @MadeLate
    def peek(self) -> PeekOverlay:
        """NEXT in full size."""
        return PeekOverlay(self._feed, self._store, self._window)

    def late_parts(self) -> list[Late[Any]]:
        """Those that are made when they are first opened, or when nothing else is to be done."""
        return [late.of(self) for late in (Overlays.peek, Overlays.palette, Overlays.history, Overlays.keys)]

    def is_open(self) -> bool:
        """Whether one is in sight that Esc puts away."""
        return any(not overlay.isHidden() for overlay in self._all())

    def add(self, overlay: Overlay) -> None:
        """Let Esc put this one away too."""
        self._more.append(lambda: overlay)

    def add_late(self, overlay: Late[Overlay]) -> None:
        """The same for one that may not be there yet."""
        self._more.append(lambda: overlay.made)

    def open(self, overlay: Overlay) -> None:
        """Show one of them over the docks."""
        overlay.open_at(self._docks.geometry())

    def _all(self) -> list[QWidget]:
        return [self.question, *self._sheets()]

    def _sheets(self) -> list[QWidget]:
        """Those that cover the docks, as far as they are there."""
        late = (Overlays.history.of(self).made, Overlays.keys.of(self).made, *(more() for more in self._more))
        return [sheet for sheet in late if sheet is not None]

    def put_away(self) -> bool:
        """Close the topmost; False when there is none."""
        for overlay in self._all():
            if not overlay.isHidden():
                overlay.hide()
                return True
        return False

    def toggle_keys(self) -> None:
        """Open or close the key table."""
        if not self.keys.isHidden():
            self.keys.hide()
            return
        self.keys.open_at(self._docks.geometry())

    def toggle_palette(self) -> None:
        """Open or close the command palette."""
        self.palette.toggle()

    def toggle_history(self, state: ShowState) -> None:
        """Open or close the messages."""
        if not self.history.isHidden():
            self.history.hide()
            return
        self.history.show_messages(list(state.lane))
        self.history.open_at(self._docks.geometry())

    def follow(self) -> None:
        """The window has another size: what lies over it keeps to its place."""
        place = self._docks.geometry()
        for overlay in self._sheets():
            if not overlay.isHidden():
                overlay.setGeometry(place)
        self.question.follow()
        if (palette := Overlays.palette.of(self).made) is not None:
            palette.follow()

    def open_peek(self) -> None:
        """Show NEXT in full size."""
        self.peek.open_over(self._window.rect())

    def show_peek(self, on: bool) -> None:
        """Show it or put it away, by name."""
        self.open_peek() if on else self.hide_peek()

    def hide_peek(self) -> None:
        """Its key was let go."""
        if (peek := Overlays.peek.of(self).made) is not None:
            peek.hide()
