import asyncio
import base64
import hashlib
import inspect
import json
import random
import threading
import time
from collections import Counter

import pytest
import zmq

from tests.fakes.bus import FakeHub, FakeLink
from tests.interop.raw import RawPeer, until
from tests.support.waiting import wait_until
from textcraft_bus.channel.facts import (
    FramesDropped,
    PeerBeat,
    PeerLost,
    PeerSeen,
    RenderDone,
    RenderGaveUp,
    RenderProgressed,
    RenderRetried,
    RenderStarted,
    WallKeyPressed,
    WallRefused,
    WallShown,
    WallThumbnail,
)
from textcraft_bus.channel.hub import Hub
from textcraft_bus.channel.link import Link
from textcraft_bus.channel.messages import BadFrame, Caption, Mode, Picture, RenderRequest, WallCommand, WallScene
from textcraft_bus.channel.timing import Timing
from textcraft_bus.clock import SystemClock
from textcraft_bus.transport.sockets import PortInUse

PATIENT = Timing(beat_s=0.04, lease_s=30, silence_s=30, job_s=60)
"""Nobody is lost only because the machine does something else."""
QUICK = Timing(beat_s=0.04, lease_s=0.3, silence_s=0.3, job_s=60)
"""For tests in which somebody is to be lost."""
BUSY = Timing(beat_s=0.04, lease_s=2, silence_s=2, job_s=60)
"""For tests in which somebody is to be lost, and others that beat are not."""


class Core:
    """A hub on the test's loop, and what it told."""

    def __init__(self, folder, **options):
        self.facts = []
        options = {"show_id": "show", "mode": Mode.REHEARSE, "nonce_folder": folder, "timing": PATIENT, **options}
        self.hub = Hub(self.facts.append, asyncio.get_running_loop(), SystemClock(), **options)

    def told(self, *kinds):
        return [fact for fact in self.facts if isinstance(fact, kinds)]

    async def one(self, *kinds):
        return (await until(lambda: self.told(*kinds)))[-1]


@pytest.fixture
async def open_core(tmp_path):
    cores = []

    async def open_one(**options):
        core = Core(tmp_path, **options)
        cores.append(core)
        core.port = await core.hub.start()
        return core

    yield open_one
    for core in cores:
        await core.hub.stop()


@pytest.fixture
async def core(open_core):
    return await open_core()


@pytest.fixture
def join():
    peers = []

    def join_one(core, name, **options):
        peers.append(RawPeer(name=name.encode(), **options).connect(core.port))
        return peers[-1]

    yield join_one
    for peer in peers:
        peer.close()


async def counted(core, reason):
    """Wait until the hub has counted this reason at all."""
    deadline = time.monotonic() + 20
    while reason not in (counts := await core.hub.counts()):
        assert time.monotonic() < deadline, f"{reason} was never counted"
    return counts[reason]


class Beating:
    """Beats for raw peers from a thread of their own, as live services do."""

    def __init__(self, *peers):
        self.peers = set(peers)
        self.beats = 0
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def _run(self):
        while not self._end.wait(0.04):
            for peer in tuple(self.peers):
                peer.say(type="Heartbeat")
            self.beats += 1

    async def __aenter__(self):
        self._thread.start()
        return self

    async def __aexit__(self, *_exc):
        self._end.set()
        self._thread.join()


def a_request(request_id="r1", **fields):
    return RenderRequest(request_id=request_id, prompt="a door", **fields)


def say_ready(peer, request, **fields):
    peer.say(
        type="ImageReady",
        request_id=request["request_id"],
        attempt=request["attempt"],
        **{"uri": "file:///x.png", "sha256": "0" * 64, "mime": "image/png", "width": 8, "height": 8, **fields},
    )


def a_picture(path, data=b"not really a picture"):
    path.write_bytes(data)
    return Picture(sha256=hashlib.sha256(data).hexdigest(), uri=path.as_uri(), mime="image/png", width=8, height=8)


