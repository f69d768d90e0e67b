"""The services a show wants are started once, adopted when they run, started again, and parked when they crash."""

import asyncio
import os
import subprocess
import sys
import time
from itertools import pairwise

import pytest

from tests.support.waiting import until
from textcraft_bus.channel.messages import Mode, PeerName, Role, ServiceHello
from textcraft_bus.processes import EXIT_NAME_TAKEN, NameLock
from textcraft_core import events as ev
from textcraft_core.record.stream import EventStream
from textcraft_core.stage import keeper as keeping
from textcraft_core.stage.keeper import MAX_ENDS, ServiceKeeper, Wanted
from textcraft_core.stage.walls.backdrop import backdrop

PAINTER = Wanted(PeerName("image_server.painter"), "textcraft-image-server", ("--show", "show"))


class FakeChild:
    """A process that ends when the test says so."""

    count = 100

    def __init__(self):
        FakeChild.count += 1
        self.pid = FakeChild.count
        self.code = None
        self.killed = False

    def exit_code(self):
        return self.code

    def wait(self, _seconds):
        return self.code

    def kill(self):
        self.killed = True
        self.code = -9


class Rig:
    def __init__(self):
        self.children = []
        self.asked = []
        self.events = []
        stream = EventStream(None)
        stream.subscribe(self.events.append)
        self.keeper = ServiceKeeper("show", [PAINTER], stream, self.start)

    def start(self, program, arguments, name):
        self.asked.append((program, arguments, name))
        self.children.append(FakeChild())
        return self.children[-1]

    def of(self, kind):
        return [event for event in self.events if isinstance(event, kind)]


@pytest.fixture
def rig(monkeypatch):
    monkeypatch.setattr(keeping, "WATCH_SECONDS", 0.001)
    monkeypatch.setattr(keeping, "END_SECONDS", 0.01)
    monkeypatch.setattr(keeping, "LOOK_SECONDS", 0.001)
    monkeypatch.setattr(keeping, "GAP_SECONDS", 0.001)
    monkeypatch.setattr(keeping, "AGAIN_SECONDS", (0.001, 0.002))
    return Rig()


async def test_what_is_missing_is_started(rig):
    await rig.keeper.open()
    assert rig.asked == [("textcraft-image-server", ["--show", "show"], "image_server-painter")]
    assert rig.of(ev.ServiceStarted)[0].pid == rig.children[0].pid


async def test_what_runs_for_this_show_is_adopted_and_not_started(rig):
    lock = NameLock(PAINTER.peer)
    lock.acquire("tcp://127.0.0.1:5", "show")
    await rig.keeper.open()
    lock.release()
    assert rig.asked == []
    assert rig.of(ev.ServiceAdopted) == [ev.ServiceAdopted(service=PAINTER.peer, pid=os.getpid())]


WALL = Wanted(PeerName("wall.brick"), "textcraft-display", ("--core", "tcp://127.0.0.1:5", "--show", "show"))


@pytest.fixture
def ended(monkeypatch):
    pids = []
    monkeypatch.setattr(keeping, "end_process", lambda pid, _started: pids.append(pid))
    return pids


async def test_what_looks_for_its_core_elsewhere_is_ended_and_started_anew(rig, ended):
    """It would never say hello here, and lie on top of nothing but be no wall either."""
    lock = NameLock(WALL.peer)
    lock.acquire("tcp://127.0.0.1:6", "show")
    keeper = ServiceKeeper("show", [WALL], rig.keeper._stream, rig.start)
    await keeper.open()
    watching = asyncio.get_running_loop().create_task(keeper.watch_forever())
    try:
        await until(lambda: rig.asked)
        assert ended == [os.getpid()]
    finally:
        watching.cancel()
        lock.release()


