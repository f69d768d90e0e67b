"""M15: the console's main thread stands still, seen from outside: logged, dumped, told to the wall, started again.

The thread itself is stopped, as it would be in a driver or in a loop of somebody's: every other thread goes on.
"""

import asyncio
import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from tests.faults.bare_start import bare_start
from tests.faults.case import Case, Figure, Run, at_least, at_most, is_so, none_of
from tests.support.programs import programs
from tests.support.supervised import Supervised
from tests.support.waiting import until, within
from textcraft_bus.crashes import crash_files
from textcraft_bus.disk.folders import log_folder
from textcraft_qt.stall import MAX_DUMPS

SHORT_SECONDS = 4.0
LONGER_SECONDS = 12.0
"""So much longer it stands while nobody was told: still less than the parent suffers."""
SIGNS_SECONDS = 60.0
RESTART_SECONDS = 30.0
STALLS_OF_ONE = 4
TRIES = 8
"""For each stall that leaves Python to the other threads: on a busy machine the main thread often holds it."""
SLACK, SLOWER = 15.0, 12.0
"""What noticing, writing the stacks, and the start of the next console may add to it on a busy machine: seconds, or
starts of a bare window."""


@asynccontextmanager
async def supervised(run: Run) -> AsyncIterator[Supervised]:
    """A SHOW on a wall, its console with a parent."""
    with programs(run.folder) as started:
        before = _usable()
        played = Supervised(started, "--mode", "show")
        await asyncio.to_thread(played.stands)
        await until(lambda: _usable() > before, 60, "the console")
        await asyncio.sleep(2.0)  # until it rests: a start stalls by itself
        try:
            yield played
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.kill(played.program.pid, signal.SIGTERM)
            await asyncio.to_thread(played.program.wait, 40)
            played.end_walls()


@asynccontextmanager
async def stopped_main_thread(pid: int) -> AsyncIterator[None]:
    """Nothing of the process but its main thread stands still; it goes on at the end."""
    line = [sys.executable, "-m", "tests.faults.freezer", str(pid)]
    freezer = await asyncio.create_subprocess_exec(*line, stdout=subprocess.PIPE)
    assert freezer.stdout is not None
    try:
        said = (await freezer.stdout.readline()).decode().strip()
        if said != "frozen":
            raise RuntimeError(f"the main thread cannot be stopped here: {said}")
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):  # it ends with what it held
            freezer.kill()
        await freezer.wait()


async def stall_shortly(run: Run) -> Sequence[Figure]:
    """Some seconds, `run.count` times: the same console goes on, and everybody knows."""
    async with supervised(run) as played:
        console, wall = played.console, played.wall
        missed: dict[str, list[str]] = {what: [] for what in _SEEN}
        before, held, stalls = _counts(), 0, 0
        while stalls - held < run.count and stalls < TRIES * run.count:
            stalls += 1
            async with stopped_main_thread(console):
                await asyncio.sleep(SHORT_SECONDS)
                # A busy machine takes longer to tell it.
                await within(lambda old=before["told to the wall"]: _told_to_the_wall() > old, LONGER_SECONDS)
            await within(lambda old=before, n=held: _has_grown(old) or _held() > n, SIGNS_SECONDS)
            after = _counts()
            if _held() > held:
                held += 1  # nobody of the process could see it: what was stopped held Python itself
            else:
                for what in _SEEN:
                    missed[what] += [] if after[what] > before[what] else [f"stall {stalls} of process {console}"]
            before = after
        files = len(list(log_folder().glob("stall-*.txt")))
        now = played.console, played.wall
    return [
        *(none_of(f"stalls {what} missed", which, stalls) for what, which in missed.items()),
        at_least(f"stalls that left Python to others ({held} more were told afterwards)", stalls - held, run.count),
        at_least("files of stacks", files, min(stalls - held, MAX_DUMPS)),
        is_so("same console and same wall", now == (console, wall), f"{(console, wall)}, then {now}"),
    ]


async def stall_for_good(run: Run) -> Sequence[Figure]:
    """For good: the parent has it write where it stands, ends it and starts another one before the same wall.

    Six starts in five minutes would park it, as they should: after some stalls another show begins.
    """
    seen = Seen()
    for first in range(0, run.count, STALLS_OF_ONE):
        folder = run.folder / f"show-{first}"
        folder.mkdir()
        await _stall_one(Run(min(STALLS_OF_ONE, run.count - first), folder), seen)
    return [
        at_most(
            f"longest from the stall to the next console (a bare window: {seen.bare:.2f} s)",
            max(seen.times),
            RESTART_SECONDS + max(SLACK, SLOWER * seen.bare),
            "s",
        ),
        none_of("stacks missed", seen.no_stacks, run.count),
        none_of("causes not told", seen.no_cause, run.count),
        none_of("other walls", seen.other_walls, run.count),
    ]


@dataclass
class Seen:
    """What was seen of all stalls."""

    times: list[float] = field(default_factory=list)
    bare: float = 0.0
    no_stacks: list[str] = field(default_factory=list)
    no_cause: list[str] = field(default_factory=list)
    other_walls: list[str] = field(default_factory=list)


async def _stall_one(run: Run, seen: Seen) -> None:
    async with supervised(run) as played:
        wall, usable, causes = played.wall, _usable(), _causes(played)
        for turn in range(1, run.count + 1):
            console, dumps = played.console, {*crash_files(log_folder())}
            began = time.monotonic()
            async with stopped_main_thread(console):
                await until(lambda old=console: played.console not in (None, old), 90, "another console")
                await until(lambda turn=turn: _usable() >= usable + turn, 60, "it can be used")
            seen.times.append(time.monotonic() - began)
            seen.bare = max(seen.bare, await bare_start())
            name = f"stall {turn} of process {console}, then {played.console}"
            seen.no_stacks += [name] if dumps.issuperset(crash_files(log_folder())) else []
            told = await within(lambda turn=turn: _causes(played) >= causes + turn, SIGNS_SECONDS)
            seen.no_cause += [] if told else [name]
        seen.other_walls += [f"{wall}, then {played.wall}"] if played.wall != wall else []


def _causes(played: Supervised) -> int:
    return sum("stood still for" in text and "last console" in text for text in played.warned())


def _usable() -> int:
    return _log().count("the console can be used")


def _log(name: str = "textcraft") -> str:
    path = log_folder() / f"{name}.log"
    return path.read_text("utf-8") if path.is_file() else ""


def _held() -> int:
    """How many standstills of the whole process were told, as long as ours."""
    found = re.findall(r"the whole process stood still for (\d+\.\d) s", _log())
    return sum(float(seconds) > SHORT_SECONDS / 2 for seconds in found)


def _told_to_the_wall() -> int:
    return _log("textcraft-display-wall").count("the console stands still")


_SEEN: dict[str, Callable[[], int]] = {
    "logged with a stack": lambda: _log().count("the main loop stands still for"),
    "dumped with all stacks, or told that there are enough": lambda: _log().count("the main loop hangs for"),
    "told to the wall": _told_to_the_wall,
    "whose end was told to the wall": lambda: _log("textcraft-display-wall").count("the console goes on"),
}


def _counts() -> dict[str, int]:
    return {what: count() for what, count in _SEEN.items()}


def _has_grown(before: dict[str, int]) -> bool:
    return all(after > before[what] for what, after in _counts().items())


CASES = (
    Case("M15A", "main loop stalled for seconds", stall_shortly, short=2, long=50, seconds=150, needs_screen=True),
    Case("M15B", "main loop stalled for good", stall_for_good, short=1, long=10, seconds=200, needs_screen=True),
)
