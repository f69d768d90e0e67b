"""A show that another program holds, read along from its files and the newest rows of its journal.

It changes nothing anywhere, binds no socket and starts nothing. Whoever asks calls `look` now and then; all of it
blocks.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

import psutil
from pydantic import ValidationError

from textcraft_bus.channel.messages import Mode
from textcraft_bus.disk.files import read_json
from textcraft_bus.errors import Unreadable
from textcraft_bus.processes import running_services
from textcraft_core import events as ev
from textcraft_core.engine.input_queue import HANDLED, InputQueue
from textcraft_core.events import Event
from textcraft_core.record.journal_reader import JournalOfOthers, Record
from textcraft_core.record.timeline import Query, page
from textcraft_core.show.folder import ShowFolder, rehearsals_of, show_id
from textcraft_core.show.matrix import Entry, as_data
from textcraft_core.show.reading import FolderReading
from textcraft_core.stage.opening import JOURNAL_ROWS, tells_a_state
from textcraft_core.stage.reading_desk import OnlookersDesk
from textcraft_core.stage.walls.playout import Playout
from textcraft_core.stage.walls.restore import Restore

MOST_ROWS: Final = 2000
"""Rows of one look; what is behind by more comes with the next."""
_NEWEST: Final = ("EngineStateChanged", "DayChanged", "SpendAdded", "LiveConfirmed")
"""States whose last word may lie further back than the rows that are read."""
_SILENT: Final = "backdrop."
"""The black behind the walls beats for nobody."""
RUNS: Final = "its process runs"
"""What can be said of a service whose beats only the holder hears."""


def kept_in(show: ShowFolder) -> Restore:
    """Return restore.json; a fresh one where it cannot be read. Nothing is set aside."""
    try:
        return Restore.model_validate(read_json(show.restore))
    except (Unreadable, ValidationError):
        return Restore()


def played_folder(show: ShowFolder) -> ShowFolder:
    """Return the folder that is played now: the show, or the copy its rehearsal plays in."""
    if not show.restore.is_file() or kept_in(show).closed:
        for copy in rehearsals_of(show)[:1]:
            if copy.restore.is_file() and not kept_in(copy).closed:
                return copy
    return show


class Onlooker:
    """One show, from outside. `open` before anything else."""

    def __init__(self, show: ShowFolder) -> None:
        self._show = show
        self._begin(show)

    def _begin(self, played: ShowFolder) -> None:
        self.played = played
        self._reading = FolderReading(played)
        self._journal = JournalOfOthers(played.journal)
        self._seq = 0
        self._entries: dict[str, Entry] = {}
        self.writing = OnlookersDesk(played, self._journal, self._reading)

    # What happens

    def open(self) -> list[Event]:
        """Return what brings an empty projection to the present. Raises JournalError."""
        self._begin(played_folder(self._show))
        kept, journal, there = kept_in(self.played), self._journal, self.played.journal.is_file()
        self._seq = journal.end() if there else 0
        records = [record for record in (journal.last(JOURNAL_ROWS) if there else []) if record.seq <= self._seq]
        past, present = _parted(records)
        newest = journal.newest_of(_NEWEST) if there else []
        return [
            *(event for event in past if not tells_a_state(event)),
            ev.ShowOpened(path=str(self.played.root), title=self._reading.title, mode=kept.playout.mode),
            ev.ModeChanged(mode=kept.playout.mode),
            *self._book(),
            *(self._lines() if there else []),
            *(record.event for record in newest if not isinstance(record.event, ev.LiveConfirmed)),
            *([ev.RunStarted()] if kept.run else []),
            *_program(kept, newest),
            *present,
            *self._services(new=True),
        ]

    def look(self) -> list[Event] | None:
        """Return what happened since the last look; None when another folder is played, or another journal begun.

        Raises JournalError.
        """
        if played_folder(self._show).root != self.played.root:
            return None
        end = self._journal.end() if self.played.journal.is_file() else 0
        if end < self._seq:
            return None
        up_to = min(end, self._seq + MOST_ROWS)
        records = self._journal.between(self._seq, up_to) if up_to > self._seq else []
        self._seq = up_to
        return [*(record.event for record in records), *self._book(), *self._services()]

    def _book(self) -> list[Event]:
        """The book, where it is another than at the last look."""
        matrix, before = self._reading.matrix(), self._entries
        if matrix.content is before:
            return []
        self._entries = matrix.content
        changed = {key: entry for key, entry in matrix.content.items() if before.get(key) != entry}
        entries = {key: as_data(entry) for key, entry in changed.items()}
        removed = tuple(key for key in before if key not in matrix.content)
        return [ev.MatrixChanged(entries=entries, removed=removed, metrics=as_data(matrix.metrics))]

    def _lines(self) -> list[Event]:
        queue = InputQueue()
        for record in self._journal.select(HANDLED):
            queue.apply(record.event)
        return [ev.InputQueued(input_id=line.id, text=line.text, source=line.source) for line in queue.waiting]

    def _services(self, *, new: bool = False) -> list[Event]:
        """Which services run on this machine: their beats are heard by the holder alone."""
        found: list[Event] = []
        for record in running_services(show_id(self.played)):
            if record.peer.startswith(_SILENT):
                continue
            try:
                rss = psutil.Process(record.pid).memory_info().rss
            except psutil.Error:
                continue
            if new:
                role = record.peer.partition(".")[0]
                found.append(ev.ServiceSeen(service=record.peer, role=role, pid=record.pid))
            found.append(ev.ServiceBeat(service=record.peer, state=RUNS, rss=rss))
        return found

    # What is read besides

    @property
    def mode(self) -> Mode:
        """The mode the show is played in."""
        return kept_in(self.played).playout.mode

    def personas(self) -> dict[str, dict[str, Any]]:
        """Return every persona as it stands in its file."""
        return self._reading.personas()

    def manuscript(self, path: str) -> str:
        """Return the text of a chapter, by its path relative to the show. Raises SecurityError, Unreadable."""
        return self._reading.manuscript(path)

    def timeline(self, query: Query) -> list[Record]:
        """Return one page of the journal, newest first. Raises JournalError."""
        return page(self._journal, query) if self.played.journal.is_file() else []

    def timeline_place(self, at: datetime) -> int:
        """Return the number of the first event not before a time. Raises JournalError."""
        return self._journal.seq_at(at) if self.played.journal.is_file() else 0


def _parted(records: Iterable[Record]) -> tuple[list[Event], list[Event]]:
    """What was told before the stage that plays now opened, and since."""
    events = [record.event for record in records]
    begins = [place for place, event in enumerate(events) if isinstance(event, ev.ModeChanged)]
    at = begins[-1] if begins else len(events)
    return events[:at], events[at:]


def _program(kept: Restore, newest: Iterable[Record]) -> list[Event]:
    """NEXT, LIVE, the stops and AUTO as restore.json has them; that walls confirmed it, if they did."""
    told = Playout(kept.playout).opening_events()
    live = [record.event for record in newest if isinstance(record.event, ev.LiveConfirmed)]
    program = kept.playout.program
    confirmed = [event for event in live if program is not None and event.sha256 == program.picture.sha256]
    return [*told, *confirmed]
