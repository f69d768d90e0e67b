"""A real image server and a real wall's player behind cables that can be cut, all in this process, for N1.

The wall has no window: its view paints at once. Everything that speaks is the product's own.
"""

import asyncio
import base64
import io
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from PIL import Image

from tests.faults.tapped import Tapped
from textcraft_bus.channel import facts
from textcraft_bus.channel import messages as wire
from textcraft_bus.channel.link import Link
from textcraft_bus.channel.timing import Timing
from textcraft_bus.clock import SystemClock
from textcraft_bus.pictures import sha256_of
from textcraft_bus.tasks import Tasks
from textcraft_display.picture_file import PictureFile
from textcraft_display.picture_store import PictureStore
from textcraft_display.scene_player import ScenePlayer
from textcraft_image_server.backends import BackendError, Order, Painted, Progress
from textcraft_image_server.config import ImageServerConfig
from textcraft_image_server.image_server import ImageServerService

TIMING: Final = Timing(beat_s=0.4, lease_s=1.2, silence_s=2.0, job_s=30.0)
SHOW: Final = "faults"
PAINTING_S: Final = 0.05
LONG_PAINTING_S: Final = 0.6
BAD: Final = "impossible"
SLOW: Final = "slow"


class Timed:
    """A backend that counts what it paints, by prompt; some words it cannot paint, some take long."""

    name = "procedural"

    def __init__(self, painted: Counter[str]) -> None:
        self._painted = painted

    async def paint(self, order: Order, progress: Progress) -> Painted:
        """Return a small PNG of its own for each prompt."""
        self._painted[order.prompt] += 1
        await asyncio.sleep(LONG_PAINTING_S if SLOW in order.prompt else PAINTING_S)
        progress(0.5)
        if BAD in order.prompt:
            raise BackendError("nobody can paint that", retryable=False)
        return Painted(picture(order.seed))

    async def close(self) -> None:
        """There is nothing to let go of."""


class Painter(ImageServerService):
    """The image server, with shorter times."""

    def _make_link(self) -> Link:
        return Link(
            self.config.core, hello=lambda: self._hello, beat=self._beat, deliver=self._on_fact,
            loop=asyncio.get_running_loop(), clock=SystemClock(), timing=TIMING,
        )  # fmt: skip


async def painter(name: str, tap: Tapped, folder: Path) -> Painter:
    """Start one that looks for its core at the cable's end."""
    config = ImageServerConfig(
        service_name=name, core=f"tcp://127.0.0.1:{tap.proxy.port}", show=SHOW, images=folder, lonely_seconds=600
    )
    made = Painter(config)
    await made.start()
    return made


class View:
    """A window that paints at once and keeps, by hash, to which pictures it crossed."""

    def __init__(self) -> None:
        self.went: list[str] = []
        self._loaded = ""

    async def load(self, picture: PictureFile) -> bool:
        """Qt can decode everything here."""
        self._loaded = picture.sha256
        return True

    def go(self, *_how: object) -> None:
        """Cross to the picture."""
        self.went.append(self._loaded)

    def after_frames(self, callback: Callable[[], None]) -> None:
        """It is painted at once."""
        callback()

    when_still = after_frames

    def __getattr__(self, name: str) -> Callable[..., None]:
        if name.startswith("set_"):
            return lambda *_what: None
        raise AttributeError(name)


class Wall:
    """What `textcraft_display.wall` does with its link, without Qt."""

    def __init__(self, name: str, tap: Tapped, folder: Path) -> None:
        self._tasks = Tasks()
        (folder / "cache").mkdir(parents=True)
        self.view = View()
        store = PictureStore(folder / "cache", folder / "nothing", 1 << 24)
        self.player = ScenePlayer(self.view, store, self._send, self._tasks, SystemClock())
        self._hello = wire.ServiceHello(role=wire.Role.WALL, name=name, show=SHOW)
        self._link = Link(
            f"tcp://127.0.0.1:{tap.proxy.port}", hello=self._say_hello, beat=lambda: wire.Heartbeat(state="live"),
            deliver=self._on_fact, loop=asyncio.get_running_loop(), clock=SystemClock(), timing=TIMING,
        )  # fmt: skip
        self._link.start()

    def _say_hello(self) -> wire.ServiceHello:
        return self._hello.model_copy(update={"shown": self.player.shown})

    def _send(self, message: wire.Envelope) -> None:
        self._link.send(message)

    def _on_fact(self, fact: facts.LinkFact) -> None:
        match fact:
            case facts.CoreSeen(snapshot=snapshot):
                self.player.forget_number()
                if snapshot.scene is not None:
                    self.player.play(snapshot.scene, fresh=True)
            case facts.Arrived(message=wire.WallScene() as scene):
                self.player.play(scene)
            case facts.Arrived(message=wire.Blob() as blob):
                self.player.on_blob(blob.sha256, base64.b64decode(blob.data))

    async def stop(self) -> None:
        """Say goodbye."""
        await self._link.stop()
        await self._tasks.stop()


def picture(number: int) -> bytes:
    """Return a PNG that differs from those of all other numbers."""
    file = io.BytesIO()
    Image.new("RGB", (64, 64), (number % 256, number // 256 % 256, 77)).save(file, "PNG")
    return file.getvalue()


def scene_of(number: int, folder: Path) -> wire.WallScene:
    """Return a scene with a picture of its own, which lies where only the core can read it."""
    data = picture(number)
    path = folder / f"{sha256_of(data)}.png"
    path.write_bytes(data)
    known: dict[str, Any] = {"sha256": sha256_of(data), "mime": "image/png", "width": 64, "height": 64}
    program = wire.Picture(uri=path.as_uri(), **known)
    return wire.WallScene(scene=number, layer=wire.Layer.PROGRAM, program=program, layer_seconds=0)
