"""Where a day is and what is due next: a pure state machine; it sends nothing, writes nothing and knows no walls.

CLOSED → OPENING → OPEN → CLOSING → CLOSED. Times are UTC; every change returns the event that tells of it.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from textcraft_bus.records import dataclass
from textcraft_core.day.hours import OpeningHours, Span
from textcraft_core.errors import CommandRefused
from textcraft_core.events import DayChanged, DayState

SCHEDULE: Final = "schedule"
FARTHEST: Final = timedelta(days=7)
"""No opening is so long, and no hand puts a closing off so far."""
LEAST_LEFT: Final = timedelta(minutes=1)
"""Closing time is never moved nearer than this: [close now] is for that."""


@dataclass(slots=True)
class DayRecord:
    """What must survive a crash."""

    state: DayState = DayState.CLOSED
    by: str = ""
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    began: datetime | None = None
    """When its OPENING began: where its report begins."""
    not_before: datetime | None = None
    """The schedule leaves this day alone until then: it was closed by hand."""


class Due(StrEnum):
    """What the clock asks for."""

    OPENING = "opening"
    OPEN = "open"
    CLOSING = "closing"


class DayCourse:
    """One day after the other."""

    def __init__(self, hours: OpeningHours, preroll: timedelta, record: DayRecord | None = None) -> None:
        self.record = record or DayRecord()
        self._hours = hours
        self._preroll = preroll

    @property
    def state(self) -> DayState:
        """Where the day is."""
        return self.record.state

    def due(self, now: datetime) -> Due | None:
        """Return what the schedule asks for now; None while all is as it should be."""
        self._believe(now)
        record = self.record
        if record.state is DayState.CLOSED:
            return Due.OPENING if self._opening_at(now) else None
        if record.closes_at is not None and now >= record.closes_at and record.state is not DayState.CLOSING:
            return Due.CLOSING
        waits = record.state is DayState.OPENING and (record.opens_at is None or now >= record.opens_at)
        return Due.OPEN if waits else None

    def begin(self, now: datetime, by: str) -> DayChanged:
        """Begin OPENING. By hand it opens as soon as it is ready, and closes when the hours say so, if they do."""
        if self.record.state is not DayState.CLOSED:
            raise CommandRefused("The day has begun already.")
        span = self._opening_at(now) if by == SCHEDULE else self._hours.span_at(now)
        opens_at, closes_at = (span.opens, span.closes) if span else (None, None)
        self.record = DayRecord(DayState.OPENING, by, opens_at if by == SCHEDULE else None, closes_at, began=now)
        return self._told(now)

    def open(self, now: datetime) -> DayChanged:
        """The house is open."""
        return self._enter(DayState.OPEN, now, self.record.by)

    def close(self, now: datetime, by: str) -> DayChanged:
        """Begin CLOSING."""
        if self.record.state in {DayState.CLOSED, DayState.CLOSING}:
            raise CommandRefused("The day is over already.")
        return self._enter(DayState.CLOSING, now, by)

    def end(self, now: datetime) -> DayChanged:
        """It is closed; the schedule does not open it again within hours that were cut short by hand."""
        span = self._hours.span_at(now)
        left_alone = max(filter(None, (span.closes if span else None, self.record.closes_at)), default=None)
        by, began = self.record.by, self.record.began
        self.record = DayRecord(DayState.CLOSED, by, began=began, not_before=left_alone)
        return self._told(now)

    def extend(self, now: datetime, minutes: float) -> DayChanged:
        """Move closing time; a day that is closing opens again when that puts it off."""
        record = self.record
        if record.state is DayState.CLOSED:
            raise CommandRefused("The day has not begun: open it first.")
        wanted = (record.closes_at or now) + timedelta(minutes=minutes)
        record.closes_at = max(wanted, now + LEAST_LEFT)
        if record.state is DayState.CLOSING:
            record.state = DayState.OPEN
        return self._told(now)

    def told(self, now: datetime) -> DayChanged:
        """Return the event that tells the present state."""
        return self._told(now)

    def _believe(self, now: datetime) -> None:
        """Forget times that only a wrong clock can have left: a house would stay open, or closed, for years."""
        record, hours = self.record, self._hours.span_at(now)
        if record.not_before is not None and record.not_before - now > FARTHEST:
            record.not_before = None
        if record.closes_at is not None and record.closes_at - now > FARTHEST:
            record.closes_at = hours.closes if hours is not None else now
        if record.opens_at is not None and record.opens_at - now > FARTHEST:
            record.opens_at = hours.opens if hours is not None else None
        if record.began is not None and record.began > now:
            record.began = now

    def _opening_at(self, now: datetime) -> Span | None:
        """Return the opening whose pre-roll or hours `now` lies in, unless it is left alone."""
        if self.record.not_before is not None and now < self.record.not_before:
            return None
        return self._hours.span_at(now) or self._hours.span_at(now + self._preroll)

    def _enter(self, state: DayState, now: datetime, by: str) -> DayChanged:
        self.record.state, self.record.by = state, by
        return self._told(now)

    def _told(self, now: datetime) -> DayChanged:
        record = self.record
        following = self._hours.next_opening(now) if record.state is DayState.CLOSED else None
        opens_at = following.opens if following else record.opens_at
        zone = self._hours.zone.key if self._hours.rules else ""
        return DayChanged(state=record.state, by=record.by, closes_at=record.closes_at, opens_at=opens_at, zone=zone)
