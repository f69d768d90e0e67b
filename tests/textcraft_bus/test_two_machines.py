"""Between two addresses, as between two machines: with the right keys all works, without them nothing gets in."""

import asyncio
import base64
import json

import pytest
import zmq

from tests.support.core import a_request
from tests.support.waiting import until
from textcraft_bus import keys
from textcraft_bus.channel.facts import Arrived, CoreSeen, FramesDropped, PeerSeen, RenderDone, RenderGaveUp
from textcraft_bus.channel.hub import FarDoor, Hub
from textcraft_bus.channel.link import Link
from textcraft_bus.channel.messages import (
    Blob,
    Heartbeat,
    ImageReady,
    Mode,
    NeedBlob,
    RenderRequest,
    Role,
    ServiceHello,
)
from textcraft_bus.clock import SystemClock
from textcraft_bus.keys import KeyMissing, KeyPair
from textcraft_bus.pictures import sha256_of

FAR = "127.0.0.2"
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def a_pair() -> KeyPair:
    public, secret = zmq.curve_keypair()
    return KeyPair(public.decode(), secret.decode())


class Core:
    """A core with a door for other machines."""

    def __init__(self, folder, allowed):
        self.facts = []
        self.pair = a_pair()
        self.folder = folder
        self.hub = Hub(
            self.facts.append, asyncio.get_running_loop(), SystemClock(), show_id="show", mode=Mode.REHEARSE,
            nonce_folder=folder, far=FarDoor((FAR,), self.pair, dict.fromkeys(allowed, "attic")),
        )  # fmt: skip

    async def __aenter__(self):
        self.port = await self.hub.start()
        return self

    async def __aexit__(self, *_exc):
        await self.hub.stop()

    def of(self, kind):
        return [fact for fact in self.facts if isinstance(fact, kind)]


class Painter:
    """A service on the other machine."""

    def __init__(self, port, host=FAR):
        self.facts = []
        self.link = Link(
            f"tcp://{host}:{port}", hello=lambda: ServiceHello(role=Role.IMAGE_SERVER, name="far", show="show"),
            beat=Heartbeat, deliver=self.facts.append, loop=asyncio.get_running_loop(), clock=SystemClock(),
        )  # fmt: skip

    async def __aenter__(self):
        self.link.start()
        return self

    async def __aexit__(self, *_exc):
        await self.link.stop()

    def of(self, kind):
        return [fact.message for fact in self.facts if isinstance(fact, Arrived) and isinstance(fact.message, kind)]


def trust(core_key: str) -> KeyPair:
    """This machine knows the core's key; returns its own pair."""
    folder = keys.keys_folder()
    keys.set_core(folder, core_key)
    return keys.own_keys(folder)


async def test_with_the_right_keys_a_picture_comes_from_the_other_machine_by_value(tmp_path):
    own = keys.own_keys(keys.keys_folder())
    async with Core(tmp_path / "core", [own.public]) as core:
        trust(core.pair.public)
        async with Painter(core.port) as painter:
            await until(lambda: any(isinstance(fact, CoreSeen) for fact in painter.facts))
            await until(lambda: core.of(PeerSeen))
            assert core.of(PeerSeen)[0].peer == "image_server.far"
            core.hub.request(a_request("r1"))
            await until(lambda: painter.of(RenderRequest))
            sha256 = sha256_of(PIXEL)
            painter.link.send(
                ImageReady(request_id="r1", uri=f"blob:{sha256}", sha256=sha256, mime="image/png", width=1, height=1)
            )
            await until(lambda: painter.of(NeedBlob))
            assert core.of(RenderDone) == []
            data = base64.b64encode(PIXEL).decode()
            painter.link.send(Blob(sha256=sha256, mime="image/png", data=data))
            await until(lambda: core.of(RenderDone))
            assert core.of(RenderDone)[0].ready.uri == (tmp_path / "core" / f"{sha256}.png").as_uri()
            assert (tmp_path / "core" / f"{sha256}.png").read_bytes() == PIXEL


