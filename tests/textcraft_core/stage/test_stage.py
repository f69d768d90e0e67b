"""The show in play, without sockets: commands and facts in, events, scenes and files out."""

import io
import math
from contextlib import asynccontextmanager

import pytest
from PIL import Image

from tests.fakes.bus import FakeHub
from tests.fakes.clock import FakeClock
from tests.fakes.engine import a_company
from tests.fakes.show import make_show
from tests.support.waiting import until
from textcraft_bus.channel import facts
from textcraft_bus.channel.messages import (
    Heartbeat,
    ImageReady,
    Layer,
    Mode,
    PeerName,
    RequestId,
    Role,
    ScreenInfo,
    ServiceHello,
    Shown,
    ShownPhase,
    ShowRefused,
    WallKey,
    WallPlace,
    WallThumb,
)
from textcraft_bus.errors import WriteFailed
from textcraft_bus.pictures import sha256_of
from textcraft_core import commands as cmd
from textcraft_core import events as ev
from textcraft_core.errors import CommandRefused, JournalError
from textcraft_core.events import StopName
from textcraft_core.show.folder import ShowFolder
from textcraft_core.stage.stage import Stage, StageOptions
from textcraft_core.stage.walls import restore, wall_desk
from textcraft_core.stage.walls.restore import Restore

WALL = PeerName("wall.brick")


class Play:
    """One open show and everything a test may look at."""

    def __init__(self, show, hub, stage):
        self.show, self.hub, self.stage = show, hub, stage
        self.events = []
        stage.subscribe(self.events.append)

    def of(self, kind):
        return [event for event in self.events if isinstance(event, kind)]

    async def wall_appears(self, **more):
        hello = ServiceHello(role=Role.WALL, name="brick", pid=7, **more)
        self.hub.feed(facts.PeerSeen(WALL, hello))
        await until(lambda: WALL in self.hub.scenes)

    async def picture_asked(self):
        await self.stage.handle(cmd.Step())
        await until(lambda: self.of(ev.RenderRequested))
        return self.of(ev.RenderRequested)[-1]

    async def painted(self, request, *, spoil=b"", data=b""):
        ready = self.result(request, spoil=spoil, data=data)
        self.hub.feed(facts.RenderDone(RequestId(request.request_id), ready))
        await until(lambda: self.of(ev.GateDecided) or self.of(ev.RenderFailed))
        return ready

    def result(self, request, *, spoil=b"", data=b""):
        file = io.BytesIO()
        Image.effect_noise((320, 180), 80).convert("RGB").save(file, "JPEG")
        data = data or file.getvalue()
        path = self.show.images / f"{sha256_of(data)}.jpg"
        path.write_bytes(data + spoil)
        return ImageReady(
            request_id=request.request_id,
            uri=path.as_uri(),
            sha256=sha256_of(data),
            mime="image/jpeg",
            width=320,
            height=180,
        )

    def confirm(self, sha256, *, layer=Layer.PROGRAM):
        scene = self.hub.scenes[WALL].scene
        shown = Shown(scene=scene, layer=layer, sha256=sha256, phase=ShownPhase.FIRST_FRAME, painted_at=0.0)
        self.hub.feed(facts.WallShown(WALL, shown))


@asynccontextmanager
async def play(tmp_path, *, kept=None, options=None):
    show = ShowFolder(tmp_path / "show") if kept else make_show(tmp_path)
    show.images.mkdir(exist_ok=True)
    stages = []
    hub = FakeHub(lambda fact: stages[0].on_fact(fact))  # noqa: PLW0108 - the stage comes later
    stage = Stage(show, lambda *_: a_company(), hub, FakeClock(), options or StageOptions(), kept or Restore())
    stages.append(stage)
    played = Play(show, hub, stage)
    await stage.open()
    try:
        yield played
    finally:
        await stage.close(end_services=True)


async def test_from_a_step_to_live(tmp_path):
    async with play(tmp_path) as show:
        await show.wall_appears()
        assert show.hub.scenes[WALL].layer is Layer.SAFE_LOOK
        request = await show.picture_asked()
        assert show.hub.requests[RequestId(request.request_id)].prompt == request.prompt
        ready = await show.painted(request)
        await until(lambda: show.of(ev.NextStaged))
        await show.stage.handle(cmd.Take())
        scene = show.hub.scenes[WALL]
        assert (scene.layer, scene.program.sha256, scene.caption.text) == (
            Layer.PROGRAM,
            ready.sha256,
            request.caption,
        )
        assert show.of(ev.LiveConfirmed) == []
        show.confirm(ready.sha256)
        await until(lambda: show.of(ev.LiveConfirmed))
        assert show.of(ev.LiveConfirmed)[0].request_id == request.request_id


