"""Events: what a recording needs to be played again, how a replay goes, and what a rehearsal made go wrong."""

from datetime import datetime
from typing import Any

from pydantic import ConfigDict, Field

from textcraft_bus.models import Model
from textcraft_core.bench import BenchSettings
from textcraft_core.events.base import Event, FleetingEvent


class EngineStarted(Event):
    """An engine began on this show: by what figures it runs, and the number of the last cycle that began."""

    brain: str
    cycle: int
    options: dict[str, Any]


class OrdersTaken(Event):
    """What a plan was told beside the book: an instruction with its target, a plan handed in, what sensors know."""

    cycle: int
    instruction: str = ""
    target: str = ""
    source: str = "operator"
    wanted: str = ""
    assigned: dict[str, Any] | None = None
    room: dict[str, int | bool] = Field(default_factory=dict)


class NotesForgotten(Event):
    """The notes services left on a chapter were cleared by hand."""

    chapter_id: str


class ReplayMoved(FleetingEvent):
    """Where a replay stands: so many of its cycles are done; speed 0 is as fast as it goes."""

    position: int
    length: int
    playing: bool
    speed: float


class RecordedPicture(Model):
    """A picture of a recording; `path` is where it lies now, "" when no file holds it any more."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    sha256: str
    caption: str = ""
    path: str = ""


class ReplayPictures(FleetingEvent):
    """What stood in NEXT and what was LIVE where a replay stands; None: no picture did."""

    staged: RecordedPicture | None = None
    live: RecordedPicture | None = None


class ReplayStood(FleetingEvent):
    """A replay was brought to a place, instead of played to it: what was told before is of another time."""

    position: int


class ReplayOpened(FleetingEvent):
    """A recording is being played before the operator; the mode it hides goes on behind it."""

    label: str
    copy_root: str
    began: tuple[datetime, ...] = ()
    """When each cycle of the recording began."""


class BenchSet(FleetingEvent):
    """How rehearsals are played from now on; `from_cycle` is the first that is played so, 0: it holds already."""

    settings: BenchSettings
    from_cycle: int = 0
    live: str = ""
    """What the live brain would be: `free`, `paid`, or empty where none can play."""
    live_words: str = ""
    """Which server that is, or why there is none."""


class BenchWork(FleetingEvent):
    """Something long is under way on the bench; `doing` is empty when it is over."""

    doing: str = ""
    fraction: float | None = None


class RehearsalsPruned(Event):
    """Old copies were deleted together."""

    names: tuple[str, ...]
    freed: int
    """Bytes."""


class ReplayDiverged(Event):
    """A replay cannot go on: what was asked, or what came of it, is not what was recorded; `diff` shows how."""

    cycle: int
    role: str
    attempt: int
    reason: str
    diff: str = ""


class FaultRehearsed(Event):
    """Something went wrong because the fault profile says so; `seconds` is how long a link stays cut."""

    fault: str
    cycle: int = 0
    role: str = ""
    target: str = ""
    seconds: float = 0.0