async def test_what_was_adopted_and_never_speaks_is_started_anew(rig, ended, monkeypatch):
    monkeypatch.setattr(keeping, "SILENT_SECONDS", 0.2)
    lock = NameLock(WALL.peer)
    lock.acquire("tcp://127.0.0.1:5", "show")
    keepers = [ServiceKeeper("show", [WALL], rig.keeper._stream, rig.start) for _ in range(2)]
    keepers[0].seen(WALL.peer, ServiceHello(role=Role.WALL, name="brick", pid=os.getpid()))
    for keeper in keepers:
        await keeper.open()
    watching = [asyncio.get_running_loop().create_task(keepers[0].watch_forever())]
    try:
        await asyncio.sleep(0.5)
        assert not rig.asked
        watching.append(asyncio.get_running_loop().create_task(keepers[1].watch_forever()))
        await until(lambda: rig.asked)
        assert ended[0] == os.getpid()
    finally:
        for task in watching:
            task.cancel()
        lock.release()


async def test_one_that_the_last_console_had_just_started_is_adopted_and_no_second_one_parked(rig):
    """Its record was not written yet when this console looked for what runs."""
    keeper = ServiceKeeper("show", [WALL], rig.keeper._stream, rig.start)
    await keeper.open()
    watching = asyncio.get_running_loop().create_task(keeper.watch_forever())
    lock = NameLock(WALL.peer)
    lock.acquire("tcp://127.0.0.1:5", "show")
    try:
        rig.children[-1].code = EXIT_NAME_TAKEN
        await until(lambda: rig.of(ev.ServiceAdopted))
        assert rig.of(ev.ServiceAdopted)[0].pid == os.getpid()
        assert not rig.of(ev.ServiceParked)
        assert len(rig.asked) == 1
    finally:
        watching.cancel()
        lock.release()


async def test_what_ends_by_itself_is_started_again_until_it_is_parked(rig):
    await rig.keeper.open()
    watching = asyncio.get_running_loop().create_task(rig.keeper.watch_forever())
    for number in range(MAX_ENDS):
        await until(lambda number=number: len(rig.children) > number)
        rig.children[-1].code = 1
    await until(lambda: rig.of(ev.Warned))
    watching.cancel()
    assert len(rig.children) == MAX_ENDS
    assert [event.code for event in rig.of(ev.ServiceEnded)] == [1] * MAX_ENDS
    assert rig.of(ev.Warned)[0].fault


async def test_services_are_never_started_closer_than_the_gap_whoever_asks(rig, monkeypatch):
    monkeypatch.setattr(keeping, "GAP_SECONDS", 0.05)
    begun = []

    def start(*asked):
        begun.append(time.monotonic())
        return rig.start(*asked)

    wanted = [Wanted(PeerName(f"image_server.p{number}"), "textcraft-image-server", ()) for number in range(4)]
    keeper = ServiceKeeper("show", wanted, rig.keeper._stream, start)
    await keeper.open()
    watching = asyncio.get_running_loop().create_task(keeper.watch_forever())
    for child in rig.children:
        child.code = 1
    await until(lambda: len(begun) == 2 * len(wanted))
    watching.cancel()
    assert min(later - sooner for sooner, later in pairwise(begun)) >= 0.05


async def test_what_ends_again_rests_before_it_is_started_and_others_are_watched_meanwhile(rig, monkeypatch):
    monkeypatch.setattr(keeping, "AGAIN_SECONDS", (30.0, 60.0))
    await rig.keeper.open()
    watching = asyncio.get_running_loop().create_task(rig.keeper.watch_forever())
    for number in range(2):
        await until(lambda number=number: len(rig.children) > number)
        rig.children[-1].code = 1
    await until(lambda: len(rig.of(ev.ServiceEnded)) == 2)
    await rig.keeper.add([Wanted(PeerName("image_server.other"), "textcraft-image-server", ())])
    rig.children[-1].code = 1
    await until(lambda: len(rig.children) == 4)  # the other one, at once
    watching.cancel()
    assert [name for *_, name in rig.asked].count("image_server-painter") == 2


async def test_one_that_is_let_go_while_it_rests_is_not_started(rig, monkeypatch):
    monkeypatch.setattr(keeping, "GAP_SECONDS", 0.2)
    await rig.keeper.open()
    watching = asyncio.get_running_loop().create_task(rig.keeper.watch_forever())
    rig.children[-1].code = 1
    await until(lambda: rig.of(ev.ServiceEnded))
    await rig.keeper.end([PAINTER.peer])
    await rig.keeper.add([Wanted(PeerName("image_server.other"), "textcraft-image-server", ())])
    watching.cancel()
    assert [name for *_, name in rig.asked] == ["image_server-painter", "image_server-other"]


