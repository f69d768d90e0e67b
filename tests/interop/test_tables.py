"""Every row of the tables, both ways, on raw sockets: what others send is understood, what we send is whole."""

import asyncio
import json
import random

import pytest
import zmq

from tests.interop.raw import RawPeer, until
from tests.interop.tables import LEAST, MORE, corpus, spellings, whole
from textcraft_bus import schemas_base as base
from textcraft_bus.channel.facts import Heard
from textcraft_bus.constants import DEFAULT_PORTS, ZMQ_TCP_BIND_PREFIX, ZMQ_TCP_CONNECT_PREFIX
from textcraft_bus.zmq.config import (
    ControllerPullConfig,
    ControllerPushConfig,
    ControllerServiceConfig,
    PublisherConfig,
    SubscriberConfig,
    WorkerConfig,
)
from textcraft_bus.zmq.services import ControllerService

JOIN = b"Joining {}"
LAST = b'StoryHeard {"content": "the end"}'


@pytest.fixture
async def core():
    worker = WorkerConfig(push_config=ControllerPushConfig(port=0), pull_config=ControllerPullConfig(port=0))
    config = ControllerServiceConfig(
        publisher=PublisherConfig(port=0), updates=SubscriberConfig(port=0, bind=True), workers={"image_server": worker}
    )
    service = ControllerService(config, schemas=base.BASE_SCHEMAS)
    service.heard, service.joined = [], []

    def note(fact):
        if isinstance(fact, Heard):
            (service.joined if fact.message.type == "Joining" else service.heard).append(fact.message)

    service.observe(note)
    await service.start()
    yield service
    await service.stop()


async def connected(core, peer):
    await until(lambda: peer.send(JOIN) or core.joined)


def holds(written, said):
    """Whether all that was said is written; a part may have grown by what it leaves out, as null."""
    if isinstance(said, dict):
        left = {name: value for name, value in written.items() if name not in said}
        same = all(holds(written[name], value) for name, value in said.items())
        return same and all(value is None for value in left.values())
    return list(written) == list(said) if isinstance(said, list) else written == said


def test_the_tables_and_the_vocabulary_are_the_same():
    assert set(LEAST) == set(MORE) == {kind.value for kind in base.MessageType}
    assert (ZMQ_TCP_BIND_PREFIX, ZMQ_TCP_CONNECT_PREFIX) == ("tcp://127.0.0.1",) * 2
    assert DEFAULT_PORTS == {
        "events": 5555, "updates": 5556, "agent": 5557, "ours": 5558, "image_requests": 5564, "image_results": 5565,
    }  # fmt: skip


@pytest.mark.parametrize("kind", sorted(LEAST))
async def test_every_form_of_every_field_is_heard_as_it_was_said(core, kind):
    messages = [message for message in corpus() if message["type"] == kind]
    with RawPeer(zmq.PUB).connect(core.ports["updates"]) as anyone:
        await connected(core, anyone)
        for message in messages:
            for body in spellings(message):
                before = len(core.heard)
                anyone.send(f"{kind} ".encode() + body)
                await until(lambda before=before: len(core.heard) > before, within=10)
                heard = core.heard[-1]
                assert type(heard) is base.BASE_SCHEMAS[kind]
                written = heard.model_dump(mode="json")
                assert all(holds(written[name], value) for name, value in message.items()), (written, message)
                if b"unknown" in body:
                    assert written["unknown"] == {"deep": [1, "é"]}


@pytest.mark.parametrize("kind", sorted(LEAST))
async def test_what_we_publish_holds_every_field_of_its_row_and_comes_back_the_same(core, kind):
    sent = whole(kind)
    with (
        RawPeer(zmq.SUB).connect(core.ports["events"]) as other,
        RawPeer(zmq.PUB).connect(core.ports["updates"]) as anyone,
    ):
        other.socket.subscribe(f"{kind} ")
        await connected(core, anyone)
        await until(lambda: core.say(sent) or other.read())
        (frame,) = other.frames[0]
        topic, _, body = frame.partition(b" ")
        assert (topic, json.loads(body)["type"]) == (kind.encode(), kind)
        assert all(holds(json.loads(body)[name], value) for name, value in sent.items())
        least = base.BASE_SCHEMAS[kind].model_validate({"type": kind, **LEAST[kind]})
        await until(lambda: core.say(least) or json.loads(other.read()[-1][0].partition(b" ")[2]) != json.loads(body))
        bare = json.loads(other.frames[-1][0].partition(b" ")[2])
        own = {"last_present", "presence_duration", "transition_id", "loop_id", "from_image", "era", "change_score"}
        assert set(MORE[kind]) - own <= set(bare), "absent fields are written as null"
        anyone.send(frame)
        await until(lambda: core.heard)
        assert core.heard[-1].model_dump(mode="json") == json.loads(body)


@pytest.mark.parametrize("kind", [kind for kind, fields in LEAST.items() if fields])
async def test_a_message_without_what_its_row_stars_is_refused_and_counted(core, kind):
    with RawPeer(zmq.PUB).connect(core.ports["updates"]) as anyone:
        await connected(core, anyone)
        for name in LEAST[kind]:
            if (kind, name) != ("RenderRequest", "request_id"):  # filled in by the class
                anyone.send(f"{kind} ".encode() + json.dumps({**LEAST[kind], name: None}).encode())
        anyone.send(LAST)
        await until(lambda: core.heard)
    assert [message.type for message in core.heard] == ["StoryHeard"]
    starred = set(LEAST[kind]) - ({"request_id"} if kind == "RenderRequest" else set())
    assert core.counts()["refused"] == len(starred)


async def test_spoilt_answers_of_every_kind_end_nothing_and_the_next_one_arrives(core):
    """A foreign server that speaks garbage: each frame is an answer or counted, and the port lives."""
    dice, said = random.Random(11), [body for message in corpus() for body in spellings(message)]
    answers = []

    async def note(worker, data):
        answers.append(data)

    core.add_response_handler(note)
    with (
        RawPeer(zmq.PULL).connect(core.ports["image_requests"]) as requests,
        RawPeer(zmq.PUSH, sndhwm=0).connect(core.ports["image_results"]) as results,
    ):
        await core.send_work_to_worker("image_server", base.RenderRequest(request_id="real", prompt="a door"))
        await until(requests.read)
        for number in range(3000):
            frame = bytearray(dice.choice(said).replace(b'"r1"', b'"r%d"' % number))
            for _ in range(dice.randrange(0, 4)):
                frame[dice.randrange(len(frame))] = dice.randrange(256)
            results.send(*([bytes(frame)] if dice.random() > 0.02 else [bytes(frame), b"{}"]))
            if number % 200 == 0:
                await asyncio.sleep(0)
        results.send(b'{"type":"ImageReady","request_id":"real","uri":"file:///x.png"}')
        await until(lambda: [data for data in answers if data.get("request_id") == "real"], within=30)
    counts = core.counts()
    assert counts["refused"] > 300
    assert counts["result nobody asked for"] > 10
    assert [data["uri"] for data in answers if data.get("request_id") == "real"] == ["file:///x.png"]
