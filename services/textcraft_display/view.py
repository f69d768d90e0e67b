"""The wall's one window: Qt Quick under it, signals into the QML, slots out of it; decides nothing.

Python never runs on the render thread: frameSwapped is a queued connection, pictures reach QML as file addresses.
"""

import asyncio
import re
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Q_ARG, QMetaObject, QObject, QPoint, QRectF, QSize, Qt, QUrl, Signal, Slot
from PySide6.QtGui import QCloseEvent, QFocusEvent, QImage, QKeyEvent, QMatrix4x4, QScreen
from PySide6.QtQuick import QQuickItemGrabResult, QQuickView, QQuickWindow, QSGRendererInterface

from textcraft_bus.channel.messages import CaptionStyle, Layer, TransitionKind, WallMap
from textcraft_display.errors import DisplayError, MapRefused
from textcraft_display.frames import FrameWatch
from textcraft_display.keys import Keys
from textcraft_display.mapping import Homography, bend
from textcraft_display.picture_file import PictureFile

WORDS_SECONDS = 0.25
"""How long words take to change under a picture that stays."""
GRAB_SECONDS = 2.0
LEAST_CROP = 0.05
"""Share of a picture's side; less of it is a blur."""
CLOSE_SECONDS = 1.0
_BREAKS = re.compile("[\t\n\v\f\r \x1c-\x1f\x85\u2028\u2029]+")
"""What ends a line or a word; not the narrow and the unbreakable spaces that keep a word and its sign together."""
_BOUND = re.compile("(?<=[«‹]) | (?=[»›!?:;])")
"""Spaces at which French never breaks a line."""


class Link(QObject):
    """What crosses between Python and the QML of the wall."""

    load = Signal(QUrl, int, int, bool)
    go = Signal(str, str, float)
    words = Signal(str, float)
    style = Signal(float, bool, bool, float)
    layer = Signal(str, float)
    mark = Signal(str)
    lay = Signal(str, QRectF, int, bool, QMatrix4x4)
    adjust = Signal(float, float)
    card = Signal(bool, str, float)
    safe = Signal(QUrl)
    loaded = Signal(bool)
    moved = Signal(bool)

    @Slot(bool)
    def on_loaded(self, ok: bool) -> None:
        """Take in that the next picture is decoded, or cannot be."""
        self.loaded.emit(ok)

    @Slot(bool)
    def on_moving(self, moving: bool) -> None:
        """Take in that a transition or a fade begins, or that all are over."""
        self.moved.emit(moving)


