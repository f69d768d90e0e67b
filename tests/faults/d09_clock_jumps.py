"""D9: the date jumps, by a year and by the hour of both nights the clocks change: order and durations do not mind.

D9A jumps under the real programs (libfaketime: their date is the one a file names, their monotonic clock is the
machine's). D9B jumps, a thousand times as often, under what reads dates: journal, report, hours of a day, money.
"""

import asyncio
import contextlib
import json
import os
import random
import signal
import sqlite3
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pythonosc.udp_client import SimpleUDPClient

from tests.fakes.clock import FakeClock
from tests.faults.case import Case, Figure, Run, at_least, at_most, is_so, none_of
from tests.support.ports import free_udp_port
from tests.support.programs import programs
from tests.support.supervised import Supervised
from tests.support.waiting import until, within
from textcraft_bus.disk.folders import log_folder
from textcraft_bus.processes import running_services
from textcraft_core import events as ev
from textcraft_core.day.course import DayCourse, Due
from textcraft_core.day.hours import read_hours
from textcraft_core.day.report import gather
from textcraft_core.errors import BrainError
from textcraft_core.record.journal import Journal
from textcraft_core.record.stream import EventStream
from textcraft_core.spend import Caps, Ledger

ZONE = "Europe/Paris"
YEAR = 365 * 86400.0
SPRING = datetime(2027, 3, 28, 1, 0, tzinfo=UTC)
AUTUMN = datetime(2027, 10, 31, 1, 0, tzinfo=UTC)
"""When the clocks of Paris go forward, and back."""
BEFORE_SECONDS = 2.0
QUICK = ("--ports", "free", "--rehearsal.tokens-per-s", "5000", "--textcraft.cycle-seconds", "0")
LONGEST_SECONDS = 120.0
"""No cycle and no picture of a rehearsal takes so long: what does was measured by dates."""
SLEEP = """
import select, time
time.sleep = lambda seconds: select.select([], [], [], seconds)
"""
"""Under the library each `clock_nanosleep` to a moment of the monotonic clock fails (EINVAL); on no machine it does."""
LIBRARIES = ("/usr/lib/*/faketime/libfaketimeMT.so.1", "/usr/lib/faketime/libfaketimeMT.so.1")
TROUBLE = (
    "ServiceLost",
    "ServiceEnded",
    "WallSilent",
    "RenderFailed",
    "CycleFailed",
    "StuckDetected",
    "MachineAwoke",
)


