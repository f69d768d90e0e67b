"""M10: a real wall that no longer paints, in turns its painting thread and its whole process stopped: started again.

The short form waits six seconds where the product waits a minute, more where a wall takes long to start: one that
said nothing for so long is started again, its start included. The long form waits as the product does.
"""

import asyncio
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

import psutil
from PIL import Image

from tests.faults.bare_start import bare_start
from tests.faults.case import Case, Figure, Run, at_most, is_so, none_of
from tests.faults.show_rig import Play, play
from tests.faults.wall_rig import AT, BOX, SIZE
from tests.support.programs import programs
from tests.support.screen import capture
from tests.support.waiting import until, within
from textcraft_bus.channel.messages import PeerName, Picture
from textcraft_bus.pictures import sha256_of
from textcraft_bus.processes import is_alive
from textcraft_core import commands as cmd
from textcraft_core import events as ev
from textcraft_core.stage import keeper
from textcraft_core.stage.keeper import ServiceKeeper, Wanted
from textcraft_core.stage.walls import pulse
from textcraft_core.stage.walls.playout_state import Candidate

SHADE = (200, 120, 60)
SHORT_SECONDS, SHORT_COUNT = 6.0, 3
STARTS = 8.0
"""So many starts of a bare window are longer than any start of a wall."""
BACK_SECONDS = 30.0
"""The most from the end of the wait until another process shows the picture: 2 s of them are patience with the old one,
2 s a start on a quiet machine; the rest is for other programs."""
ROOT = Path(__file__).resolve().parents[2]


async def inject(run: Run) -> Sequence[Figure]:
    """Freeze the wall `run.count` times; after each third time it rests, and is woken."""
    short = max(SHORT_SECONDS, STARTS * await bare_start())
    waits = (short, short) if run.count <= SHORT_COUNT else (pulse.STALL_SECONDS, keeper.SILENT_SECONDS)
    longest = max(waits) + BACK_SECONDS
    with programs(run.folder), _waiting(*waits):
        async with play(run.folder) as played:
            wall = _Wall(played, longest)
            await wall.open(run.folder)
            turns = [await wall.freeze(number) for number in range(run.count)]
    ways = sorted({way for way, *_ in turns})
    wrong = [f"freeze {number} of {way}: {fault}" for number, (way, _, fault) in enumerate(turns) if fault]
    return [
        none_of("freezes after which it did not show what it is to show", wrong, run.count),
        at_most("longest time until another process did", max(took for _, took, _ in turns), longest, "s"),
        is_so(
            "the third time in half an hour it rests in its safe look",
            wall.rests == run.count // pulse.REST_AFTER,
            f"{wall.rests} rests in {run.count} freezes",
        ),
        Figure("what was frozen", ", ".join(ways), "both", len(ways) == 2),
    ]


@contextmanager
def _waiting(stall: float, silent: float) -> Iterator[None]:
    """So long the product waits meanwhile for a wall that does not paint, and for one that says nothing."""
    with mock.patch.object(pulse, "STALL_SECONDS", stall), mock.patch.object(keeper, "SILENT_SECONDS", silent):
        yield


class _Wall:
    """A kept wall of a show in play."""

    def __init__(self, played: Play, longest: float) -> None:
        self.rests = 0
        self._longest = longest
        self._play = played

    async def open(self, folder: Path) -> None:
        """Start it and take a picture up."""
        where = ("--windowed", "--position", f"{AT[0]},{AT[1]}", "--size", f"{SIZE[0]}x{SIZE[1]}")
        core = ("--core", self._play.endpoint, "--show", "faults", "--wall", "brick", "--images", str(folder))
        wanted = Wanted(PeerName("wall.brick"), "textcraft-display", (*core, *where))
        await self._play.stage.keep_services(ServiceKeeper("faults", [wanted], self._play.stage.stream))
        path = folder / "picture.png"
        Image.new("RGB", SIZE, SHADE).save(path)
        hashed = sha256_of(path.read_bytes())
        picture = Picture(sha256=hashed, uri=path.as_uri(), mime="image/png", width=SIZE[0], height=SIZE[1])
        await self._play.stage.walls.add(Candidate("one", picture, "", approved=True))  # type: ignore[arg-type]
        await self._play.stage.handle(cmd.Take())
        await until(_is_there, 60.0, "the picture")

    async def freeze(self, number: int) -> tuple[str, float, str]:
        """Freeze it once; returns how, the seconds until it was back, and what was wrong; "" when it came back and
        the old one was gone.
        """
        loop, pid = asyncio.get_running_loop(), self._pid
        self._play.events.clear()
        way = await _freeze(pid, whole=number % 2 == 1)
        began = loop.time()
        rests = (number + 1) % pulse.REST_AFTER == 0
        is_back = await within(lambda: self._pid != pid and self._speaks, self._longest)
        if not (is_back and await within(_is_safe_look if rests else _is_there, BACK_SECONDS)):
            seen, told = capture(BOX).getextrema(), [type(event).__name__ for event in self._play.events]
            lacks = f"process {pid} was frozen, {self._pid} is newest, it shows {seen}; told: {', '.join(told[-8:])}"
            return way, loop.time() - began, lacks
        took = loop.time() - began
        if rests:
            self.rests += bool(self._play.of(ev.WallRested))
            await self._play.stage.handle(cmd.SendAgain(wall="brick"))
            await until(_is_there, 20.0, "the picture when somebody looked after it")
        return way, took, f"process {pid} still runs" if is_alive(pid) else ""

    @property
    def _pid(self) -> int:
        started = [event.pid for event in self._play.of(ev.ServiceStarted)]  # type: ignore[attr-defined]
        if started:
            self._last = started[-1]
        return self._last

    @property
    def _speaks(self) -> bool:
        return bool(self._play.of(ev.ServiceSeen))


async def _freeze(pid: int, *, whole: bool) -> str:
    """Stop the whole process, or where the system lets us the thread that paints alone."""
    if not whole:
        line = [sys.executable, "-m", "tests.faults.freezer", str(pid)]
        freezer = subprocess.Popen(line, cwd=ROOT, stdout=subprocess.PIPE, text=True)  # noqa: ASYNC220 - returns at once
        assert freezer.stdout is not None
        said = await asyncio.to_thread(freezer.stdout.readline)
        if said.strip() == "frozen":
            return "its painting thread"
    psutil.Process(pid).send_signal(signal.SIGSTOP)
    return "its process"


def _is_there() -> bool:
    found = capture(BOX).getpixel((SIZE[0] // 2, SIZE[1] // 3))
    return all(abs(one - other) <= 4 for one, other in zip(found, SHADE, strict=True))  # type: ignore[arg-type]


def _is_safe_look() -> bool:
    brightest = max(high for _, high in capture(BOX).getextrema())  # type: ignore[misc]
    return brightest > 8 and not _is_there()


CASE = Case(
    "M10", "walls that no longer paint", inject, short=SHORT_COUNT, long=6, seconds=120, needs_screen=True
)  # fmt: skip