class WallView(QQuickView):
    """A window that shows pictures and nothing else: no cursor, no focus, no way to close it by accident."""

    def __init__(self, name: str, family: str, safe_look: Path | None, overlays: QObject | None = None) -> None:
        super().__init__()
        self.link = Link(self)
        self.frames = FrameWatch(self)
        self.keys: Keys | None = None
        self._loading: asyncio.Future[bool] | None = None
        self._moving = False
        self._map = WallMap()
        self._style = CaptionStyle()
        self._until_still: list[Callable[[], None]] = []
        self._grabs: list[object] = []
        self.ratio = 1.0
        self.native_size = (0, 0)
        """Pixels of the screen it covers; plain values, so that other threads may read them."""
        self._prepare_window(name)
        self._prepare_scene(name, family, safe_look, overlays)

    def _prepare_window(self, name: str) -> None:
        self.setTitle(f"TextCraft wall · {name}")
        self.setFlags(Qt.WindowType.Window | Qt.WindowType.WindowDoesNotAcceptFocus)
        self.setCursor(Qt.CursorShape.BlankCursor)
        self.setColor(Qt.GlobalColor.black)
        self.setResizeMode(QQuickView.ResizeMode.SizeRootObjectToView)
        for changed in (self.widthChanged, self.heightChanged, self.screenChanged):
            changed.connect(self._on_resized)

    def _prepare_scene(self, name: str, family: str, safe_look: Path | None, overlays: QObject | None) -> None:
        self.link.loaded.connect(self._on_loaded)
        self.link.moved.connect(self._on_moved)
        address = self._own_safe_look = QUrl.fromLocalFile(str(safe_look)) if safe_look is not None else QUrl()
        given = {"link": self.link, "family": family, "name": name, "safeLook": address}
        if overlays is not None:
            overlays.setParent(self)
            given["overlays"] = overlays
        self.setInitialProperties(given)
        self.setSource(QUrl.fromLocalFile(str(Path(__file__).with_name("wall.qml"))))
        if self.status() is not QQuickView.Status.Ready:
            raise DisplayError("; ".join(error.toString() for error in self.errors()))

    # Where it is

    def open_window(self, size: QSize, position: QPoint | None) -> None:
        """Show as a window of `size` pixels."""
        self.resize(size)
        if position is not None:
            self.setPosition(position)
        self._ask_qt("show")

    def open_full(self, screen: QScreen) -> None:
        """Show on the whole of a screen."""
        self.setScreen(screen)
        self.setGeometry(screen.geometry())
        self.setWindowStates(Qt.WindowState.WindowFullScreen)
        # showFullScreen would ask for the focus, and show would make it a normal window again
        QMetaObject.invokeMethod(self, "setVisible", Qt.ConnectionType.QueuedConnection, Q_ARG(bool, True))

    def withdraw(self) -> None:
        """Hide; what shows is kept and shows again when the window is opened."""
        self._ask_qt("hide")

    async def close_down(self) -> None:
        """Hide, and end the window when nothing is painted any more."""
        self.withdraw()
        deadline = time.monotonic() + CLOSE_SECONDS
        while self.isExposed() and time.monotonic() < deadline:  # noqa: ASYNC110 - no signal tells of exposure
            await asyncio.sleep(0.01)
        self.destroy()

    def _ask_qt(self, slot: str) -> None:
        """Have Qt's own loop call a slot that may wait for the render thread.

        Called from here it would keep the GIL, for which the render thread may wait: a grabbed picture is freed there.
        """
        QMetaObject.invokeMethod(self, slot, Qt.ConnectionType.QueuedConnection)

    # Pictures

    async def load(self, picture: PictureFile) -> bool:
        """Decode a picture behind the one that shows; False when Qt cannot. Cancelling it leaves all as it was."""
        if self._loading is not None:
            self._loading.cancel()
        self._loading = asyncio.get_running_loop().create_future()
        turned, crop = self._map.rotate % 180 != 0, self._map.crop
        width, height = picture.size_for(self.native_size, self._map.fit, turned=turned, crop=(crop[2], crop[3]))
        self.link.load.emit(QUrl.fromLocalFile(str(picture.path)), width, height, picture.see_through)
        return await self._loading

    def go(self, words: str, kind: TransitionKind, seconds: float) -> None:
        """Cross to the loaded picture and its words; what still crosses goes on beneath it."""
        self.link.go.emit(in_one_line(words), kind.value, seconds)

    def set_layer(self, layer: Layer, seconds: float) -> None:
        """Fade to a layer."""
        self.link.layer.emit(layer.value, seconds)

    def set_words(self, text: str) -> None:
        """Change the words under the picture that shows."""
        self.link.words.emit(in_one_line(text), WORDS_SECONDS)

    def set_caption_style(self, style: CaptionStyle) -> None:
        """Set the size, plate and place of all words; those that show change at once."""
        if style != self._style:
            self._style = style
            self.link.style.emit(style.size, style.plate, style.place == "top", style.margin)

    def set_safe_look(self, path: Path | None) -> None:
        """Change the picture of the safe look; None is the wall's own."""
        self.link.safe.emit(QUrl.fromLocalFile(str(path)) if path is not None else self._own_safe_look)

    def set_mark(self, text: str) -> None:
        """Set the watermark."""
        self.link.mark.emit(in_one_line(text))

    def set_map(self, wall_map: WallMap) -> None:
        """Set how everything lies on the wall. Raises MapRefused, and nothing changes then."""
        if wall_map == self._map:
            return
        if (wall_map.brightness or wall_map.contrast) and self._draws_in_software():
            raise MapRefused("brightness and contrast need a graphics driver: this wall draws in software")
        pin = _matrix(bend(wall_map.corners)) if wall_map.corners is not None else QMatrix4x4()
        crop = crop_of(wall_map)
        self._map = wall_map
        self.link.lay.emit(wall_map.fit, crop, wall_map.rotate, wall_map.corners is not None, pin)
        self.link.adjust.emit(wall_map.brightness, wall_map.contrast)

    def show_card(self, *, test: bool, about: str, seconds: float) -> None:
        """Show the wall's name, or the test card, over everything for so long; 0 takes it away."""
        self.link.card.emit(test, about, seconds)

    # What is painted

    def after_frames(self, callback: Callable[[], None]) -> None:
        """Call back when what was asked for until now is certainly on the screen."""
        self.frames.after(callback)

    def when_still(self, callback: Callable[[], None]) -> None:
        """Call back when nothing moves any more and that is certainly on the screen."""
        if self._moving:
            self._until_still.append(callback)
        else:
            self.after_frames(callback)

    def is_still(self) -> bool:
        """Whether the window is on a screen and nothing on it moves."""
        return not self._moving and self.isVisible() and self.isExposed()

    async def grab(self, most: QSize | None = None) -> QImage | None:
        """Return what shows, scaled to fit into `most`; None while it moves or is hidden."""
        if not self.is_still():
            return None
        wanted = (
            QSize(*self.native_size) if most is None else self.size().scaled(most, Qt.AspectRatioMode.KeepAspectRatio)
        )
        grab = self.rootObject().grabToImage(wanted)
        done: asyncio.Future[QImage] = asyncio.get_running_loop().create_future()
        result: QQuickItemGrabResult | None = grab.data()
        if result is None:
            return None
        self._grabs.append(grab)  # Qt forgets a result nobody holds
        result.ready.connect(lambda: None if done.done() else done.set_result(result.image()))
        try:
            async with asyncio.timeout(GRAB_SECONDS):
                return await done
        except TimeoutError:
            return None
        finally:
            self._grabs.remove(grab)

    def _draws_in_software(self) -> bool:
        software = QSGRendererInterface.GraphicsApi.Software
        return software in (self.rendererInterface().graphicsApi(), QQuickWindow.graphicsApi())

    def _on_resized(self, _fact: object) -> None:
        self.ratio = self.devicePixelRatio()
        self.native_size = (round(self.width() * self.ratio), round(self.height() * self.ratio))

    def _on_loaded(self, ok: bool) -> None:
        if self._loading is not None and not self._loading.done():
            self._loading.set_result(ok)

    def _on_moved(self, moving: bool) -> None:
        self._moving = moving
        self.frames.set_moving(moving)
        if not moving:
            waiting, self._until_still = self._until_still, []
            for callback in waiting:
                self.after_frames(callback)

    # Never override event(): its Python frame would hold the GIL while Qt waits for the render thread.

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """Stay open: a wall ends only when its core, the system or the closing key says so."""
        event.ignore()

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        """The keyboard fell to this window: whoever reads the key lamp is to know."""
        if self.keys is not None:
            self.keys.take_up()
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        """Forget a held key: it may come up unseen."""
        if self.keys is not None:
            self.keys.let_go()
        super().focusOutEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Hand the key on; it does nothing here."""
        if self.keys is not None:
            self.keys.press(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Hand the key on; it does nothing here."""
        if self.keys is not None:
            self.keys.release(event)


def in_one_line(text: str) -> str:
    """Return words without line breaks and with single spaces: the wall breaks lines where they fit and may be."""
    return _BOUND.sub("\u00a0", _BREAKS.sub(" ", text).strip(" "))


def crop_of(wall_map: WallMap) -> QRectF:
    """The part of the picture that is used. Raises MapRefused when there is none."""
    x, y, width, height = wall_map.crop
    if min(width, height) < LEAST_CROP or x + width > 1 + 1e-6 or y + height > 1 + 1e-6:
        raise MapRefused("the crop must lie inside the picture and leave a twentieth of it each way")
    return QRectF(x, y, width, height)


def _matrix(rows: Homography) -> QMatrix4x4:
    (a, b, c), (d, e, f), (g, h, i) = rows
    return QMatrix4x4(a, b, 0, c, d, e, 0, f, 0, 0, 1, 0, g, h, 0, i)
