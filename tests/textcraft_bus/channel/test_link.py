import asyncio
import contextlib
import socket
import time

import pytest
import zmq

from tests.faults.proxy import Proxy
from tests.interop.raw import RawPeer, until
from tests.support.core import BUSY, PATIENT, QUICK
from textcraft_bus.channel.facts import Arrived, CoreLost, CoreSeen, FramesDropped, PeerSeen, RenderDone, WallShown
from textcraft_bus.channel.link import Link, shared_folder
from textcraft_bus.channel.messages import (
    CoreSnapshot,
    Heartbeat,
    ImageReady,
    Layer,
    RenderProgress,
    RenderRequest,
    Role,
    ServiceHello,
    Shown,
    ShownPhase,
    WallScene,
)
from textcraft_bus.clock import SystemClock


class Service:
    """A link on the test's loop, and what it told."""

    def __init__(self, port, role=Role.WALL, name="brick", beat=Heartbeat, hello=None, timing=PATIENT):
        self.facts = []
        self.link = Link(
            f"tcp://127.0.0.1:{port}",
            hello=hello or (lambda: ServiceHello(role=role, name=name, show="show")),
            beat=beat,
            deliver=self.facts.append,
            loop=asyncio.get_running_loop(),
            clock=SystemClock(),
            timing=timing,
        )

    def told(self, *kinds):
        return [fact for fact in self.facts if isinstance(fact, kinds)]

    async def one(self, *kinds):
        return (await until(lambda: self.told(*kinds)))[-1]

    def arrived(self, kind):
        return [fact.message for fact in self.told(Arrived) if isinstance(fact.message, kind)]


@pytest.fixture
async def serve():
    services = []

    def serve_one(port, **options):
        services.append(Service(port, **options))
        services[-1].link.start()
        return services[-1]

    yield serve_one
    for service in services:
        await service.link.stop()


@pytest.fixture
def router():
    with RawPeer(zmq.ROUTER) as peer:
        peer.port = peer.bind()
        yield peer


def shown(scene):
    return Shown(scene=scene, layer=Layer.PROGRAM, phase=ShownPhase.SETTLED, painted_at=1.0)


def ready(request_id, attempt=1):
    return ImageReady(
        request_id=request_id, attempt=attempt, uri="file:///x", sha256="0" * 64, mime="image/png", width=1, height=1
    )


async def test_it_says_hello_until_it_is_answered(router, serve):
    service = serve(router.port)
    await until(lambda: len(router.of("ServiceHello")) >= 3)
    assert service.facts == []
    assert router.of("Heartbeat") == []
    router.send(b"wall.brick", b'{"type":"CoreSnapshot"}')
    await service.one(CoreSeen)
    await until(lambda: router.of("Heartbeat"))
    hellos = len(router.of("ServiceHello"))
    await until(lambda: len(router.of("Heartbeat")) >= 3)
    assert len(router.of("ServiceHello")) == hellos
    assert len({hello["instance"] for hello in router.of("ServiceHello")}) == 1


async def test_the_core_may_start_later(serve, open_core):
    with RawPeer(zmq.ROUTER) as place:
        port = place.bind()
    service = serve(port)
    await asyncio.sleep(0.05)
    core = await open_core(port=port)
    seen = await service.one(CoreSeen)
    assert seen.snapshot.show == "show"
    assert (await core.one(PeerSeen)).peer == service.link.peer == "wall.brick"


async def test_the_core_restarts_on_the_same_port_and_the_link_comes_back(serve, open_core):
    first = await open_core()
    service = serve(first.port)
    await service.one(CoreSeen)
    await first.hub.stop()
    assert (await service.one(CoreLost)).silent_s < PATIENT.silence_s, "an end that can be heard is no silence"
    second = await open_core(port=first.port)
    second.hub.set_scene("brick", WallScene(scene=7))
    await until(lambda: len(service.told(CoreSeen)) >= 2)
    assert service.told(CoreSeen)[-1].snapshot.scene.scene == 7
    assert len(service.told(CoreLost)) == 1
    await second.one(PeerSeen)