async def test_what_was_parked_is_started_by_hand_and_may_end_as_often_again(rig):
    await rig.keeper.open()
    watching = asyncio.get_running_loop().create_task(rig.keeper.watch_forever())
    for number in range(MAX_ENDS):
        await until(lambda number=number: len(rig.children) > number)
        rig.children[-1].code = 1
    await until(lambda: rig.of(ev.ServiceParked))
    assert await rig.keeper.start_parked() == 1
    assert await rig.keeper.start_parked() == 0
    rig.children[-1].code = 1
    await until(lambda: len(rig.children) == MAX_ENDS + 2)
    watching.cancel()
    assert len(rig.of(ev.ServiceParked)) == 1


async def test_a_name_that_is_taken_is_said_at_once_and_not_tried_again(rig):
    await rig.keeper.open()
    watching = asyncio.get_running_loop().create_task(rig.keeper.watch_forever())
    rig.children[-1].code = EXIT_NAME_TAKEN
    await until(lambda: rig.of(ev.Warned))
    watching.cancel()
    assert "another show" in rig.of(ev.Warned)[0].text
    assert len(rig.children) == 1


async def test_closing_kills_what_does_not_end(rig):
    await rig.keeper.open()
    await rig.keeper.close()
    assert rig.children[0].killed


async def test_a_wall_that_stalls_is_ended_and_started_again(rig, monkeypatch):
    ended = []
    monkeypatch.setattr(keeping, "end_process", lambda pid, _started: ended.append(pid))
    monkeypatch.setattr(keeping, "WATCH_SECONDS", 0.01)
    wall = Wanted(PeerName("wall.brick"), "textcraft-display", ("--wall", "brick"))
    keeper = ServiceKeeper("show", [wall], rig.keeper._stream, rig.start)
    await keeper.open()
    watch = asyncio.get_running_loop().create_task(keeper.watch_forever())
    try:
        rig.keeper._stream.emit(ev.WallStalled(wall="other", seconds=60))
        rig.keeper._stream.emit(ev.WallStalled(wall="brick", seconds=60))
        await until(lambda: len(rig.asked) == 2)
        assert ended == [rig.children[0].pid]
        assert rig.of(ev.ServiceEnded) == []
    finally:
        watch.cancel()


async def test_a_process_that_runs_and_says_nothing_is_started_again_and_one_that_speaks_is_not(rig, monkeypatch):
    ended = []
    monkeypatch.setattr(keeping, "end_process", lambda pid, _started: ended.append(pid))
    monkeypatch.setattr(keeping, "SILENT_SECONDS", 0.2)
    await rig.keeper.open()
    watch = asyncio.get_running_loop().create_task(rig.keeper.watch_forever())
    try:
        await until(lambda: len(rig.asked) == 2, what="the start again of one that never said hello")
        rig.keeper.seen(PAINTER.peer, ServiceHello(role=Role.IMAGE_SERVER, name="painter", pid=rig.children[1].pid))
        await asyncio.sleep(0.5)
        assert len(rig.asked) == 2
        rig.keeper._stream.emit(ev.ServiceLost(service="image_server.other", silent_s=9.0))
        rig.keeper._stream.emit(ev.ServiceLost(service=PAINTER.peer, silent_s=9.0))
        await until(lambda: len(rig.asked) == 3, what="the start again of one that fell silent")
        assert ended == [rig.children[0].pid, rig.children[1].pid]
        assert [event.source for event in rig.of(ev.Warned)] == [PAINTER.peer] * 2
    finally:
        watch.cancel()


