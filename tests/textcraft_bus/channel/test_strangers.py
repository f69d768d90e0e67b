import asyncio

import pytest

from tests.interop.raw import RawPeer, until
from textcraft_bus.channel.hub import Hub
from textcraft_bus.channel.messages import Mode
from textcraft_bus.channel.timing import Timing
from textcraft_bus.clock import SystemClock

SLOW = Timing(beat_s=30, lease_s=60, silence_s=60)


@pytest.fixture
async def core(tmp_path):
    hub = Hub(
        lambda _fact: None, asyncio.get_running_loop(), SystemClock(), show_id="show", mode=Mode.REHEARSE,
        nonce_folder=tmp_path, timing=SLOW,
    )  # fmt: skip
    port = await hub.start()
    yield hub, port
    await hub.stop()


async def heard(hub, number):
    """Wait until so many messages of strangers were counted."""
    async with asyncio.timeout(30):
        while (await hub.counts()).get("no hello before", 0) < number:
            pass


async def test_a_stranger_that_only_beats_is_asked_once_a_while(core):
    hub, port = core
    with RawPeer(name=b"wall.mute").connect(port) as mute, RawPeer(name=b"wall.other").connect(port) as other:
        for _ in range(50):
            mute.say(type="Heartbeat")
        await heard(hub, 50)
        other.say(type="Heartbeat")
        await until(lambda: other.of("HelloWanted"))
        assert len(mute.of("HelloWanted")) == 1


async def test_who_said_hello_and_left_is_asked_at_once(core):
    hub, port = core
    with RawPeer(name=b"wall.a").connect(port) as wall:
        wall.say(type="Heartbeat")
        await until(lambda: wall.of("HelloWanted"))
        await wall.hello(show="show")
        wall.say(type="Bye")
        wall.say(type="Heartbeat")
        await until(lambda: len(wall.of("HelloWanted")) == 2)
        await heard(hub, 2)


async def test_strangers_with_ever_new_names_take_no_memory(core, monkeypatch):
    monkeypatch.setattr("textcraft_bus.channel.switchboard.MAX_PEERS", 3)
    _, port = core
    for number in range(8):
        with RawPeer(name=b"wall.n%d" % number).connect(port) as peer:
            peer.say(type="Heartbeat")
            await until(lambda one=peer: one.of("HelloWanted"))