@pytest.mark.parametrize("data", [b"not the picture", PIXEL + b"x", b""])
async def test_a_picture_that_is_not_the_announced_one_fails_the_job(tmp_path, data):
    own = keys.own_keys(keys.keys_folder())
    async with Core(tmp_path / "core", [own.public]) as core:
        trust(core.pair.public)
        async with Painter(core.port) as painter:
            await until(lambda: core.of(PeerSeen))
            core.hub.request(a_request("r1"))
            for attempt in (1, 2):
                await until(lambda n=attempt: len(painter.of(RenderRequest)) >= n)
                sha256 = sha256_of(PIXEL)
                painter.link.send(
                    ImageReady(
                        request_id="r1",
                        attempt=attempt,
                        uri=f"blob:{sha256}",
                        sha256=sha256,
                        mime="image/png",
                        width=1,
                        height=1,
                    )
                )
                await until(lambda n=attempt: len(painter.of(NeedBlob)) >= n)
                painter.link.send(Blob(sha256=sha256, mime="image/png", data=base64.b64encode(data).decode()))
            await until(lambda: core.of(RenderGaveUp))
            assert "did not arrive" in core.of(RenderGaveUp)[0].reason
            assert list((tmp_path / "core").glob("*.png")) == []


async def test_a_key_that_is_not_allowed_is_refused_and_counted(tmp_path):
    async with Core(tmp_path / "core", [a_pair().public]) as core:
        trust(core.pair.public)
        async with Painter(core.port) as painter:
            await until(lambda: core.of(FramesDropped))
            assert "not allowed" in core.of(FramesDropped)[0].reason
            assert core.of(PeerSeen) == []
            assert painter.facts == []
            counts = await core.hub.counts()
            assert counts["a machine whose key is not allowed"] >= 1


async def test_a_peer_without_keys_is_refused_and_counted(tmp_path):
    async with Core(tmp_path / "core", []) as core:
        context = zmq.Context()
        socket = context.socket(zmq.DEALER)
        socket.linger = 0
        socket.routing_id = b"wall.bare"
        socket.connect(f"tcp://{FAR}:{core.port}")
        socket.send(json.dumps({"type": "ServiceHello", "role": "wall", "name": "bare"}).encode())
        await until(lambda: core.of(FramesDropped))
        assert "without keys" in core.of(FramesDropped)[0].reason
        assert core.of(PeerSeen) == []
        context.destroy(linger=0)


async def test_a_service_that_trusts_another_core_gets_nowhere(tmp_path):
    own = keys.own_keys(keys.keys_folder())
    async with Core(tmp_path / "core", [own.public]) as core:
        trust(a_pair().public)
        async with Painter(core.port) as painter:
            await until(lambda: core.of(FramesDropped))
            assert core.of(PeerSeen) == []
            assert painter.facts == []


async def test_the_door_on_loopback_stays_open_without_keys(tmp_path):
    async with Core(tmp_path / "core", []) as core, Painter(core.port, "127.0.0.1"):
        await until(lambda: core.of(PeerSeen))


async def test_a_service_without_the_core_s_key_says_what_to_do():
    with pytest.raises(KeyMissing, match="textcraft-core keys"):
        Painter(5558)


async def test_the_door_for_other_machines_can_be_opened_later_and_once(tmp_path):
    own, pair = keys.own_keys(keys.keys_folder()), a_pair()
    facts = []
    loop = asyncio.get_running_loop()
    hub = Hub(facts.append, loop, SystemClock(), show_id="show", mode=Mode.REHEARSE, nonce_folder=tmp_path)
    port = await hub.start()
    try:
        for _ in range(2):
            await hub.open_far(FarDoor((FAR,), pair, {own.public: "attic"}), port)
        trust(pair.public)
        async with Painter(port):
            await until(lambda: any(isinstance(fact, PeerSeen) for fact in facts))
    finally:
        await hub.stop()