async def test_what_failed_the_gate_never_becomes_a_candidate(tmp_path):
    async with play(tmp_path) as show:
        request = await show.picture_asked()
        await show.painted(request, spoil=b"more")
        assert show.of(ev.GateDecided)[0].passed is False
        assert show.of(ev.CandidateAdded) == []


async def test_a_job_without_a_picture_is_told_once(tmp_path):
    async with play(tmp_path) as show:
        request = await show.picture_asked()
        for _ in range(2):
            show.hub.feed(facts.RenderGaveUp(RequestId(request.request_id), "no worker", 2))
        await until(lambda: show.of(ev.RenderFailed))
        assert len(show.of(ev.RenderFailed)) == 1


async def test_a_take_is_on_disk_before_a_wall_hears_of_it(tmp_path):
    async with play(tmp_path) as show:
        await show.wall_appears()
        await show.painted(await show.picture_asked())
        await until(lambda: show.of(ev.NextStaged))
        on_disk = []
        send = show.hub.set_scene

        def look_then_send(wall, scene):
            on_disk.append(restore.load(show.show.restore, FakeClock()).playout.program)
            send(wall, scene)

        show.hub.set_scene = look_then_send
        await show.stage.handle(cmd.Take())
        assert on_disk[0].request_id == show.of(ev.TakenLive)[0].request_id


async def test_a_stop_is_where_a_crash_leaves_it_before_anybody_hears_of_it(tmp_path):
    async with play(tmp_path) as show:
        await show.wall_appears()
        on_disk = []

        def look(event):
            if isinstance(event, ev.StopChanged):
                on_disk.append(restore.load(show.show.restore, FakeClock()).playout.stops)

        show.stage.subscribe(look)
        await show.stage.handle(cmd.Hold(on=True))
        await show.stage.handle(cmd.Hold(on=False))
        assert [StopName.HOLD in stops for stops in on_disk] == [True, False]


async def test_a_restarted_stage_sends_the_walls_the_same_scene_and_asks_again_for_open_pictures(tmp_path):
    async with play(tmp_path) as show:
        await show.wall_appears()
        ready = await show.painted(await show.picture_asked())
        await until(lambda: show.of(ev.NextStaged))
        await show.stage.handle(cmd.Take())
        await show.stage.handle(cmd.Hold(on=True))
        await show.stage.handle(cmd.Black(on=True, seconds=0.5))
        before = show.hub.scenes[WALL]
        show.events.clear()
        open_request = await show.picture_asked()
        await until(lambda: open_request.request_id in show.show.restore.read_text())
        kept = restore.load(show.show.restore, FakeClock())
    async with play(tmp_path, kept=kept) as again:
        assert RequestId(open_request.request_id) in again.hub.requests
        await again.wall_appears(shown=ready.sha256, layer=Layer.BLACK)
        after = again.hub.scenes[WALL]
        assert (after.layer, after.program, after.caption, after.hold) == (
            before.layer,
            before.program,
            before.caption,
            True,
        )
        assert after.scene > before.scene
        names = [type(event).__name__ for event in again.stage.opening_events()]
        assert {"TakenLive", "StopChanged", "ServiceSeen", "MatrixChanged"} <= set(names)


async def test_a_refusal_and_a_loss_are_told(tmp_path):
    async with play(tmp_path) as show:
        await show.wall_appears()
        show.hub.feed(facts.WallRefused(WALL, ShowRefused(scene=1, reason="it is broken")))
        show.hub.feed(facts.PeerLost(WALL, 3.1))
        await until(lambda: show.of(ev.ServiceLost))
        assert show.of(ev.WallRefused)[0].reason == "it is broken"


async def test_panic_stops_the_engine_and_holds_the_brain(tmp_path):
    async with play(tmp_path) as show:
        await show.wall_appears()
        await show.stage.handle(cmd.Panic(seconds=0.5))
        assert {StopName.PANIC, StopName.PAUSE_AI} <= show.stage.playout.state.stops
        with pytest.raises(CommandRefused):
            await show.stage.handle(cmd.Step())
        await show.stage.handle(cmd.Restore())
        await show.stage.handle(cmd.PauseAI(on=False))
        await show.picture_asked()


async def test_a_command_that_is_not_there_yet_says_so(tmp_path):
    async with play(tmp_path) as show:
        with pytest.raises(CommandRefused, match="not there yet"):
            await show.stage.handle(cmd.OpenProject(path="elsewhere"))


