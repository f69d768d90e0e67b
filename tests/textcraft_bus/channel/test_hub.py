"""The core's side: who is there, whose beats it hears, and how jobs make the round."""

import asyncio
import inspect
import json
import threading
import time
from collections import Counter

import pytest
import zmq

from tests.fakes.bus import FakeHub, FakeLink
from tests.interop.raw import RawPeer, until
from tests.support.core import BUSY, QUICK, Beating, Core, a_request, counted, say_ready
from tests.support.waiting import wait_until
from textcraft_bus.channel.facts import (
    PeerBeat,
    PeerLost,
    PeerSeen,
    RenderDone,
    RenderGaveUp,
    RenderProgressed,
    RenderRetried,
    RenderStarted,
)
from textcraft_bus.channel.hub import Hub
from textcraft_bus.channel.link import Link
from textcraft_bus.channel.messages import Caption, Mode, WallCommand, WallScene
from textcraft_bus.channel.timing import Timing
from textcraft_bus.transport.sockets import PortInUse


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