async def test_a_hello_is_answered_and_told(core, join):
    peer = join(core, "image_server.a")
    snapshot = await peer.hello(slots=2)
    assert (snapshot["show"], snapshot["mode"], snapshot["scene"]) == ("show", "rehearse", None)
    assert snapshot["open_jobs"] == []
    seen = await core.one(PeerSeen)
    assert (seen.peer, seen.hello.slots) == ("image_server.a", 2)


async def test_both_sides_beat(core, join):
    peer = join(core, "wall.brick")
    await peer.hello()
    peer.say(type="Heartbeat", frames_painted=3)
    assert (await core.one(PeerBeat)).beat.frames_painted == 3
    before = len(peer.of("Heartbeat"))
    async with Beating(peer) as peers:
        await until(lambda: len(peer.of("Heartbeat")) >= before + 20)
    assert peers.beats < 100  # as often as the peer's own, whatever else the machine does
    seqs = [message["seq"] for message in peer.messages()]
    assert seqs == sorted(set(seqs))
    assert all(abs(message["sent_at"] - time.time()) < 60 for message in peer.messages())


async def test_beats_go_on_while_the_program_is_busy(open_core, join):
    core = await open_core(timing=BUSY)
    peer = join(core, "wall.brick")
    await peer.hello()
    async with Beating(peer):
        before = len(peer.of("Heartbeat"))
        time.sleep(BUSY.lease_s + 0.5)  # noqa: ASYNC251 - this is the program's loop being busy
        wait_until(lambda: len(peer.of("Heartbeat")) >= before + 5)  # and it still is: this waits outside the loop
    assert core.told(PeerLost) == []


async def test_a_silent_peer_is_lost_and_may_come_back(open_core, join):
    core = await open_core(timing=QUICK)
    peer = join(core, "wall.brick")
    await peer.hello()
    lost = await core.one(PeerLost)
    assert lost.peer == "wall.brick"
    assert lost.silent_s >= QUICK.lease_s
    await peer.hello()
    await until(lambda: len(core.told(PeerSeen)) == 2)


async def test_a_request_makes_the_round(core, join):
    peer = join(core, "image_server.a")
    await peer.hello()
    core.hub.request(a_request(era="now"))
    request = (await until(lambda: peer.of("RenderRequest")))[0]
    assert (request["request_id"], request["attempt"], request["era"]) == ("r1", 1, "now")
    peer.say(type="RenderAccepted", request_id="r1", attempt=1)
    peer.say(type="RenderProgress", request_id="r1", attempt=1, fraction=0.5)
    say_ready(peer, request, worker="a")
    done = await core.one(RenderDone)
    assert (done.request_id, done.ready.worker) == ("r1", "a")
    assert core.told(RenderStarted) == [RenderStarted("r1", "image_server.a", 1)]
    assert core.told(RenderProgressed) == [RenderProgressed("r1", 0.5)]


async def test_a_killed_worker_s_job_is_done_once_by_another(open_core, join):
    core = await open_core(timing=BUSY)
    first, second = join(core, "image_server.a"), join(core, "image_server.b")
    await first.hello()
    core.hub.request(a_request())
    await until(lambda: first.of("RenderRequest"))
    await second.hello()
    async with Beating(second):
        first.close()
        request = (await until(lambda: second.of("RenderRequest")))[0]
        say_ready(second, request)
        await core.one(RenderDone)
    assert request["attempt"] == 2
    assert len(core.told(RenderRetried)) == len(core.told(RenderDone)) == 1


async def test_a_job_for_a_worker_that_is_just_gone_goes_to_another_at_no_cost(core, join):
    gone, other = join(core, "image_server.a"), join(core, "image_server.b")
    await gone.hello()
    await other.hello()
    gone.close()
    async with Beating(other):
        await asyncio.sleep(0.05)  # less than the lease, by far: the core has not lost it yet
        assert core.told(PeerLost) == []
        core.hub.request(a_request())
        assert (await until(lambda: other.of("RenderRequest")))[0]["attempt"] == 1
    assert core.told(RenderRetried) == []


