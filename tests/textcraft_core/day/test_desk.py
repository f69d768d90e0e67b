"""The house is opened and closed by commands like an operator's; what is refused does not stop the day."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from tests.fakes.clock import FakeClock
from tests.support.waiting import until
from textcraft_core import commands as cmd
from textcraft_core import events as ev
from textcraft_core.day.course import DayRecord
from textcraft_core.day.desk import DayDesk, Parts
from textcraft_core.day.preflight import Preflight, fail, ok
from textcraft_core.day.settings import DayConfig
from textcraft_core.errors import CommandRefused
from textcraft_core.events import DayState
from textcraft_core.record.stream import EventStream

TEN = datetime(2030, 6, 5, 10, 0, tzinfo=UTC)


class House:
    """Keeps the commands; refuses what it is told to refuse."""

    def __init__(self, stream):
        self.done = []
        self.refused = ()
        self.closed = ""
        self.ends = True
        self.no_card = False
        self.shows_closed = []
        self.earlier = False
        self._stream = stream

    async def handle(self, command):
        self.done.append(command)
        if isinstance(command, self.refused):
            raise CommandRefused("HOLD is on")

    async def show_end_card(self, words):
        self.done.append(words)
        if self.no_card:
            raise CommandRefused("HOLD is on")
        return "card-1" if words else ""

    async def show_closed(self, on):
        self.shows_closed.append(on)

    async def cycle_ended(self, _seconds):
        return self.ends

    def may_open(self):
        return self.closed

    def waits_beneath(self):
        return self.earlier

    @property
    def kinds(self):
        return [type(command).__name__ for command in self.done]


class Bench:
    """A desk, its house and everything that was told."""

    def __init__(self, config=None, record=None, finding=None):
        self.told = []
        stream = EventStream(None)
        stream.subscribe(self.told.append)
        self.clock, self.house = FakeClock(TEN - timedelta(minutes=30)), House(stream)
        preflight = Preflight(stream)
        self.finding = finding or ok("well")
        preflight.add("all", self._check)
        self.reports = []
        settings = config or DayConfig(hours=("mon-sun 10:00-18:00",), end_card_seconds=1)
        parts = Parts(self.house, stream, self.clock, preflight, self._report)
        self.desk = DayDesk(parts, settings, record or DayRecord())

    async def _check(self):
        return self.finding

    async def _report(self, began, visitors):
        self.reports.append(began)
        return ev.ReportWritten(path="report.html", takes=0, spend=0)

    async def at(self, moment):
        """Let the clock be at a moment, and everything due then happen."""
        self.clock.advance((moment - self.clock.now()).total_seconds())
        await self.desk.tick()
        await self.settle()

    async def settle(self):
        step = self.desk._step
        if step is not None:
            await asyncio.wait({step})

    @property
    def states(self):
        return [event.state for event in self.told if isinstance(event, ev.DayChanged)]

    @property
    def warnings(self):
        return [event.text for event in self.told if isinstance(event, ev.Warned)]


async def test_a_whole_day_by_schedule():
    bench = Bench()
    await bench.at(TEN - timedelta(minutes=10))
    assert bench.house.kinds == ["SafeLook"]
    await bench.at(TEN)
    assert bench.house.done[1:] == [cmd.PauseAI(on=False), cmd.Run(), cmd.Auto(on=True), cmd.SafeLook(on=False)]
    bench.house.done.clear()
    await bench.at(TEN + timedelta(hours=8))
    assert bench.house.done == [cmd.Pause(), cmd.PauseAI(on=True), cmd.Auto(on=False), "", cmd.SafeLook(on=True)]
    assert bench.house.shows_closed == [False, True]
    assert bench.states == [DayState.OPENING, DayState.OPEN, DayState.CLOSING, DayState.CLOSED]
    assert bench.reports == [TEN - timedelta(minutes=10)]


async def test_a_house_does_not_open_with_the_end_card_of_the_evening_before():
    """Seen on the second day: a picture waited in NEXT, and the first guests read goodbye until AUTO took it."""
    bench = Bench()
    bench.house.earlier = True
    await bench.at(TEN)
    await bench.at(TEN)
    assert bench.house.done[-2:] == [cmd.Take(), cmd.SafeLook(on=False)]


async def test_the_end_card_stays_for_its_time(monkeypatch):
    bench = Bench(DayConfig(end_card="Until tomorrow", end_card_seconds=1))
    await bench.desk.handle(cmd.OpenDay())
    await bench.settle()
    await bench.at(TEN)
    bench.house.done.clear()
    await bench.desk.handle(cmd.CloseDay())
    await until(lambda: ev.EndCardShown(request_id="card-1") in bench.told)
    assert bench.house.done[-1] == "Until tomorrow"
    assert bench.house.shows_closed[-1] is False
    await bench.settle()
    assert bench.house.kinds[-1] == "SafeLook"


async def test_an_end_card_that_may_not_go_up_is_told_and_the_house_closes():
    bench = Bench(DayConfig(end_card="Until tomorrow"))
    await bench.desk.handle(cmd.OpenDay())
    await bench.settle()
    await bench.at(TEN)
    bench.house.no_card = True
    await bench.desk.handle(cmd.CloseDay())
    await bench.settle()
    assert bench.states[-1] is DayState.CLOSED
    assert any("HOLD is on" in text for text in bench.warnings)
    assert not [event for event in bench.told if isinstance(event, ev.EndCardShown)]


async def test_a_house_with_hours_shows_its_closed_card_until_it_opens():
    bench = Bench()
    await bench.desk.open()
    assert bench.house.shows_closed == [True]
    await bench.desk.close()
    by_hand = Bench(DayConfig())
    await by_hand.desk.open()
    assert by_hand.house.shows_closed == []
    await by_hand.desk.close()


async def test_a_cycle_that_does_not_end_is_ended():
    bench = Bench()
    await bench.at(TEN)
    await bench.at(TEN)
    bench.house.ends = False
    await bench.at(TEN + timedelta(hours=8))
    assert "Stop" in bench.house.kinds


async def test_what_is_refused_is_told_and_the_day_goes_on():
    bench = Bench()
    bench.house.refused = cmd.SafeLook
    await bench.at(TEN)
    await bench.at(TEN)
    assert bench.states[-1] is DayState.OPEN
    assert "SafeLook was not possible: HOLD is on" in bench.warnings


async def test_by_hand_it_waits_until_what_failed_is_mended_or_waived():
    bench = Bench(finding=fail("no wall is there", "look"))
    await bench.desk.handle(cmd.OpenDay())
    await bench.settle()
    await bench.at(TEN)
    await bench.at(TEN)
    assert bench.states == [DayState.OPENING]
    assert sum("pre-flight found" in text for text in bench.warnings) == 1
    await bench.desk.handle(cmd.WaiveCheck(check="all"))
    await bench.at(TEN)
    assert bench.states[-1] is DayState.OPEN


@pytest.mark.parametrize(("unready", "state"), [("open", DayState.OPEN), ("stay_closed", DayState.OPENING)])
async def test_by_schedule_the_settings_say_what_an_unready_house_does(unready, state):
    bench = Bench(DayConfig(hours=("mon-sun 10:00-18:00",), unready=unready), finding=fail("no", "look"))
    await bench.at(TEN)
    await bench.at(TEN)
    assert bench.states[-1] is state


async def test_the_schedule_leaves_other_modes_alone_and_a_hand_is_told_why():
    bench = Bench()
    bench.house.closed = "Switch to SHOW first."
    await bench.at(TEN)
    assert bench.house.done == []
    with pytest.raises(CommandRefused, match="SHOW"):
        await bench.desk.handle(cmd.OpenDay())


async def test_a_closing_that_is_put_off_stops_closing_and_goes_on():
    bench = Bench(DayConfig(hours=("mon-sun 10:00-18:00",), end_card="Until tomorrow", end_card_seconds=600))
    await bench.at(TEN)
    await bench.at(TEN)
    bench.clock.advance(8 * 3600)
    await bench.desk.tick()
    await until(lambda: bench.house.done[-1] == "Until tomorrow")
    await bench.desk.handle(cmd.ExtendDay(minutes=15))
    assert bench.states[-1] is DayState.OPEN
    assert cmd.Run() in bench.house.done[-4:]
    assert bench.reports == []


async def test_a_pre_flight_blacks_no_house_that_is_open():
    bench = Bench()
    await bench.at(TEN)
    await bench.at(TEN)
    with pytest.raises(CommandRefused):
        await bench.desk.handle(cmd.RunPreflight())


async def test_a_crash_in_the_middle_of_a_closing_goes_on_closing():
    record = DayRecord(DayState.CLOSING, "schedule", None, TEN, began=TEN - timedelta(hours=8))
    bench = Bench(record=record)
    await bench.desk.open()
    await bench.settle()
    assert bench.states[-1] is DayState.CLOSED
    assert bench.reports == [TEN - timedelta(hours=8)]
    await bench.desk.close()


async def test_a_report_needs_a_day():
    with pytest.raises(CommandRefused):
        await Bench().desk.handle(cmd.WriteReport())
