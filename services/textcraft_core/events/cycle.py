"""Events: what a cycle tells, from its first scan to its end."""

from typing import Any, Literal

from pydantic import Field

from textcraft_core.events.base import CommittedEvent, EngineState, Event, FleetingEvent, Phase


class EngineStateChanged(Event):
    """The engine's state, and why; `seconds` until it goes on by itself, where that is known."""

    state: EngineState
    reason: str = ""
    seconds: float | None = None


class RunStarted(CommittedEvent):
    """RUN was switched on, with its limits."""

    cycles: int | None = None
    minutes: float | None = None
    spend: float | None = None
    until_chapter: str | None = None


class RunEnded(CommittedEvent):
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


class TaskDispatched(CommittedEvent):
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


class BrainWaiting(FleetingEvent):
    """A failed brain call is tried again in so many seconds, and why; 0 seconds: the wait is over."""

    seconds: float
    reason: str = ""


class TokensStreamed(FleetingEvent):
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
    """A file of the show changed; `revision` is the id of this change, under which the previous content is kept."""

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
