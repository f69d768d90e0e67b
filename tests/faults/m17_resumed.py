"""M17: a supervised console in SHOW is killed and comes back by itself, walls first: how soon, with a spare or without.

A console that lived for a while has a spare behind it that has read its libraries. Once an evening that one is killed
first, so that the next console is started from nothing. More kills than a supervisor stands take more evenings.
"""

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

import psutil

from tests.faults.bare_start import bare_start
from tests.faults.case import Case, Figure, Run, at_least, at_most, none_of
from tests.support.programs import programs
from tests.support.supervised import Supervised
from tests.support.waiting import until
from textcraft_bus.channel.messages import Mode
from textcraft_gui.supervision.rules import MAX_STARTS

RESUMED_SECONDS = 5.0
NOISE = 3.0
"""From nothing, on a machine that runs other tests meanwhile, it may take so many times as long."""
SLOWER, COLD_SLOWER = 3.0, 8.0
"""Times the start of a bare window it may take where other programs run: 1.1 and 3.2 were seen at a load of 14."""
SPARE_SECONDS = 90.0
QUIET_SECONDS = 1.0


async def resume(run: Run) -> Sequence[Figure]:
    """Kill it `run.count` times with its spare behind it, and once an evening after its spare."""
    nights = [await _evening(run, kills) for kills in _evenings(run.count)]
    scenes = [scene for night in nights for scene, _ in night.warm]
    usable = [ready for night in nights for _, ready in night.warm]
    cold_scene, cold_usable = (max(night.cold[part] for night in nights) for part in (0, 1))
    bare = max(night.bare for night in nights)
    bar, cold_bar = max(RESUMED_SECONDS, SLOWER * bare), max(RESUMED_SECONDS * NOISE, COLD_SLOWER * bare)
    return [
        at_least("consoles killed with a spare behind them", len(scenes), run.count),
        at_most(f"longest until its walls are driven again (a bare window: {bare:.2f} s)", max(scenes), bar, "s"),
        at_most("longest until it can be used", max(usable), bar, "s"),
        at_most("without a spare, until its walls are driven", cold_scene, cold_bar, "s"),
        at_most("without a spare, until it can be used", cold_usable, cold_bar, "s"),
        none_of(
            "evenings that did not end before the same wall, in SHOW", [n.end for n in nights if n.end], len(nights)
        ),
    ]


@dataclass(frozen=True, slots=True)
class Evening:
    """What one supervised evening showed: seconds until walls were driven, and until it could be used."""

    warm: list[tuple[float, float]]
    cold: tuple[float, float]
    end: str
    """How it ended when not in SHOW before the wall it began with, else nothing."""
    bare: float
    """Seconds a bare window took to open here, the longest of the evening."""


def _evenings(kills: int) -> list[int]:
    """Return how many kills with a spare each evening takes: its start, these and the cold one are all it stands."""
    most = MAX_STARTS - 2
    return [min(most, kills - done) for done in range(0, kills, most)]


async def _evening(run: Run, kills: int) -> Evening:
    home = Path(mkdtemp(dir=run.folder))
    os.environ["TEXTCRAFT_HOME"] = str(home)
    with programs(home) as started:
        played = Supervised(started, "--mode", "show")
        await asyncio.to_thread(played.stands)
        wall, warm, bare = played.wall, list[tuple[float, float]](), 0.0
        for turn in range(kills):
            await _spare_waits(played)
            warm.append(await _kill(played, turn + 2))
            bare = max(bare, await bare_start())
        await _spare_waits(played)
        os.kill(played.spare, signal.SIGKILL)
        cold = await _kill(played, kills + 2)
        ended = played.wall, played.kept.playout.mode
        end = "" if ended == (wall, Mode.SHOW) else f"wall {wall}, then {ended[0]}, {ended[1]}"
        with contextlib.suppress(ProcessLookupError):
            os.kill(played.program.pid, signal.SIGTERM)
        await asyncio.to_thread(played.program.wait, 40)
        played.end_walls()
    return Evening(warm, cold, end, bare)


async def _kill(played: Supervised, times: int) -> tuple[float, float]:
    """Seconds until the next console kept its first scene, and until it could be used: `times` consoles by then."""
    scene, began = played.kept.scene, time.monotonic()
    os.kill(played.console, signal.SIGKILL)
    await until(lambda: played.kept.scene > scene, 60, "the next console's scene")
    driven = time.monotonic() - began
    await until(lambda: played.ready(times), 60, "the next console")
    return driven, time.monotonic() - began


async def _spare_waits(played: Supervised) -> None:
    """Until there is a spare, and it has nothing more to read."""
    await until(lambda: played.spare, SPARE_SECONDS, "a spare console")
    spare, spent = psutil.Process(played.spare), -1.0
    while (now := sum(spare.cpu_times()[:2])) > spent:
        spent = now
        await asyncio.sleep(QUIET_SECONDS)


CASE = Case("M17", "supervised consoles killed", resume, short=2, long=20, seconds=240, needs_screen=True)
