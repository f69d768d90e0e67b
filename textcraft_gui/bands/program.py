"""Band B: NEXT, TAKE and LIVE, the walls and the services. Nothing here takes the focus."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from textcraft_bus.channel.messages import MAX_CAPTION_CHARS
from textcraft_gui.bands import faces
from textcraft_gui.bands.controls import Controls
from textcraft_gui.bands.live_badge import LiveBadge
from textcraft_gui.bands.silent_walls import SilentWalls
from textcraft_gui.pictures.pictures import PictureStore
from textcraft_gui.state.feed import Feed
from textcraft_gui.state.show_state import Area
from textcraft_gui.theme import MARGIN, Colour
from textcraft_gui.verbs.facade import Verbs
from textcraft_gui.verbs.picture_verbs import PictureVerbs
from textcraft_gui.verbs.verb import Verb
from textcraft_gui.widgets.lamp import Lamp
from textcraft_gui.widgets.picture_view import ASPECT, PictureView
from textcraft_gui.widgets.shapes import Shape
from textcraft_gui.widgets.status_list import StatusList
from textcraft_gui.widgets.verb_button import Face, HoldButton
from textcraft_gui.widgets.words import describe, label, set_look, set_text
from textcraft_gui.words.i18n import tr, translated
from textcraft_gui.words.wording import countdown
from textcraft_qt.labels import PlainLabel

MIDDLE = 148
SIDE = 190
SIDE_SHARE = 0.15
"""How much of a wide window the lists get."""
TOP = 10
FOOT = 26
TAKE, LEAST_TAKE = 100, 72
_BELOW_TAKE = 36 + 30 + 32 + 3 * 8
"""What stands below TAKE, with the gaps."""


class CaptionField(QLineEdit):
    """Edits the words of NEXT where they stand; Enter keeps them, Esc leaves them as they were."""

    def __init__(self, view: PictureView, verbs: Verbs) -> None:
        super().__init__(view)
        self._view = view
        self._verbs = verbs
        self._request_id = ""
        self.setMaxLength(MAX_CAPTION_CHARS)
        self.setAccessibleName(tr("caption of NEXT"))
        describe(self, tr("Enter keeps the words, Esc leaves them as they were"))
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.returnPressed.connect(self._keep)
        self.hide()

    def begin(self, request_id: str, text: str) -> None:
        """Open over the caption of one candidate."""
        self._request_id = request_id
        self.setGeometry(self._view.caption_box().toRect())
        self.setText(text)
        self.selectAll()
        self._view.hide_caption(True)
        self.show()
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _keep(self) -> None:
        if self._verbs.caption(self._request_id, self.text()):
            self.leave()

    def leave(self) -> None:
        """Close and give the keyboard back to the walls."""
        if self.hasFocus():
            self.window().setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._view.hide_caption(False)
        self.hide()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  Qt's name
        """Esc leaves."""
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
            return
        super().keyPressEvent(event)


class ProgramBand(QWidget):
    """What comes next, what is on the walls, and the hand between them."""

    def __init__(self, feed: Feed, verbs: Verbs, store: PictureStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._feed = feed
        self.controls = Controls(verbs)
        self.next_view = PictureView(store, tr("NEXT"))
        self.live_view = PictureView(store, tr("LIVE"))
        self.caption_field = CaptionField(self.next_view, verbs)
        self.gate = {
            word: (Lamp(), label(translated(word), "quiet", name=tr("gate: {word}", word=word)))
            for word in faces.CHECKS
        }
        self.looked_at = ""
        """The wall both frames look at; empty is all."""
        self.badge = LiveBadge(self.live_view)
        self.badge.chosen.connect(self.look_at)
        self.silent = SilentWalls(feed, verbs)
        self.overrule = self._make_overrule(feed, verbs)
        self.live_line = label("", "quiet", elide=True, name=tr("what the walls confirmed"))
        self.walls = StatusList(tr("No wall yet. Each says hello once a second."), tr("walls"))
        self.services = StatusList(tr("No service yet."), tr("services"))
        self._lay_out()
        feed.follow(self.refresh)

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(MARGIN, TOP, MARGIN, 0)
        row.setSpacing(MARGIN)
        row.addLayout(_column(self.next_view, self._gate_row()))
        row.addLayout(self._middle())
        row.addLayout(_column(self.live_view, self._live_row(), narrow=True))
        row.addLayout(self._side(), 1)

    def _gate_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(6)
        for lamp, word in self.gate.values():
            row.addWidget(lamp)
            row.addWidget(word)
            row.addSpacing(8)
        row.addStretch(1)
        for verb in (Verb.PEEK, Verb.EDIT_CAPTION, Verb.CARD):
            row.addWidget(self.controls.make(verb, flat=True))
        return row

    def _live_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.addWidget(self.live_line, 1)
        row.addWidget(self.silent)
        return row

    def _make_overrule(self, feed: Feed, verbs: Verbs) -> HoldButton:
        """Stands in the place of TAKE while the gate refused what is in NEXT."""
        held = HoldButton(Face(tr("TAKE"), Shape.TRIANGLE, tr("hold 1 s"), colour=Colour.WARN))
        held.explain(tr("Held 1 s: overrule the gate and put NEXT onto the walls"))
        pictures = PictureVerbs(verbs, feed.state)
        held.held.connect(lambda: pictures.overrule(feed.state.next_id or "", take=True))
        held.setFixedSize(MIDDLE, TAKE)
        held.hide()
        return held

    def _middle(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(8)
        column.addStretch(1)
        buttons = (
            (self.controls.make(Verb.TAKE, tall=True), TAKE),
            (self.controls.make(Verb.AUTO, Shape.DOT), 36),
            (self._auto_row(), 30),
            (self.controls.make(Verb.BACK), 32),
        )
        for part, height in buttons:
            part.setFixedSize(MIDDLE, height)
            column.addWidget(part)
        column.insertWidget(1, self.overrule)
        column.addStretch(1)
        column.addSpacing(FOOT)
        return column

    def _auto_row(self) -> QWidget:
        """What AUTO is told while it counts: not this one, not yet."""
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for verb in (Verb.SKIP, Verb.DELAY_AUTO):
            button = self.controls.make(verb)
            button.setFixedSize((MIDDLE - 8) // 2, 30)
            row.addWidget(button)
        return holder

    def _side(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(8)
        column.addWidget(_card(tr("WALLS"), self.walls))
        column.addWidget(_card(tr("SERVICES"), self.services))
        column.addStretch(1)
        column.addSpacing(FOOT)
        return column

    def refresh(self, areas: Area) -> None:
        """Look at the state again."""
        state, now = self._feed.state, self._feed.now()
        self._show_auto()
        words, look = faces.live_line(state, now)
        set_text(self.live_line, words)
        set_look(self.live_line, look)
        self.walls.show_rows(faces.wall_rows(state, now))
        self.services.show_rows(faces.service_rows(state, now))
        self.silent.refresh()
        if areas & ~Area.TIME:
            self._show_frames()
            for verb in (Verb.BACK, Verb.PEEK, Verb.EDIT_CAPTION, Verb.CARD):
                quiet = verb is not Verb.BACK
                self.controls.show(verb, colour=Colour.QUIET if quiet else Colour.TEXT)

    def _show_frames(self) -> None:
        state = self._feed.state
        self.next_view.show_picture(faces.next_picture(state, self.looked_at))
        self.live_view.show_picture(faces.live_picture(state, self.looked_at))
        self.badge.show_state(state)
        refused = state.next is not None and bool(state.next.failed)
        self.controls.buttons[Verb.TAKE].setVisible(not refused)
        self.overrule.setVisible(refused)
        for (lamp, text), (word, sign, hint) in zip(self.gate.values(), faces.gate_lamps(state.next), strict=True):
            set_text(text, word)
            lamp.show_sign(sign)
            describe(text, hint)
            describe(lamp, hint)
        ready = state.next is not None and state.next.approved
        self.controls.show(Verb.TAKE, colour=Colour.NEXT, lit=ready and self.controls.works(Verb.TAKE))

    def _show_auto(self) -> None:
        state, now = self._feed.state, self._feed.now()
        was_on = "auto" in state.was_on
        figure = countdown(state.auto_due - now.mono) if state.auto and state.auto_due is not None else ""
        self.controls.show(
            Verb.AUTO,
            colour=Colour.NEXT if state.auto else Colour.WARN if was_on else Colour.TEXT,
            lit=state.auto or was_on,
            dark=was_on and int(now.mono) % 2 == 1,
            figure=figure or (tr("waits") if state.auto else tr("was on") if was_on else ""),
            shape=Shape.DOT if state.auto else Shape.RING,
        )
        self.controls.show(Verb.DELAY_AUTO)
        self.controls.show(Verb.SKIP)

    def look_at(self, wall: str) -> None:
        """Let both frames look at one wall; empty is all of them."""
        self.looked_at = wall
        self._show_frames()

    def edit_caption(self) -> None:
        """Open the field over the words of NEXT."""
        if candidate := self._feed.state.next:
            self.caption_field.begin(candidate.request_id, candidate.caption)

    def fit(self, width: int, most: int) -> None:
        """Give both frames the largest 16:9 that `width` and `most` (height of the band) allow, and no more height."""
        side = max(SIDE, round(width * SIDE_SHARE))
        room = (width - 5 * MARGIN - MIDDLE - side) // 2
        picture = max(200, min(room, round((most - TOP - FOOT) * ASPECT)))
        size = QSize(picture, round(picture / ASPECT))
        for view in (self.next_view, self.live_view):
            view.setFixedSize(size)
        tall = max(LEAST_TAKE, min(TAKE, size.height() - _BELOW_TAKE))
        for button in (self.controls.buttons[Verb.TAKE], self.overrule):
            button.setFixedHeight(tall)
        self.setFixedHeight(TOP + size.height() + FOOT)


def _column(view: PictureView, foot: QHBoxLayout, *, narrow: bool = False) -> QVBoxLayout:
    """A frame over its foot; a `narrow` foot gets the frame's width and no more, whatever it has to say."""
    column = QVBoxLayout()
    column.setSpacing(0)
    column.addWidget(view)
    holder = QWidget()
    holder.setFixedHeight(FOOT)
    if narrow:
        holder.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
    foot.setContentsMargins(0, 0, 0, 0)
    holder.setLayout(foot)
    column.addWidget(holder)
    column.addStretch(1)
    return column


def _gate_word(word: str) -> PlainLabel:
    return label(word, "quiet", name=tr("gate: {word}", word=word))


def _card(title: str, content: QWidget) -> QFrame:
    card = QFrame()
    card.setProperty("look", "card")
    column = QVBoxLayout(card)
    column.setContentsMargins(12, 8, 12, 8)
    column.setSpacing(4)
    column.addWidget(label(title, "heading"))
    column.addWidget(content, 1)
    return card
