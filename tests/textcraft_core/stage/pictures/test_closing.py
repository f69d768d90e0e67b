"""A picture that comes while its show is closed: nothing goes wrong, and it is not lost for the show's next stage."""

import asyncio

from tests.fakes.clock import FakeClock
from tests.support.waiting import until
from tests.textcraft_core.stage.pictures.test_picture_costs import a_server, asked, paid
from tests.textcraft_core.stage.test_stage import play
from textcraft_bus.channel import facts
from textcraft_bus.channel.messages import RequestId
from textcraft_core import events as ev
from textcraft_core.stage.pictures import intake
from textcraft_core.stage.walls import restore


def done(request, ready):
    return facts.RenderDone(RequestId(request.request_id), ready)


async def heard(show):
    """Return what went wrong with everything that was fed so far, once it was taken in."""
    show.hub.feed(facts.FramesDropped(1, "a mark"))
    await until(lambda: any("a mark" in event.text for event in show.of(ev.Warned)))
    return [event for event in show.of(ev.Warned) if event.source == "bus" and "a mark" not in event.text]


async def test_a_picture_that_comes_too_late_is_the_next_stages(tmp_path):
    async with play(tmp_path) as show:
        request = await show.picture_asked()
        ready = show.result(request)
        await show.stage.pictures.close()
        show.hub.feed(done(request, ready))
        assert await heard(show) == []
        assert show.of(ev.ImageArrived) == []
        assert show.stage.untaken() == [done(request, ready)]
        assert show.stage.untaken() == []
        assert [each.request_id for each in show.stage.pictures.open_renders] == [request.request_id]
    kept = await asyncio.to_thread(restore.load, show.show.restore, FakeClock())
    assert [each.request_id for each in kept.open_renders] == [request.request_id]
    async with play(tmp_path, kept=kept) as again:
        again.hub.feed(done(request, ready))
        await until(lambda: again.of(ev.GateDecided))
        assert [each.request_id for each in again.of(ev.ImageArrived)] == [request.request_id]


async def test_what_nobody_took_before_the_end_is_the_next_stages_too(tmp_path):
    async with play(tmp_path) as show:
        request = await show.picture_asked()
    ready = show.result(request)
    show.stage.on_fact(done(request, ready))
    assert show.stage.untaken() == [done(request, ready)]


async def test_a_server_that_comes_too_late_makes_nobody_pay(tmp_path):
    async with paid(tmp_path, price=0.25) as show:
        await asked(show)
        await show.stage.pictures.close()
        show.hub.feed(a_server(0.5))
        assert await heard(show) == []
        assert [r.event.usd for r in show.stage.journal.select(["SpendReserved"])] == [0.5]


async def test_a_picture_that_stands_at_the_gate_comes_through(tmp_path, monkeypatch):
    begun, real = [], intake.inspect

    def look(*args):
        begun.append(args)
        return real(*args)

    monkeypatch.setattr(intake, "inspect", look)
    async with play(tmp_path) as show:
        request = await show.picture_asked()
        show.hub.feed(done(request, show.result(request)))
        await until(lambda: begun)
        await show.stage.pictures.close()
        assert [each.request_id for each in show.of(ev.ImageArrived)] == [request.request_id]
        assert show.stage.untaken() == []


async def test_a_gate_that_never_answers_holds_no_closing_up(tmp_path, monkeypatch):
    async with play(tmp_path) as show:
        request = await show.picture_asked()
        ready, waits = show.result(request), asyncio.Event()

        async def never(*_args):
            waits.set()
            await asyncio.Event().wait()

        monkeypatch.setattr(show.stage.intake, "take_in", never)
        monkeypatch.setattr("textcraft_core.stage.pictures.picture_desk.GATE_SECONDS", 0.01)
        show.hub.feed(done(request, ready))
        await waits.wait()
        await show.stage.pictures.close()
        assert show.stage.untaken() == [done(request, ready)]
        assert [each.request_id for each in show.stage.pictures.open_renders] == [request.request_id]
