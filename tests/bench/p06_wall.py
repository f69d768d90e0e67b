"""P6: from the scene a wall is sent to the first frame that shows it, with the real wall program on the screen."""

import asyncio
import hashlib
from pathlib import Path

import pytest
from PIL import Image

from tests.bench.measure import Figure, Measure, Run, p50, timed
from tests.support.programs import programs
from tests.support.waiting import until
from textcraft_bus.channel import facts
from textcraft_bus.channel.hub import Hub
from textcraft_bus.channel.messages import Layer, Mode, Picture, ShownPhase, Transition, TransitionKind, WallScene
from textcraft_bus.clock import SystemClock

SIDE = 1024
FADE_SECONDS = 4.0


class Core:
    """A core with one wall: the hub, and when each scene's first frame was told."""

    def __init__(self, folder: Path) -> None:
        self.is_served = False
        self.beats: list[tuple[float, int]] = []
        """When each beat of the wall came, s, and how many frames it had painted by then."""
        self._first: dict[int, asyncio.Event] = {}
        self._loop = asyncio.get_running_loop()
        self.hub = Hub(
            self._on_fact, self._loop, SystemClock(), show_id="bench", mode=Mode.REHEARSE, nonce_folder=folder
        )

    async def show(self, number: int, picture: Picture, fade: float = 0.0) -> float:
        """Cut or fade to a picture and return how long its first frame took, ms."""
        told = self._first.setdefault(number, asyncio.Event())
        kind = TransitionKind.FADE if fade else TransitionKind.CUT
        scene = WallScene(
            scene=number,
            layer=Layer.PROGRAM,
            program=picture,
            transition=Transition(kind=kind, seconds=fade),
            layer_seconds=0.0,
        )
        began = self._loop.time()
        self.hub.set_scene("bench", scene)
        await told.wait()
        return (self._loop.time() - began) * 1000

    async def frame_ms(self, number: int, picture: Picture) -> float:
        """Return how long one frame of this wall takes while it fades to a picture."""
        await self.show(number, picture, FADE_SECONDS)
        known = len(self.beats) + 1
        await until(lambda: len(self.beats) > known + 1, 20, "three beats of the wall")
        (began, before), (ended, after) = self.beats[known - 1], self.beats[known + 1]
        return (ended - began) * 1000 / max(1, after - before)

    def _on_fact(self, fact: facts.Fact) -> None:
        self.is_served |= isinstance(fact, facts.PeerSeen)
        if isinstance(fact, facts.WallRefused):
            raise RuntimeError(fact.refused.reason)
        if isinstance(fact, facts.PeerBeat):
            self.beats.append((self._loop.time(), fact.beat.frames_painted))
        if isinstance(fact, facts.WallShown) and fact.shown.phase is ShownPhase.FIRST_FRAME:
            self._first.setdefault(fact.shown.scene, asyncio.Event()).set()


def measure(run: Run) -> list[Figure]:
    """Measure cuts between pictures the wall has not seen; bare is Qt's decoding of the same files."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TEXTCRAFT_HOME", str(run.folder / "home"))
        ours, bare, frame = asyncio.run(_cuts(run))
    allowed = p50(bare) + 2 * frame
    what = "scene sent → first frame, 1024², cut"
    return [Figure(what, p50(ours), allowed, f"bare decode + 2 frames of {frame:.1f}", p50(bare))]


async def _cuts(run: Run) -> tuple[list[float], list[float], float]:
    """Cuts, decodings and the frames of fades in turns: what else the machine does meets all of them alike."""
    folder = run.folder / "wall"
    folder.mkdir()
    core = Core(folder)
    port = await core.hub.start()
    where = ["--wall", "bench", "--windowed", "--position", "20,20", "--size", "960x540"]
    ours: list[float] = []
    bare: list[float] = []
    frames: list[float] = []
    try:
        with programs(folder) as started:
            started.start("textcraft-display", "--core", f"tcp://127.0.0.1:{port}", "--show", "bench", *where)
            await until(lambda: core.is_served, 20, "the wall's hello")
            async with asyncio.timeout(120):
                await core.show(0, make_picture(folder, 0)[1])
                cuts, fades = run.rounds(25, 8), run.rounds(3, 1)
                for number in range(1, cuts + fades + 1):
                    path, picture = make_picture(folder, number)
                    if number % (cuts // fades + 1) == 0:
                        frames.append(await core.frame_ms(number, picture))
                        await asyncio.sleep(FADE_SECONDS)
                        continue
                    ours.append(await core.show(number, picture))
                    bare.append(timed(lambda path=path: _decode(path)))
                    await asyncio.sleep(0.1)  # the wall finishes what it does after a scene: not what is measured
    finally:
        await core.hub.stop()
    return ours[2:], bare[2:], p50(frames)


def make_picture(folder: Path, number: int, size: tuple[int, int] = (SIDE, SIDE)) -> tuple[Path, Picture]:
    """A JPEG no wall has seen before, and how a scene names it."""
    path = folder / f"{number}.jpg"
    small = Image.effect_noise((64, 64), 60 + number).convert("RGB")
    small.resize(size, Image.Resampling.BICUBIC).save(path, quality=92)
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    return path, Picture(sha256=sha256, uri=path.as_uri(), mime="image/jpeg", width=size[0], height=size[1])


def _decode(path: Path) -> None:
    from PySide6.QtGui import QImageReader

    if QImageReader(str(path)).read().isNull():
        raise RuntimeError(f"{path} cannot be decoded")


MEASURE = Measure("P6", "scene sent → first frame on the wall", "≤ bare decode + 2 frames", measure, needs_screen=True)
