"""When a failed call is tried again, and after how long; pure, waits for nothing and knows no server."""

import email.utils
import math
from datetime import UTC, datetime
from random import Random
from typing import Final

from textcraft_bus.records import dataclass
from textcraft_core.errors import BrainFault

MOST_ASKED_SECONDS: Final = 120.0
"""A server that asks for a longer wait than this is not waited for."""
RETRIED: Final = frozenset({BrainFault.RATE, BrainFault.SERVER, BrainFault.TIMEOUT})


@dataclass(frozen=True, slots=True)
class Retry:
    """The one retry policy: exponential waits with jitter, or what the server asks for."""

    max_retries: int = 3
    first_seconds: float = 1.0
    most_seconds: float = 30.0

    def wait(self, kind: BrainFault, done: int, asked: float | None, rng: Random) -> float | None:
        """Return the seconds until the next attempt after `done` retries; None when there is to be none.

        `asked` is the server's Retry-After; what it asks for is never cut short, only spread a little.
        """
        if kind not in RETRIED or done >= self.max_retries:
            return None
        if asked is not None:
            return asked * (1 + 0.1 * rng.random()) if asked <= MOST_ASKED_SECONDS else None
        return min(self.first_seconds * 2.0**done, self.most_seconds) * (0.5 + 0.5 * rng.random())


def retry_after(value: str | None, milliseconds: str | None, now: datetime) -> float | None:
    """Return the seconds a server asks for in `Retry-After` (seconds or a date) or `retry-after-ms`; None: nothing.

    What cannot be read counts as nothing; a date that has passed is 0.
    """
    exact = _number(milliseconds)
    if exact is not None:
        return exact / 1000
    seconds = _number(value)
    return seconds if seconds is not None else _until(value, now)


def _number(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if math.isfinite(number) and number >= 0 else None


def _until(text: str | None, now: datetime) -> float | None:
    try:
        date = email.utils.parsedate_to_datetime(text or "")
    except (ValueError, OverflowError):
        return None
    date = date.replace(tzinfo=UTC) if date.tzinfo is None else date
    return max(0.0, (date - now).total_seconds())
