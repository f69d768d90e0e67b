"""A core of ours and image servers of others: PUSH/PULL on raw sockets, byte by byte, and the rules of the field."""

import asyncio
import json
import socket

import pytest
import zmq

from tests.interop.raw import RawPeer, until
from tests.textcraft_image_server.pictures import picture
from textcraft_bus import schemas_base as base
from textcraft_bus.channel.facts import RenderDone, RenderGaveUp
from textcraft_bus.channel.hub import Hub
from textcraft_bus.channel.messages import Mode, RenderRequest, RequestId
from textcraft_bus.channel.timing import Timing
from textcraft_bus.clock import SystemClock
from textcraft_bus.foreign.jobs import WorkRefused
from textcraft_bus.foreign.pictures import FOREIGN
from textcraft_bus.zmq.config import (
    ControllerPullConfig,
    ControllerPushConfig,
    ControllerServiceConfig,
    PublisherConfig,
    WorkerConfig,
)
from textcraft_bus.zmq.services import ControllerService

QUICK = Timing(beat_s=0.04, lease_s=2, silence_s=2, job_s=5)
KNOWN = {
    "type", "request_id", "prompt", "generator", "negative_prompt", "width", "height", "style", "seed",
    "reference_image", "depth_map", "clear_queue", "strength",
}  # fmt: skip


class ForeignServer:
    """An image server of somebody else's: takes plain JSON, answers plain JSON, says nothing else, ever."""

    def __init__(self, ports):
        self.requests = RawPeer(zmq.PULL).connect(ports["image_requests"])
        self.results = RawPeer(zmq.PUSH).connect(ports["image_results"])

    def asked(self):
        return self.requests.messages()

    def answer(self, request_id, path, more=b""):
        uri = json.dumps(f"file://{path}", ensure_ascii=False).encode()
        self.results.send(
            b'{ "uri" : ' + uri + b', "type":"ImageReady", "request_id": "' + request_id.encode() + b'"%s}' % more
        )

    def __enter__(self):
        return self

    def __exit__(self, *_exc):
        self.requests.close()
        self.results.close()


def config(timeout=5.0):
    worker = WorkerConfig(
        push_config=ControllerPushConfig(port=0), pull_config=ControllerPullConfig(port=0), timeout=timeout
    )
    return ControllerServiceConfig(publisher=None, workers={"image_server": worker})


@pytest.fixture
async def controller():
    service = ControllerService(config(), schemas=base.BASE_SCHEMAS)
    service.heard = []

    async def note(worker, data):
        service.heard.append((worker, data))

    service.add_response_handler(note)
    await service.start()
    yield service
    await service.stop()


@pytest.fixture
async def core(tmp_path):
    facts = []
    hub = Hub(
        facts.append,
        asyncio.get_running_loop(),
        SystemClock(),
        show_id="show",
        mode=Mode.SHOW,
        nonce_folder=tmp_path,
        timing=QUICK,
        foreign=ControllerService(config(timeout=3.0), schemas=base.BASE_SCHEMAS),
    )
    await hub.start()
    hub.facts = facts
    hub.of = lambda kind: [fact for fact in facts if isinstance(fact, kind)]
    yield hub
    await hub.stop()


async def test_a_request_is_one_frame_with_every_known_field_and_the_project_s_own(controller):
    with ForeignServer(controller.ports) as server:
        await controller.send_work_to_worker("image_server", {"prompt": "a door", "era": "present", "seed": None})
        await until(server.asked)
        (frames,) = server.requests.frames
    assert len(frames) == 1
    assert frames[0].startswith(b'{"type":"RenderRequest","request_id":"')
    said = json.loads(frames[0])
    assert set(said) == KNOWN | {"era"}
    assert (said["prompt"], said["width"], said["height"], said["seed"], said["era"]) == (
        "a door", 1024, 1024, None, "present",
    )  # fmt: skip
    assert len(said["request_id"]) == 36


