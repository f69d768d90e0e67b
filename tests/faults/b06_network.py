"""B6: the network breaks in the middle of the brain's answers, at any byte of either direction, and heals: each turn of
the story happens once.
"""

import asyncio
import json
from collections.abc import Sequence
from random import Random
from typing import Final

from tests.fakes import llm_server as llm
from tests.faults.brain_rig import PLAN, BrainRig, appended, brain_rig
from tests.faults.case import Case, Figure, Run, at_least, none_of
from tests.faults.proxy import Proxy
from textcraft_core.events import BrainWaiting, FileWritten

LONGEST_WAIT_S: Final = 0.05
OF_A_CYCLE: Final = 3
"""Calls in a cycle: the plan, the passage, the closing word."""


class Network:
    """Cuts once, when so many bytes of one direction have passed in one of a cycle's calls, and heals soon."""

    def __init__(self, seed: int) -> None:
        self.cuts = 0
        self.proxy = Proxy(0)
        self._chance = Random(seed)
        self._left: int | None = None
        self._up = False
        self._calls = 0
        self._healing: set[asyncio.Task[None]] = set()

    async def open(self, target: int) -> int:
        """Begin to lie between; returns the port."""
        self.proxy = Proxy(target, self._look)
        return await self.proxy.open()

    def arm(self) -> None:
        """Choose where the next cut comes."""
        self._calls = self._chance.randrange(OF_A_CYCLE)
        self._up = self._chance.random() < 0.4
        self._left = self._chance.choice((0, 1, 40, 200, 350, 500, self._chance.randrange(900)))

    def note_call(self) -> None:
        """The brain was asked."""
        self._calls -= 1

    def _look(self, up: bool, data: bytes) -> int | None:
        if up and data.startswith(b"POST"):
            self.note_call()
        if self._left is None or up is not self._up or self._calls >= 0:
            return None
        if self._left >= len(data):
            self._left -= len(data)
            return None
        passes, self._left = self._left, None
        self.cuts += 1
        healing = asyncio.get_running_loop().create_task(self._heal())
        self._healing.add(healing)
        healing.add_done_callback(self._healing.discard)
        return passes

    async def _heal(self) -> None:
        await asyncio.sleep(self._chance.uniform(0.0, 0.15))  # how long the fault lasts
        self.proxy.heal()


async def inject(run: Run) -> Sequence[Figure]:
    """Play cycles until the network broke `run.count` times."""
    network, cycles, failed = Network(6), 0, list[str]()
    async with brain_rig(run.folder, max_retries=10, timeout=5.0, between=network.open) as rig:
        rig.remote.brain._sleep = _short
        while network.cuts < run.count:
            network.arm()
            rig.server.always = _same_again(cycles)
            if not await rig.cycle():
                failed.append(f"cycle {cycles}: {[type(event).__name__ for event in rig.engine.events][-4:]}")
            cycles += 1
        await network.proxy.close()
        return _figures(rig, network.cuts, cycles, failed)


def _figures(rig: BrainRig, cuts: int, cycles: int, failed: list[str]) -> list[Figure]:
    told = rig.chapter().decode()
    counts = [told.count(_mark(number)) for number in range(cycles)]
    writes = [event for event in rig.engine.of(FileWritten) if event.by == "narrator"]
    waits = sum(event.seconds > 0 for event in rig.remote.of(BrainWaiting))
    return [
        none_of("turns lost", [f"turn {n}" for n, count in enumerate(counts) if not count], cycles),
        none_of("turns doubled", [f"turn {n}: {count} ×" for n, count in enumerate(counts) if count > 1], cycles),
        none_of("cycles that failed", failed, cycles),
        none_of("writes more than turns", abs(len(writes) - cycles), cycles),
        at_least(f"asked again after {cuts} cuts", waits, cuts * 0.5, "times"),
        none_of("set aside and never settled", len(rig.remote.ledger._open), cycles),
    ]


def _same_again(number: int) -> llm.Script:
    """Answer by what is asked, however often: a call that was cut off is made again."""

    async def answer(heard: llm.Heard, line: llm.Line) -> None:
        if "append_file" not in json.dumps(heard.body.get("tools") or ""):
            script = llm.says(json.dumps(PLAN))
        elif heard.body["messages"][-1]["role"] == "tool":
            script = llm.says("done")
        else:
            script = llm.stream(appended(_mark(number)))
        await script(heard, line)

    return answer


def _mark(number: int) -> str:
    return f" And turn {number} was told."


async def _short(seconds: float) -> None:
    await asyncio.sleep(min(seconds, LONGEST_WAIT_S))


CASE = Case("B6", "the network breaks under a call", inject, short=20, long=200, seconds=60.0)
