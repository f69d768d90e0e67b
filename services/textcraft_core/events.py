"""Everything the engine tells: a closed vocabulary of frozen models, each with the durability of its record.

Events go to the append-only journal and to subscribers; panels, history, replay and recovery are readings of them.
"""

from enum import StrEnum
from typing import Any, ClassVar, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from textcraft_bus.messages import Layer, Mode


class Durability(StrEnum):
    """When an event's record must be on disk."""

    BEFORE = "before"
    """Committed before its effect."""
    GROUP = "group"
    """Committed within 250 ms."""
    NONE = "none"
    """Never stored: progress and tokens, whose outcome is stored as another event."""


class EngineState(StrEnum):
    """What the engine is doing, for lamps and the sentence."""

    IDLE = "idle"
    RUNNING = "running"
    WAITING = "waiting"
    PAUSED = "paused"
    STOPPING = "stopping"
    STUCK = "stuck"
    COMPLETE = "complete"


class Phase(StrEnum):
    """The phases of a cycle, in their order."""

    SCAN = "scan"
    PLAN = "plan"
    DISPATCH = "dispatch"
    EXECUTE = "execute"
    VERIFY = "verify"
    ILLUSTRATE = "illustrate"


class StopName(StrEnum):
    """The stops of the program walls; each is a state with its lamp."""

    HOLD = "hold"
    SAFE_LOOK = "safe_look"
    BLACK = "black"
    PAUSE_AI = "pause_ai"
    PANIC = "panic"


class Event(BaseModel):
    """Base of all events; the journal adds sequence and time."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    durability: ClassVar[Durability] = Durability.GROUP


class _Before(Event):
    durability: ClassVar[Durability] = Durability.BEFORE


class _Fleeting(Event):
    durability: ClassVar[Durability] = Durability.NONE


# The show


class ShowOpened(Event):
    """A show folder was opened."""

    path: str
    title: str
    mode: Mode


class ModeChanged(_Before):
    """The console's mode changed."""

    mode: Mode


class VerbUsed(Event):
    """An operator, key, schedule or remote fired a verb."""

    verb: str
    who: str
    how: str


class Marked(Event):
    """The operator marked this moment."""

    note: str


class Warned(Event):
    """Something the operator should know; shown in the message lane."""

    text: str
    source: str = ""
    fault: bool = False


# One cycle


class EngineStateChanged(Event):
    """The engine's state, and why."""

    state: EngineState
    reason: str = ""


class RunStarted(_Before):
    """RUN was switched on, with its limits."""

    cycles: int | None = None
    minutes: float | None = None
    spend: float | None = None
    until_chapter: str | None = None


class RunEnded(_Before):
    """RUN was switched off, and why."""

    reason: str


class CycleStarted(Event):
    """A cycle began."""

    cycle: int


class PhaseEntered(Event):
    """A cycle entered a phase; `role` is set from DISPATCH on."""

    cycle: int
    phase: Phase
    role: str = ""
    target: str = ""


class ScanFinished(Event):
    """A scan ended."""

    cycle: int
    chapters: int
    words: int
    seconds: float


class MatrixChanged(Event):
    """Entries of the matrix that are new or changed (id → entry), ids gone, and the totals."""

    entries: dict[str, dict[str, Any]]
    removed: tuple[str, ...] = ()
    metrics: dict[str, Any] = Field(default_factory=dict)


class DecisionMade(Event):
    """The plan of this cycle."""

    cycle: int
    action: str
    role: str
    target: str
    notes: str
    characters: tuple[str, ...] = ()
    source: Literal["architect", "operator", "recovered"] = "architect"


class DecisionRejected(Event):
    """A plan that could not be used."""

    cycle: int
    attempt: int
    reason: str


class TaskDispatched(_Before):
    """The active task was handed to a service."""

    cycle: int
    task_id: str
    role: str
    target: str
    action: str


