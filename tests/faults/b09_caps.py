"""B9: storms, retries, pictures at the same time, kills between setting aside and settling: no cap is ever passed.

The server keeps the bill: what it charged at worst must be what was spent, or less, and that within the cap.
"""

import asyncio
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Final

from tests.fakes import llm_server as llm
from tests.fakes.live_brain import Bench, live
from tests.fakes.llm_server import LlmServer
from tests.faults.case import Case, Figure, Run, at_least, at_most, none_of
from tests.faults.spender import PICTURE_USD, spend_on, whole_price
from textcraft_core.events import Event, SpendReserved, SpendSettled

CAP: Final = 0.6
DUST: Final = 1e-9
CAP_OF_A_KILL: Final = 0.25
FREE: Final = ("rate", "server")
WAYS: Final = (*FREE, "rate", "cut", "hang up", "gateway", "slow", "fine")


@dataclass
class Bill:
    """What a server charges: for each call that it began, all that it could have been."""

    usd: float = 0.0
    calls: int = 0
    chance: Random = field(default_factory=lambda: Random(9))

    async def answer(self, heard: llm.Heard, line: llm.Line) -> None:
        """Fail in every way, or not at all."""
        if heard.path == "/paint":
            self.usd += PICTURE_USD
            await line.head(200)
            return
        way = self.chance.choice(WAYS)
        self.calls += 1
        if way not in FREE:
            self.usd += (100 * 5 + 50 * 15) / 1e6 if way in {"fine", "slow"} else whole_price(heard.body)
        await _ANSWERS[way](heard, line)


async def _slow(heard: llm.Heard, line: llm.Line) -> None:
    await asyncio.sleep(0.02)
    await llm.says("x")(heard, line)


_ANSWERS: Final[dict[str, llm.Script]] = {
    "rate": llm.status(429, retry_after="1"),
    "server": llm.status(503),
    "gateway": llm.status(504),
    "cut": llm.cut(llm.delta(content="x")),
    "hang up": llm.hang_up(),
    "slow": _slow,
    "fine": llm.says("x"),
}


async def inject(run: Run) -> Sequence[Figure]:
    """Spend up to `run.count` / 10 caps in storms, then kill `run.count` spenders."""
    return [*await _storms(run), *await _kills(run)]


async def _storms(run: Run) -> list[Figure]:
    storms, over, unpaid, refused, calls = max(1, run.count // 10), 0, 0, 0, 0
    for number in range(storms):
        folder, bill = run.folder / f"storm{number}", Bill(chance=Random(number))
        folder.mkdir()
        async with LlmServer() as server, live(server, folder, cap_day=CAP, cap_show=2 * CAP) as bench:
            server.always = bill.answer
            await bench.brain.prepare()
            refused += await spend_on(bench, server.url, lambda: True, lambda: None)
            over += highest(bench.events) > CAP + DUST
            unpaid += bill.usd > bench.ledger.spent + DUST or _is_unsettled(bench)
            calls += bill.calls
    return [
        none_of(f"storms in which more than the cap was set aside or spent ({calls:,} calls)", over, storms),
        none_of("storms whose bill was more than what was counted", unpaid, storms),
        at_least("refused at the cap", refused, storms),
    ]


def highest(events: Sequence[Event]) -> float:
    """Return the most that was spent and set aside at any moment, USD."""
    reserved: dict[str, float] = {}
    settled = most = 0.0
    for event in events:
        match event:
            case SpendReserved(call_id=call_id, usd=usd):
                reserved[call_id] = usd
            case SpendSettled(call_id=call_id, usd=usd):
                reserved.pop(call_id)
                settled += usd
        most = max(most, settled + sum(reserved.values()))
    return most


def _is_unsettled(bench: Bench) -> bool:
    return bench.ledger.reserved > 0


async def _kills(run: Run) -> list[Figure]:
    folder, bill, cap = run.folder / "kills", Bill(), CAP_OF_A_KILL * run.count
    folder.mkdir()
    async with LlmServer() as server:
        server.always = bill.answer
        spending = await _kill_all(folder, server.url, cap, run.count)
    async with live(None, folder, base_url="http://127.0.0.1:1/v1", cap_show=cap) as bench:
        records = bench.journal.select(["SpendReserved", "SpendSettled"])
        lost = _lost([record.event for record in records])
        await bench.ledger.open()
        spent = bench.ledger.spent
    return [
        at_most(f"spent in spite of {run.count} kills, of a cap of ${cap:.2f}", spent, cap + DUST, "USD"),
        at_most("billed by the server, of what was counted", bill.usd, spent + DUST, "USD"),
        at_least("killed while they spent", spending, run.count * 0.4),
        at_least("calls and pictures cut off by a kill and counted as spent", lost, 1),
    ]


async def _kill_all(folder: Path, url: str, cap: float, kills: int) -> int:
    port = url.rpartition(":")[2].partition("/")[0]
    line = [sys.executable, "-m", "tests.faults.spender", str(folder), port, str(cap), str(kills)]
    worker = await asyncio.create_subprocess_exec(*line, stdout=asyncio.subprocess.PIPE)
    told, _ = await worker.communicate()
    return int(json.loads(told)["spending"])


def _lost(events: Sequence[Event]) -> int:
    """How many reservations were settled by nobody but a later start, or are open still."""
    guessed = {event.call_id: event for event in events if isinstance(event, SpendSettled) and event.estimated}
    held = {event.call_id: event.usd for event in events if isinstance(event, SpendReserved)}
    settled = {event.call_id for event in events if isinstance(event, SpendSettled)}
    return len(held.keys() - settled) + sum(event.usd == held.get(name) for name, event in guessed.items())


CASE = Case("B9", "no more than the cap", inject, short=12, long=100, seconds=60.0)