async def test_when_nothing_can_be_written_the_walls_obey_and_it_is_told(tmp_path, monkeypatch):
    async with play(tmp_path) as show:
        await show.wall_appears()
        await show.painted(await show.picture_asked())
        await until(lambda: show.of(ev.NextStaged))
        write = restore.write_durably

        def full(path, *_):
            raise WriteFailed(path, 28, "make room on the disk")

        async def refuse(_event):
            raise JournalError("the disk is full")

        monkeypatch.setattr(restore, "write_durably", full)
        monkeypatch.setattr(show.stage.stream, "store", refuse)
        await show.stage.handle(cmd.Take())
        await show.stage.handle(cmd.Black(on=True))
        assert show.hub.scenes[WALL].layer is Layer.BLACK
        assert show.of(ev.StopChanged)[0].stop is StopName.BLACK
        told = [event.text for event in show.of(ev.Warned) if event.source == "disk"]
        assert any("make room" in text for text in told)
        assert any("disk is full" in text for text in told)
        monkeypatch.setattr(restore, "write_durably", write)
        monkeypatch.undo()


async def test_identify_reaches_the_walls_that_are_there(tmp_path):
    async with play(tmp_path) as show:
        with pytest.raises(CommandRefused):
            await show.stage.handle(cmd.Identify())
        await show.wall_appears()
        await show.stage.handle(cmd.Identify())
        await show.stage.handle(cmd.TestCard(wall="brick", on=True))
        assert [args[1].command for args in show.hub.calls.of("command")] == ["identify", "test_card"]


async def test_walls_are_set_up_by_commands_and_come_back_after_a_crash(tmp_path):
    beamer = ScreenInfo(connector="DP-1", width=1920, height=1080)
    async with play(tmp_path) as show:
        await show.wall_appears()
        await show.stage.handle(cmd.SetWallMap(wall="brick", map={"fit": "fit", "rotate": 180}))
        await show.stage.handle(cmd.SetTransition(kind="slide", seconds=2))
        await show.stage.handle(cmd.NameWall(wall="brick", title="Brick"))
        await show.stage.handle(cmd.AssignScreen(wall="brick", screen=beamer))
        await show.stage.handle(cmd.FollowWall(wall="brick", follow=False))
        scene = show.hub.scenes[WALL]
        assert (scene.map.rotate, scene.screen, scene.transition.kind) == (180, beamer, "slide")
        with pytest.raises(CommandRefused, match="no wall cellar"):
            await show.stage.handle(cmd.NameWall(wall="cellar", title="x"))
    kept = restore.load(show.show.restore, FakeClock())
    async with play(tmp_path, kept=kept) as show:
        await show.wall_appears()
        scene = show.hub.scenes[WALL]
        assert (scene.map.fit, scene.map.rotate, scene.screen) == ("fit", 180, beamer)
        told = show.stage.opening_events()
        assert ev.WallNamed(wall="brick", title="Brick") in told
        assert [event.follow for event in told if isinstance(event, ev.WallFollows)] == [False]


async def test_where_a_wall_is_its_thumbnail_and_how_far_live_has_come_are_told(tmp_path):
    screens = [ScreenInfo(connector=f"DP-{number}") for number in range(3)]
    place = WallPlace(screen=screens[1], screens=screens, console=screens[0])
    async with play(tmp_path) as show:
        await show.wall_appears()
        show.hub.feed(facts.WallIsAt(WALL, place))
        show.hub.feed(facts.WallIsAt(WALL, place))
        show.hub.feed(facts.WallThumbnail(WALL, WallThumb(data="YWJj")))
        await until(lambda: show.of(ev.WallThumbnail))
        assert show.of(ev.WallThumbnail) == [ev.WallThumbnail(wall="brick", data="YWJj")]
        placed = show.of(ev.WallPlaced)
        assert [(event.screen, event.away, event.free) for event in placed] == [
            (screens[1], False, (screens[1], screens[2]))
        ]
        ready = await show.painted(await show.picture_asked())
        await until(lambda: show.of(ev.NextStaged))
        await show.stage.handle(cmd.Take())
        show.confirm(ready.sha256)
        await until(lambda: show.of(ev.LiveConfirmed) and len(show.of(ev.LiveCounted)) > 1)
        assert [(event.confirmed, event.reachable) for event in show.of(ev.LiveCounted)] == [(0, 1), (1, 1)]