class BrainCalled(Event):
    """A brain call began: which brain, and the model its persona asks for."""

    brain: str = ""
    cycle: int
    role: str
    attempt: int
    model: str
    prompt_hash: str


class BrainWaiting(_Fleeting):
    """A failed brain call is tried again in so many seconds, and why; 0 seconds: the wait is over."""

    seconds: float
    reason: str = ""


class TokensStreamed(_Fleeting):
    """A piece of text arrived from the brain; literal."""

    cycle: int
    role: str
    target: str
    text: str


class BrainAnswered(Event):
    """A brain call ended."""

    cycle: int
    role: str
    attempt: int
    seconds: float
    prompt_tokens: int
    completion_tokens: int
    cost: float


class ToolCalled(Event):
    """A tool ran, or was refused."""

    cycle: int
    role: str
    tool: str
    path: str
    status: str
    message: str = ""


class FileWritten(Event):
    """A file of the show changed; `revision` names its previous content."""

    path: str
    sha256: str
    size: int
    by: str
    revision: int | None = None


class FactRemembered(Event):
    """A service left a fact for the next cycle."""

    chapter_id: str
    fact: str


class ReportReturned(Event):
    """A service's status report."""

    cycle: int
    role: str
    status: str
    modified: tuple[str, ...]
    cost: float
    message: str = ""


class VerdictGiven(Event):
    """The Editor judged a chapter; anything but PASS or FAIL is undecided."""

    cycle: int
    chapter_id: str
    verdict: Literal["PASS", "FAIL", "UNDECIDED"]
    notes: tuple[str, ...] = ()


class ChapterOpened(Event):
    """A new chapter file was begun."""

    chapter_id: str
    path: str
    title: str


class ChapterLocked(Event):
    """A chapter was locked or unlocked."""

    chapter_id: str
    locked: bool
    by: str


class StuckDetected(Event):
    """Nothing changed for some cycles; the engine paused."""

    cycles: int
    reason: str


class VariableUnknown(Event):
    """A persona names a variable nobody knows; it stays visible."""

    role: str
    variable: str


class CycleFinished(Event):
    """A cycle ended well."""

    cycle: int
    seconds: float
    changed: tuple[str, ...] = ()


class CycleFailed(Event):
    """A cycle ended with an error; files are untouched by the failing step."""

    cycle: int
    phase: Phase
    reason: str


class CycleStopped(Event):
    """The operator ended a cycle."""

    cycle: int


# Input


class InputQueued(_Before):
    """A line entered the operator queue."""

    input_id: str
    text: str
    source: str


class InputEdited(_Before):
    """A waiting line changed."""

    input_id: str
    text: str


class InputMoved(_Before):
    """A waiting line moved."""

    input_id: str
    index: int


class InputWithdrawn(_Before):
    """A waiting line was taken out."""

    input_id: str


class InputUsed(_Before):
    """A line was used in the plan of a cycle."""

    input_id: str
    cycle: int


class InputDone(Event):
    """The task a line caused has ended."""

    input_id: str
    cycle: int


class AudienceHeard(_Before):
    """A visitor's story arrived."""

    story_id: str
    text: str
    speaker: str = ""


class StoryDecided(_Before):
    """A visitor's story was accepted, ignored or forgotten."""

    story_id: str
    verdict: str


# Money


class SpendReserved(_Before):
    """Money was reserved before a paid call, USD."""

    call_id: str
    usd: float


class SpendSettled(Event):
    """A reservation is over: what the attempt came to, USD; `estimated` when nobody saw its end or knows its price."""

    call_id: str
    usd: float
    estimated: bool = False


class SpendAdded(Event):
    """Money was spent; `total` of this show, USD."""

    source: str
    usd: float
    total: float
    estimated: bool = False


class CapReached(Event):
    """A paid call was refused because of the cap."""

    cap: str
    usd: float


# Drafts


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


# Pictures


class RenderRequested(Event):
    """A picture was asked for."""

    request_id: str
    prompt: str
    negative_prompt: str = ""
    caption: str = ""
    alt: str = ""
    seed: int
    width: int
    height: int
    cycle: int
    target: str