async def test_double_late_and_unknown_results_are_counted(core, join):
    peer = join(core, "image_server.a")
    await peer.hello()
    core.hub.request(a_request())
    request = (await until(lambda: peer.of("RenderRequest")))[0]
    for _ in range(3):
        say_ready(peer, request)
    say_ready(peer, {"request_id": "never", "attempt": 1})
    await until(lambda: core.told(RenderDone))
    assert await counted(core, "unknown job") == 1
    assert await core.hub.counts() == {"late or double result": 2, "unknown job": 1, "refused": 0}
    assert len(core.told(RenderDone)) == 1


async def test_a_hung_worker_ends_by_the_deadline(open_core, join):
    core = await open_core(timing=Timing(beat_s=0.04, lease_s=30, silence_s=30, job_s=0.4))
    peer = join(core, "image_server.a")
    await peer.hello()
    async with Beating(peer):
        core.hub.request(a_request())
        gave_up = await core.one(RenderGaveUp)
        await until(lambda: peer.of("CancelRender"))
    assert gave_up == RenderGaveUp("r1", "image_server.a did not answer within 0.4 s", 1)
    assert core.told(PeerLost) == []


async def test_a_job_can_be_cancelled(core, join):
    peer = join(core, "image_server.a")
    await peer.hello()
    core.hub.request(a_request())
    await until(lambda: peer.of("RenderRequest"))
    core.hub.cancel("r1")
    assert (await until(lambda: peer.of("CancelRender")))[0]["request_id"] == "r1"
    assert await core.one(RenderGaveUp) == RenderGaveUp("r1", "cancelled", 1)


async def test_a_job_that_cannot_be_written_ends_at_once(core, join):
    peer = join(core, "image_server.a")
    await peer.hello()
    core.hub.request(a_request(era="half a character \ud800"))
    assert "cannot be written" in (await core.one(RenderGaveUp)).reason
    core.hub.request(a_request("r2"))
    await until(lambda: peer.of("RenderRequest"))


async def test_a_wall_gets_its_scene_now_and_on_each_hello(core, join):
    core.hub.set_scene("brick", WallScene(scene=1))
    wall = join(core, "wall.brick")
    assert (await wall.hello())["scene"]["scene"] == 1
    core.hub.set_scene("wall.brick", WallScene(scene=2, caption=Caption(text="two")))
    assert (await until(lambda: wall.of("WallScene")))[0]["caption"]["text"] == "two"
    again = join(core, "wall.brick")
    assert (await again.hello())["scene"]["scene"] == 2
    other = join(core, "wall.stairs")
    assert (await other.hello())["scene"] is None


async def test_a_scene_that_cannot_be_written_is_refused_where_it_is_made(core):
    with pytest.raises(BadFrame):
        core.hub.set_scene("brick", WallScene(scene=1, note="\ud800"))


async def test_commands_quit_and_mode(core, join):
    core.hub.command("brick", WallCommand(command="identify"))  # nobody there: missed
    await core.hub.counts()  # what the thread was told before was done by now
    wall = join(core, "wall.brick")
    await wall.hello()
    core.hub.command("brick", WallCommand(command="test_card", seconds=2))
    core.hub.quit("wall.brick", "the show is over")
    assert (await until(lambda: wall.of("Quit")))[0]["reason"] == "the show is over"
    assert [message["command"] for message in wall.of("WallCommand")] == ["test_card"]
    core.hub.set_mode(Mode.SHOW)
    assert (await wall.hello())["mode"] == "show"


async def test_what_a_wall_says_is_told(core, join):
    wall = join(core, "wall.brick")
    await wall.hello()
    wall.say(type="Shown", scene=1, layer="program", sha256="0" * 64, phase="first_frame", painted_at=1.5)
    wall.say(type="ShowRefused", scene=1, reason="too large")
    wall.say(type="WallThumb", data="AAAA")
    wall.say(type="WallKey", key=65)
    await core.one(WallKeyPressed)
    told = [type(fact) for fact in core.told(WallShown, WallRefused, WallThumbnail, WallKeyPressed)]
    assert told == [WallShown, WallRefused, WallThumbnail, WallKeyPressed]


