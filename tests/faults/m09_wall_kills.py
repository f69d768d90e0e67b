"""M9: a killed display is back in two seconds from its own cache; a killed core never makes a wall black."""

import asyncio
import statistics
import time
from collections.abc import Sequence

from tests.faults.bare_start import bare_start
from tests.faults.case import Case, Figure, Run, at_least, at_most, none_of
from tests.faults.wall_rig import BLACK, Watch, seconds_since, wall_rig
from tests.support.waiting import until

BACK_SECONDS = 2.0
SLOWER = 8.0
"""Times the start of a bare window it may take: 2.8 was seen on a quiet machine, 4.8 at a load of 10."""
DOWN_SECONDS = 0.3


async def kill_displays(run: Run) -> Sequence[Figure]:
    """Kill the display; its picture's file is gone meanwhile, so only its own cache has it."""
    times, bare, missing = [], [], []
    async with wall_rig(run.folder) as rig:
        number = rig.show(90)
        await rig.painted(number)
        for path in run.folder.glob("*.png"):
            path.unlink()
        for turn in range(run.count):
            assert rig.wall is not None
            rig.wall.kill()
            rig.forget()
            began = time.monotonic()
            rig.open_wall()
            await rig.painted(number)
            times.append(seconds_since(began))
            if lacks := await rig.lacks(90):
                missing.append(f"kill {turn}: {lacks}")
            bare.append(await bare_start())
    least = statistics.median(bare)
    return [
        none_of("kills after which the picture was missing", missing, run.count),
        at_most(
            f"median time from the start to the picture (a bare window: {least:.2f} s)",
            statistics.median(times),
            max(BACK_SECONDS, SLOWER * least),
            "s",
        ),
    ]


async def kill_cores(run: Run) -> Sequence[Figure]:
    """End the core without a word and begin another one; the wall is looked at ten times a second."""
    async with wall_rig(run.folder) as rig, Watch() as watch:
        for turn in range(run.count):
            await rig.close_core()
            await asyncio.sleep(DOWN_SECONDS)
            rig.forget()
            await rig.open_core()
            await rig.painted(rig.show(20 + turn * 11 % 230))
            await until(lambda wanted=2 * (turn + 1): watch.looks >= wanted, 30, "two looks")  # type: ignore[misc]
    return [
        at_least("darkest look at the wall (mean of 255)", watch.darkest, BLACK),
        at_least("looks at the wall", watch.looks, run.count * 2),
    ]


CASES = (
    Case("M9A", "displays killed", kill_displays, short=5, long=50, seconds=90, needs_screen=True),
    Case("M9B", "cores killed", kill_cores, short=5, long=50, seconds=90, needs_screen=True),
)
