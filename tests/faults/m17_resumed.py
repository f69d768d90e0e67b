"""M17: a supervised console in SHOW is killed and comes back by itself, walls first: how soon, with a spare or without.

A console that lived for a while has a spare behind it that has read its libraries. Once that one is killed first, so
that the next console is started from nothing.
"""

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Sequence

import psutil

from tests.faults.case import Case, Figure, Run, at_most, is_so
from tests.support.programs import programs
from tests.support.supervised import Supervised
from tests.support.waiting import until
from textcraft_bus.channel.messages import Mode

RESUMED_SECONDS = 5.0
NOISE = 3.0
"""From nothing, on a machine that runs other tests meanwhile, it may take so many times as long."""
SPARE_SECONDS = 90.0
QUIET_SECONDS = 1.0


async def resume(run: Run) -> Sequence[Figure]:
    """Kill it `run.count` times with its spare behind it, then once more after its spare."""
    scenes, usable = [], []
    with programs(run.folder) as started:
        played = Supervised(started, "--mode", "show")
        await asyncio.to_thread(played.stands)
        wall = played.wall
        for turn in range(run.count):
            await _spare_waits(played)
            scene, ready = await _kill(played, turn + 2)
            scenes.append(scene)
            usable.append(ready)
        await _spare_waits(played)
        os.kill(played.spare, signal.SIGKILL)
        cold, cold_ready = await _kill(played, run.count + 2)
        same = played.wall == wall
        in_show = played.kept.playout.mode is Mode.SHOW
        with contextlib.suppress(ProcessLookupError):
            os.kill(played.program.pid, signal.SIGTERM)
        await asyncio.to_thread(played.program.wait, 40)
        played.end_walls()
    return [
        at_most("longest until its walls are driven again", max(scenes), RESUMED_SECONDS, "s"),
        at_most("longest until it can be used", max(usable), RESUMED_SECONDS, "s"),
        at_most("without a spare, until its walls are driven", cold, RESUMED_SECONDS * NOISE, "s"),
        at_most("without a spare, until it can be used", cold_ready, RESUMED_SECONDS * NOISE, "s"),
        is_so("same wall, and SHOW", same and in_show),
    ]


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
