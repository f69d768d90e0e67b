"""P3: one whole cycle that writes a passage, with a brain that answers at once, in a short and in a long book."""

import asyncio
import gc
from contextlib import AsyncExitStack

from tests.bench.measure import Figure, Measure, Run, p50, timed
from tests.bench.shows import chapter_name, long_show, walk
from tests.fakes.brain import ScriptedBrain
from tests.fakes.engine import Bench, appends, decision, engine_on
from tests.fakes.show import words

SHORT, LONG = 300, 3000
MAX_SHORT_MS = 25.0


def measure(run: Run) -> list[Figure]:
    """Measure cycles of both books and bare walks in turns."""
    short, long, bare = asyncio.run(_cycles(run))
    walked, fast = p50(bare), p50(short)
    return [
        Figure("cycle at 300 chapters", fast, MAX_SHORT_MS, "absolute"),
        Figure("cycle at 3,000 chapters", p50(long), fast + 3 * walked, "the one at 300 + 3 × scandir+stat", walked),
    ]


async def _cycles(run: Run) -> tuple[list[float], list[float], list[float]]:
    short: list[float] = []
    long: list[float] = []
    bare: list[float] = []
    async with AsyncExitStack() as stack:
        one = await stack.enter_async_context(engine_on(long_show(run, SHORT), _company(SHORT)))
        other = await stack.enter_async_context(engine_on(long_show(run, LONG), _company(LONG)))
        gc.collect()
        for number in range(run.rounds(81, 21)):
            times = await _step(one), await _step(other), timed(lambda: walk(other.show.manuscripts))
            if number:  # the first of an engine loads modules
                short.append(times[0])
                long.append(times[1])
                bare.append(times[2])
    return short, long, bare


async def _step(bench: Bench) -> float:
    clock = asyncio.get_running_loop()
    began = clock.time()
    is_well = await bench.engine.step()
    took = (clock.time() - began) * 1000
    if not is_well:
        raise RuntimeError("the cycle failed: what it costs says nothing")
    return took


def _company(chapters: int) -> ScriptedBrain:
    """Return a brain that has a passage added to one chapter after the other."""
    brain = ScriptedBrain()
    brain.always("architect", lambda purpose: decision(target=chapter_name(purpose.cycle * 7 % chapters + 1)))
    brain.always("narrator", lambda purpose: "" if purpose.context["last"] else appends(purpose.target, words(30)))
    return brain


MEASURE = Measure("P3", "one cycle, zero-latency brain", "300: p50 ≤ 25 ms; 3,000: that + 3 bare walks", measure)
