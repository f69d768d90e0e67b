"""When a RUN is over and how long it rests between cycles; pure figures, knows no tasks and no events."""

from collections.abc import Collection

from textcraft_bus.records import dataclass
from textcraft_core.commands import Run
from textcraft_core.options import EngineOptions


@dataclass(slots=True)
class RunLimits:
    """One RUN against its limits: `started` in monotonic seconds, `spent` the show's total in USD when it began."""

    run: Run
    started: float
    spent: float
    cycles: int = 0

    def reached(self, now: float, spent: float, locked: Collection[str]) -> str | None:
        """Return why the RUN is over, or None; `locked` are the ids of the locked chapters."""
        run = self.run
        if run.cycles is not None and self.cycles >= run.cycles:
            return f"{run.cycles} cycles done"
        if run.minutes is not None and now - self.started >= run.minutes * 60:
            return f"{run.minutes:g} minutes are over"
        if run.spend is not None and spent - self.spent >= run.spend:
            return f"${run.spend:.2f} spent"
        if run.until_chapter is not None and run.until_chapter in locked:
            return f"{run.until_chapter} is locked"
        return None


@dataclass(slots=True)
class Pace:
    """How long RUN rests before its next cycle; counts failures and waits in a row."""

    options: EngineOptions
    fails: int = 0
    waits: int = 0

    def note(self, *, ok: bool, waited: bool) -> None:
        """Count a cycle that ended."""
        self.fails = 0 if ok else self.fails + 1
        self.waits = self.waits + 1 if ok and waited else 0

    @property
    def exhausted(self) -> bool:
        """Whether too many cycles failed in a row."""
        return self.fails >= self.options.fail_after and not self.options.persevere

    def rest(self, since_start: float, cycle_seconds: float | None = None) -> float:
        """Return the seconds to rest, `since_start` seconds after the last cycle began; never negative.

        `cycle_seconds` is the least time between two cycle starts, None: the one of the options.
        """
        least = self.options.cycle_seconds if cycle_seconds is None else cycle_seconds
        return max(0.0, least - since_start, self._backoff())

    def _after_fails(self) -> float:
        return self.options.fail_backoff_seconds * 2.0 ** min(self.fails - 1, 16)

    def _backoff(self) -> float:
        if self.fails:
            return min(self.options.wait_most_seconds, self._after_fails())
        if self.waits:
            return min(self.options.wait_most_seconds, self.options.wait_first_seconds * 2.0 ** min(self.waits - 1, 16))
        return 0.0
