"""Events: which brain answers, and what happens when none does."""

from textcraft_core.events.base import Event


class BrainChanged(Event):
    """Another brain of the chain answers from now on; `place` 0 is the first of `of`."""

    brain: str
    place: int
    of: int
    reason: str = ""


class ReserveWanted(Event):
    """No brain of the chain answers, so the reserve reel is to keep the walls alive; off: a brain answers again."""

    on: bool
    reason: str = ""