async def test_a_core_that_is_back_at_once_asks_who_is_there(serve, open_core):
    """Its first beat is answered by HelloWanted: nobody waits for the silence to be long enough."""
    first = await open_core()
    service = serve(first.port)
    await service.one(CoreSeen)
    await first.hub.stop()
    second = await open_core(port=first.port)
    await second.one(PeerSeen)
    await until(lambda: len(service.told(CoreSeen)) >= 2)


async def test_a_dead_connection_is_replaced_by_a_new_one(serve, monkeypatch):
    """Something accepts and never says a word: only a new socket tries again, for no handshake times out here."""
    monkeypatch.setattr("textcraft_bus.transport.sockets.HANDSHAKE_MS", 600_000)
    with socket.create_server(("127.0.0.1", 0)) as mute:
        mute.setblocking(False)
        accepted = []

        def accept():
            with contextlib.suppress(BlockingIOError):
                accepted.append(mute.accept()[0])
            return len(accepted) == 2

        serve(mute.getsockname()[1], timing=QUICK)
        await until(accept)
        for connection in accepted:
            connection.close()


async def test_what_the_core_says_arrives(serve, open_core):
    core = await open_core()
    wall, worker = serve(core.port), serve(core.port, role=Role.IMAGE_SERVER, name="a")
    await wall.one(CoreSeen)
    await worker.one(CoreSeen)
    core.hub.set_scene("brick", WallScene(scene=1))
    core.hub.request(RenderRequest(request_id="r1", prompt="a door"))
    assert (await wall.one(Arrived)).message.scene == 1
    assert (await worker.one(Arrived)).message.request_id == "r1"
    worker.link.send(ready("r1"))
    assert (await core.one(RenderDone)).ready.seq > 0
    assert [type(fact.message) for fact in wall.told(Arrived)] == [WallScene]


async def test_beats_go_on_while_the_program_is_busy(serve, open_core):
    core = await open_core(timing=BUSY)
    service = serve(core.port, timing=BUSY)
    await service.one(CoreSeen)
    time.sleep(BUSY.silence_s + 0.5)  # noqa: ASYNC251 - this is the program's loop being busy
    await asyncio.sleep(0.05)
    assert service.told(CoreLost) == []
    assert [type(fact).__name__ for fact in core.facts if type(fact).__name__ == "PeerLost"] == []


async def test_only_what_matters_is_kept_for_a_core_that_is_away(serve, open_core):
    with RawPeer(zmq.ROUTER) as place:
        port = place.bind()
    service = serve(port)
    for number in range(300):
        service.link.send(shown(number))
        service.link.send(RenderProgress(request_id="r", fraction=0.5))
    core = await open_core(port=port)
    await until(lambda: len(core.told(WallShown)) >= 256)
    assert [fact.shown.scene for fact in core.told(WallShown)] == list(range(44, 300))


async def test_an_answer_that_was_lost_with_the_connection_is_said_again_when_asked_for(router, serve):
    service = serve(router.port, role=Role.IMAGE_SERVER, name="a", timing=QUICK)
    await until(lambda: router.of("ServiceHello"))
    router.send(b"image_server.a", b'{"type":"CoreSnapshot"}')
    await service.one(CoreSeen)
    service.link.send(ready("r1"))
    service.link.send(ready("r2"))
    await until(lambda: len(router.of("ImageReady")) == 2)
    await service.one(CoreLost)
    hellos = len(router.of("ServiceHello"))
    await until(lambda: len(router.of("ServiceHello")) > hellos)
    router.send(b"image_server.a", b'{"type":"CoreSnapshot","open_jobs":["r2","r3"]}')
    await until(lambda: len(router.of("ImageReady")) == 3)
    assert [message["request_id"] for message in router.of("ImageReady")] == ["r1", "r2", "r2"]


