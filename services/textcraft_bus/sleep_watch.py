"""Notices that this machine slept, or everything here stood still, and that its clock was set; it only tells.

The date alone cannot say which of the two it was: both are held against the machine's own clock, which goes on while it
sleeps and follows no date.
"""

import sys
import threading
import time
from collections.abc import Callable
from typing import Final

from textcraft_bus.records import dataclass

LOOK_SECONDS: Final = 1.0
SLEPT_SECONDS: Final = 4.0
"""More than this beside the look's own second: the machine slept, or this process was stopped as a whole."""
SET_SECONDS: Final = 2.0
"""A date that moves by more than this against the machine's own clock was set."""
MAX_READS: Final = 5


def boot_seconds() -> float:
    """Return seconds since the machine started, its sleep included: what a monotonic clock leaves out."""
    if sys.platform == "darwin":  # not run
        return time.clock_gettime(time.CLOCK_MONOTONIC)
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()  # Windows, whose monotonic clock goes on while it sleeps: not run


@dataclass(frozen=True, slots=True)
class Reading:
    """The machine's own clock and its date, in seconds, read in one moment."""

    boot: float
    date: float

    @classmethod
    def now(cls, boot: Callable[[], float] = boot_seconds, date: Callable[[], float] = time.time) -> "Reading":
        """Read both; once more when this process was held up in between."""
        for _ in range(MAX_READS):
            before, read, after = boot(), date(), boot()
            if after - before < SET_SECONDS / 4:
                break
        return cls(after, read)

    def slept_since(self, before: "Reading") -> float:
        """Return how long everything stood still; 0 when it did not."""
        passed = self.boot - before.boot
        return passed if passed - LOOK_SECONDS > SLEPT_SECONDS else 0.0

    def set_since(self, before: "Reading") -> float:
        """Return by how much the date was set, below 0 when back; 0 when it was not. A sleep moves it by nothing."""
        moved = (self.date - before.date) - (self.boot - before.boot)
        return moved if abs(moved) > SET_SECONDS else 0.0


class SleepWatch:
    """A thread of its own: a main loop that stands still is no sleep. It calls both from that thread, with seconds."""

    def __init__(
        self,
        awoke: Callable[[float], None],
        clock_set: Callable[[float], None],
        read: Callable[[], Reading] = Reading.now,
    ) -> None:
        self._awoke = awoke
        self._clock_set = clock_set
        self._read = read
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="sleep-watch", daemon=True)

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def stop(self) -> None:
        """Watch no more."""
        self._ended.set()

    def _watch(self) -> None:
        before = self._read()
        while not self._ended.wait(LOOK_SECONDS):
            now = self._read()
            if slept := now.slept_since(before):
                self._awoke(slept)
            if moved := now.set_since(before):
                self._clock_set(moved)
            before = now