@pytest.mark.parametrize(
    "answer",
    [
        b'{"type":"ImageReady","request_id":"r1","uri":"file:///x/y.png"}',
        b'{ "uri" : "file:///x/y.png",\n "later": {"n": [1]}, "prompt": null, "request_id" : "r1" }',
        b'{"request_id": "r1", "uri": "file:///x/y.png", "type": null, "era": "present"}',
    ],
)
async def test_answers_compact_spaced_with_nulls_in_any_order_are_understood(controller, answer):
    with ForeignServer(controller.ports) as server:
        await controller.send_work_to_worker("image_server", base.RenderRequest(request_id="r1", prompt="p"))
        await until(server.asked)
        server.results.send(answer)
        await until(lambda: controller.heard)
    ((worker, data),) = controller.heard
    own = {key: value for key, value in json.loads(answer).items() if key in ("later", "era")}
    assert (worker, data["type"], data["uri"], data["prompt"]) == (
        "image_server",
        "ImageReady",
        "file:///x/y.png",
        None,
    )
    assert {key: data[key] for key in own} == own


async def test_what_is_no_answer_is_counted_and_changes_nothing(controller):
    with ForeignServer(controller.ports) as server:
        await controller.send_work_to_worker("image_server", base.RenderRequest(request_id="r1", prompt="p"))
        await until(server.asked)
        for broken in (b"", b"[]", b'{"type":"ImageReady","request_id":"r1"}', b"ImageReady {}", b'{"uri":3}'):
            server.results.send(broken)
        server.results.send(b'{"type":"ImageReady","request_id":"r1","uri":"file:///x"}', b"second frame")
        server.results.send(b'{"type":"ImageReady","request_id":"nobody","uri":"file:///x"}')
        server.results.send(b'{"type":"ImageReady","request_id":"r1","uri":"file:///x/y.png"}')
        server.results.send(b'{"type":"ImageReady","request_id":"r1","uri":"file:///x/z.png"}')
        await until(lambda: controller.heard)
        counts = await until(lambda: controller.counts().get("late or double result") and controller.counts())
    assert [data["uri"] for _, data in controller.heard] == ["file:///x/y.png"]
    assert (counts["refused"], counts["result nobody asked for"]) == (6, 1)


async def test_one_request_is_outstanding_for_each_connected_worker(controller):
    with ForeignServer(controller.ports) as one:
        for number in range(4):
            await controller.send_work_to_worker(
                "image_server", base.RenderRequest(request_id=f"r{number}", prompt="p")
            )
        await until(one.asked)
        await asyncio.sleep(0.3)
        assert [said["request_id"] for said in one.asked()] == ["r0"]
        with ForeignServer(controller.ports) as two:

            def asked():
                return {said["request_id"] for said in one.asked() + two.asked()}

            await until(lambda: len(asked()) == 2)
            await asyncio.sleep(0.3)
            assert asked() == {"r0", "r1"}, "whom PUSH chooses is not ours to say; how many are out is"
            one.answer("r0", "/x/0.png")
            await until(lambda: len(asked()) == 3)


@pytest.mark.parametrize(
    "request_fields",
    [{"prompt": "  "}, {"prompt": "p", "request_id": "a/b"}, {"prompt": "p", "request_id": "a\\b"}],
)
async def test_what_a_foreign_server_would_fall_over_is_refused_before_it_is_sent(controller, request_fields):
    with pytest.raises(WorkRefused):
        await controller.send_work_to_worker("image_server", request_fields)


@pytest.mark.parametrize("request_fields", [{"prompt": "p", "width": 0}, {"prompt": "p", "width": 1.5}, {"prompt": 3}])
async def test_what_is_no_request_at_all_is_refused(controller, request_fields):
    with pytest.raises(ValueError, match="validation error"):
        await controller.send_work_to_worker("image_server", request_fields)
    with pytest.raises(KeyError):
        await controller.send_work_to_worker("nobody", {"prompt": "p"})


async def test_an_id_that_was_used_is_refused_with_an_alert(controller):
    with ForeignServer(controller.ports) as server:
        for _ in range(2):
            await controller.send_work_to_worker("image_server", base.RenderRequest(request_id="r1", prompt="p"))
        await until(lambda: controller.heard)
        assert len(server.asked()) <= 1
    assert "used before" in controller.heard[0][1]["message"]