class Dates:
    """The date of every program that is started within `faked`."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "date"
        self._sleep = folder / "sleep"
        self._sleep.mkdir()
        (self._sleep / "sitecustomize.py").write_text(SLEEP)
        self.turn(0)

    def turn(self, number: int) -> None:
        """Jump: a year on, to two seconds before the clocks change in spring, a year back, autumn, the present."""
        now = time.time()
        offset = (
            0.0, YEAR, SPRING.timestamp() - BEFORE_SECONDS - now, -YEAR, AUTUMN.timestamp() - BEFORE_SECONDS - now,
        )[number % 5]  # fmt: skip
        aside = self._file.with_suffix(".new")
        aside.write_text(f"{offset:+.0f}\n")
        aside.replace(self._file)

    @contextlib.contextmanager
    def faked(self) -> Iterator[None]:
        """Programs that are started in the block see this date."""
        library = next(str(path) for place in LIBRARIES for path in Path("/").glob(place.lstrip("/")))
        mine = {
            "LD_PRELOAD": library, "FAKETIME_TIMESTAMP_FILE": str(self._file), "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1", "NO_FAKE_STAT": "1", "FAKE_UTIME": "0", "TZ": ZONE,
            "PYTHONPATH": str(self._sleep),
        }  # fmt: skip
        before = {name: os.environ.get(name) for name in mine}
        os.environ.update(mine)
        try:
            yield
        finally:
            for name, value in before.items():
                os.environ.pop(name)
                if value is not None:
                    os.environ[name] = value


async def jump_under_programs(run: Run) -> Sequence[Figure]:
    """Console, parent, wall and image server play a SHOW while their date jumps `run.count` times."""
    dates, port = Dates(run.folder), free_udp_port()
    osc = SimpleUDPClient("127.0.0.1", port)
    async with _playing(run, dates, osc, port) as played:
        pids = {record.peer: record.pid for record in running_services(played.id)}
        before = _health()
        broken = [name for n in range(1, run.count + 1) for name in await _jump(played, osc, dates, n)]
        now = {record.peer: record.pid for record in running_services(played.id)}
        await until(lambda: len(_health()) >= len(before) > 0, 10, "the health files")
        events = _events(played)
    return [
        none_of("events out of order", _out_of_order(events), len(events)),
        none_of(
            "durations negative, or measured by dates",
            [odd for each in events for odd in _odd_durations(each)],
            len(events),
        ),
        none_of("leases, beats or back-offs that broke", broken, run.count),
        at_least("jumps told to the operator", sum(name == "ClockSet" for name, _ in events), run.count),
        none_of(
            "processes told ill",
            [body for name, body in events if name == "HealthSeen" and "said nothing" in str(body)],
            run.count,
        ),
        is_so("every process is the same", now == pids, f"{pids}, then {now}"),
        at_least("cycles", sum(name == "CycleFinished" for name, _ in events), run.count),
    ]


async def _jump(played: Supervised, osc: SimpleUDPClient, dates: Dates, number: int) -> list[str]:
    """Jump, and return what broke; a busy machine loses a beat by itself, so what broke is tried once more."""
    broken = await _stretch(played, osc, dates, number)
    if broken:
        await _stretch(played, osc, dates, number - 1)
        broken = await _stretch(played, osc, dates, number)
    return broken


async def _stretch(played: Supervised, osc: SimpleUDPClient, dates: Dates, number: int) -> list[str]:
    """Jump, and wait for a cycle and a picture on the wall; return what broke meanwhile."""
    before = {name: _count(played, name) for name in TROUBLE}
    cycles, confirmed = _count(played, "CycleFinished"), _count(played, "WallConfirmed")
    dates.turn(number)
    await asyncio.sleep(BEFORE_SECONDS + 1)  # the clocks change meanwhile; beats and leases are due
    await until(lambda: _count(played, "CycleFinished") > cycles, 40, f"a cycle after jump {number}")
    await _take(played, osc, confirmed)
    return [f"jump {number}: {name}" for name, count in before.items() if _count(played, name) > count]


@asynccontextmanager
async def _playing(run: Run, dates: Dates, osc: SimpleUDPClient, port: int) -> AsyncIterator[Supervised]:
    with programs(run.folder) as started:
        with dates.faked():
            words = ("--mode", "show", "--osc.on", "--osc.port", str(port))
            played = Supervised(started, *words, quick=QUICK)
        await asyncio.to_thread(played.stands)
        await until(lambda: _count(played, "ServiceSeen") >= 2, 60, "wall and image server")
        osc.send_message("/textcraft/run", 1)
        await until(lambda: _count(played, "ImageArrived"), 60, "a picture")
        try:
            yield played
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.kill(played.program.pid, signal.SIGTERM)
            await asyncio.to_thread(played.program.wait, 40)
            played.end_walls()


async def _take(played: Supervised, osc: SimpleUDPClient, confirmed: int) -> None:
    """A new picture goes up, and the wall says so."""

    for _ in range(40):
        osc.send_message("/textcraft/take", 1)
        if await within(lambda: _count(played, "WallConfirmed") > confirmed, 1.0):
            return
    raise AssertionError(f"no picture came onto the wall: {_events(played)[-30:]}")


def _health() -> list[dict[str, Any]]:
    return [json.loads(path.read_bytes()) for path in (log_folder() / "health").glob("*.json")]


def _events(played: Supervised) -> list[tuple[str, dict[str, Any]]]:
    with contextlib.closing(sqlite3.connect(played.show.journal)) as journal:
        rows = journal.execute("SELECT name, body FROM events ORDER BY seq").fetchall()
    return [(name, json.loads(body)) for name, body in rows]


def _count(played: Supervised, name: str) -> int:
    with contextlib.closing(sqlite3.connect(played.show.journal)) as journal:
        return int(journal.execute("SELECT count(*) FROM events WHERE name = ?", (name,)).fetchone()[0])


def _out_of_order(events: Sequence[tuple[str, dict[str, Any]]]) -> int:
    """How many cycles began or ended before what must come first."""
    begun = [body["cycle"] for name, body in events if name == "CycleStarted"]
    ended = [body["cycle"] for name, body in events if name == "CycleFinished"]
    places = {(name, body.get("cycle")): place for place, (name, body) in enumerate(events)}
    late = sum(places["CycleStarted", cycle] > places["CycleFinished", cycle] for cycle in ended)
    return late + sum(one >= two for order in (begun, ended) for one, two in pairwise(order))


def _odd_durations(event: tuple[str, dict[str, Any]]) -> list[str]:
    if event[0] == "ClockSet":  # says by how much
        return []
    told = {name: value for name, value in event[1].items() if "seconds" in name or name.endswith("_s")}
    odd = {n: v for n, v in told.items() if isinstance(v, int | float) and not 0 <= v <= LONGEST_SECONDS}
    return [f"{event[0]} {name} {value}" for name, value in odd.items()]


async def jump_under_readers(run: Run) -> Sequence[Figure]:
    """Jump `run.count` times under journal, report and money; follow a day through both nights."""
    chance, clock = random.Random(9), FakeClock(datetime(2030, 6, 1, 12, tzinfo=UTC))
    journal = Journal(run.folder / "journal.sqlite", clock)
    stream = EventStream(journal)
    caps = Caps(day=1e9, show=None)
    ledger = Ledger(caps, stream, journal, clock, ZoneInfo(ZONE))
    told, wrong, paid = 0, 0, 0.0
    for number in range(run.count):
        clock.jump(chance.choice((YEAR, -YEAR, 3600.0, -3600.0, chance.uniform(-YEAR, YEAR))))
        if number % 10 == 0:
            began, first = clock.now(), number
            await stream.commit(ev.DayChanged(state=ev.DayState.OPENING, by="operator"))
        clock.advance(chance.uniform(0, 5))
        await stream.commit(ev.Marked(note=str(number)))
        paid += await _pay(ledger, number, chance)
        if number % 10 == 9:
            report = gather(journal, "t", began, clock.now(), lambda _path: "")
            wrong += [int(mark.text) for mark in report.marks] != list(range(first, number + 1))
            told += 1
    rows = journal.last(run.count * 10)
    out_of_order = sum(one.seq >= two.seq for one, two in pairwise(rows))
    again = Ledger(caps, stream, journal, clock, ZoneInfo(ZONE))
    await again.open()
    journal.close()
    return [
        none_of("events out of order", out_of_order, len(rows)),
        none_of("reports with another day's events, or without their own", wrong, told),
        at_most(
            "money that is told otherwise, now and after a restart, USD",
            max(abs(each.spent - paid) for each in (ledger, again)),
            1e-6,
            "",
        ),
        is_so("no day's money is negative", ledger.spent_today >= 0 and again.spent_today >= 0),
        *_days(run.count),
    ]


async def _pay(ledger: Ledger, number: int, chance: random.Random) -> float:
    usd = chance.uniform(0, 2)
    with contextlib.suppress(BrainError):
        held = await ledger.reserve(f"call-{number}", "narrator", 2.0)
        ledger.settle(held, usd)
        return usd
    return 0.0


def _days(count: int) -> list[Figure]:
    """Follow opening hours, a minute at a time, over the nights the clocks change."""
    hours = read_hours(ZONE, ("mon-sun 20:00-02:30", "mon-sun 10:00-18:00"))
    wrong = openings = 0
    for night in (SPRING, AUTUMN) if count < 1_000 else _changes(ZoneInfo(ZONE), count // 100):
        course, now, last = DayCourse(hours, timedelta(minutes=10)), night - timedelta(hours=20), None
        for _ in range(40 * 60):
            now += timedelta(minutes=1)
            due = course.due(now)
            if due is None:
                continue
            openings += due is Due.OPEN
            wrong += (due, last) not in _AFTER or (due is Due.OPEN and not _at(now, ("20:00", "10:00")))
            wrong += due is Due.CLOSING and not _at(now, ("02:30", "18:00", "03:00"))
            last = due
            if due is Due.OPENING:
                course.begin(now, "schedule")
            elif due is Due.OPEN:
                course.open(now)
            else:
                course.close(now, "schedule")
                course.end(now)
    return [none_of("openings and closings at another time, or out of order", wrong, openings)]


_AFTER = {(Due.OPENING, None), (Due.OPEN, Due.OPENING), (Due.CLOSING, Due.OPEN), (Due.OPENING, Due.CLOSING)}


def _at(now: datetime, times: Sequence[str]) -> bool:
    return f"{now.astimezone(ZoneInfo(ZONE)):%H:%M}" in times


def _changes(zone: ZoneInfo, years: int) -> Iterator[datetime]:
    """Yield when the clocks change, in so many years."""
    for year in range(2027, 2027 + years):
        days = (
            datetime.combine(date(year, 1, 1), datetime.min.time(), UTC) + timedelta(days=day) for day in range(365)
        )
        for day in days:
            if day.astimezone(zone).utcoffset() != (day + timedelta(days=1)).astimezone(zone).utcoffset():
                yield day + timedelta(hours=1)


CASES = (
    Case(
        "D9A",
        "the date jumps under the programs",
        jump_under_programs,
        short=2,
        long=40,
        seconds=120,
        needs_screen=True,
    ),
    Case("D9B", "the date jumps under what reads dates", jump_under_readers, short=40, long=2_000),
)
