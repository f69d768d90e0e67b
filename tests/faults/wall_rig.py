"""A core with one real wall on the screen, for cases that kill one of the two and look at the pixels from outside."""

import asyncio
import contextlib
import io
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import cast

from PIL import Image

from tests.support.programs import Program, programs
from tests.support.screen import capture, mean
from tests.support.waiting import until, within
from textcraft_bus.channel import facts
from textcraft_bus.channel.hub import Hub
from textcraft_bus.channel.messages import Layer, Mode, Picture, ShownPhase, Transition, TransitionKind, WallScene
from textcraft_bus.clock import SystemClock
from textcraft_bus.pictures import sha256_of

AT, SIZE = (60, 80), (480, 270)
BOX = (*AT, AT[0] + SIZE[0], AT[1] + SIZE[1])
PAINTED_SECONDS = 2.0
BLACK = 8.0
"""A mean below it is black."""


class WallRig:
    """One hub and the wall it speaks with; both can be ended and begun again."""

    def __init__(self, folder: Path, started: object) -> None:
        self.heard: list[facts.Fact] = []
        self.wall: Program | None = None
        self._folder = folder
        self._started = started
        self._port = 0
        self._number = 0
        self._hub: Hub | None = None
        self._scene: WallScene | None = None

    async def open_core(self) -> None:
        """Begin a core where the wall looks for it; it knows the scene, as restore.json does."""
        loop = asyncio.get_running_loop()
        self._hub = Hub(
            self.heard.append,
            loop,
            SystemClock(),
            show_id="faults",
            mode=Mode.SHOW,
            port=self._port,
            nonce_folder=self._folder,
        )
        self._port = await self._hub.start()
        if self._scene is not None:
            self._hub.set_scene("brick", self._scene)

    async def close_core(self) -> None:
        """End the core; the wall is not told."""
        assert self._hub is not None
        await self._hub.stop()

    def open_wall(self) -> None:
        """Start the wall's program."""
        where = ["--windowed", "--position", f"{AT[0]},{AT[1]}", "--size", f"{SIZE[0]}x{SIZE[1]}"]
        core = ["--core", f"tcp://127.0.0.1:{self._port}", "--show", "faults", "--wall", "brick"]
        self.wall = self._started.start("textcraft-display", *core, *where)  # type: ignore[attr-defined]

    def show(self, shade: int) -> int:
        """Send a new picture; returns the number of its scene."""
        assert self._hub is not None
        file = io.BytesIO()
        Image.new("RGB", SIZE, (shade, 120, 60)).save(file, "PNG")
        data = file.getvalue()
        path = self._folder / f"{sha256_of(data)}.png"
        path.write_bytes(data)
        picture = Picture(sha256=sha256_of(data), uri=path.as_uri(), mime="image/png", width=SIZE[0], height=SIZE[1])
        self._number += 1
        cut = Transition(kind=TransitionKind.CUT, seconds=0)
        self._scene = WallScene(
            scene=self._number, layer=Layer.PROGRAM, program=picture, transition=cut, layer_seconds=0
        )
        self._hub.set_scene("brick", self._scene)
        return self._number

    async def painted(self, number: int, seconds: float = 60.0) -> None:
        """Wait until the wall said that it painted a scene."""

        def told() -> bool:
            shown = [fact.shown for fact in self.heard if isinstance(fact, facts.WallShown)]
            return any(one.scene == number and one.phase is ShownPhase.FIRST_FRAME for one in shown)

        await until(told, seconds, f"scene {number}")

    async def lacks(self, shade: int) -> str:
        """What is on the screen, seen from outside, instead of this picture; "" when it is there.

        A wall counts a frame when it has handed it over: the X server paints it a moment later.
        """
        found = _colour()
        is_there = await within(lambda: abs(_colour()[0] - shade) <= 4, PAINTED_SECONDS)
        return "" if is_there else f"{found}, then {_colour()} instead of {shade}"

    def forget(self) -> None:
        """What was heard until now does not count."""
        self.heard.clear()


def _colour() -> tuple[int, int, int]:
    return cast(tuple[int, int, int], capture(BOX).getpixel((240, 90)))


@asynccontextmanager
async def wall_rig(folder: Path) -> AsyncIterator[WallRig]:
    """A core and its wall, with a picture on it."""
    with programs(folder) as started:
        rig = WallRig(folder, started)
        await rig.open_core()
        try:
            rig.open_wall()
            await rig.painted(rig.show(10))
            yield rig
        finally:
            await rig.close_core()


class Watch:
    """Looks at the wall ten times a second and keeps the darkest it saw."""

    def __init__(self) -> None:
        self.darkest = 255.0
        self.looks = 0
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "Watch":
        self._task = asyncio.get_running_loop().create_task(self._look())
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await stop_looking(self._task)

    async def _look(self) -> None:
        while True:
            self.darkest = min(self.darkest, mean(await asyncio.to_thread(capture, BOX)))
            self.looks += 1
            await asyncio.sleep(0.1)


async def stop_looking(task: "asyncio.Task[None] | None") -> None:
    """End it; raises what ended it before, for who no longer looks sees nothing."""
    assert task is not None
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


def seconds_since(began: float) -> float:
    """Return the seconds since a moment of `time.monotonic()`."""
    return time.monotonic() - began
