"""What the console knows of the rehearsal bench: plain data, filled only by the projection; knows no Qt."""

from dataclasses import field
from datetime import datetime

from textcraft_bus.records import dataclass
from textcraft_core.bench import BenchSettings
from textcraft_core.events import RecordedPicture, ReplayDiverged
from textcraft_gui.words.i18n import tr


@dataclass
class Replay:
    """The recording that is before the operator, and where it stands."""

    label: str
    began: tuple[datetime, ...] = ()
    """When each of its cycles began."""
    position: int = 0
    playing: bool = False
    speed: float = 0.0
    diverged: ReplayDiverged | None = None
    staged: RecordedPicture | None = None
    """What stood in NEXT there …"""
    live: RecordedPicture | None = None
    """… and what was LIVE."""

    @property
    def length(self) -> int:
        """How many cycles were recorded."""
        return len(self.began)

    @property
    def at_end(self) -> bool:
        """Whether nothing follows."""
        return self.position >= self.length


@dataclass
class BenchState:
    """How rehearsals are played, and what is under way."""

    settings: BenchSettings = field(default_factory=BenchSettings)
    from_cycle: int = 0
    """The first cycle that is played so; 0: it holds already."""
    live: str = ""
    live_words: str = ""
    doing: str = ""
    """What is copied or deleted now; empty while nothing is."""
    share: float | None = None
    changes: int = 0
    """Counts what changed among copies and recordings, so that lists are read anew."""


def speed_words(speed: float) -> str:
    """What a speed of a replay is called."""
    return f"{speed:g}×" if speed else tr("as fast as it goes")
