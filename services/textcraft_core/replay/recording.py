"""A journal read as something to be played: sessions, cycles, and what reached them from outside; changes nothing.

A place in a recording is a number of cycles: 0 is before the first, `len(cycles)` behind the last. Blocking.
"""

import bisect
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

import orjson

from textcraft_bus.records import dataclass
from textcraft_core import events as ev
from textcraft_core.errors import ShowError
from textcraft_core.events import Event
from textcraft_core.options import EngineOptions
from textcraft_core.record.changes import Change
from textcraft_core.record.history import HUMANS, MATRIX, decoded
from textcraft_core.record.journal import Journal, Record

BESIDE: Final = "illustrator"
"""The role that works beside the cycles: where it stands tells nothing of where they stand."""
CONTROL: Final = "data/control.json"
_ENDS: Final = (ev.CycleFinished, ev.CycleFailed, ev.CycleStopped)
_QUEUE: Final = (ev.InputQueued, ev.InputEdited, ev.InputMoved, ev.InputWithdrawn)
_INPUTS: Final = (*_QUEUE, ev.NotesForgotten, ev.SpendAdded)
_MARKS: Final = (
    ev.CycleStarted,
    ev.PhaseEntered,
    ev.TaskDispatched,
    ev.BrainCalled,
    ev.BrainAnswered,
    ev.FileWritten,
    ev.ReportReturned,
    *_ENDS,
)
_READ: Final = (*_MARKS, *_INPUTS, ev.EngineStarted, ev.OrdersTaken, ev.ChapterLocked)


class Outcome(StrEnum):
    """How a recorded cycle ended; CUT: the program ended first."""

    FINISHED = "finished"
    FAILED = "failed"
    STOPPED = "stopped"
    CUT = "cut"


@dataclass(frozen=True, slots=True)
class RecordedInput:
    """Something that came from outside after the mark of this number (-1: before the first): an event or a change."""

    mark: int
    event: Event | None = None
    change: Change | None = None


@dataclass(slots=True, eq=False)
class RecordedCycle:
    """One cycle: where it began, the marks it passed, and what reached it on the way or before the next one."""

    number: int
    session: "Session"
    seq: int
    began: datetime
    ended: datetime
    outcome: Outcome = Outcome.CUT
    marks: list[str] = field(default_factory=list)
    inputs: list[RecordedInput] = field(default_factory=list)
    orders: ev.OrdersTaken | None = None


@dataclass(slots=True, eq=False)
class Session:
    """One life of an engine; `inputs` came before its first cycle."""

    seq: int
    options: EngineOptions
    brain: str
    inputs: list[RecordedInput] = field(default_factory=list)
    cycles: list[RecordedCycle] = field(default_factory=list)


class Recording:
    """Reads one journal, which must not be written to meanwhile. Raises ShowError when it cannot be played."""

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self._changes = journal.changes()
        self.sessions = _Reader(self._changes).read(journal.select([kind.__name__ for kind in _READ]))
        self.cycles: Sequence[RecordedCycle] = [cycle for each in self.sessions for cycle in each.cycles]
        if not self.sessions:
            raise ShowError("this recording cannot be played", "it was made by an earlier version, or holds no start")
        self.end_seq = 1 + max((record.seq for record in journal.last(1)), default=0)

    def session_at(self, place: int) -> Session:
        """Return the session that goes on at a place."""
        return self.cycles[place].session if place < len(self.cycles) else self.sessions[-1]

    def seq_at(self, place: int) -> int:
        """Return the sequence number of the first event that is behind a place."""
        if place >= len(self.cycles):
            return self.end_seq
        cycle = self.cycles[place]
        return cycle.session.seq if cycle is cycle.session.cycles[0] else cycle.seq

    def files_at(self, place: int) -> dict[str, str]:
        """Return path → SHA-256 of every file below data/ there was at a place."""
        found = self._kept_before(self.seq_at(place))
        return {path: sha256 for path, sha256 in found.items() if path != MATRIX}

    def text_at(self, place: int, path: str) -> str:
        """Return the text of a file at a place, "" when there was none. Raises JournalError."""
        sha256 = self.files_at(place).get(path)
        return "" if sha256 is None else decoded(self.journal.content(sha256))

    def matrix_at(self, place: int) -> dict[str, Any]:
        """Return the matrix at a place: as its session found it, and what changed since. Raises JournalError."""
        session, seq = self.session_at(place), self.seq_at(place)
        sha256 = self._kept_before(session.seq).get(MATRIX)
        matrix = _json(b"" if sha256 is None else self.journal.content(sha256))
        if seq == session.seq:
            return matrix
        content, metrics = _object(matrix.get("content")), _object(matrix.get("metrics"))
        for record in self.journal.select([ev.MatrixChanged.__name__], after=session.seq):
            if record.seq < seq and isinstance(record.event, ev.MatrixChanged):
                _apply(record.event, content, metrics)
        return {**matrix, "content": content, "metrics": metrics, "active_task": {}}

    def answers(self, cycle: RecordedCycle, role: str, attempt: int) -> dict[str, Any] | None:
        """Return {request, answer, seconds} of a call in a cycle, None when none was recorded."""
        same = [each for each in self.cycles if each.number == cycle.number and _was_answered(each, role, attempt)]
        calls = [call for call in self.journal.calls(cycle.number) if call.role == role and call.attempt == attempt]
        later = len(same) - same.index(cycle) if cycle in same else 0
        # Where a number was given twice, the later life has the later call.
        if not 0 < later <= len(calls):
            return None
        found = calls[-later]
        return {"request": found.request, "answer": found.answer, "seconds": found.seconds}

    def _kept_before(self, seq: int) -> dict[str, str]:
        found: dict[str, str | None] = {change.path: change.after for change in self._changes if change.after_seq < seq}
        return {path: sha256 for path, sha256 in found.items() if sha256 is not None}