async def test_a_picture_of_a_scene_is_served_by_value(core, join, tmp_path):
    picture = a_picture(tmp_path / "a picture%20.png", bytes(range(256)) * 4096)
    core.hub.set_scene("brick", WallScene(scene=1, program=picture))
    wall = join(core, "wall.brick")
    await wall.hello()
    wall.say(type="NeedBlob", sha256=picture.sha256)
    blob = (await until(lambda: wall.of("Blob")))[0]
    assert hashlib.sha256(base64.b64decode(blob["data"])).hexdigest() == blob["sha256"] == picture.sha256


async def test_no_other_file_is_served(core, join, tmp_path, caplog):
    picture = a_picture(tmp_path / "a.png")
    core.hub.set_scene("brick", WallScene(scene=1, program=picture))
    (tmp_path / "a.png").write_bytes(b"something else by now")
    wall = join(core, "wall.brick")
    await wall.hello()
    wall.say(type="NeedBlob", sha256=hashlib.sha256(b"another file").hexdigest())
    wall.say(type="NeedBlob", sha256=picture.sha256)
    await until(lambda: "changed since" in caplog.text)
    assert "no scene named" in caplog.text
    assert wall.of("Blob") == []


async def test_a_file_on_the_same_disk_is_named(core, join):
    uri = (await join(core, "wall.brick").hello())["nonce_uri"]
    path = core.hub._nonce._path
    assert uri == path.as_uri()
    assert path.exists()
    await core.hub.stop()
    assert not path.exists()


async def test_nonces_of_crashed_cores_are_swept_and_those_of_live_ones_kept(tmp_path, open_core):
    (tmp_path / "core-999999999-ab.nonce").touch()
    first = await open_core()
    await open_core()
    assert first.hub._nonce._path.exists()
    assert len(list(tmp_path.iterdir())) == 2


async def test_services_of_another_show_are_ignored(core, join):
    stranger, ours = join(core, "wall.stairs"), join(core, "wall.brick")
    stranger.say(type="ServiceHello", role="wall", name="stairs", show="another")
    await ours.hello(show="show")
    assert (await core.one(FramesDropped)).reason == "a service of another show (1)"
    assert [fact.peer for fact in core.told(PeerSeen)] == ["wall.brick"]
    assert stranger.messages() == []


async def test_who_said_no_hello_has_no_effect(core, join):
    stranger, wall = join(core, "wall.stairs"), join(core, "wall.brick")
    await wall.hello()
    stranger.say(type="Shown", scene=1, layer="program", phase="settled", painted_at=1)
    stranger.say(type="Heartbeat")
    wall.say(type="WallKey", key=65)
    await core.one(WallKeyPressed)
    assert await counted(core, "no hello before") == 2
    assert core.told(WallShown) == []


async def test_a_stranger_says_little(core, join):
    stranger = join(core, "wall.brick")
    stranger.say(type="ServiceHello", role="wall", name="brick", padding="x" * 70_000)
    assert (await core.one(FramesDropped)).reason == "too large for a stranger (1)"
    assert core.told(PeerSeen) == []


async def test_nobody_speaks_for_another(core, join):
    liar = join(core, "wall.brick")
    liar.say(type="ServiceHello", role="wall", name="stairs")
    liar.say(type="ServiceHello", role="image_server", name="brick")
    dropped = await core.one(FramesDropped)
    assert dropped.reason.startswith("a hello under another name")
    assert core.told(PeerSeen) == []


async def test_a_role_says_only_what_is_its_own(core, join):
    wall = join(core, "wall.brick")
    await wall.hello()
    wall.say(type="ImageReady", request_id="r", uri="u", sha256="0" * 64, mime="m", width=1, height=1)
    wall.say(type="CoreSnapshot")
    await until(lambda: sum(fact.count for fact in core.told(FramesDropped)) == 2)


