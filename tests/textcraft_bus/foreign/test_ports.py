import asyncio
import json
import random

import pytest
import zmq

from tests.interop.raw import RawPeer, until
from textcraft_bus import schemas_base as base
from textcraft_bus.channel.facts import FramesDropped, Heard
from textcraft_bus.channel.messages import BadFrame
from textcraft_bus.clock import SystemClock
from textcraft_bus.foreign.ports import BASE_SCHEMAS, EventsPort, Listener, read_json, read_topic, write_topic
from textcraft_bus.transport.thread import BusThread


@pytest.fixture
async def bus():
    thread = BusThread()
    thread.start()
    yield thread
    await thread.stop()


async def on(bus, fn, *args):
    async def call():
        return fn(*args)

    return await bus.ask(call())


async def opened_events(bus, **options):
    events = EventsPort(bus, **options)
    return events, await on(bus, events.open, 0)


def subscriber(port, *topics):
    peer = RawPeer(zmq.SUB).connect(port)
    for topic in topics:
        peer.socket.subscribe(topic)
    return peer


@pytest.mark.parametrize("kind", list(base.MessageType))
def test_every_type_of_the_ecosystem_has_its_class(kind):
    assert BASE_SCHEMAS[kind].model_fields["type"].default == kind


@pytest.mark.parametrize("separators", [(",", ":"), (", ", ": ")])
def test_compact_and_spaced_json_read_the_same(separators):
    body = json.dumps({"type": "StoryHeard", "content": "a b", "speaker_id": None}, separators=separators)
    message = read_topic(f"StoryHeard {body}".encode())
    assert isinstance(message, base.StoryHeard)
    assert (message.content, message.speaker_id) == ("a b", None)


@pytest.mark.parametrize("topic", ["prompt", "story", "Weather"])
def test_topics_nobody_declared_keep_their_fields(topic):
    message = read_topic(f'{topic} {{"text": "a door", "n": 3}}'.encode())
    assert type(message) is base.MessageBase
    assert (message.type, message.text, message.n) == (topic, "a door", 3)


def test_a_show_s_own_classes_are_used():
    class Weather(base.MessageBase):
        type: base.Name = "Weather"
        rain: bool

    schemas = {**BASE_SCHEMAS, "Weather": Weather}
    assert read_topic(b'Weather {"rain":true}', schemas).rain is True
    with pytest.raises(BadFrame):
        read_topic(b'Weather {"rain":"soup"}', schemas)


@pytest.mark.parametrize(
    "frame",
    [
        b"", b"StoryHeard", b"StoryHeard ", b"StoryHeard {", b"StoryHeard []", b'StoryHeard {"content":3}',
        b'\xff {"a":1}', b'StoryHeard {"type":"\\ud800"}', b' {"a":1}', b"x " + b"[" * 100_000,
        b'x {"type":{"a":1}}', b'x {"type":"' + b"y" * 300 + b'"}',
    ],
)  # fmt: skip
def test_broken_frames_are_refused(frame):
    with pytest.raises(BadFrame):
        read_topic(frame)


def test_random_bytes_never_raise_anything_else():
    dice, refused = random.Random(3), 0
    whole = write_topic(base.DisplayText(text_id="t", content="c", style=base.TextStyle(font_size=3)))
    for _ in range(3000):
        frame = bytearray(whole)
        for _ in range(dice.randrange(1, 5)):
            frame[dice.randrange(len(frame))] = dice.randrange(256)
        try:
            read_topic(bytes(frame))
        except BadFrame:
            refused += 1
    assert 1000 < refused < 3000


def test_a_plain_frame_takes_its_type_from_the_json():
    assert isinstance(read_json(b'{"type":"RenderRequest","prompt":"p"}'), base.RenderRequest)
    with pytest.raises(BadFrame):
        read_json(b'{"prompt":"p"}')


async def test_published_frames_are_topic_space_json(bus):
    events, port = await opened_events(bus)
    with subscriber(port, "DisplayText ") as peer:
        said = base.DisplayText(text_id="1", content="words", speaker="agent")
        await until(lambda: bus.post(events.publish, said) and peer.read())
        (frame,) = peer.frames[0]
        topic, body = frame.split(b" ", 1)
        assert topic == b"DisplayText"
        fields = json.loads(body)
        assert fields["content"] == "words"
        assert fields["duration"] is None, "every known field is written"
    await on(bus, events.close)


async def test_a_late_display_gets_the_newest_picture_once(bus):
    events, port = await opened_events(bus, wait_s=0.05, every_s=0.3)
    for number in (1, 2):
        media = base.DisplayMedia(content_type="image", request_id=str(number), uri="file:///x")
        await on(bus, events.publish, media)
    with subscriber(port, "DisplayMedia ") as first, subscriber(port, "") as second, subscriber(port, "Alert") as other:
        await until(lambda: first.read() and second.read())
        started = asyncio.get_running_loop().time()
        with subscriber(port, "DisplayMedia") as third:
            await until(third.read)
            assert asyncio.get_running_loop().time() - started > 0.2, "not more often than every_s"
        assert [message_of(peer)["request_id"] for peer in (first, second, third)] == ["2"] * 3
        assert len(first.frames) <= 2
        assert other.read() == []
    await on(bus, events.close)


def message_of(peer):
    return json.loads(peer.frames[0][0].split(b" ", 1)[1])


async def test_nothing_is_repeated_when_nothing_was_shown(bus):
    events, port = await opened_events(bus, wait_s=0.02)
    with subscriber(port, "") as peer:
        await until(lambda: bus.post(events.publish, base.Alert(message="hello")) and peer.read())
        assert all(frame.startswith(b"Alert ") for (frame,) in peer.read())
    await on(bus, events.close)


async def test_publishing_to_a_closed_port_does_nothing(bus):
    await on(bus, EventsPort(bus).publish, base.Alert(message="nobody"))


async def test_updates_and_agents_are_heard(bus):
    facts = []
    listener = Listener(bus, facts.append, SystemClock())
    with RawPeer(zmq.PUB) as agent, RawPeer(zmq.PUB) as anyone:
        agent_port = agent.bind()
        ports = await on(bus, listener.open, {"updates": 0, "agent": agent_port})
        anyone.connect(ports["updates"])

        def say_again():
            agent.send(b'StoryHeard {"content": "a visitor came"}')
            anyone.send(b'prompt {"prompt":"a door"}')
            return {fact.channel for fact in facts if isinstance(fact, Heard)} == {"updates", "agent"}

        await until(say_again)
        anyone.send(b"broken")
        anyone.send(b"StoryHeard", b'{"content":"two frames"}')
        await until(lambda: [fact for fact in facts if isinstance(fact, FramesDropped)])
        await until(lambda: listener.drops.total == 2)
    heard = {fact.channel: fact.message for fact in facts if isinstance(fact, Heard)}
    assert heard["agent"].content == "a visitor came"
    assert (heard["updates"].type, heard["updates"].prompt) == ("prompt", "a door")
    await on(bus, listener.close)


async def test_channels_nobody_named_stay_closed(bus):
    assert await on(bus, Listener(bus, print, SystemClock()).open, {"events": 0}) == {}