async def test_a_key_that_reached_a_wall_is_told_as_it_was(tmp_path):
    async with play(tmp_path) as show:
        show.hub.feed(facts.WallKeyPressed(WALL, WallKey(key=32, modifiers=5, text=" ")))
        show.hub.feed(facts.WallKeyPressed(WALL, WallKey(key=32, pressed=False, unseen=True)))
        await until(lambda: len(show.of(ev.WallKey)) == 2)
        name = WALL.partition(".")[2]
        assert show.of(ev.WallKey) == [
            ev.WallKey(wall=name, key=32, modifiers=5, text=" "),
            ev.WallKey(wall=name, key=32, pressed=False, unseen=True),
        ]


async def test_in_show_and_until_released_no_card_comes_to_a_wall(tmp_path):
    async with play(tmp_path, options=StageOptions(watermark="REHEARSAL")) as show:
        await show.wall_appears()
        await show.stage.handle(cmd.TestCard(wall="brick", on=True))
        await show.stage.walls.change_mode(Mode.SHOW)
        for command in (cmd.TestCard(wall="brick", on=True), cmd.Identify()):
            with pytest.raises(CommandRefused, match="shows the show"):
                await show.stage.handle(command)
        await show.stage.handle(cmd.TestCard(wall="brick", on=False))
        await show.stage.walls.change_mode(Mode.EDIT)
        assert show.of(ev.WallKept) == [ev.WallKept(wall="brick")]
        assert show.hub.scenes[WALL].watermark == ""
        await show.stage.handle(cmd.ReleaseWall(wall="brick"))
        assert show.hub.scenes[WALL].watermark == "REHEARSAL"
        await show.stage.handle(cmd.Identify())


async def test_undo_goes_through_the_stage_and_its_history_tells(tmp_path):
    async with play(tmp_path) as show:
        path = "data/manuscripts/ch01_One.md"
        await show.stage.handle(cmd.SaveManuscript(path=path, text="by hand"))
        await show.stage.handle(cmd.Undo(path=path))
        newest = show.stage.history.versions(path)[0]
        assert (show.of(ev.FileUndone)[0].revision, show.of(ev.FileUndone)[0].path) == (newest.revision, path)
        await show.stage.handle(cmd.Redo(path=path))
        assert (show.show.manuscripts / "ch01_One.md").read_text(encoding="utf-8") == "by hand"


async def test_a_wall_that_stalls_three_times_rests_until_its_scene_is_sent_again(tmp_path, monkeypatch):
    monkeypatch.setattr(wall_desk, "SLEPT_SECONDS", math.inf)  # a minute in one step is no sleep here
    async with play(tmp_path) as show:
        await show.wall_appears()
        ready = await show.painted(await show.picture_asked())
        await until(lambda: show.of(ev.NextStaged))
        await show.stage.handle(cmd.Take())
        show.confirm(ready.sha256)
        show.hub.feed(facts.PeerBeat(WALL, Heartbeat(frames_painted=5)))
        await until(lambda: show.of(ev.ServiceBeat))
        await until(lambda: show.stage.walls._pulses._walls)
        for _ in range(3):
            show.stage.clock.advance(61)
            await show.stage.walls.tick(show.stage.clock.monotonic(), 0.0)
        assert len(show.of(ev.WallStalled)) == 3
        assert show.of(ev.WallRested) == [ev.WallRested(wall="brick", on=True)]
        assert show.hub.scenes[WALL].layer is Layer.SAFE_LOOK
        await show.stage.handle(cmd.SendAgain(wall="brick"))
        assert show.hub.scenes[WALL].layer is Layer.PROGRAM


async def test_in_show_a_mirrored_screen_and_a_machine_that_may_sleep_are_said(tmp_path):
    place = WallPlace(windowed=True, screens=[ScreenInfo(connector="DP-0")], awake=False)
    async with play(tmp_path) as show:
        await show.wall_appears()
        show.hub.feed(facts.WallIsAt(WALL, place))
        await until(lambda: show.of(ev.WallPlaced))
        assert show.of(ev.Warned) == []
        await show.stage.walls.change_mode(Mode.SHOW)
        assert len(show.of(ev.Warned)) == 2
        assert "mirrors" in show.of(ev.Warned)[0].text
        assert "asleep" in show.of(ev.Warned)[1].text
        show.hub.feed(facts.WallIsAt(WALL, place.model_copy(update={"keyboard": True})))
        await until(lambda: show.of(ev.WallPlaced)[-1].keyboard)
        assert len(show.of(ev.Warned)) == 2
