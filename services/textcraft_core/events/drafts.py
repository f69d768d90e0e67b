"""Events: what was saved and what came into use."""

from textcraft_core.events.base import Event


class PersonaSaved(Event):
    """A persona was saved; used by its next call."""

    role: str
    sha256: str


class DraftSaved(Event):
    """A draft of a file was kept."""

    draft_id: str
    path: str


class DraftApplied(Event):
    """A draft came into use."""

    draft_id: str
    path: str
