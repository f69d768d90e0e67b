"""A rehearsal by a brain that costs money: over a real socket, into the account of the show, whatever becomes of it."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.fakes import llm_server as llm
from tests.fakes.bus import FakeHub
from tests.fakes.llm_server import LlmServer
from tests.fakes.show import make_show, words
from tests.support.waiting import until
from textcraft_bus.channel.messages import Mode
from textcraft_bus.clock import SystemClock
from textcraft_core import commands as cmd
from textcraft_core import events as ev
from textcraft_core.bench import BenchSettings
from textcraft_core.record.journal import Journal
from textcraft_core.record.stream import EventStream
from textcraft_core.show import rehearsals
from textcraft_core.show.folder import rehearsal_copy
from textcraft_core.spend import Caps, Ledger
from textcraft_core.stage.stage import Stage
from textcraft_core.stage.walls.restore import Restore
from textcraft_gui.config import ConsoleConfig
from textcraft_gui.rehearsal.bench import PAID, Bench

DEAR = {"prompt_tokens": 100, "completion_tokens": 6_000, "total_tokens": 6_100}
DEAR_USD, USUAL_USD = 0.0905, 0.00125
"""At $5 and $15 for a million tokens; the usual answer is of 100 and 50 tokens."""


class Noon(SystemClock):
    """Seconds pass; the date does not, so that no day ends within the test."""

    def now(self):
        return datetime(2030, 5, 1, 12, tzinfo=UTC)


class Host:
    """A session without a rehearsal in play."""

    def rehearsing(self):
        return None

    async def play_anew(self):
        raise AssertionError("nothing is rehearsed")

    def tell(self, event):
        pass


@pytest.fixture
def show(tmp_path):
    return make_show(tmp_path / "show", {"ch01_One.md": 60})


async def rehearse(show, server, bench):
    """One cycle on a fresh copy, which is thrown away; return what was told."""
    copy = rehearsal_copy(show, Noon())
    options = bench.options(copy, Mode.REHEARSE, "", None)
    options = replace(options, engine=options.engine.model_copy(update={"illustrate": False}))  # nothing beside a cycle
    stages, told = [], []
    hub = FakeHub(lambda fact: stages[0].on_fact(fact))  # noqa: PLW0108 - the stage comes later
    stage = Stage(copy, bench.brain_maker(copy, Mode.REHEARSE), hub, Noon(), options, Restore())
    stages.append(stage)
    stage.subscribe(told.append)
    await stage.open()
    try:
        await stage.handle(cmd.Step())
        await until(lambda: any(isinstance(event, ev.CycleFinished | ev.CycleFailed) for event in told))
    finally:
        await stage.close(end_services=True)
    rehearsals.throw_away(show, copy.root.name)
    assert not copy.root.exists()
    return told


async def spent_today(show):
    journal = Journal(show.journal, Noon())
    try:
        own = Ledger(Caps(day=10.0), EventStream(journal), journal, Noon(), UTC)
        await own.open()
        return own.spent_today
    finally:
        journal.close()


async def paid_bench(show, server, cap_day):
    """The bench as a console has it: a paid server, and the operator's word that a rehearsal may cost."""
    table = {"base_url": server.url, "price": "5/15", "model": "gpt-4o", "max_retries": 0}
    config = ConsoleConfig(llm={**table, "cap_day": cap_day})
    bench = Bench(show, config, Noon(), lambda _secret: None, Host())
    await bench.look()
    assert bench.told.live == PAID
    await bench.set(cmd.SetBench(settings=BenchSettings(brain="live", most_usd=5.0)))
    return bench


def answers():
    plan = json.dumps({"action_type": "generate", "target_file": "ch01", "assigned_agent": "narrator"})
    passage = json.dumps({"path": "manuscripts/ch01_One.md", "content": words(30, "paid")})
    return llm.says(plan, usage=DEAR), llm.stream(llm.tool_chunks(("append_file", passage))), llm.says("done")


async def test_what_a_thrown_away_rehearsal_cost_is_gone_from_the_day_of_its_show(show, tmp_path):
    text = (show.manuscripts / "ch01_One.md").read_bytes()
    async with LlmServer() as server:
        server.say(*answers())
        told = await rehearse(show, server, await paid_bench(show, server, cap_day=1.0))
        assert any(isinstance(event, ev.CycleFinished) for event in told)
        heard = len(server.heard)
        assert heard == 3
        cost = DEAR_USD + 2 * USUAL_USD
        assert sum(event.usd for event in told if isinstance(event, ev.SpendAdded)) == pytest.approx(cost)
        assert await spent_today(show) == pytest.approx(cost)
        assert (show.manuscripts / "ch01_One.md").read_bytes() == text

        server.say(*answers())
        told = await rehearse(show, server, await paid_bench(show, server, cap_day=0.094))
        assert len(server.heard) == heard, "a call the day of the show does not allow must reach no server"
        assert ev.CapReached(cap="day", usd=0.094) in told
        assert await spent_today(show) == pytest.approx(cost)

        other = make_show(tmp_path / "other", {"ch01_One.md": 60})
        await rehearse(other, server, await paid_bench(other, server, cap_day=0.094))
        assert len(server.heard) > heard, "the same call is allowed on a day on which nothing was spent"