async def test_broken_frames_are_counted_and_harmless(router, serve):
    service = serve(router.port)
    await until(lambda: router.of("ServiceHello"))
    for frame in (b"", b"{", b'{"type":"Nothing"}', b'{"type":"WallScene"}', b"\xff", b"[" * 100_000):
        router.send(b"wall.brick", frame)
    router.send(b"wall.brick", b"{}", b"{}")
    router.send(b"wall.brick", b'{"type":"Quit"}')
    await service.one(Arrived)
    await until(lambda: sum(fact.count for fact in service.told(FramesDropped)) == 7)


async def test_a_message_that_cannot_be_written_is_told_and_the_next_one_goes(router, serve, caplog):
    service = serve(router.port)
    await until(lambda: router.of("ServiceHello"))
    router.send(b"wall.brick", b'{"type":"CoreSnapshot"}')
    await service.one(CoreSeen)
    service.link.send(shown(1).model_copy(update={"caption": "\ud800"}))
    service.link.send(shown(2))
    await until(lambda: router.of("Shown"))
    assert [message["scene"] for message in router.of("Shown")] == [2]
    assert "was not sent" in caplog.text


async def test_a_failing_beat_does_not_end_the_beats(router, serve, caplog):
    beats = []

    def beat():
        beats.append(1)
        if len(beats) == 1:
            raise ValueError("state not ready")
        return Heartbeat(state="painting")

    service = serve(router.port, beat=beat)
    await until(lambda: router.of("ServiceHello"))
    router.send(b"wall.brick", b'{"type":"CoreSnapshot"}')
    await service.one(CoreSeen)
    assert (await until(lambda: router.of("Heartbeat")))[0]["state"] == "painting"
    assert "state not ready" in caplog.text


async def test_stop_is_quick_without_a_core():
    with RawPeer(zmq.ROUTER) as place:
        port = place.bind()
    service = Service(port)
    service.link.start()
    service.link.send(shown(1))
    before = time.monotonic()
    await service.link.stop()
    assert time.monotonic() - before < 10  # the library itself would wait for ever
    service.link.send(shown(2))


async def test_what_cannot_be_used_is_refused_at_once():
    with pytest.raises(ValueError, match="not an address"):
        Service("nowhere")
    with pytest.raises(ValueError, match="too long"):
        Service(1234, name="ü" * 200)


def test_the_folder_is_shared_when_the_nonce_can_be_opened(tmp_path):
    nonce = tmp_path / "core 1%20.nonce"
    nonce.touch()
    snapshot = CoreSnapshot(nonce_uri=nonce.as_uri())
    assert shared_folder("tcp://127.0.0.1:5558", snapshot) == tmp_path
    assert shared_folder("tcp://192.168.1.4:5558", snapshot) is None
    assert shared_folder("tcp://127.0.0.1:5558", CoreSnapshot()) is None
    assert shared_folder("tcp://127.0.0.1:5558", CoreSnapshot(nonce_uri="http://127.0.0.1/nonce")) is None
    (tmp_path / "passwd").touch()
    other = CoreSnapshot(nonce_uri=(tmp_path / "passwd").as_uri())
    assert shared_folder("tcp://127.0.0.1:5558", other) is None  # any other file proves nothing
    nonce.unlink()
    assert shared_folder("tcp://127.0.0.1:5558", snapshot) is None


async def test_a_cable_that_was_cut_for_a_moment_is_noticed_before_anybody_misses_the_other(serve, open_core):
    core = await open_core()
    proxy = Proxy(core.port)
    service = serve(await proxy.open(), role=Role.IMAGE_SERVER, name="a")
    try:
        await service.one(CoreSeen)
        proxy.cut()
        core.hub.request(RenderRequest(request_id="r1", prompt="a door"))  # lost on its way
        proxy.heal()
        await until(lambda: [fact for fact in service.arrived(RenderRequest) if fact.request_id == "r1"])
        assert service.told(CoreLost)[0].silent_s < PATIENT.silence_s
        assert len(service.told(CoreSeen)) > 1
    finally:
        await proxy.close()
