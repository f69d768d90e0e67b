"""The wall's one window: Qt Quick under it, signals into the QML, slots out of it; decides nothing.

Python never runs on the render thread: frameSwapped is a queued connection, pictures reach QML as file addresses.
"""

import asyncio
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QPoint, QSize, Qt, QTimer, QUrl, Signal, Slot
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeyEvent, QScreen
from PySide6.QtQuick import QQuickItemGrabResult, QQuickView

from textcraft_bus.messages import Layer
from textcraft_display.errors import DisplayError

SWAPS_UNTIL_PAINTED = 3
"""One frame may be in flight when something is asked for, and the news of one more: the third swap certainly holds it."""


class Link(QObject):
    """What crosses between Python and the QML of the wall."""

    load = Signal(QUrl)
    go = Signal(str, float)
    words = Signal(str)
    layer = Signal(str, float)
    mark = Signal(str)
    lay = Signal(str, int)
    card = Signal(bool, float)
    loaded = Signal(bool)
    still = Signal()

    @Slot(bool)
    def on_loaded(self, ok: bool) -> None:
        """Take in that the next picture is decoded, or cannot be."""
        self.loaded.emit(ok)

    @Slot()
    def on_still(self) -> None:
        """Take in that a transition or a fade is over."""
        self.still.emit()


class WallView(QQuickView):
    """A window that shows pictures and nothing else: no cursor, no focus, no way to close it by accident."""

    def __init__(self, name: str, family: str, safe_look: Path) -> None:
        super().__init__()
        self.link = Link(self)
        self.frames = 0
        self.worst_frame_ms = 0.0
        self.on_key: Callable[[QKeyEvent, bool], None] = lambda _event, _pressed: None
        self._waiting: list[tuple[int, Callable[[], None]]] = []
        self._loading: asyncio.Future[bool] | None = None
        self._moving = 0
        self._until_still: list[Callable[[], None]] = []
        self._grabs: list[object] = []
        self._prepare_window(name)
        self._prepare_scene(name, family, safe_look)
        self._pulse = QTimer(self)
        self._pulse.timeout.connect(self.update)
        self._pulse.start(1000)

    def _prepare_window(self, name: str) -> None:
        self.setTitle(f"TextCraft wall · {name}")
        self.setFlags(Qt.WindowType.Window | Qt.WindowType.WindowDoesNotAcceptFocus)
        self.setCursor(Qt.CursorShape.BlankCursor)
        self.setColor(Qt.GlobalColor.black)
        self.setResizeMode(QQuickView.ResizeMode.SizeRootObjectToView)
        self.frameSwapped.connect(self._on_swapped, Qt.ConnectionType.QueuedConnection)

    def _prepare_scene(self, name: str, family: str, safe_look: Path) -> None:
        self.link.loaded.connect(self._on_loaded)
        self.link.still.connect(self._on_still)
        properties = {"link": self.link, "family": family, "name": name, "safeLook": QUrl.fromLocalFile(str(safe_look))}
        self.setInitialProperties(properties)
        self.setSource(QUrl.fromLocalFile(str(Path(__file__).with_name("wall.qml"))))
        if self.status() is not QQuickView.Status.Ready:
            raise DisplayError("; ".join(error.toString() for error in self.errors()))

    def open_window(self, size: QSize, position: QPoint | None) -> None:
        """Show as a window of `size` pixels."""
        self.resize(size)
        if position is not None:
            self.setPosition(position)
        self.show()

    def open_full(self, screen: QScreen) -> None:
        """Show on the whole of a screen."""
        self.setScreen(screen)
        self.setGeometry(screen.geometry())
        self.showFullScreen()

    # Pictures

    async def load(self, path: Path) -> bool:
        """Decode a picture behind the one that shows; False when Qt cannot. Cancelling it leaves all as it was."""
        if self._loading is not None:
            self._loading.cancel()
        self._loading = asyncio.get_running_loop().create_future()
        self.link.load.emit(QUrl.fromLocalFile(str(path)))
        return await self._loading

    def go(self, words: str, seconds: float) -> None:
        """Cross to the loaded picture and its words."""
        self._moving += 1
        self.link.go.emit(words, seconds)

    def set_layer(self, layer: Layer, seconds: float) -> None:
        """Fade to a layer."""
        self._moving += 1
        self.link.layer.emit(layer.value, seconds)

    def after_frames(self, callback: Callable[[], None]) -> None:
        """Call back when what was asked for until now is certainly on the screen."""
        self._waiting.append((self.frames + SWAPS_UNTIL_PAINTED, callback))
        self.update()

    def when_still(self, callback: Callable[[], None]) -> None:
        """Call back when nothing moves any more and that is certainly on the screen."""
        if self._moving:
            self._until_still.append(callback)
        else:
            self.after_frames(callback)

    def set_words(self, text: str) -> None:
        """Change the words under the picture that shows."""
        self.link.words.emit(text)

    def set_mark(self, text: str) -> None:
        """Set the watermark."""
        self.link.mark.emit(text)

    def set_map(self, fit: str, turn: int) -> None:
        """Set how pictures lie: fit, fill or stretch, turned by so many degrees."""
        self.link.lay.emit(fit, turn)

    def show_card(self, *, test: bool, seconds: float) -> None:
        """Show the wall's name, or the test card, over everything for so long; 0 takes it away."""
        self.link.card.emit(test, seconds)

    def grab_file(self, path: Path) -> None:
        """Write a PNG of the wall; only while nothing moves."""
        grab = self.rootObject().grabToImage(self.size())
        result: QQuickItemGrabResult = grab.data()

        def save() -> None:
            result.saveToFile(str(path))
            self._grabs.remove(grab)

        self._grabs.append(grab)  # Qt forgets a result nobody holds
        result.ready.connect(save)

    def _on_loaded(self, ok: bool) -> None:
        if self._loading is not None and not self._loading.done():
            self._loading.set_result(ok)

    def _on_still(self) -> None:
        self._moving -= 1
        if not self._moving:
            waiting, self._until_still = self._until_still, []
            for callback in waiting:
                self.after_frames(callback)

    def _on_swapped(self) -> None:
        self.frames += 1
        due = [callback for frame, callback in self._waiting if frame <= self.frames]
        self._waiting = [item for item in self._waiting if item[0] > self.frames]
        if due:
            self._reach_the_screen()
        for callback in due:
            callback()
        if self._waiting:
            self.update()

    def _reach_the_screen(self) -> None:
        """On X11 a swapped frame may still wait in the server's queue: a round trip of one pixel waits for it."""
        if QGuiApplication.platformName() == "xcb" and self.screen() is not None:
            self.screen().grabWindow(0, 0, 0, 1, 1)

    # Never override event(): its Python frame would hold the GIL while Qt waits for the render thread.

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """Stay open: a wall ends only when its core or the system says so."""
        event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Forward the key; it does nothing here."""
        self.on_key(event, True)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Forward the key; it does nothing here."""
        self.on_key(event, False)


def pick_screen(avoid_primary: bool) -> QScreen | None:
    """Return the first screen that is not the primary one; None when there is only that."""
    screens = QGuiApplication.screens()
    others = [screen for screen in screens if screen is not QGuiApplication.primaryScreen()]
    if others:
        return others[0]
    return None if avoid_primary else QGuiApplication.primaryScreen()
