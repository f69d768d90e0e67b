"""Time as a parameter: durations from a monotonic clock, dates in UTC; knows nothing of who waits."""

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """What a component may ask about time; tests hand in one they move by hand."""

    def monotonic(self) -> float:
        """Return seconds from an arbitrary start; never goes back, whatever happens to the date."""
        ...

    def now(self) -> datetime:
        """Return the current date, aware and in UTC; may jump, so never subtract two of them for a duration."""
        ...


class SystemClock:
    """The machine's own clocks."""

    def monotonic(self) -> float:
        """Return seconds of the system's monotonic clock."""
        return time.monotonic()

    def now(self) -> datetime:
        """Return the system date in UTC."""
        return datetime.now(UTC)
