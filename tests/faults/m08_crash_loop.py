"""M8: services that crash at their start, again and again: a few starts, then parked, and the loop stays quick.

On a machine that does other things as well the same loop is late without any start: that is measured before and after,
and what a start may add to it is judged.
"""

import asyncio
import contextlib
import subprocess
import sys
from collections import Counter

from tests.bench.measure import p99
from tests.faults.case import Case, Figure, Run, at_most, none_of
from tests.support.waiting import until
from textcraft_bus.channel.messages import PeerName
from textcraft_bus.processes import Child
from textcraft_core import events as ev
from textcraft_core.record.stream import EventStream
from textcraft_core.stage.keeper import ServiceKeeper, Wanted

MOST_STARTS = 6
BAR_MS = 50.0
QUIET_SECONDS = 3.0


async def inject(run: Run) -> list[Figure]:
    """Keep `run.count` services that end with an error as soon as they run."""
    stream, events = EventStream(None), list[ev.Event]()
    stream.subscribe(events.append)
    starts: Counter[str] = Counter()

    def start(program: str, _arguments: list[str], _log_name: str) -> Child:
        starts[program] += 1
        return Child(subprocess.Popen([sys.executable, "-c", "raise SystemExit(7)"], stderr=subprocess.DEVNULL))

    wanted = [Wanted(PeerName(f"image_server.p{n}"), f"p{n}", ()) for n in range(run.count)]
    keeper = ServiceKeeper("faults", wanted, stream, start)
    delays: list[float] = []
    quiet = p99(await _delays_without())
    # Held here to their end:
    ticking = asyncio.ensure_future(_tick(delays))  # noqa: TID251
    await keeper.open()
    watching = asyncio.ensure_future(keeper.watch_forever())  # noqa: TID251
    try:
        await until(lambda: _parked(events) == run.count, 120.0, what="every service to be parked")
        before = starts.total()
        await asyncio.sleep(1.2)  # two more rounds of the watch: a parked one stays parked
    finally:
        for task in (watching, ticking):
            task.cancel()
        await asyncio.gather(watching, ticking, return_exceptions=True)
        await keeper.close()
    quiet = max(quiet, p99(await _delays_without()))
    return [
        at_most("starts of one service in five minutes", max(starts.values()), MOST_STARTS, ""),
        none_of("starts after it was parked", starts.total() - before, run.count),
        at_most(f"p99 of the loop's delay meanwhile ({quiet:.2f} with no start)", p99(delays), quiet + BAR_MS, "ms"),
        Figure("parked and told", str(_parked(events)), str(run.count), _parked(events) == run.count),
    ]


def _parked(events: list[ev.Event]) -> int:
    return sum(isinstance(event, ev.Warned) and event.fault for event in events)


async def _delays_without() -> list[float]:
    """What this machine does to a loop at this moment."""
    delays: list[float] = []
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(QUIET_SECONDS):
            await _tick(delays)
    return delays


async def _tick(delays: list[float]) -> None:
    loop = asyncio.get_running_loop()
    while True:
        due = loop.time() + 0.01
        await asyncio.sleep(0.01)
        delays.append((loop.time() - due) * 1000)


CASE = Case("M8", "services that crash at their start", inject, short=4, long=30)
