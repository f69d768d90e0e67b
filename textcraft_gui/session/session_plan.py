"""What a session is told and what it plans: how it plays, what becomes of its walls, a mode that may be entered."""

from collections.abc import Sequence
from enum import Enum

from textcraft_bus.channel.messages import Mode
from textcraft_bus.records import dataclass
from textcraft_core import events as ev
from textcraft_core.events import StopName
from textcraft_core.show.folder import ShowFolder
from textcraft_core.stage.stage import BrainMaker
from textcraft_core.stage.walls.restore import Restore


class Farewell(Enum):
    """What becomes of the walls of a show when its console ends."""

    KEEP = "keep the picture"
    SAFE_LOOK = "safe look"
    CLOSE = "close"


@dataclass(frozen=True, slots=True)
class How:
    """How a session plays, whatever its mode."""

    pace: float | None = None
    """Least time between two cycle starts; None means that of the mode."""
    fresh: bool = False
    """A rehearsal begins with a new copy even where one crashed."""
    automatic: bool = True
    """Whether RUN resumes by itself after a crash in SHOW, AUTO stays on and the hours open the house."""
    windowed: bool = False
    """Every wall in a window."""
    waits: bool = False
    """EDIT starts no process before somebody has chosen a show."""


@dataclass(slots=True)
class Plan:
    """A mode that may be entered: everything that could be refused has been asked for."""

    mode: Mode
    show: ShowFolder
    kept: Restore
    make_brain: BrainMaker
    brain: ev.BrainInUse
    crashed: bool
    """The last console ended in this very mode without closing the show."""
    doors: Sequence[ev.Event] = ()
    """What other machines can reach, to be told."""

    @property
    def goes_on_running(self) -> bool:
        """Whether RUN was on in a SHOW that crashed; after a PANIC never, though RUN may be kept a moment longer."""
        crashed = self.mode is Mode.SHOW and self.crashed
        return crashed and self.kept.run and StopName.PANIC not in self.kept.playout.stops
