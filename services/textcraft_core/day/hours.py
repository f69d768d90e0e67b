"""Opening hours in a named time zone: pure, and right on the days the clocks change.

Hours are the wall clock's: a show that opens at 10:00 opens at 10:00 by the clock of its town on every day. A time
that does not exist on the night the clocks go forward is the first moment after it; one that exists twice is its
first occurrence.
"""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from textcraft_bus.records import dataclass

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MINUTE: Final = timedelta(minutes=1)
LOOK_AHEAD: Final = timedelta(days=366)
_LINE: Final = re.compile(
    r"(?P<first>[a-z]{3})(?:-(?P<last>[a-z]{3}))?\s+(?P<opens>\d{1,2}:\d{2})\s*-\s*(?P<closes>\d{1,2}:\d{2})"
)


class HoursError(ValueError):
    """A line of opening hours that cannot be read, and what one looks like."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One line: on these days of the week, from one time of day to another; past midnight when it closes earlier."""

    days: tuple[int, ...]
    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class Span:
    """One opening, in UTC."""

    opens: datetime
    closes: datetime


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """All rules of a show; no rule means that it opens by hand only."""

    zone: ZoneInfo
    rules: tuple[Rule, ...] = ()
    closed_on: frozenset[date] = frozenset()

    def span_at(self, now: datetime) -> Span | None:
        """Return the opening that `now` lies in; the one that closes last, where several do."""
        around = self._spans(now.astimezone(self.zone).date() - timedelta(days=1), 2)
        holding = [span for span in around if span.opens <= now < span.closes]
        return max(holding, key=lambda span: span.closes, default=None)

    def next_opening(self, now: datetime) -> Span | None:
        """Return the first opening that begins after `now`, within a year."""
        today = now.astimezone(self.zone).date()
        for day in range(LOOK_AHEAD.days):
            later = [span for span in self._spans(today + timedelta(days=day), 1) if span.opens > now]
            if later:
                return min(later, key=lambda span: span.opens)
        return None

    def _spans(self, first: date, days: int) -> list[Span]:
        dates = (first + timedelta(days=number) for number in range(days))
        return [self._span(day, rule) for day in dates for rule in self.rules if self._is_open(day, rule)]

    def _is_open(self, day: date, rule: Rule) -> bool:
        return day.weekday() in rule.days and day not in self.closed_on

    def _span(self, day: date, rule: Rule) -> Span:
        ends = day if rule.closes > rule.opens else day + timedelta(days=1)
        return Span(self._moment(day, rule.opens), self._moment(ends, rule.closes))

    def _moment(self, day: date, at: time) -> datetime:
        """Return a time of day as UTC; a round trip moves one that the clocks skip to the moment after the gap."""
        there = datetime.combine(day, at, tzinfo=self.zone).astimezone(UTC)
        return there if there.astimezone(self.zone).time() == at else self._last_jump(there)

    def _last_jump(self, moment: datetime) -> datetime:
        """Return when the clocks jumped last before a moment that lies minutes after it."""
        while self._offset(moment - MINUTE) == self._offset(moment):
            moment -= MINUTE
        return moment

    def _offset(self, moment: datetime) -> timedelta | None:
        return moment.astimezone(self.zone).utcoffset()


def read_hours(zone: str, lines: tuple[str, ...] = (), closed_on: tuple[str, ...] = ()) -> OpeningHours:
    """Read opening hours as they are written in a settings file. Raises HoursError with the line and what is wrong.

    A line is `mon-fri 10:00-18:00` or `sat 20:00-01:00`; a closed day is `2030-12-25`; the zone `Europe/Berlin`.
    """
    try:
        found = ZoneInfo(zone)
    except (KeyError, ValueError, OSError) as error:
        raise HoursError(f"there is no time zone {zone!r}: write one like Europe/Berlin") from error
    return OpeningHours(found, tuple(map(_rule, lines)), frozenset(map(_date, closed_on)))


def _rule(line: str) -> Rule:
    match = _LINE.fullmatch(line.strip().casefold())
    if match is None:
        raise HoursError(f"{line!r} is no opening: write it like mon-fri 10:00-18:00")
    first = _day(match["first"], line)
    last = _day(match["last"] or match["first"], line)
    days = tuple((first + step) % 7 for step in range((last - first) % 7 + 1))
    opens, closes = _time(match["opens"], line), _time(match["closes"], line)
    if opens == closes:
        raise HoursError(f"{line!r} opens and closes at the same time")
    return Rule(days, opens, closes)


def _day(name: str, line: str) -> int:
    if name not in DAYS:
        raise HoursError(f"{name!r} in {line!r} is no day: use {', '.join(DAYS)}")
    return DAYS.index(name)


def _time(text: str, line: str) -> time:
    hour, minute = map(int, text.split(":"))
    if hour > 23 or minute > 59:
        raise HoursError(f"{text} in {line!r} is no time of day")
    return time(hour, minute)


def _date(text: Any) -> date:
    try:
        return text if isinstance(text, date) else date.fromisoformat(str(text))
    except ValueError as error:
        raise HoursError(f"{text!r} is no date: write it like 2030-12-25") from error
