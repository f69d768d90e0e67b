"""Which recordings a show has: its own journal and those of its rehearsals, counted; plays none and changes nothing.

Blocking: call it from a worker thread.
"""

import contextlib
import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from textcraft_bus.records import dataclass
from textcraft_core.errors import ShowError
from textcraft_core.record.journal_reader import read_only
from textcraft_core.show.folder import ShowFolder, rehearsals_of

_COUNT: Final = "SELECT count(*), min(at), max(at) FROM events WHERE name = 'CycleStarted'"
_BEGUN: Final = "SELECT count(*) FROM events WHERE name = 'EngineStarted'"


@dataclass(frozen=True, slots=True)
class Recorded:
    """One recording: the rehearsal it is of ("" is the show), so many cycles, begun between two times (UTC)."""

    name: str
    cycles: int
    first: datetime
    last: datetime


def recordings_of(show: ShowFolder) -> list[Recorded]:
    """Return the recordings that hold a cycle, the show's own first, then the newest rehearsals."""
    own = _look("", show.journal)
    copies = [_look(copy.root.name, copy.journal) for copy in rehearsals_of(show)]
    return [found for found in (own, *copies) if found is not None]


def recording_named(show: ShowFolder, name: str) -> ShowFolder:
    """Return the folder of a recording. Raises ShowError."""
    if not name:
        return show
    for copy in rehearsals_of(show):
        if copy.root.name == name:
            return copy
    raise ShowError(f"{name[:40]} is no rehearsal of this show", "look at the list again")


def _look(name: str, journal: Path) -> Recorded | None:
    """One that cannot be read is none: whoever plays it is told why."""
    if not journal.is_file():
        return None
    try:
        with contextlib.closing(read_only(journal)) as at:
            cycles, first, last = at.execute(_COUNT).fetchone()
            (begun,) = at.execute(_BEGUN).fetchone()
    except sqlite3.Error:
        return None
    if not cycles or not begun:
        return None
    return Recorded(name, cycles, datetime.fromtimestamp(first, UTC), datetime.fromtimestamp(last, UTC))
