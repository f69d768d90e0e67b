"""Paid pictures: set aside before the request goes out, settled by its end, refused beyond the cap, in one account."""

from contextlib import asynccontextmanager

import pytest

from tests.support.waiting import until
from tests.textcraft_core.stage.test_stage import play
from textcraft_bus.channel import facts
from textcraft_bus.channel.messages import PeerName, RequestId, Role, ServiceHello
from textcraft_core import commands as cmd
from textcraft_core import events as ev
from textcraft_core.spend import Caps
from textcraft_core.stage.stage import StageOptions

CLOUD = PeerName("image_server.cloud")


def a_server(price: float, *, peer: str = CLOUD, generator: str = "openai") -> facts.PeerSeen:
    hello = ServiceHello(
        role=Role.IMAGE_SERVER, name=peer.split(".")[1], generator=generator, capabilities=[generator, "procedural"],
        prices={generator: price} if price else {},
    )  # fmt: skip
    return facts.PeerSeen(PeerName(peer), hello)


@asynccontextmanager
async def paid(tmp_path, *, price=0.25, cap=10.0, servers=None):
    async with play(tmp_path, options=StageOptions(caps=Caps(day=cap))) as show:
        for server in servers if servers is not None else [a_server(price)]:
            show.hub.feed(server)
        await until(lambda: len(show.of(ev.ServiceSeen)) == len(servers if servers is not None else [1]))
        yield show


async def asked(show):
    request = await show.picture_asked()
    await until(lambda: request.request_id in show.hub.requests or show.of(ev.RenderFailed))
    return request


async def test_the_price_of_all_tries_is_on_disk_before_the_request_goes_out(tmp_path):
    async with paid(tmp_path) as show:
        request = await asked(show)
        sent = show.hub.requests[RequestId(request.request_id)]
        assert sent.budget == 0.25
        reserved = [r.event.usd for r in show.stage.journal.select(["SpendReserved"])]
        assert reserved == [0.5], "two tries may be paid"
        assert show.stage.account.reserved == 0.5


async def test_a_result_settles_what_it_said_it_cost(tmp_path):
    async with paid(tmp_path) as show:
        request = await asked(show)
        show.hub.feed(facts.RenderStarted(RequestId(request.request_id), CLOUD, 1))
        ready = (await show.painted(request)).model_copy(update={"cost": 0.04})
        assert show.stage.account.reserved == 0.0, "the rig's own result costs nothing"
        again = await _second(show)
        show.hub.feed(facts.RenderDone(RequestId(again), ready.model_copy(update={"request_id": again})))
        await until(lambda: show.of(ev.SpendAdded))
        assert show.of(ev.SpendAdded)[0].source == "pictures"
        assert show.stage.account.spent == pytest.approx(0.04)


async def _second(show):
    before = show.of(ev.RenderRequested)[-1].request_id
    await show.stage.handle(cmd.Rerender(request_id=before, seed=3))
    again = show.of(ev.RenderRequested)[-1].request_id
    await until(lambda: again in show.hub.requests)
    return again


async def test_a_try_nobody_saw_end_is_presumed_to_have_cost_its_price(tmp_path):
    async with paid(tmp_path) as show:
        request = await asked(show)
        show.hub.feed(facts.RenderGaveUp(RequestId(request.request_id), "lost", 2, unseen=1, lost_cost=0.1))
        await until(lambda: show.of(ev.RenderFailed))
        assert show.stage.account.spent == pytest.approx(0.35)
        assert show.of(ev.SpendSettled)[-1].estimated


async def test_beyond_the_cap_no_request_goes_out_and_the_reason_is_told(tmp_path):
    async with paid(tmp_path, cap=0.4) as show:
        request = await asked(show)
        await until(lambda: show.of(ev.RenderFailed))
        assert "cap" in show.of(ev.RenderFailed)[0].reason
        assert show.of(ev.CapReached)
        assert request.request_id not in show.hub.requests


async def test_a_free_server_needs_no_money(tmp_path):
    async with paid(tmp_path, cap=0.0, servers=[a_server(0.0)]) as show:
        request = await asked(show)
        assert show.hub.requests[RequestId(request.request_id)].budget == 0.0
        assert show.of(ev.SpendReserved) == []


async def test_under_pause_ai_no_paid_picture_is_asked_for(tmp_path):
    async with paid(tmp_path) as show:
        request = await asked(show)
        await show.stage.handle(cmd.PauseAI(on=True))
        await show.stage.handle(cmd.Rerender(request_id=request.request_id))
        await until(lambda: show.of(ev.RenderFailed))
        assert "PAUSE AI" in show.of(ev.RenderFailed)[0].reason
        assert len(show.hub.requests) == 1


async def test_a_picture_that_waits_is_paid_for_when_only_a_paid_server_comes(tmp_path):
    async with paid(tmp_path, servers=[]) as show:
        request = await asked(show)
        assert show.hub.requests[RequestId(request.request_id)].budget == 0.0
        show.hub.feed(a_server(0.1))
        await until(lambda: show.hub.calls.of("allow"))
        assert show.hub.calls.of("allow") == [(request.request_id, 0.1)]
        assert show.stage.account.reserved == pytest.approx(0.2)


async def test_a_free_server_beside_a_paid_one_leaves_what_waits_as_it_is(tmp_path):
    async with paid(tmp_path, servers=[]) as show:
        await asked(show)
        show.hub.feed(a_server(0.0, peer="image_server.free"))
        show.hub.feed(a_server(0.1))
        await until(lambda: len(show.of(ev.ServiceSeen)) == 2)
        assert show.hub.calls.of("allow") == []


async def test_what_was_cut_off_by_a_crash_is_presumed_spent(tmp_path):
    async with paid(tmp_path) as show:
        await asked(show)
    from tests.fakes.clock import FakeClock
    from textcraft_core.record.journal import Journal
    from textcraft_core.record.stream import EventStream
    from textcraft_core.spend import Ledger

    journal = Journal(show.show.journal, FakeClock())
    ledger = Ledger(Caps(), EventStream(journal), journal, FakeClock())
    await ledger.open()
    assert ledger.spent == pytest.approx(0.5)
    journal.close()


async def test_a_picture_cancelled_while_it_is_paid_for_goes_nowhere_and_costs_nothing(tmp_path):
    async with paid(tmp_path) as show:
        order = ev.RenderRequested(request_id="r", prompt="p", seed=1, width=64, height=64, cycle=1, target="t")
        show.stage.pictures.ask(order)
        await show.stage.handle(cmd.CancelRender(request_id="r"))
        await until(lambda: show.of(ev.SpendSettled) or show.stage.account.reserved == 0)
        assert show.of(ev.RenderFailed)[0].reason == "cancelled"
        assert "r" not in show.hub.requests
        await until(lambda: show.stage.account.reserved == 0)
        assert show.stage.account.spent == 0