async def test_a_mebibyte_passes_and_too_much_cuts_only_its_sender_off(open_core, join):
    core = await open_core(timing=BUSY)
    big, other = join(core, "wall.big"), join(core, "image_server.other")
    await other.hello()
    async with Beating(other):
        await big.hello()
        big.say(type="Heartbeat", padding="y" * 2**20)
        beat = (await until(lambda: [fact for fact in core.told(PeerBeat) if fact.peer == "wall.big"]))[0].beat
        assert len(beat.padding) == 2**20
        big.send(b'{"type":"Heartbeat","padding":"' + b"z" * 64 * 2**20 + b'"}')
        core.hub.request(a_request())
        say_ready(other, (await until(lambda: other.of("RenderRequest")))[0])
        await core.one(RenderDone)
        await core.one(PeerLost)
        await big.hello()
    assert [fact.peer for fact in core.told(PeerLost)] == ["wall.big"]
    assert [fact for fact in core.told(PeerBeat) if fact.peer == "wall.big"][1:] == []


def mutants(count, seed=7):
    """Frames that are almost messages, and some that are nothing."""
    dice = random.Random(seed)
    whole = [
        {"type": "Shown", "scene": 1, "layer": "program", "phase": "settled", "painted_at": 1.0},
        {"type": "Heartbeat", "rss": 1},
        {"type": "WallThumb", "data": "AAAA"},
        {"type": "ServiceHello", "role": "wall", "name": "brick"},
        {"type": "NeedBlob", "sha256": "0" * 64},
    ]
    values = [None, -1, 1e308, "", "x" * 300, [], {}, [[]] * 50, True, "\ud800", 10**40]
    for _ in range(count):
        message = dict(dice.choice(whole))
        message[dice.choice([*message, "new"])] = dice.choice(values)
        frame = bytearray(json.dumps(message).encode())
        for _ in range(dice.randrange(4)):
            frame[dice.randrange(len(frame))] = dice.randrange(256)
        yield bytes(frame[: dice.choice([len(frame), dice.randrange(len(frame) + 1)])])
    yield from (b"", b"null", b"[" * 100_000, b'{"type":' * 5_000, b"\xff" * 50, b"NaN")


async def test_thousands_of_broken_frames_change_nothing(core, join, caplog):
    vandal, worker = join(core, "wall.brick"), join(core, "image_server.a")
    vandal.socket.sndhwm = 0
    await vandal.hello()
    await worker.hello()
    core.hub.request(a_request())
    request = (await until(lambda: worker.of("RenderRequest")))[0]
    async with Beating(worker, vandal):
        for number, frame in enumerate(mutants(4000)):
            vandal.send(frame)
            if number % 100 == 0:
                await asyncio.sleep(0.002)
        vandal.say(type="WallKey", key=99)
        await until(lambda: [fact for fact in core.told(WallKeyPressed) if fact.key.key == 99])
        say_ready(worker, request)
        await core.one(RenderDone)
        refused = (await core.hub.counts())["refused"]
        await until(lambda: sum(fact.count for fact in core.told(FramesDropped)) == refused)
    assert refused > 2000
    assert len(core.told(FramesDropped)) < 10
    assert "could not be handled" not in caplog.text
    assert core.told(PeerLost) == []


async def test_several_frames_in_one_message_are_refused(core, join):
    peer = join(core, "wall.brick")
    peer.send(b"{}", b"{}")
    assert "more or less than one frame" in (await core.one(FramesDropped)).reason


async def test_a_reader_that_stopped_costs_no_memory_and_nobody_else(core, join):
    """It connects, says hello, beats, and never reads: its queue fills, the others get theirs."""
    deaf, wall = join(core, "wall.deaf", rcvhwm=1), join(core, "wall.brick")
    await wall.hello()
    deaf.say(type="ServiceHello", role="wall", name="deaf")
    await until(lambda: len(core.told(PeerSeen)) == 2)
    async with Beating(deaf, wall):
        for number in range(1, 400):
            core.hub.set_scene("deaf", WallScene(scene=number, padding="z" * 100_000))
        core.hub.set_scene("brick", WallScene(scene=5))
        assert (await until(lambda: wall.of("WallScene")))[0]["scene"] == 5
        await until(lambda: deaf.of("WallScene") and deaf.of("WallScene")[-1]["scene"] == 399)
        assert len(deaf.of("WallScene")) < 399, "its queue never filled: the test shows nothing"


async def test_a_port_in_use_is_told_and_leaves_nothing_open(core, tmp_path):
    second = Core(tmp_path, port=core.port)
    with pytest.raises(PortInUse):
        await second.hub.start()
    assert len(list(tmp_path.glob("*.nonce"))) == 1
    await second.hub.stop()


