"""Who is started again, how often, and when no more; with a fake console and a clock moved by hand."""

import pytest

from textcraft_bus.processes import EXIT_NAME_TAKEN
from textcraft_gui.supervision.rules import (
    DELAYS,
    EXIT_PARKED,
    EXIT_UNSEEN,
    MAX_STARTS,
    STALL_SECONDS,
    START_SECONDS,
    STEADY_SECONDS,
    WINDOW_SECONDS,
    End,
    Intensity,
    Silence,
)
from textcraft_gui.supervision.supervisor import END_SECONDS, Means, Supervisor


class FakeConsole:
    """Lives `seconds` of the fake clock and ends with `code`; beats as long as `beats_for` says."""

    def __init__(self, world, code, seconds=1.0, beats_for=1e9, obeys=True):
        self.world, self.pid = world, 4711
        self.end_at, self.end_code = world.now + seconds, code
        self.silent_at, self.obeys = world.now + beats_for, obeys
        self.done = []

    def code(self):
        return self.end_code if self.world.now >= self.end_at else None

    def ask_to_end(self):
        self.done.append("asked")
        if self.obeys:
            self.end_at, self.end_code = self.world.now + 1, 0

    def end_hung(self):
        self.done.append("hung")
        self.end_at, self.end_code = self.world.now, -6

    def kill(self):
        self.done.append("killed")
        if self.code() is None:
            self.end_at, self.end_code = self.world.now, -9


class World:
    """The clock, the consoles that are started one after the other, and the ear."""

    def __init__(self, *plans, holder=None):
        self.now, self.plans, self.consoles, self.causes, self.parked = 0.0, list(plans), [], [], []
        self.holder, self.at, self.steady = holder, [], []
        self.supervisor = Supervisor(
            Means(
                self.start,
                self,
                lambda: self.holder,
                self.parked.append,
                on_steady=lambda: self.steady.append(self.now),
                now=lambda: self.now,
            )
        )

    def start(self, cause):
        self.causes.append(cause)
        self.at.append(self.now)
        plan = self.plans.pop(0) if self.plans else {"code": 1}
        self.consoles.append(FakeConsole(self, **plan))
        return self.consoles[-1]

    def wait(self, seconds):
        self.now += seconds
        running = self.consoles[-1]
        if self.when and self.now >= self.when[0]:
            self.when = None
            self.supervisor.ask_to_end()
        return running.code() is None and self.now < running.silent_at

    when = None

    def begin_anew(self):
        pass


@pytest.mark.parametrize("code", [0, 2, EXIT_NAME_TAKEN])
def test_what_ended_as_it_was_meant_to_is_not_started_again(code):
    world = World({"code": code})
    assert world.supervisor.run() == code
    assert len(world.consoles) == 1


def test_a_crash_is_started_again_at_once_and_told_its_cause():
    world = World({"code": -9, "seconds": 100}, {"code": 0, "seconds": 50})
    assert world.supervisor.run() == 0
    assert world.causes == ["", "it was killed by SIGKILL"]
    assert world.at[1] - 100 < 0.5
    assert world.consoles[0].done == ["killed"], "what it left in its own session goes too"


def test_starts_in_a_row_wait_longer_and_end_in_parking():
    world = World()
    assert world.supervisor.run() == EXIT_PARKED
    assert len(world.consoles) == MAX_STARTS
    waits = [after - before - 1.0 for before, after in zip(world.at, world.at[1:], strict=False)]
    assert waits == pytest.approx([*DELAYS], abs=0.4)
    assert len(world.parked) == 1
    assert "6 times in 5 minutes" in world.parked[0]
    assert "exit code 1" in world.parked[0]


def test_who_lived_for_a_while_is_started_again_at_once_each_time():
    world = World(*[{"code": -11, "seconds": 60}] * 5, {"code": 0})
    assert world.supervisor.run() == 0
    assert all(after - before < 60.5 for before, after in zip(world.at, world.at[1:], strict=False))