def mark_of(event: Event) -> str:
    """Return what a place in a cycle is called, "" for an event that marks none."""
    if not isinstance(event, _MARKS) or getattr(event, "role", "") == BESIDE:
        return ""
    if isinstance(event, ev.PhaseEntered):
        return "" if event.phase is ev.Phase.ILLUSTRATE else f"{event.phase} {event.role}".strip()
    if isinstance(event, ev.FileWritten):
        return "" if event.by in HUMANS or event.path == CONTROL else f"{event.by} wrote {event.path}"
    if isinstance(event, ev.BrainCalled | ev.BrainAnswered):
        return f"{type(event).__name__} {event.role} {event.attempt}"
    return type(event).__name__


def _was_answered(cycle: RecordedCycle, role: str, attempt: int) -> bool:
    """Say whether a cycle made this call and lived until its end, as far as its marks tell."""
    if role == BESIDE:
        return True
    called = f"{ev.BrainCalled.__name__} {role} {attempt}"
    if called not in cycle.marks:
        return False
    ended = cycle.outcome in (Outcome.FINISHED, Outcome.FAILED)
    return ended or [mark for mark in cycle.marks if mark != ev.CycleStopped.__name__][-1] != called


class _Reader:
    """Puts events and changes made by hand into the one order they had."""

    def __init__(self, changes: Iterable[Change]) -> None:
        self._changes = [change for change in changes if change.by in HUMANS and change.path != MATRIX]
        self._sessions: list[Session] = []

    def read(self, records: Sequence[Record]) -> list[Session]:
        waiting = sorted(self._places(records), key=lambda each: (each[0], each[1].id))
        at = 0
        for record in records:
            while at < len(waiting) and waiting[at][0] < record.seq:
                self._add(change=waiting[at][1])
                at += 1
            self._take(record)
        for _, change in waiting[at:]:
            self._add(change=change)
        return self._sessions

    def _places(self, records: Iterable[Record]) -> Iterable[tuple[int, Change]]:
        """A change made by hand comes after every write of a role to that file that it replaced."""
        writes: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for record in records:
            if isinstance(record.event, ev.FileWritten):
                writes[record.event.path].append((record.event.revision or 0, record.seq))
        for change in self._changes:
            known = writes[change.path]
            before = bisect.bisect_left(known, (change.id, 0))
            yield max(change.after_seq, known[before - 1][1] if before else 0), change

    def _take(self, record: Record) -> None:
        event = record.event
        if isinstance(event, ev.EngineStarted):
            options = EngineOptions.model_validate(event.options)
            self._sessions.append(Session(record.seq, options, event.brain))
        elif not self._sessions:
            return
        elif isinstance(event, ev.CycleStarted):
            session = self._sessions[-1]
            session.cycles.append(RecordedCycle(event.cycle, session, record.seq, record.at, record.at))
        self._note(record)

    def _note(self, record: Record) -> None:
        event, cycle = record.event, self._cycle
        if cycle is not None and (mark := mark_of(event)):
            cycle.marks.append(mark)
            cycle.ended = record.at
        if cycle is not None and isinstance(event, _ENDS):
            cycle.outcome = Outcome(type(event).__name__.removeprefix("Cycle").lower())
        if cycle is not None and isinstance(event, ev.OrdersTaken):
            cycle.orders = event
        if isinstance(event, _INPUTS) or (isinstance(event, ev.ChapterLocked) and event.by in HUMANS):
            self._add(event=event)

    @property
    def _cycle(self) -> RecordedCycle | None:
        return self._sessions[-1].cycles[-1] if self._sessions and self._sessions[-1].cycles else None

    def _add(self, *, event: Event | None = None, change: Change | None = None) -> None:
        cycle = self._cycle
        if cycle is not None:
            cycle.inputs.append(RecordedInput(len(cycle.marks) - 1, event, change))
        elif self._sessions:
            self._sessions[-1].inputs.append(RecordedInput(-1, event, change))


def _apply(event: ev.MatrixChanged, content: dict[str, Any], metrics: dict[str, Any]) -> None:
    content.update(event.entries)
    for name in event.removed:
        content.pop(name, None)
    metrics.update({key: value for key, value in event.metrics.items() if key != "chapter_target_word_count"})


def _json(data: bytes) -> dict[str, Any]:
    try:
        return _object(orjson.loads(data.removeprefix(b"\xef\xbb\xbf")))
    except orjson.JSONDecodeError:
        return {}


def _object(value: object) -> dict[str, Any]:
    return dict(value) if isinstance(value, dict) else {}