async def test_after_a_sleep_of_everything_nobody_is_taken_for_hung(rig, ended, monkeypatch):
    monkeypatch.setattr(keeping, "SLEPT_SECONDS", 0.3)
    monkeypatch.setattr(keeping, "SILENT_SECONDS", 0.5)
    await rig.keeper.open()
    rig.keeper.seen(PAINTER.peer, ServiceHello(role=Role.IMAGE_SERVER, name="painter", pid=rig.children[0].pid))
    watch = asyncio.get_running_loop().create_task(rig.keeper.watch_forever())
    await asyncio.sleep(0)
    rig.keeper._stream.emit(ev.ServiceLost(service=PAINTER.peer, silent_s=0.1))
    time.sleep(0.6)  # noqa: ASYNC251 - everything stands still, this loop too
    rig.keeper._stream.emit(ev.ServiceLost(service=PAINTER.peer, silent_s=60.0))
    await asyncio.sleep(0.1)
    rig.keeper.seen(PAINTER.peer, ServiceHello(role=Role.IMAGE_SERVER, name="painter", pid=rig.children[0].pid))
    await asyncio.sleep(0.1)
    watch.cancel()
    assert len(rig.asked) == 1
    assert ended == []


async def test_the_backdrop_covers_every_screen_while_show_lasts(rig, monkeypatch):
    monkeypatch.setattr(keeping, "end_process", lambda _pid, _started: True)
    monkeypatch.setattr(keeping, "WATCH_SECONDS", 0.01)
    stream = rig.keeper._stream
    keeper = ServiceKeeper("show", [backdrop("show")], stream, rig.start)
    await keeper.open()
    watch = asyncio.get_running_loop().create_task(keeper.watch_forever())
    try:
        for mode, count in ((Mode.EDIT, 1), (Mode.SHOW, 2), (Mode.SHOW, 2), (Mode.REHEARSE, 3)):
            stream.announce(ev.ModeChanged(mode=mode))
            await until(lambda count=count: len(rig.asked) == count)
        assert ["--every-screen" in arguments for _, arguments, _ in rig.asked] == [False, True, False]
    finally:
        watch.cancel()


BLACK = """
import sys, time
from textcraft_bus.processes import NameLock
NameLock("backdrop.main").acquire("", "show")
print("up", flush=True)
time.sleep(60)
"""


@pytest.fixture
def black():
    """Start what stands for the black behind the walls, with arguments."""
    children = []

    def start(*arguments):
        line = [sys.executable, "-c", BLACK, *arguments]
        children.append(subprocess.Popen(line, stdout=subprocess.PIPE))
        assert children[-1].stdout.readline() == b"up\n"
        return children[-1].pid

    yield start
    for child in children:
        child.kill()
        child.communicate()


@pytest.mark.parametrize(
    ("mode", "ran_with", "goes_on"),
    [
        (Mode.SHOW, ("--every-screen",), True),
        (Mode.SHOW, (), False),
        (Mode.REHEARSE, (), True),
        (Mode.REHEARSE, ("--every-screen",), False),
    ],
)
async def test_the_black_of_the_last_console_stays_when_it_is_what_this_mode_wants(
    rig, black, ended, mode, ran_with, goes_on
):
    """Ended and started anew, it would leave the desktop to be seen for a moment where a wall died."""
    wanted = backdrop("show")
    pid = black(*wanted.arguments, *ran_with)
    keeper = ServiceKeeper("show", [wanted], rig.keeper._stream, rig.start, mode)
    await keeper.open()
    watching = asyncio.get_running_loop().create_task(keeper.watch_forever())
    try:
        assert rig.of(ev.ServiceAdopted) == [ev.ServiceAdopted(service=wanted.peer, pid=pid)]
        await asyncio.sleep(0.3) if goes_on else await until(lambda: rig.asked)
        assert ended == ([] if goes_on else [pid])
        assert [arguments for _, arguments, _ in rig.asked] == ([] if goes_on else [list(wanted.arguments_in(mode))])
    finally:
        watching.cancel()


async def test_adopted_black_still_follows_the_mode(rig, black, ended):
    wanted = backdrop("show")
    pid = black(*wanted.arguments, "--every-screen")
    keeper = ServiceKeeper("show", [wanted], rig.keeper._stream, rig.start, Mode.SHOW)
    await keeper.open()
    watching = asyncio.get_running_loop().create_task(keeper.watch_forever())
    try:
        rig.keeper._stream.announce(ev.ModeChanged(mode=Mode.SHOW))
        rig.keeper._stream.announce(ev.ModeChanged(mode=Mode.EDIT))
        await until(lambda: rig.asked)
        assert ended == [pid]
        assert "--every-screen" not in rig.asked[0][1]
    finally:
        watching.cancel()
