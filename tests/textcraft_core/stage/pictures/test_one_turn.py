"""All that waits for a disk when a picture comes is done in one turn of a worker: each change of thread is a delay."""

from tests.support.waiting import until
from tests.textcraft_core.stage.test_stage import play
from textcraft_bus.channel import facts
from textcraft_bus.channel.messages import RequestId
from textcraft_core import events as ev
from textcraft_core.stage.pictures import intake


async def test_a_picture_is_found_looked_at_and_kept_in_one_turn_of_a_worker(tmp_path, monkeypatch):
    turns, real = [], intake.asyncio.to_thread

    async def counted(work, *args):
        turns.append(work.__qualname__)
        return await real(work, *args)

    async with play(tmp_path) as show:
        request = await show.picture_asked()
        ready = show.result(request)
        monkeypatch.setattr(intake.asyncio, "to_thread", counted)
        show.hub.feed(facts.RenderDone(RequestId(request.request_id), ready))
        await until(lambda: show.of(ev.ImageArrived))
        monkeypatch.undo()
        assert [turn for turn in turns if turn.startswith("Intake.")] == ["Intake._look_and_keep"]
        (arrived,) = show.of(ev.ImageArrived)
        assert arrived.width and not [turn for turn in turns if turn in {"inspect", "within"}]
