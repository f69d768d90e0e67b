"""Events: what operators and visitors said, and what became of it."""

from textcraft_core.events.base import CommittedEvent, Event


class InputQueued(CommittedEvent):
    """A line entered the operator queue."""

    input_id: str
    text: str
    source: str


class InputEdited(CommittedEvent):
    """A waiting line changed."""

    input_id: str
    text: str


class InputMoved(CommittedEvent):
    """A waiting line moved."""

    input_id: str
    index: int


class InputWithdrawn(CommittedEvent):
    """A waiting line was taken out."""

    input_id: str


class InputUsed(CommittedEvent):
    """A line was used in the plan of a cycle."""

    input_id: str
    cycle: int


class InputDone(Event):
    """The task a line caused has ended."""

    input_id: str
    cycle: int


class AudienceHeard(CommittedEvent):
    """A visitor's story arrived."""

    story_id: str
    text: str
    speaker: str = ""


class StoryDecided(CommittedEvent):
    """A visitor's story was accepted, ignored or forgotten."""

    story_id: str
    verdict: str
