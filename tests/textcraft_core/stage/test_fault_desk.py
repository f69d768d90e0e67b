"""Black pictures and cut links of a rehearsal: asked for honestly, and no wall shows them."""

from tests.support.waiting import until
from tests.textcraft_core.stage.test_stage import play
from textcraft_bus.channel.messages import RequestId
from textcraft_core import commands as cmd
from textcraft_core import events as ev
from textcraft_core.stage.stage import StageOptions
from textcraft_image_server.backends import Order, create_backend
from textcraft_image_server.config import ImageServerConfig


def profile(tmp_path, text):
    path = tmp_path / "test.toml"
    path.write_text(text, encoding="utf-8")
    return StageOptions(fault_profile=str(path))


async def test_a_black_picture_is_painted_and_stays_off_the_walls(tmp_path):
    options = profile(tmp_path, "pictures = { black = 1.0 }")
    async with play(tmp_path, options=options) as show:
        request = await show.picture_asked()
        asked = show.hub.requests[RequestId(request.request_id)]
        assert asked.generator == "black"
        backend = create_backend(asked.generator, ImageServerConfig())
        painted = await backend.paint(Order(asked.prompt, "", asked.seed, 320, 180), lambda _fraction: None)
        await show.painted(request, data=painted.data)
        assert show.of(ev.GateDecided)[0].checks["picture"] is False
        assert show.of(ev.NextStaged) == []
        assert [each.failed for each in show.of(ev.CandidateAdded)] == [("picture",)]
        assert [event.fault for event in show.of(ev.FaultRehearsed)] == ["black picture"]


async def test_the_last_good_picture_stays_live(tmp_path):
    async with play(tmp_path) as show:
        request = await show.picture_asked()
        ready = await show.painted(request)
        await until(lambda: show.of(ev.NextStaged))
        await show.wall_appears()
        await show.stage.handle(cmd.Take())
        black = await create_backend("black", ImageServerConfig()).paint(Order("p", "", 1, 320, 180), lambda _f: None)
        await until(lambda: show.stage.engine.state == "idle")
        show.events.clear()
        request = await show.picture_asked()
        await show.painted(request, data=black.data)
        assert show.of(ev.GateDecided)[0].passed is False
        assert all(scene.program.sha256 == ready.sha256 for scene in show.hub.scenes.values())


async def test_the_link_is_cut_when_the_profile_says_so(tmp_path):
    options = profile(tmp_path, "link = { cut = 1.0, seconds = { median = 3.0 } }")
    async with play(tmp_path, options=options) as show:
        await show.picture_asked()
        assert show.hub.calls.of("cut_link") == [(3.0,)]
        assert [(event.fault, event.seconds) for event in show.of(ev.FaultRehearsed)] == [("link cut", 3.0)]


async def test_without_a_profile_nothing_is_spoilt(tmp_path):
    async with play(tmp_path) as show:
        request = await show.picture_asked()
        assert show.hub.requests[RequestId(request.request_id)].generator is None
        assert show.hub.calls.of("cut_link") == []
