"""What is on the wire, byte for byte, as a plain socket of another program sees and sends it."""

import asyncio
import json

import pytest
import zmq

from tests.interop.raw import RawPeer, until
from textcraft_bus import schemas_base as base
from textcraft_bus.channel.facts import CoreSeen, Heard, PeerSeen, RenderDone
from textcraft_bus.channel.hub import Hub
from textcraft_bus.channel.link import Link
from textcraft_bus.channel.messages import (
    Heartbeat,
    ImageReady,
    Layer,
    Mode,
    NeedBlob,
    RenderAccepted,
    RenderFailed,
    RenderProgress,
    RenderRequest,
    Role,
    ServiceHello,
    Shown,
    ShownPhase,
    ShowRefused,
    WallCommand,
    WallKey,
    WallScene,
    WallThumb,
)
from textcraft_bus.channel.timing import Timing
from textcraft_bus.clock import SystemClock

QUICK = Timing(beat_s=0.04, lease_s=2, silence_s=2, job_s=5)


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
        fixed_ports={"events": 0, "updates": 0},
    )
    await hub.start()
    hub.facts = facts
    yield hub
    await hub.stop()


async def test_the_core_s_messages_are_one_frame_each(core):
    core.set_scene("brick", WallScene(scene=1))
    with (
        RawPeer(name=b"wall.brick").connect(core.ports["ours"]) as wall,
        RawPeer(name=b"image_server.a").connect(core.ports["ours"]) as worker,
    ):
        await wall.hello()
        await worker.hello()
        core.set_scene("brick", WallScene(scene=2))
        core.command("brick", WallCommand(command="identify"))
        core.request(RenderRequest(request_id="r1", prompt="a door"))
        core.quit("wall.brick")
        await until(lambda: worker.of("RenderRequest"))
        core.cancel("r1")
        await until(lambda: wall.of("Quit") and wall.of("Heartbeat") and worker.of("CancelRender"))
        seen = [frames for peer in (wall, worker) for frames in peer.frames]
    assert {len(frames) for frames in seen} == {1}
    kinds = {json.loads(frames[0])["type"] for frames in seen}
    assert kinds == {"CoreSnapshot", "Heartbeat", "WallScene", "WallCommand", "RenderRequest", "CancelRender", "Quit"}
    assert all(json.loads(frames[0])["protocol"] == 1 for frames in seen)


def said_by_services():
    ids = {"request_id": "r1", "attempt": 1}
    picture = {"sha256": "0" * 64, "mime": "image/png", "width": 1, "height": 1}
    return [
        RenderAccepted(**ids),
        RenderProgress(**ids, fraction=1),
        ImageReady(**ids, **picture, uri="file:///x"),
        RenderFailed(**ids, reason="odd"),
        Shown(scene=1, layer=Layer.BLACK, phase=ShownPhase.SETTLED, painted_at=1.0),
        ShowRefused(scene=1, reason="odd"),
        WallThumb(data="AAAA"),
        WallKey(key=1),
        NeedBlob(sha256="0" * 64),
    ]


async def test_a_service_s_messages_are_one_frame_each_after_its_routing_id():
    facts = []
    with RawPeer(zmq.ROUTER) as router:
        link = Link(
            f"tcp://127.0.0.1:{router.bind()}",
            hello=lambda: ServiceHello(role=Role.WALL, name="brick"),
            beat=Heartbeat,
            deliver=facts.append,
            loop=asyncio.get_running_loop(),
            clock=SystemClock(),
            timing=QUICK,
        )
        link.start()
        await until(lambda: router.of("ServiceHello"))
        router.send(b"wall.brick", b'{ "type" : "CoreSnapshot", "scene": null, "later_field": 1 }')
        await until(lambda: [fact for fact in facts if isinstance(fact, CoreSeen)])
        for message in said_by_services():
            link.send(message)
        await until(lambda: router.of("NeedBlob") and router.of("Heartbeat"))
        await link.stop()
        frames = list(router.frames)
    assert {len(parts) for parts in frames} == {2}
    assert {parts[0] for parts in frames} == {b"wall.brick"}
    messages = [json.loads(parts[1]) for parts in frames]
    kinds = {type(message).__name__ for message in said_by_services()} | {"ServiceHello", "Heartbeat"}
    assert {message["type"] for message in messages} == kinds
    assert [message["seq"] for message in messages] == sorted({message["seq"] for message in messages})


async def test_the_smallest_hand_written_frames_are_understood(core):
    with RawPeer(name=b"image_server.a").connect(core.ports["ours"]) as worker:
        worker.send(b'{"type":"ServiceHello","role":"image_server","name":"a","dpr":null,"colour":"red"}')
        await until(lambda: [fact for fact in core.facts if isinstance(fact, PeerSeen)])
        core.request(RenderRequest(request_id="r1", prompt="a door"))
        await until(lambda: worker.of("RenderRequest"))
        worker.send(
            b'{"height": 1, "width": 1, "mime": "image/png", "sha256": "' + b"0" * 64 + b'",\n'
            b'"uri": "file:///x", "request_id": "r1", "type": "ImageReady"}'
        )
        await until(lambda: [fact for fact in core.facts if isinstance(fact, RenderDone)])


async def test_the_events_port_speaks_topic_space_json_and_hears_the_same(core):
    with (
        RawPeer(zmq.SUB).connect(core.ports["events"]) as display,
        RawPeer(zmq.PUB).connect(core.ports["updates"]) as anyone,
    ):
        display.socket.subscribe("DisplayText ")
        text = base.DisplayText(text_id="1", content="words with spaces", speaker="agent")
        await until(lambda: core.publish(text) or display.read())
        (frame,) = display.frames[0]
        topic, _, body = frame.partition(b" ")
        assert (topic, json.loads(body)["content"]) == (b"DisplayText", "words with spaces")
        await until(
            lambda: (
                anyone.send(b'story {"content": "it was late"}')
                or [fact for fact in core.facts if isinstance(fact, Heard)]
            )
        )
    heard = next(fact for fact in core.facts if isinstance(fact, Heard))
    assert (heard.channel, heard.message.type, heard.message.content) == ("updates", "story", "it was late")