def test_what_lived_for_a_while_is_prepared_for_once_and_what_falls_at_its_start_is_not():
    world = World({"code": -11, "seconds": 5}, {"code": -11, "seconds": 60}, {"code": 0, "seconds": 60})
    assert world.supervisor.run() == 0
    _, second, third = world.at
    assert world.steady == pytest.approx([second + STEADY_SECONDS, third + STEADY_SECONDS], abs=0.3)


def test_a_crash_now_and_then_is_never_parked():
    world = World(*[{"code": -11, "seconds": 90}] * 20, {"code": 0})
    assert world.supervisor.run() == 0
    assert len(world.consoles) == 21


def test_a_stalled_console_says_where_it_stands_and_is_started_again():
    world = World({"code": 0, "seconds": 1e6, "beats_for": 20}, {"code": 0})
    assert world.supervisor.run() == 0
    assert world.consoles[0].done[0] == "hung"
    assert abs(world.at[1] - 20 - STALL_SECONDS) < 1
    assert "stood still for 30 s" in world.causes[1]


def test_a_console_that_never_beats_has_longer():
    world = World({"code": 0, "seconds": 1e6, "beats_for": 0}, {"code": 0})
    assert world.supervisor.run() == 0
    assert abs(world.at[1] - START_SECONDS) < 1


def test_asked_to_end_it_ends_the_console_first():
    world = World({"code": 0, "seconds": 1e6})
    world.when = (10.0,)
    assert world.supervisor.run() == 0
    assert world.consoles[0].done == ["asked", "killed"]


def test_a_console_that_will_not_end_is_killed_and_that_is_a_failure():
    world = World({"code": 0, "seconds": 1e6, "obeys": False})
    world.when = (10.0,)
    assert world.supervisor.run() == 1
    assert world.now >= 10 + END_SECONDS
    assert "killed" in world.consoles[0].done


def test_asked_while_it_waits_it_starts_nothing_more():
    world = World(*[{"code": 1}] * 4)
    world.when = (5.5,)
    assert world.supervisor.run() == 0
    assert world.now < 8


def test_a_console_others_started_is_watched_and_followed_by_ours_when_it_crashes():
    world = World({"code": EXIT_NAME_TAKEN}, {"code": 0})
    world.holder = FakeConsole(world, EXIT_UNSEEN, seconds=1000, beats_for=0)
    assert world.supervisor.run() == 0
    assert world.at[1] >= 1000
    assert world.causes[1] == "it was gone without a word"


def test_a_console_others_started_and_closed_ends_its_supervisor():
    world = World({"code": EXIT_NAME_TAKEN})
    world.holder = FakeConsole(world, 0, seconds=50)
    assert world.supervisor.run() == 0
    assert len(world.consoles) == 1


def test_what_the_machine_slept_is_no_silence_of_the_console():
    silence = Silence(0.0)
    silence.heard(1.0)
    assert not silence.too_long(1.1)
    assert not silence.too_long(3600.0)
    now = 3600.0
    while not silence.too_long(now):
        now += 0.1
    assert 3600 + STALL_SECONDS - 2 <= now <= 3600 + STALL_SECONDS + 1


def test_the_measure_forgets():
    measure = Intensity(2, 10)
    assert [measure.may_start(t) for t in (0, 1, 2)] == [True, True, False]
    assert measure.may_start(10.5)
    assert WINDOW_SECONDS == 300


@pytest.mark.parametrize(
    ("end", "words"),
    [
        (End(-11), "it was killed by SIGSEGV"),
        (End(-99), "it was killed by signal 99"),
        (End(1), "it failed with exit code 1"),
        (End(-6, stalled=31.2), "its main loop stood still for 31 s and it was ended"),
        (End(EXIT_UNSEEN), "it was gone without a word"),
    ],
)
def test_an_end_in_words(end, words):
    assert end.words() == words
    assert not end.is_final
