"""A clock that only moves when a test says so."""

from datetime import UTC, datetime, timedelta


class FakeClock:
    """Satisfies `textcraft_bus.clock.Clock`; starts at monotonic 1000.0 s."""

    def __init__(self, start: datetime = datetime(2030, 1, 1, tzinfo=UTC)) -> None:
        self._monotonic = 1000.0
        self._now = start

    def monotonic(self) -> float:
        return self._monotonic

    def now(self) -> datetime:
        return self._now

    def advance(self, seconds: float) -> None:
        """Let time pass: both clocks move."""
        if seconds < 0:
            raise ValueError("time does not run backwards: use jump() for a changed date")
        self._monotonic += seconds
        self._now += timedelta(seconds=seconds)

    def jump(self, seconds: float) -> None:
        """Change the date only, as a set clock or a time server does."""
        self._now += timedelta(seconds=seconds)