async def test_silence_is_a_failure_at_our_own_deadline(core):
    with ForeignServer(core.ports) as server:
        await until(lambda: core._foreign.worker_port("image_server").workers)
        core.request(RenderRequest(request_id="r1", prompt="a door"))
        await until(server.asked)
        await until(lambda: core.of(RenderGaveUp), within=10)
    (gave_up,) = core.of(RenderGaveUp)
    assert (gave_up.request_id, gave_up.reason) == ("r1", "no foreign worker answered within 3 s")


async def test_clear_queue_ends_what_was_asked_before(controller):
    with ForeignServer(controller.ports) as server:
        for name in ("r1", "r2"):
            await controller.send_work_to_worker("image_server", base.RenderRequest(request_id=name, prompt="p"))
        await until(server.asked)
        cleared = base.RenderRequest(request_id="r3", prompt="p", clear_queue=True)
        await controller.send_work_to_worker("image_server", cleared)
        await until(lambda: len(server.asked()) == 2)
        assert server.asked()[1]["clear_queue"] is True
        server.answer("r1", "/x/late.png")
        server.answer("r3", "/x/3.png")
        await until(lambda: len(controller.heard) == 3)
    assert [(data["type"], data["request_id"]) for _, data in controller.heard] == [
        ("Alert", "r1"), ("Alert", "r2"), ("ImageReady", "r3"),
    ]  # fmt: skip


async def test_a_foreign_picture_is_read_hashed_and_measured_like_one_of_ours(core, tmp_path):
    folder = tmp_path / "a folder % with äöü"
    folder.mkdir()
    path = folder / "one picture.png"
    path.write_bytes(picture(96, 64))
    with ForeignServer(core.ports) as server:
        await until(lambda: core._foreign.worker_port("image_server").workers)
        core.request(RenderRequest(request_id="ours", prompt="a door", width=96, height=64))
        await until(server.asked)
        said = server.asked()[0]
        assert said["request_id"] != "ours", "over there each request has a fresh id"
        assert set(said) == KNOWN, "what only our own channel knows stays at home"
        server.answer(said["request_id"], path)
        await until(lambda: core.of(RenderDone))
    (done,) = core.of(RenderDone)
    assert (done.request_id, done.ready.width, done.ready.height, done.ready.worker) == ("ours", 96, 64, FOREIGN)


@pytest.mark.parametrize("uri", ["/etc/hostname", "http://127.0.0.1/x.png", "../x.png", "/dev/zero", "/nowhere/x.png"])
async def test_what_is_no_picture_here_is_a_failure(core, uri):
    with ForeignServer(core.ports) as server:
        await until(lambda: core._foreign.worker_port("image_server").workers)
        core.request(RenderRequest(request_id="r1", prompt="a door"))
        await until(server.asked)
        ready = {"type": "ImageReady", "request_id": server.asked()[0]["request_id"], "uri": uri}
        server.results.send(json.dumps(ready).encode())
        await until(lambda: core.of(RenderGaveUp))
    assert core.of(RenderDone) == []


async def test_ours_and_theirs_never_share_a_request(core, tmp_path):
    path = tmp_path / "x.png"
    path.write_bytes(picture(96, 64))
    with ForeignServer(core.ports) as server, RawPeer(name=b"image_server.a").connect(core.ports["ours"]) as ours:
        await until(lambda: core._foreign.worker_port("image_server").workers)
        await ours.hello()
        core.request(RenderRequest(request_id="r1", prompt="a door"))
        await until(lambda: ours.of("RenderRequest"))
        ours.say(type="RenderFailed", request_id="r1", attempt=1, reason="odd", retryable=True)
        await until(lambda: len(ours.of("RenderRequest")) == 2)
        assert server.asked() == []


async def test_a_request_that_waits_goes_to_whoever_comes_first(core, tmp_path):
    path = tmp_path / "x.png"
    path.write_bytes(picture(96, 64))
    core.request(RenderRequest(request_id="r1", prompt="a door"))
    await until(lambda: core._board.dispatcher.open_jobs)
    with ForeignServer(core.ports) as server:
        await until(server.asked)
        assert core._board.dispatcher.open_jobs == ()
        core.request(RenderRequest(request_id="r2", prompt="waits for the one foreign server"))
        with RawPeer(name=b"image_server.a").connect(core.ports["ours"]) as ours:
            await ours.hello()
            await until(lambda: ours.of("RenderRequest"))
            assert ours.of("RenderRequest")[0]["request_id"] == "r2"
        server.answer(server.asked()[0]["request_id"], path)
        await until(lambda: [done for done in core.of(RenderDone) if done.request_id == "r1"])


