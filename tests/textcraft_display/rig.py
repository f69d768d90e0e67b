"""A real wall window with its player, fed by the test, judged by what is on the screen."""

import asyncio
import io
import itertools
from collections.abc import Awaitable, Callable
from pathlib import Path

from PIL import Image
from PySide6.QtCore import QPoint, QSize
from PySide6.QtWidgets import QApplication

from tests.support.qt_loop import run_on_qt, until
from tests.support.screen import capture
from textcraft_bus.channel.messages import Caption, Layer, Picture, Shown, ShownPhase, ShowRefused, WallScene
from textcraft_bus.clock import SystemClock
from textcraft_bus.disk.assets import resources
from textcraft_bus.pictures import sha256_of
from textcraft_bus.tasks import Tasks
from textcraft_display.picture_store import PictureStore
from textcraft_display.scene_player import ScenePlayer
from textcraft_display.view import WallView
from textcraft_qt.fonts import load_fonts

AT = (60, 80)
SIZE = (480, 270)
RED, BLUE, GREEN = (200, 0, 0), (0, 0, 200), (0, 200, 0)
SAFE = (90, 90, 30)


def flat(colour: tuple[int, ...], size: tuple[int, int] = (480, 270)) -> Image.Image:
    return Image.new("RGBA" if len(colour) == 4 else "RGB", size, colour)


def quarters(size: tuple[int, int] = (480, 270)) -> Image.Image:
    """Red, green, blue, white, clockwise from the top left: shows how a picture lies."""
    picture = Image.new("RGB", (2, 2))
    picture.putdata([(200, 0, 0), (0, 200, 0), (255, 255, 255), (0, 0, 200)])
    return picture.resize(size, Image.Resampling.NEAREST)


def near(pixel: tuple[int, ...], colour: tuple[int, ...], by: int = 12) -> bool:
    return all(abs(one - other) <= by for one, other in zip(pixel, colour, strict=True))


class Rig:
    """One wall without a process and a core of its own."""

    def __init__(self, folder: Path, size: tuple[int, int] = SIZE) -> None:
        (folder / "cache").mkdir()
        safe = folder / "safe.png"
        flat(SAFE).save(safe)
        self.size = size
        self.folder = folder
        self.sent: list[object] = []
        self.tasks = Tasks()
        self.view = WallView("brick", load_fonts(resources("fonts")).ui, safe)
        store = PictureStore(folder / "cache", folder, 1 << 24)
        self.player = ScenePlayer(self.view, store, self.sent.append, self.tasks, SystemClock())
        self._numbers = itertools.count(1)

    async def open(self) -> None:
        self.view.open_window(QSize(*self.size), QPoint(*AT))
        await until(lambda: self.view.isExposed() and self.view.frames.painted > 1, 30)
        await self.painted()

    async def painted(self) -> None:
        """What was asked of the window is on the screen."""
        done = asyncio.Event()
        self.view.after_frames(done.set)
        await asyncio.wait_for(done.wait(), 30)

    def picture(self, image: Image.Image, kind: str = "PNG") -> Picture:
        file = io.BytesIO()
        image.save(file, kind)
        return self.file(file.getvalue(), kind.lower(), image.size)

    def file(self, data: bytes, kind: str = "png", size: tuple[int, int] = (480, 270)) -> Picture:
        path = self.folder / f"{sha256_of(data)[:8]}.{kind}"
        path.write_bytes(data)
        return Picture(sha256=sha256_of(data), uri=path.as_uri(), mime=f"image/{kind}", width=size[0], height=size[1])

    def play(self, picture: Picture | None, text: str = "", layer: Layer = Layer.PROGRAM, **more) -> int:
        number = next(self._numbers)
        caption = Caption(text=text) if text else None
        more.setdefault("layer_seconds", 0.0)
        self.player.play(WallScene(scene=number, layer=layer, program=picture, caption=caption, **more))
        return number

    async def began(self, number: int) -> None:
        await until(lambda: self._told(number, ShownPhase.FIRST_FRAME), 30, f"scene {number} did not begin")

    async def settled(self, number: int) -> None:
        await until(lambda: self._told(number, ShownPhase.SETTLED), 30, f"scene {number} did not settle")

    async def show(self, picture: Picture | None, text: str = "", **more) -> None:
        await self.settled(self.play(picture, text, **more))

    def refusals(self) -> list[str]:
        return [message.reason for message in self.sent if isinstance(message, ShowRefused)]

    def screen(self) -> Image.Image:
        return capture((*AT, AT[0] + self.size[0], AT[1] + self.size[1]))

    def pixel(self, x: float, y: float) -> tuple[int, ...]:
        """The pixel at a place given as fractions of the wall."""
        return self.screen().getpixel((min(int(x * self.size[0]), self.size[0] - 1), int(y * self.size[1])))

    async def close(self) -> None:
        """Tear the window down here: left to the garbage collector, a worker thread might do it."""
        await self.tasks.stop()
        await self.view.close_down()
        gone = asyncio.Event()
        self.view.destroyed.connect(gone.set)
        self.view.deleteLater()
        await asyncio.wait_for(gone.wait(), 30)

    def _told(self, number: int, phase: ShownPhase) -> bool:
        return any(isinstance(m, Shown) and m.scene == number and m.phase == phase for m in self.sent)


def on_wall(folder: Path, play: Callable[[Rig], Awaitable[None]], size: tuple[int, int] = SIZE) -> None:
    """Open a wall, play on it, close it."""

    async def run() -> None:
        rig = Rig(folder, size)
        try:
            await rig.open()
            await play(rig)
        finally:
            await rig.close()

    QApplication.instance() or QApplication([])
    run_on_qt(run(), 40)
