"""M7: results that come late, twice, for nobody or for another try, in any order: the same end for every job."""

import asyncio
import hashlib
import random
from typing import Any, Final

from tests.faults.case import Case, Figure, Run, at_least, none_of
from tests.interop.raw import RawPeer
from tests.support.waiting import until
from textcraft_bus.channel.facts import Fact, RenderDone, RenderGaveUp
from textcraft_bus.channel.hub import Hub
from textcraft_bus.channel.messages import Mode, RenderRequest
from textcraft_bus.clock import SystemClock

BATCH: Final = 16
MESSAGES_OF_A_JOB: Final = 5
STILL_S: Final = 3.0


async def inject(run: Run) -> list[Figure]:
    """Play `run.count` results in two orders, and compare how every job ended."""
    jobs = max(BATCH, run.count // (2 * MESSAGES_OF_A_JOB))
    first, sent_first, ignored = await _play(run, jobs, 1)
    second, sent_second, _ = await _play(run, jobs, 2)
    twice = [f"{job}: {found}" for ends in (first, second) for job, found in ends.items() if len(found) != 1]
    return [
        at_least("results sent", sent_first + sent_second, run.count * 0.9),
        none_of("jobs that did not end exactly once", twice, 2 * jobs),
        none_of("jobs that ended otherwise in the other order", _differ(first, second), jobs),
        at_least("late, double and unknown ones counted", ignored, jobs * (MESSAGES_OF_A_JOB - 1) * 0.9),
    ]


def _differ(first: dict[str, list[str]], second: dict[str, list[str]]) -> list[str]:
    jobs = sorted({*first, *second})
    return [f"{job}: {first.get(job)}, {second.get(job)}" for job in jobs if first.get(job) != second.get(job)]


async def _play(run: Run, jobs: int, seed: int) -> tuple[dict[str, list[str]], int, int]:
    ends: dict[str, list[str]] = {}

    def on_fact(fact: Fact) -> None:
        match fact:
            case RenderDone(request_id=request_id, ready=ready):
                ends.setdefault(request_id, []).append(ready.sha256)
            case RenderGaveUp(request_id=request_id, reason=reason):
                ends.setdefault(request_id, []).append(reason)

    loop, chance = asyncio.get_running_loop(), random.Random(seed)
    hub = Hub(on_fact, loop, SystemClock(), show_id="faults", mode=Mode.REHEARSE, nonce_folder=run.folder)
    port = await hub.start()
    sent = 0
    with RawPeer(name=b"image_server.raw").connect(port) as worker:
        await worker.hello(slots=BATCH, show="faults")
        old: list[dict[str, Any]] = []
        for start in range(0, jobs, BATCH):
            names = [f"r{number}" for number in range(start, min(start + BATCH, jobs))]
            for name in names:
                hub.request(RenderRequest(request_id=name, prompt="p", width=64, height=64))
            await until(lambda wanted=names: _asked(worker) >= set(wanted), what="the requests")
            worker.frames.clear()
            batch = [message for name in names for message in _answers(name, chance)]
            batch += old
            chance.shuffle(batch)
            for message in batch:
                worker.say(**message)
            sent += len(batch)
            old = [_ready(name) for name in names]
            await until(lambda wanted=names: all(name in ends for name in wanted), what="the ends")
            worker.say(type="Heartbeat")
        ignored = await _ignored(hub, sent - jobs)
    await hub.stop()
    return ends, sent, ignored


def _asked(worker: RawPeer) -> set[str]:
    return {message["request_id"] for message in worker.of("RenderRequest")}


def _answers(name: str, chance: random.Random) -> list[dict[str, Any]]:
    """The right result three times, one for a job nobody asked for and a failure of a try that never was."""
    unknown = {**_ready(name), "request_id": f"never-{name}-{chance.randrange(9)}"}
    wrong_try = {"type": "RenderFailed", "request_id": name, "attempt": 7, "reason": "of another try"}
    return [_ready(name), _ready(name), unknown, wrong_try]


def _ready(name: str) -> dict[str, Any]:
    sha256 = hashlib.sha256(name.encode()).hexdigest()
    return {
        "type": "ImageReady", "request_id": name, "attempt": 1, "uri": f"file:///nowhere/{sha256}.png",
        "sha256": sha256, "mime": "image/png", "width": 64, "height": 64,
    }  # fmt: skip


async def _ignored(hub: Hub, wanted: int) -> int:
    """Wait until so many were counted, or the count has stood still for seconds: then all that was sent was read."""
    loop, now = asyncio.get_running_loop(), -1
    moved = loop.time()
    while now < wanted and loop.time() - moved < STILL_S:
        counts, before = await hub.counts(), now
        now = sum(count for reason, count in counts.items() if reason in {"late or double result", "unknown job"})
        moved = loop.time() if now > before else moved
        await asyncio.sleep(0.02)
    return now


CASE = Case("M7", "late, double and unknown results", inject, short=2_000, long=10_000)
