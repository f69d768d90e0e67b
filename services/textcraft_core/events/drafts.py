"""Events: what was saved, what is kept as a draft and what came into use."""

from textcraft_core.events.base import CommittedEvent, Event


class PersonaSaved(Event):
    """A persona was saved; used by its next call."""

    role: str
    sha256: str


class DraftSaved(Event):
    """A draft of a file was kept; `waiting`: it comes into use when the next cycle begins."""

    draft_id: str
    path: str
    waiting: bool = False


class DraftApplied(CommittedEvent):
    """A draft came into use."""

    draft_id: str
    path: str


class DraftDiscarded(CommittedEvent):
    """A draft was thrown away, or its content saved directly."""

    draft_id: str
    path: str
