"""A foreign server that had no time answers with a placeholder that looks like a result: it never goes up unsaid."""

import asyncio

import pytest
import zmq

from tests.fakes.clock import FakeClock
from tests.interop.raw import RawPeer, until
from tests.textcraft_image_server.pictures import picture
from textcraft_bus import schemas_base as base
from textcraft_bus.channel.hub import Hub
from textcraft_bus.channel.messages import Mode
from textcraft_bus.clock import SystemClock
from textcraft_bus.zmq.config import ControllerPullConfig, ControllerPushConfig, ControllerServiceConfig, WorkerConfig
from textcraft_bus.zmq.services import ControllerService
from textcraft_core import commands as cmd
from textcraft_core import events as ev
from textcraft_core.errors import CommandRefused
from textcraft_core.record.journal import Journal
from textcraft_core.record.stream import EventStream
from textcraft_core.stage.pictures.intake import Intake
from textcraft_core.stage.pictures.picture_desk import PictureDesk
from textcraft_core.stage.pictures.safety import GatePolicy
from textcraft_core.stage.pictures.words import Words
from textcraft_core.stage.walls.playout import Playout
from textcraft_core.stage.walls.wall_desk import WallDesk


async def nothing():
    """A test keeps no restore.json."""


@pytest.fixture
async def stage(tmp_path):
    worker = WorkerConfig(push_config=ControllerPushConfig(port=0), pull_config=ControllerPullConfig(port=0))
    foreign = ControllerService(
        ControllerServiceConfig(publisher=None, workers={"image_server": worker}), schemas=base.BASE_SCHEMAS
    )
    desks: list[PictureDesk] = []

    def deliver(fact):
        desks[0].on_fact(fact)

    loop = asyncio.get_running_loop()
    images = tmp_path / "images"
    hub = Hub(deliver, loop, SystemClock(), show_id="s", mode=Mode.SHOW, nonce_folder=images, foreign=foreign)
    await hub.start()
    clock = FakeClock()
    journal = Journal(tmp_path / "journal.sqlite", clock)
    stream = EventStream(journal)
    playout = Playout()
    playout.change_mode(Mode.SHOW)
    walls = WallDesk(playout, hub, stream, clock, nothing, 0)
    intake = Intake(
        images,
        walls,
        stream,
        Words(()),
        lambda _attended: GatePolicy(by_hand=False, unchecked="pass", placeholder="hand"),
    )
    desk = PictureDesk(hub, intake, stream, clock, journal)
    desks.append(desk)
    hub.desk, hub.playout, hub.walls, hub.foreign = desk, playout, walls, foreign
    yield hub
    await desk.close()
    await hub.stop()
    await asyncio.to_thread(journal.close)


@pytest.mark.parametrize(("name", "flags"), [("a.png", ()), ("mockimagegenerator_12.png", ("placeholder",))])
async def test_a_placeholder_is_flagged_and_waits_for_a_hand_in_show(stage, tmp_path, name, flags):
    path = tmp_path / name
    path.write_bytes(picture(96, 96))
    with (
        RawPeer(zmq.PULL).connect(stage.foreign.ports["image_requests"]) as requests,
        RawPeer(zmq.PUSH).connect(stage.foreign.ports["image_results"]) as results,
    ):
        await until(lambda: stage.foreign.worker_port("image_server").workers)
        asked = {"prompt": "p", "seed": 1, "width": 96, "height": 96, "cycle": 1, "target": "ch01"}
        stage.desk.ask(ev.RenderRequested(request_id="r1", caption="words", **asked))
        await until(requests.read)
        results.say(type="ImageReady", request_id=requests.messages()[0]["request_id"], uri=f"file://{path}")
        await until(lambda: candidate(stage))
    assert candidate(stage).flags == flags
    assert candidate(stage).approved is not bool(flags)
    assert (stage.playout.state.next_id is None) is bool(flags)
    if flags:
        with pytest.raises(CommandRefused):
            await stage.walls.handle(cmd.Take(), running=False)
        await stage.walls.change(lambda now: stage.playout.approve("r1"))
        await stage.walls.handle(cmd.Take(), running=False)
        assert stage.playout.state.program.request_id == "r1"


def candidate(stage):
    return stage.playout.state.candidates.get("r1")