class RenderAccepted(Event):
    """A worker began to paint."""

    request_id: str
    worker: str
    attempt: int


class RenderProgressed(_Fleeting):
    """How far a picture is, 0–1."""

    request_id: str
    fraction: float


class RenderFailed(Event):
    """A picture job ended without a picture."""

    request_id: str
    reason: str


class ImageArrived(Event):
    """A picture file arrived; `seconds` since it was asked for."""

    request_id: str
    path: str
    sha256: str
    width: int
    height: int
    worker: str
    backend: str
    seconds: float
    cost: float = 0.0


class GateDecided(Event):
    """The gate's checks: name → passed, and why not."""

    request_id: str
    passed: bool
    checks: dict[str, bool]
    reason: str = ""


class CandidateAdded(Event):
    """A verified picture joined the candidates."""

    request_id: str
    path: str
    sha256: str
    caption: str
    approved: bool
    width: int
    height: int
    mime: str


class CandidateDropped(Event):
    """A candidate fell out or was rejected; its file stays."""

    request_id: str
    reason: str


class CandidateApproved(Event):
    """A candidate passed by hand or policy."""

    request_id: str
    by: str


class CandidatePinned(Event):
    """A candidate was pinned to the reserve reel, or let go."""

    request_id: str
    on: bool


class CaptionEdited(Event):
    """A candidate's words changed."""

    request_id: str
    text: str


class NextStaged(Event):
    """What stands in NEXT; None is empty."""

    request_id: str | None


# Walls


class TakenLive(_Before):
    """A picture was sent to the walls that follow."""

    request_id: str
    sha256: str
    caption: str
    walls: tuple[str, ...]
    by: Literal["operator", "auto", "back"] = "operator"


class WallConfirmed(Event):
    """A wall painted a layer or picture."""

    wall: str
    layer: Layer
    sha256: str | None
    phase: str
    scene: int


class WallRefused(Event):
    """A wall kept its old picture."""

    wall: str
    sha256: str | None
    reason: str


class WallSilent(Event):
    """A wall did not acknowledge in time."""

    wall: str
    seconds: float


class LiveConfirmed(Event):
    """Every reachable wall that follows painted the first frame of this picture."""

    request_id: str
    sha256: str
    caption: str
    confirmed: int
    walls: int


class StopChanged(_Before):
    """A stop was set or unset."""

    stop: StopName
    on: bool
    walls: tuple[str, ...] = ()
    by: str = "operator"


class AutoChanged(_Before):
    """AUTO was switched."""

    on: bool
    by: str = "operator"


class AutoScheduled(_Fleeting):
    """When AUTO takes NEXT, seconds from now; None stands still."""

    seconds: float | None


class WallsRestored(_Before):
    """RESTORE brought the walls back; lamps that were on blink."""

    was_on: tuple[str, ...]


# Services


class ServiceStarted(Event):
    """A process of ours was started."""

    service: str
    pid: int


class ServiceAdopted(Event):
    """A running process of this show said hello and was taken over."""

    service: str
    pid: int


class ServiceSeen(Event):
    """A service is there."""

    service: str
    role: str
    pid: int
    host: str = ""


class ServiceBeat(_Fleeting):
    """A service's heartbeat."""

    service: str
    state: str
    rss: int
    queue: int = 0
    frames_painted: int = 0
    worst_frame_ms: float = 0.0


class ServiceLost(Event):
    """A service fell silent."""

    service: str
    silent_s: float


class ServiceEnded(Event):
    """A process of ours ended."""

    service: str
    code: int | None


def _leaves(cls: type[Event]) -> list[type[Event]]:
    return [
        leaf for sub in cls.__subclasses__() for leaf in ([sub] if not sub.__name__.startswith("_") else _leaves(sub))
    ]


EVENTS: Final[dict[str, type[Event]]] = {cls.__name__: cls for cls in _leaves(Event)}
