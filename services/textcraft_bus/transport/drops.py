"""Counts frames that were refused and tells of them at most once a second; knows nothing of their content."""

from collections import Counter
from typing import Final

from textcraft_bus.channel.facts import FramesDropped

TELL_EVERY_S: Final = 1.0
REASONS_TOLD: Final = 3


class Drops:
    """Refused frames since the last time they were told."""

    def __init__(self, every_s: float = TELL_EVERY_S) -> None:
        self._every_s = every_s
        self._told_at = float("-inf")
        self._reasons: Counter[str] = Counter()
        self.total = 0

    def add(self, reason: str) -> None:
        """One more frame was refused."""
        self._reasons[reason] += 1
        self.total += 1

    def take(self, now: float) -> FramesDropped | None:
        """What is to be told now, if anything."""
        if not self._reasons or now - self._told_at < self._every_s:
            return None
        self._told_at = now
        told = ", ".join(f"{reason} ({count})" for reason, count in self._reasons.most_common(REASONS_TOLD))
        fact = FramesDropped(self._reasons.total(), told)
        self._reasons.clear()
        return fact
