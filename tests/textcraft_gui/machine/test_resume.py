"""After a sleep every wall gets its scene once more; a service that stayed away is told, as is a clock that was set."""

import pytest

from tests.fakes.clock import FakeClock
from tests.support.waiting import wait_until
from textcraft_bus.sleep_watch import LOOK_SECONDS, Reading, SleepWatch, boot_seconds
from textcraft_core import commands as cmd
from textcraft_core import events as ev
from textcraft_core.errors import CommandRefused
from textcraft_gui.machine.resume import Resume
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


class Clocks:
    """Both clocks of a machine; each look finds them a second later, and by one more jump."""

    def __init__(self, *jumps):
        self.boot, self.date, self.jumps = 1000.0, 1.8e9, list(jumps)

    def read(self):
        slept, moved = self.jumps.pop(0) if self.jumps else (0.0, 0.0)
        self.boot += LOOK_SECONDS + slept
        self.date += LOOK_SECONDS + slept + moved
        return Reading(self.boot, self.date)


def watched(clocks):
    """What a watch told of these clocks: sleeps, and by how much the date was set."""
    slept, moved = [], []
    watch = SleepWatch(slept.append, moved.append, clocks.read)
    watch.start()
    wait_until(lambda: not clocks.jumps, 30, "the last look")
    wait_until(lambda: slept or moved, 30, "what it tells")
    watch.stop()
    return slept, moved


def test_a_gap_in_the_machine_s_own_clock_is_a_sleep_and_a_busy_moment_is_none():
    assert watched(Clocks((0.0, 0.0), (2.0, 0.0), (3600.0, 0.0))) == ([3600.0 + LOOK_SECONDS], [])


@pytest.mark.parametrize("by", [365 * 86400.0, -365 * 86400.0, 3600.0, -3600.0, 5.0])
def test_a_date_that_is_set_is_no_sleep(by):
    assert watched(Clocks((0.0, 0.0), (0.0, 0.3), (0.0, by))) == ([], [pytest.approx(by)])


def test_a_date_that_is_set_when_the_machine_awakes_is_both():
    slept, moved = watched(Clocks((0.0, 0.0), (7200.0, -60.0)))
    assert slept == [7200.0 + LOOK_SECONDS]
    assert moved == [pytest.approx(-60.0)]


def test_who_was_held_up_between_the_two_clocks_looks_again():
    boot = iter([0.0, 9.0, 9.0, 9.1])
    date = iter([100.0, 109.0])
    assert Reading.now(lambda: next(boot), lambda: next(date)) == Reading(9.1, 109.0)


@pytest.mark.parametrize(("by", "words"), [(7200.0, "forward by 2 h"), (-90.0, "back by 90 s")])
def test_the_operator_is_told_that_the_clock_was_set(by, words):
    state = ShowState()
    apply(state, ev.ClockSet(seconds=by), moment(FakeClock()))
    assert words in state.lane[-1].text


def test_the_machine_s_clock_goes_on():
    before = boot_seconds()
    assert boot_seconds() >= before
