import asyncio
import json
from random import Random

import pytest

from tests.fakes import llm_server as llm
from tests.fakes.live_brain import live
from tests.fakes.llm_server import LlmServer
from textcraft_core.ai_services.client import BrainError, BrainFault, check_answer
from textcraft_core.events import CapReached, SpendReserved, SpendSettled, Warned


@pytest.fixture
async def server():
    async with LlmServer() as made:
        yield made


async def test_a_brain_on_this_machine_is_free_and_reserves_nothing(server, tmp_path):
    server.say(llm.says("x"))
    async with live(server, tmp_path, price="auto", cap_day=0.0) as bench:
        assert bench.brain.free
        assert check_answer(await bench.ask(model="unknown")).usage.cost == 0
        assert bench.of(SpendReserved) == []
        assert bench.of(Warned) == []


async def test_a_reservation_is_on_disk_before_the_server_hears_a_word(server, tmp_path):
    async def script(heard, line):
        stored.extend(bench.journal.last())
        await llm.says("x")(heard, line)

    stored = []
    server.say(script)
    async with live(server, tmp_path) as bench:
        await bench.ask(max_tokens=1000)
        reserved = [record.event for record in stored if isinstance(record.event, SpendReserved)]
        assert len(reserved) == 1
        assert reserved[0].usd > 1000 * 15 / 1e6


async def test_a_call_the_cap_does_not_allow_never_reaches_the_server(server, tmp_path):
    async with live(server, tmp_path, cap_show=0.01) as bench:
        with pytest.raises(BrainError, match=r"cap of \$0.01 for the show") as caught:
            await bench.ask()
        assert caught.value.kind is BrainFault.REFUSED
        assert server.heard == []
        assert bench.of(CapReached) == [CapReached(cap="show", usd=0.01)]


async def test_an_unknown_price_is_the_dearest_and_said_once(server, tmp_path, monkeypatch):
    # The list decides only for servers elsewhere; this one pretends to be.
    monkeypatch.setattr("textcraft_core.ai_services.prices.is_loopback", lambda _url: False)
    server.say(llm.says("x"), llm.says("y"))
    async with live(server, tmp_path, price="auto") as bench:
        for _ in range(2):
            usage = check_answer(await bench.ask(model="mystery")).usage
        assert usage.cost == (100 * 150 + 50 * 600) / 1e6
        assert usage.estimated
        assert ["dearest" in event.text for event in bench.of(Warned)] == [True]


async def test_the_cap_is_never_passed_in_a_storm(server, tmp_path):
    """A server that bills each request it takes for all it could be, and fails in every way meanwhile."""
    billed = 0.0
    rng = Random(11)

    def whole(heard):
        return (len(json.dumps(heard.body["messages"])) * 5 + 500 * 15) / 1e6

    async def storm(heard, line):
        nonlocal billed
        way = rng.choice(["rate", "server", "cut", "hang", "gateway", "fine"])
        if way in {"cut", "hang", "gateway"}:
            billed += whole(heard)
        match way:
            case "rate":
                await llm.status(429, retry_after=str(rng.randint(0, 3)))(heard, line)
            case "server":
                await llm.status(503)(heard, line)
            case "gateway":
                await llm.status(504)(heard, line)
            case "cut":
                await llm.cut(llm.delta(content="x"))(heard, line)
            case "fine":
                billed += (100 * 5 + 50 * 15) / 1e6
                await llm.says("x")(heard, line)

    server.always = storm
    async with live(server, tmp_path, cap_day=0.25) as bench:
        outcomes = []
        for _ in range(15):
            outcomes += await asyncio.gather(*(bench.ask() for _ in range(4)), return_exceptions=True)
        assert billed <= bench.ledger.spent <= 0.25
        assert bench.ledger.spent > 0.2
        assert bench.of(CapReached)
        assert all(isinstance(outcome, dict | BrainError) for outcome in outcomes)
        reserved, settled, highest = {}, 0.0, 0.0
        for event in bench.events:
            if isinstance(event, SpendReserved):
                reserved[event.call_id] = event.usd
            elif isinstance(event, SpendSettled):
                del reserved[event.call_id]
                settled += event.usd
            highest = max(highest, settled + sum(reserved.values()))
        assert highest <= 0.25 + 1e-9


async def test_a_count_that_cannot_be_true_does_not_use_up_the_show_s_money(server, tmp_path):
    server.say(llm.says("x", usage={"prompt_tokens": 2**39, "completion_tokens": 1}), llm.says("y"))
    async with live(server, tmp_path, cap_show=1.0) as bench:
        usage = check_answer(await bench.ask()).usage
        assert (usage.cost, usage.estimated) == (bench.of(SpendReserved)[0].usd, True)
        assert ["more tokens than it was sent" in event.text for event in bench.of(Warned)] == [True]
        await bench.ask()
        assert bench.ledger.spent < 0.02
