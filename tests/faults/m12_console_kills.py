"""M12: the whole console is killed and started again: its wall goes on as it is, is adopted, and never doubled.

Every other time the console that comes back is killed as well, somewhere between its first instruction and its wall's
hello. At the end nobody comes back: the image servers end by themselves, the wall stays.
"""

import asyncio
import contextlib
import random
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import psutil
from PIL import Image, ImageChops
from PySide6.QtCore import QRect

from tests.faults.case import Case, Figure, Run, at_least, at_most, none_of
from tests.faults.wall_rig import BLACK, seconds_since, stop_looking
from tests.support.programs import Program, Programs, ours, programs
from tests.support.screen import capture, mean, mean_difference
from tests.support.waiting import until
from textcraft_bus.clock import SystemClock
from textcraft_bus.processes import Record, running_services
from textcraft_core.show.folder import show_id
from textcraft_core.stage.walls import restore
from textcraft_gui.session.wanted import wall_place
from textcraft_gui.session.working_copy import the_show

WALL, PAINTER = "wall.wall", "image_server.painter"
ALONE_SECONDS = 30.0
STILL = 1.0
"""Mean difference, of 255, up to which two looks show the same picture."""
PLACE = wall_place(QRect(0, 0, 1920, 1080), 0)
BOX = (PLACE.x(), PLACE.y(), PLACE.x() + PLACE.width(), PLACE.y() + PLACE.height())


@dataclass
class Watch:
    """Looks at the wall ten times a second: how dark it was, how far from what it showed first."""

    first: Image.Image
    darkest: float = 255.0
    furthest: float = 0.0
    where: str = ""
    """Which look was the furthest, and what of the wall differed in it."""
    looks: int = 0
    doubles: list[str] = field(default_factory=list)
    _task: asyncio.Task[None] | None = field(default=None, init=False)

    async def __aenter__(self) -> "Watch":
        self._task = asyncio.get_running_loop().create_task(self._look())
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await stop_looking(self._task)

    async def _look(self) -> None:
        while True:
            seen = await asyncio.to_thread(capture, BOX)
            self.darkest = min(self.darkest, mean(seen))
            if (far := mean_difference(seen, self.first)) > self.furthest:
                self.furthest = far
                self.where = f", in look {self.looks} within {ImageChops.difference(seen, self.first).getbbox()}"
            windows = await asyncio.to_thread(_windows)
            if len(windows) != 1:
                self.doubles.append(f"look {self.looks}: {windows}")
            self.looks += 1
            await asyncio.sleep(0.1)


class Venue:
    """One console and what it started, seen from outside."""

    def __init__(self, started: Programs) -> None:
        self._started = started
        self.show = the_show(None)
        self.console: Program | None = None

    def open_console(self) -> None:
        """Start the console as it is started on an evening."""
        self.console = self._started.start("textcraft", "--mode", "show", "--ports", "free", "--seed", "7")

    def kill(self) -> None:
        """kill -9."""
        assert self.console is not None
        self.console.kill()

    @property
    def scene(self) -> int:
        """The newest scene that was sent to a wall: a console that has the wall raises it."""
        return restore.load(self.show.restore, SystemClock()).scene if self.show.restore.is_file() else 0

    def record(self, peer: str) -> Record | None:
        """Who serves under this name."""
        return next((one for one in running_services(show_id(self.show)) if one.peer == peer), None)

    async def has_wall(self, scene: int) -> None:
        """Wait until the console has sent its wall a scene after this one."""
        assert self.console is not None
        await until(lambda: self.scene > scene or self.console.process.poll() is not None, 60, "the console's scene")
        assert self.console.process.poll() is None, self.console.output


async def inject(run: Run) -> Sequence[Figure]:
    """Kill the console `run.count` times, and those that come back in every other turn once more."""
    chance, times, other = random.Random(12), [], list[str]()
    with programs(run.folder) as started:
        venue = Venue(started)
        venue.open_console()
        await venue.has_wall(0)
        await until(lambda: venue.record(PAINTER), 60, "the image server")
        wall, painter = venue.record(WALL), venue.record(PAINTER)
        assert wall is not None
        assert painter is not None
        async with Watch(await _still()) as watch:
            for turn in range(run.count):
                times.append(await _kill(venue, chance.uniform(0.1, 2.5) if turn % 2 else None))
                # An image server that nobody came back to for half a minute ended, as it should.
                painters = 1 if times[-1] < ALONE_SECONDS / 2 else None
                other += [f"kill {turn}: {what}" for what in _strange(venue, wall, painters)]
            await until(lambda: venue.record(PAINTER), 60, "the image server")
            painter = venue.record(PAINTER) or painter
            venue.kill()
            alone = await _ended(painter)
            other += [f"at the end: {what}" for what in _strange(venue, wall, painters=0)]
    return [
        none_of("kills after which the wall or a service was another or doubled", other, run.count),
        none_of("looks that saw no window of the wall, or two", watch.doubles, watch.looks),
        at_least("darkest look at the wall (mean of 255)", watch.darkest, BLACK),
        at_most(f"furthest from what it showed first{watch.where} (mean of 255)", watch.furthest, STILL, ""),
        at_most("longest time until it was adopted", max(times), 60.0, "s"),
        at_most("time until the image server ended alone", alone, ALONE_SECONDS + 10.0, "s"),
    ]


async def _kill(venue: Venue, again_after: float | None) -> float:
    scene = venue.scene
    venue.kill()
    venue.open_console()
    if again_after is not None:
        await asyncio.sleep(again_after)
        venue.kill()
        venue.open_console()
    began = time.monotonic()
    await venue.has_wall(scene)
    return seconds_since(began)


async def _ended(painter: Record) -> float:
    began = time.monotonic()
    await until(lambda: not painter.alive(), ALONE_SECONDS * 2, "the image server to end")
    return seconds_since(began)


async def _still() -> Image.Image:
    """What the wall shows when it no longer changes."""
    seen = [capture(BOX)]

    def is_still() -> bool:
        seen.append(capture(BOX))
        return mean_difference(seen[-2], seen[-1]) < STILL / 10 and mean(seen[-1]) > BLACK

    await asyncio.sleep(2.0)
    await until(is_still, 30, "the wall to be still")
    return seen[-1]


def _strange(venue: Venue, wall: Record, painters: int | None) -> list[str]:
    """What is not as it was: another wall, or more or fewer services than there are to be."""
    now, found = venue.record(WALL), []
    if now != wall:
        found.append(f"the wall was {wall.pid}, its record says {now.pid if now else 'nobody'}")
    for flag, number in (("--wall", 1), ("--service-name", painters)):
        pids = _started_with(flag)
        is_right = len(pids) <= 1 if number is None else len(pids) == number
        found += [] if is_right else [f"processes started with {flag}: {pids}"]
    return found


def _started_with(flag: str) -> list[int]:
    """Which of our processes were started with this option."""
    found = []
    for process in ours():
        with contextlib.suppress(psutil.Error):
            found += [process.pid] if flag in process.cmdline() else []
    return found


def _windows() -> list[str]:
    """Which windows of walls the window manager knows."""
    ids = _xprop("-root", "_NET_CLIENT_LIST").rpartition("# ")[2].strip().split(", ")
    return [one for one in ids if one.startswith("0x") and "TextCraft wall" in _xprop("-id", one, "_NET_WM_NAME")]


def _xprop(*arguments: str) -> str:
    return subprocess.run(["xprop", *arguments], check=False, capture_output=True, timeout=10, text=True).stdout


CASE = Case("M12", "consoles killed", inject, short=5, long=50, seconds=240, needs_screen=True)
