"""B10: STOP in the middle of a call, at random moments: idle in 250 ms whatever the brain does, nothing half written.

The brains: a server that hangs with its stream open, a rehearsal that speaks slowly, one that will not be cancelled.
"""

import asyncio
import hashlib
import json
import math
import random
import statistics
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, cast

from tests.fakes import llm_server as llm
from tests.fakes.brain import Hang, ScriptedBrain
from tests.fakes.engine import FAST, Bench, decision, engine_on, until
from tests.fakes.live_brain import live
from tests.fakes.llm_server import LlmServer
from tests.fakes.show import make_show, words
from tests.faults.brain_rig import Releasable
from tests.faults.case import Case, Figure, Run, none_of
from textcraft_bus.clock import SystemClock
from textcraft_core import commands
from textcraft_core.brains.rehearsal import Latency, RehearsalBrain
from textcraft_core.events import BrainCalled, CycleStopped, EngineState, EngineStateChanged, Event, FileWritten
from textcraft_core.show.folder import ShowFolder
from textcraft_core.show.matrix import MatrixStore

BAR_MS: Final = 250.0
NOISE_MS: Final = 1250.0
"""The short form runs beside everything else on a shared machine: it judges that nothing is waited for, no more."""
LONG: Final = 200
LATEST_S: Final = 0.25
MANUSCRIPTS: Final = "data/manuscripts/"
CHAPTER: Final = "ch01_One.md"
PLAN: Final = {"action_type": "generate", "target_file": "ch01", "assigned_agent": "narrator"}


@dataclass
class Stops:
    """What came of the stops: ms from the command until the cycle had stopped and the engine was idle."""

    times: list[float] = field(default_factory=list)
    half: list[str] = field(default_factory=list)

    def figures(self, brain: str, count: int) -> list[Figure]:
        """Return how long it took and whether a file was left half written."""
        bar, times = (BAR_MS if count >= LONG else NOISE_MS), sorted(self.times)
        p99 = times[min(len(times) - 1, round(len(times) * 0.99))]
        seen = f"p50 {statistics.median(times):.0f}, p99 {p99:.0f}, max {times[-1]:.0f} ms"
        is_well = times[-1] <= bar
        return [
            Figure(f"{brain}: from STOP to idle", seen, f"max ≤ {bar:.0f} ms", is_well),
            none_of(f"{brain}: files or matrix half written", self.half, count),
        ]


async def inject(run: Run) -> list[Figure]:
    """Stop `run.count` cycles with each kind of brain."""
    figures: list[Figure] = []
    for name, rig in (("a hanging server", _server), ("a rehearsal", _rehearsal), ("one that stays", _stubborn)):
        folder = run.folder / rig.__name__
        folder.mkdir()
        async with rig(folder) as bench:
            figures += (await _stop_often(bench, run.count)).figures(name, run.count)
    return figures


async def _stop_often(bench: Bench, count: int) -> Stops:
    stops, chance, before = Stops(), random.Random(10), _hashes(bench.show)
    while len(stops.times) < count:
        begun = len(bench.of(BrainCalled))
        await bench.engine.handle(commands.Step())
        await until(lambda b=begun: len(bench.of(BrainCalled)) > b, 30.0)  # type: ignore[misc]
        await asyncio.sleep(chance.uniform(0, LATEST_S))  # the moment is the fault
        if not bench.engine.in_cycle:
            continue  # this one was quicker
        stops.times.append(await _stop(bench))
        if is_half := _is_half(bench, before):
            stops.half.append(f"stop {len(stops.times)}: {is_half}")
    return stops


async def _stop(bench: Bench) -> float:
    """Stop, and return how long it took until both were told, ms; infinity when one was not told at all."""
    clock, told = asyncio.get_running_loop().time, dict[str, float]()

    def hear(event: Event) -> None:
        match event:
            case CycleStopped():
                told["stopped"] = clock()
            case EngineStateChanged(state=EngineState.IDLE):
                told["idle"] = clock()

    forget, began = bench.stream.subscribe(hear), clock()
    await bench.engine.handle(commands.Stop())
    forget()
    return (max(told.values()) - began) * 1000 if len(told) == 2 else math.inf


def _is_half(bench: Bench, before: dict[str, str]) -> str:
    """Which chapter is neither as it was nor as a whole write left it, or what task the matrix holds on to."""
    expected = dict(before)
    for event in bench.of(FileWritten):
        if event.path.startswith(MANUSCRIPTS):
            expected[event.path.removeprefix(MANUSCRIPTS)] = event.sha256
    task, found = MatrixStore(bench.show, SystemClock()).load().active_task, _hashes(bench.show)
    odd = sorted(name for name in {*found, *expected} if found.get(name) != expected.get(name))
    return ", ".join([*odd, *([f"the task {task}"] if task is not None else [])])


def _hashes(show: ShowFolder) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in show.manuscripts.iterdir()}


@asynccontextmanager
async def _server(folder: Path) -> AsyncIterator[Bench]:
    """Calls in turn: silent, half a plan, drips of it; and, after a whole plan, half a chapter."""
    half = llm.tool_chunks(("append_file", json.dumps({"path": f"manuscripts/{CHAPTER}", "content": words(90)})))[:6]
    plan, turn = json.dumps(PLAN), iter(range(1 << 30))
    hangs = (llm.silent(), llm.silent(llm.delta(content=plan[:9])), llm.drip(0.01, "{"), llm.silent(b"".join(half)))

    async def answer(heard: llm.Heard, line: llm.Line) -> None:
        asked = json.dumps(heard.body.get("tools") or "")
        number = next(turn) if "append_file" not in asked else 3
        await (llm.says(plan) if number % 4 == 3 and "append_file" not in asked else hangs[number % 4])(heard, line)

    async with LlmServer() as server, live(server, folder) as remote:
        server.always = answer
        await remote.brain.prepare()
        async with engine_on(_show(folder), cast("Any", Releasable(remote.brain)), FAST) as bench:
            yield bench


@asynccontextmanager
async def _rehearsal(folder: Path) -> AsyncIterator[Bench]:
    show = _show(folder)
    brain = RehearsalBrain(show, seed=3, latency=Latency(first_token_s=0.01, tokens_per_s=1500))
    async with engine_on(show, cast("Any", Releasable(brain)), FAST) as bench:
        yield bench


@asynccontextmanager
async def _stubborn(folder: Path) -> AsyncIterator[Bench]:
    brain, plans = ScriptedBrain(), iter(range(1 << 30))
    brain.always("architect", lambda _: Hang(stubborn=True) if next(plans) % 2 else decision(target=CHAPTER))
    brain.always("narrator", lambda _: Hang(stubborn=True))
    async with engine_on(_show(folder), brain, FAST) as bench:
        yield bench


def _show(folder: Path) -> ShowFolder:
    return make_show(folder, {CHAPTER: 60, "ch02_Two.md": 120})


CASE = Case("B10", "stopped in the middle of a call", inject, short=12, long=LONG, seconds=90.0)
