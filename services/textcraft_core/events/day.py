"""Events: the day of a show, from its opening to its report."""

from datetime import datetime
from enum import StrEnum

from textcraft_core.events.base import CommittedEvent, Event


class DayState(StrEnum):
    """Where a day is."""

    CLOSED = "closed"
    OPENING = "opening"
    OPEN = "open"
    CLOSING = "closing"


class CheckState(StrEnum):
    """What a look of the pre-flight found; unknown is not ok."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"
    UNKNOWN = "unknown"


class DayChanged(CommittedEvent):
    """The day went on: its state, why, and when it closes (UTC; None: by hand only)."""

    state: DayState
    by: str
    closes_at: datetime | None = None
    opens_at: datetime | None = None
    """When a closed day opens by itself next."""
    zone: str = ""
    """The time zone the hours are written in; "" without hours: that of whoever looks."""


class PreflightStarted(Event):
    """All looks and acts of the pre-flight began; these are their names, in order."""

    checks: tuple[str, ...]


class PreflightChecked(Event):
    """One look or act of the pre-flight ended: what it found, and what to do about it."""

    check: str
    state: CheckState
    found: str
    advice: str = ""


class PreflightWaived(CommittedEvent):
    """The operator opens in spite of a check that failed; it stands in the report."""

    check: str
    by: str = "operator"


class PreflightEnded(Event):
    """The pre-flight is over; `ready` when nothing fails that was not waived."""

    ready: bool


class EndCardShown(Event):
    """The card that ends the day is on the walls."""

    request_id: str


class AwaySummed(Event):
    """Somebody is back: what happened since the show was left alone. `faults` in number, the last of them in words."""

    seconds: float
    takes: int = 0
    cycles: int = 0
    failed: int = 0
    visitors: int = 0
    spend: float = 0.0
    faults: int = 0
    fault_lines: tuple[str, ...] = ()


class ReportWritten(Event):
    """The report of a day lies there."""

    path: str
    takes: int
    spend: float
