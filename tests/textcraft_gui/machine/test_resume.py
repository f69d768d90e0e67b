"""After a sleep every wall gets its scene once more, and a service that stayed away is told."""

import threading

from tests.fakes.clock import FakeClock
from tests.support.waiting import wait_until
from textcraft_core import commands as cmd
from textcraft_core import events as ev
from textcraft_core.errors import CommandRefused
from textcraft_gui.machine.resume import LOOK_SECONDS, Resume, SleepWatch, boot_seconds
from textcraft_gui.projection import apply
from textcraft_gui.state.show_state import ShowState, moment


class FakeHouse:
    def __init__(self, missing=()):
        self.handled, self.missing = [], list(missing)

    async def handle(self, command):
        self.handled.append(command)
        if command.wall == "gone":
            raise CommandRefused("gone is not there")

    def wall_names(self):
        return ["brick", "gone", "stairs"]

    def missing_services(self):
        return self.missing


async def look_after(house):
    told, waited = [], []

    async def wait(seconds):
        waited.append(seconds)

    await Resume(house, told.append, wait).after(75.0)
    assert len(waited) == 1
    return told


async def test_every_wall_is_sent_its_scene_again_and_the_sleep_is_told():
    house = FakeHouse()
    told = await look_after(house)
    assert house.handled == [cmd.SendAgain(wall=wall) for wall in ("brick", "gone", "stairs")]
    assert told[0] == ev.MachineAwoke(seconds=75.0)
    assert [event.text for event in told[1:]] == ["gone is not there"]
    state = ShowState()
    apply(state, told[0], moment(FakeClock()))
    assert "75 s" in state.lane[-1].text


async def test_a_service_that_stayed_away_is_a_fault():
    told = await look_after(FakeHouse(["image_server.painter"]))
    assert told[-1].fault
    assert "image_server.painter" in told[-1].text


def test_a_gap_in_the_machine_s_own_clock_is_a_sleep_and_a_busy_moment_is_none():
    slept, now, went_on = [], [0.0], threading.Event()

    def clock():
        now[0] += jumps.pop(0) if jumps else LOOK_SECONDS
        went_on.set()
        return now[0]

    jumps = [0.0, LOOK_SECONDS + 2.0, 3600.0]
    watch = SleepWatch(slept.append, clock)
    watch.start()
    wait_until(lambda: slept, 20, "the sleep")
    watch.stop()
    assert slept == [3600.0]


def test_the_machine_s_clock_goes_on():
    before = boot_seconds()
    assert boot_seconds() >= before