async def test_stop_is_quick_with_dead_peers_and_may_be_repeated(core, join):
    peer = join(core, "image_server.a")
    await peer.hello()
    peer.close()
    core.hub.request(a_request())
    before = time.monotonic()
    await core.hub.stop()
    await core.hub.stop()
    assert time.monotonic() - before < 10  # the library itself would wait for ever
    core.hub.request(a_request("r2"))  # nobody hears it any more


class EchoWorker(threading.Thread):
    """Answers each request at once, from a thread of its own."""

    def __init__(self, port, name, *, delay=0.0):
        super().__init__()
        self.port, self.peer_name, self.delay = port, name, delay
        self.end = threading.Event()
        self.served = Counter()

    def run(self):
        with RawPeer(name=self.peer_name.encode()).connect(self.port) as peer:
            role, name = self.peer_name.split(".")
            peer.say(type="ServiceHello", role=role, name=name)
            beat_at = 0.0
            while not self.end.is_set():
                if time.monotonic() > beat_at:
                    peer.say(type="Heartbeat")
                    beat_at = time.monotonic() + 0.04
                if peer.socket.poll(10):
                    self._serve(peer, json.loads(peer.socket.recv()))

    def _serve(self, peer, message):
        if message["type"] == "RenderRequest":
            self.served[message["request_id"]] += 1
            self.end.wait(self.delay)
            say_ready(peer, message, worker=self.peer_name)


async def test_three_workers_one_of_them_dying_do_every_job_once(open_core):
    core = await open_core(timing=BUSY)
    workers = [EchoWorker(core.port, f"image_server.{name}", delay=0.002) for name in "abc"]
    for worker in workers:
        worker.start()
    try:
        await until(lambda: len(core.told(PeerSeen)) == 3)
        ids = [f"r{number}" for number in range(200)]
        for start in range(0, 200, 50):
            for request_id in ids[start : start + 50]:
                core.hub.request(a_request(request_id))
            if start == 50:
                workers[0].end.set()
            await until(lambda start=start: len(core.told(RenderDone, RenderGaveUp)) == start + 50)
    finally:
        for worker in workers:
            worker.end.set()
            worker.join()
    assert Counter(fact.request_id for fact in core.told(RenderDone)) == dict.fromkeys(ids, 1)


async def test_the_library_s_heartbeats_are_off(core):
    assert core.hub._board._pump._socket.get(zmq.HEARTBEAT_IVL) == 0


@pytest.mark.parametrize(("real", "fake"), [(Hub, FakeHub), (Link, FakeLink)])
def test_the_fakes_for_other_tests_have_the_same_methods(real, fake):
    methods = {name: value for name, value in vars(real).items() if name[0] != "_" and inspect.isfunction(value)}
    for name, method in methods.items():
        assert inspect.signature(getattr(fake, name)) == inspect.signature(method), name
        assert inspect.iscoroutinefunction(getattr(fake, name)) == inspect.iscoroutinefunction(method), name
    taken = inspect.signature(fake).parameters
    assert [name for name in inspect.signature(real).parameters if name not in {**taken, "timing": None}] == []


async def test_a_cut_link_lets_nothing_through_and_everything_comes_back_by_itself(open_core, join):
    core = await open_core(timing=QUICK)
    wall = join(core, "wall.brick")
    await wall.hello()
    scene = WallScene(scene=1, caption=Caption(text="before"))
    core.hub.cut_link(0.5)
    core.hub.set_scene("brick", scene)
    cut_at = time.monotonic()
    lost = await core.one(PeerLost)
    assert lost.peer == "wall.brick"
    while not wall.of("WallScene") and len(wall.of("CoreSnapshot")) < 2:
        wall.say(type="ServiceHello", role="wall", name="brick")
        await asyncio.sleep(0.02)
    assert time.monotonic() - cut_at >= 0.45
    told = [*wall.of("WallScene"), *(each["scene"] for each in wall.of("CoreSnapshot") if each["scene"])]
    assert told[-1]["caption"]["text"] == "before"
