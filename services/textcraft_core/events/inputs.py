"""Events: what operators and visitors said, and what became of it."""

from textcraft_core.events.base import CommittedEvent, Event, FleetingEvent


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
    """A waiting line moved to a place among those that waited: before the line `before`, to the end when it is "".

    What waits changes on its own, without a row when a start gives lines back, and a cycle's end is told while a move
    is on its way to the disk; a neighbour stays the same. Without `before` (older journals) `index` alone tells.
    """

    input_id: str
    index: int
    before: str | None = None


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
    """A visitor's story arrived and waits for an answer; `reason` says why it was not taken by itself.

    `kind` is the type of the message it came in.
    """

    story_id: str
    text: str
    speaker: str = ""
    kind: str = "StoryHeard"
    reason: str = ""


class StoryDecided(CommittedEvent):
    """A visitor's story was accepted, ignored or forgotten; `by` a person, or by the policy."""

    story_id: str
    verdict: str
    by: str = "operator"


class WordsKept(Event):
    """Words that were forgotten stand in files of the show itself, which nobody changed: paths within the show."""

    paths: tuple[str, ...]


class WordsSwept(Event):
    """Forgotten words were taken out of old recordings and files below the show; `left` could not be changed."""

    changed: tuple[str, ...]
    left: tuple[str, ...] = ()


class StoryPassedOver(Event):
    """A visitor said something that was not taken, and why; the words were not kept."""

    kind: str
    reason: str


class AudienceRules(FleetingEvent):
    """What becomes of visitors' words at present, and what sensors may do (type and binding); told anew at each start.

    `policy` is auto, ask or ignore; with nobody `attended` it is screened or ignored.
    """

    policy: str
    attended: bool = True
    sensors: tuple[str, ...] = ()


class RoomSensed(Event):
    """What sensors say of the room; None is not known."""

    present: bool | None = None
    people: int | None = None


class SensorActed(Event):
    """A sensor that is bound did something to the engine, and what."""

    text: str