async def test_a_cancelled_request_ends_and_its_late_result_is_ignored(core, tmp_path):
    path = tmp_path / "x.png"
    path.write_bytes(picture(96, 64))
    with ForeignServer(core.ports) as server:
        await until(lambda: core._foreign.worker_port("image_server").workers)
        core.request(RenderRequest(request_id="r1", prompt="a door"))
        await until(server.asked)
        core.cancel(RequestId("r1"))
        await until(lambda: core.of(RenderGaveUp))
        server.answer(server.asked()[0]["request_id"], path)
        counts = {}
        while not counts.get("late or double result"):
            counts = await core.counts()
    assert core.of(RenderDone) == []


async def test_a_stranger_that_only_connects_is_no_worker(controller):
    port = controller.worker_port("image_server")
    strangers = [socket.create_connection(("127.0.0.1", controller.ports["image_requests"])) for _ in range(3)]
    with ForeignServer(controller.ports):
        await until(lambda: port.workers == 1)
        for stranger in strangers:
            stranger.send(b"GET / HTTP/1.1\r\n\r\n")
            stranger.close()
        await asyncio.sleep(0.3)
        assert port.workers == 1
    await until(lambda: port.workers == 0)


async def test_the_channels_may_be_opened_and_closed_while_the_core_runs(tmp_path):
    facts, path = [], tmp_path / "x.png"
    path.write_bytes(picture(96, 64))
    hub = Hub(
        facts.append, asyncio.get_running_loop(), SystemClock(), show_id="show", mode=Mode.EDIT, nonce_folder=tmp_path,
        timing=QUICK,
    )  # fmt: skip
    await hub.start()
    assert not hub.publishes
    channels = config(timeout=10.0).model_copy(update={"publisher": PublisherConfig(port=0)})
    await hub.open_fixed({}, channels)
    assert hub.publishes
    with ForeignServer(hub._extra.ports) as server, RawPeer(zmq.SUB).connect(hub._extra.ports["events"]) as display:
        display.socket.subscribe("DisplayMedia ")
        await until(lambda: hub.has_displays)
        await until(lambda: hub._extra.worker_port("image_server").workers)
        for name in ("r1", "r2"):
            hub.request(RenderRequest(request_id=name, prompt="a door"))
        await until(server.asked)
        server.answer(server.asked()[0]["request_id"], path)
        await until(lambda: [fact for fact in facts if isinstance(fact, RenderDone)])
        await until(lambda: len(server.asked()) == 2)
        hub.request(RenderRequest(request_id="r3", prompt="waits"))
        await asyncio.sleep(0.1)
        await hub.close_fixed()
    await until(lambda: [fact for fact in facts if isinstance(fact, RenderGaveUp)])
    assert [fact.request_id for fact in facts if isinstance(fact, RenderGaveUp)] == ["r2"]
    assert hub._board.dispatcher.open_jobs == ("r3",), "what nobody was given waits for ours"
    assert not hub.publishes
    assert not hub.has_displays
    await hub.stop()


async def test_channels_just_closed_by_another_hub_of_this_program_can_be_opened_at_once(tmp_path):
    loop, channels = asyncio.get_running_loop(), config()
    hubs = [
        Hub(print, loop, SystemClock(), show_id="show", mode=Mode.EDIT, nonce_folder=tmp_path / name, timing=QUICK)
        for name in ("one", "two")
    ]
    for hub in hubs:
        await hub.start()
    await hubs[0].open_fixed({}, channels)
    taken = hubs[0]._extra.ports
    worker = WorkerConfig(
        push_config=ControllerPushConfig(port=taken["image_requests"]),
        pull_config=ControllerPullConfig(port=taken["image_results"]),
    )
    there = ControllerServiceConfig(publisher=None, workers={"image_server": worker})
    for turn in range(6):
        await hubs[turn % 2].close_fixed()
        await hubs[(turn + 1) % 2].open_fixed({}, there)
        assert hubs[(turn + 1) % 2]._extra.ports == taken
    for hub in hubs:
        await hub.stop()
