"""Counts dispatched work that changed nothing; knows no files and no events, and never counts a wait."""

from textcraft_bus.records import dataclass


@dataclass(slots=True)
class StuckCounter:
    """Says when `after` dispatched cycles in a row changed nothing."""

    after: int
    idle: int = 0

    def note(self, *, changed: bool) -> bool:
        """Count one dispatched cycle and return whether the engine is stuck now."""
        self.idle = 0 if changed else self.idle + 1
        return self.idle >= self.after

    def clear(self) -> None:
        """Begin anew: the operator has looked."""
        self.idle = 0
