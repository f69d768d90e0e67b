"""What can be read of a journal, whoever writes it: events, changes, contents and calls; writes nothing.

`read_only` opens a file so that nothing beside it is touched, also while another process writes it.
"""

import contextlib
import re
import sqlite3
import threading
import zlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import orjson
from pydantic import ValidationError

from textcraft_bus.records import dataclass
from textcraft_core.errors import JournalError
from textcraft_core.events import EVENTS, Event
from textcraft_core.record.changes import CHANGES_QUERY, Change, changes_from

PATIENCE_SECONDS: Final = 2.0
"""So long a reader waits for a lock; readers and the one writer are never in each other's way for longer."""


@dataclass(frozen=True, slots=True)
class Record:
    """An event as it was stored; `seq` orders, `at` (UTC) only informs."""

    seq: int
    at: datetime
    event: Event


@dataclass(frozen=True, slots=True)
class Revision:
    """One content of a file as it was before a change; `sha256` None means there was no file.

    `new_sha256` is of the content that followed ("" when nobody said).
    """

    id: int
    at: datetime
    path: str
    by: str
    sha256: str | None
    size: int
    new_sha256: str


@dataclass(frozen=True, slots=True)
class CallRecord:
    """One brain call, whole: what was asked and what came back, as plain JSON data without secrets.

    `persona_hash` is of the persona as it was used; `prompt_hash` is the one BrainCalled told. "" in old journals.
    """

    call_id: str
    cycle: int
    role: str
    target: str
    attempt: int
    model: str
    request: dict[str, Any]
    answer: dict[str, Any]
    seconds: float
    persona_hash: str = ""
    prompt_hash: str = ""


class JournalReader:
    """The half of a journal that only looks. Its methods block and may be called from any thread.

    `skipped` counts stored events that this program does not know.
    """

    def __init__(self) -> None:
        self._counting = threading.Lock()
        self.skipped = 0

    def _rows(self, query: str, values: tuple[Any, ...] = ()) -> list[Any]:
        """Return what a query finds. Raises JournalError."""
        raise NotImplementedError

    def last(self, count: int = 1000) -> list[Record]:
        """Return the newest events, oldest first."""
        rows = self._rows("SELECT seq, at, name, body FROM events ORDER BY seq DESC LIMIT ?", (count,))
        return self._records(reversed(rows))

    def select(self, names: Sequence[str], after: int = 0) -> list[Record]:
        """Return all events of these kinds with a sequence number above `after`, oldest first."""
        marks = ",".join("?" * len(names))
        query = f"SELECT seq, at, name, body FROM events WHERE name IN ({marks}) AND seq > ? ORDER BY seq"  # noqa: S608 - only question marks are put in
        return self._records(iter(self._rows(query, (*names, after))))

    def find(
        self, names: Sequence[str] = (), text: str = "", before: int | None = None, count: int = 200
    ) -> list[Record]:
        """Return at most `count` events, newest first: of these kinds (none: all), holding `text`, older than `before`.

        `text` is looked for in all fields, whatever its case in ASCII; its wildcards mean themselves.
        """
        wanted, values = _conditions(names, text, before)
        query = f"SELECT seq, at, name, body FROM events {wanted} ORDER BY seq DESC LIMIT ?"  # noqa: S608 - only question marks are put in
        return self._records(iter(self._rows(query, (*values, count))))

    def seq_at(self, at: datetime) -> int:
        """Return the number of the first event not before a time; one more than the last where all are older."""
        rows = self._rows("SELECT min(seq) FROM events WHERE at >= ?", (at.timestamp(),))
        last = self._rows("SELECT coalesce(max(seq), 0) + 1 FROM events")
        return int(rows[0][0] if rows[0][0] is not None else last[0][0])

    def last_cycle(self) -> int:
        """Return the number of the last cycle that began, 0 before the first."""
        rows = self._rows("SELECT body FROM events WHERE name = 'CycleStarted' ORDER BY seq DESC LIMIT 1")
        return int(orjson.loads(rows[0][0])["cycle"]) if rows else 0

    def between(self, after: int, up_to: int) -> list[Record]:
        """Return the events with a sequence number above `after` and at most `up_to`, oldest first."""
        query = "SELECT seq, at, name, body FROM events WHERE seq > ? AND seq <= ? ORDER BY seq"
        return self._records(iter(self._rows(query, (after, up_to))))

    def newest_of(self, names: Sequence[str]) -> list[Record]:
        """Return the last event of each of these kinds, oldest first."""
        marks = ",".join("?" * len(names))
        newest = f"SELECT max(seq) FROM events WHERE name IN ({marks}) GROUP BY name"  # noqa: S608 - only question marks are put in
        query = f"SELECT seq, at, name, body FROM events WHERE seq IN ({newest}) ORDER BY seq"  # noqa: S608 - as above
        return self._records(iter(self._rows(query, tuple(names))))

    def end(self) -> int:
        """Return the sequence number of the last event, 0 before the first."""
        return int(self._rows("SELECT coalesce(max(seq), 0) FROM events")[0][0])

    def ends(self, since: int = 0) -> tuple[tuple[int, float] | None, tuple[int, float] | None]:
        """Return number and date, s, of the first event from `since` on and of the last; None where there is none."""
        query = "SELECT seq, at FROM events WHERE seq >= ? ORDER BY seq"
        edges = (self._rows(f"{query} {way} LIMIT 1", (since,)) for way in ("ASC", "DESC"))
        first, last = ((rows[0][0], rows[0][1]) if rows else None for rows in edges)
        return first, last

    def leaps(self, forward: float, back: float, since: int = 0) -> list[tuple[int, float, float]]:
        """Return each event from `since` on whose date, s, lies further from the one before than so many seconds.

        That is: its number, the date before, and its own. Two seconds for a million events.
        """
        dates = "SELECT seq, at, lag(at) OVER (ORDER BY seq) AS before FROM events WHERE seq >= ?"
        query = f"SELECT seq, before, at FROM ({dates}) WHERE at - before > ? OR before - at > ? ORDER BY seq"  # noqa: S608 - constants only
        return self._rows(query, (since, forward, back))

    def least_date(self, since: int) -> float | None:
        """Return the least date, s, of an event from this number on; None when there is no event."""
        least = self._rows("SELECT min(at) FROM events WHERE seq >= ?", (since,))[0][0]
        return None if least is None else float(least)

    def changes(self, path: str | None = None, *, after_seq: int | None = None) -> list[Change]:
        """Return the changes of one file or of all, oldest first; those made after an event's sequence number."""
        conditions, values = "", list[str | int]()
        if path is not None:
            conditions, values = " AND r.path = ?", [path]
        if after_seq is not None:
            conditions, values = f"{conditions} AND r.after_seq >= ?", [*values, after_seq]
        return changes_from(self._rows(f"{CHANGES_QUERY}{conditions} ORDER BY r.id", tuple(values)))

    def changed_paths(self) -> list[str]:
        """Return the paths of all files with changes, sorted."""
        return [row[0] for row in self._rows("SELECT DISTINCT path FROM revisions WHERE new_sha256 != '' ORDER BY 1")]

    def content(self, sha256: str) -> bytes:
        """Return a kept content by its hash. Raises JournalError when it is not kept, or decayed."""
        rows = self._rows("SELECT packed FROM contents WHERE sha256 = ?", (sha256,))
        if not rows:
            raise JournalError("this text is not kept in the journal")
        try:
            return zlib.decompress(rows[0][0])
        except zlib.error as exc:
            raise JournalError("this text has decayed in the journal") from exc

    def revisions(self, path: str) -> list[Revision]:
        """Return what is kept of one file, oldest first."""
        rows = self._rows(
            "SELECT id, at, path, by, sha256, size, new_sha256 FROM revisions WHERE path = ? ORDER BY id", (path,)
        )
        return [Revision(row[0], _date(row[1]), *row[2:]) for row in rows]

    def revision_content(self, revision: int) -> bytes:
        """Return a kept content. Raises JournalError when there is no such revision, or there was no file then."""
        rows = self._rows(
            "SELECT packed FROM revisions JOIN contents USING (sha256) WHERE revisions.id = ?", (revision,)
        )
        if not rows:
            raise JournalError(f"revision {revision} holds no content")
        return zlib.decompress(rows[0][0])

    def last_hash(self, path: str) -> str | None:
        """Return the SHA-256 of the last content of a file that went through here; None when none did."""
        rows = self._rows(
            "SELECT new_sha256 FROM revisions WHERE path = ? AND new_sha256 != '' ORDER BY id DESC LIMIT 1", (path,)
        )
        return str(rows[0][0]) if rows else None

    def last_hashes(self) -> dict[str, str]:
        """Return `last_hash` of every file at once: path → SHA-256."""
        query = "SELECT path, new_sha256, max(id) FROM revisions WHERE new_sha256 != '' GROUP BY path"
        return {row[0]: row[1] for row in self._rows(query)}

    def calls(self, cycle: int | None = None) -> list[CallRecord]:
        """Return the recorded brain calls, of one cycle or all, oldest first."""
        columns = "call_id, cycle, role, target, attempt, model, request, answer, seconds, persona_hash, prompt_hash"
        where = "" if cycle is None else "WHERE cycle = ?"
        rows = self._rows(f"SELECT {columns} FROM calls {where} ORDER BY id", () if cycle is None else (cycle,))  # noqa: S608 - constants only
        return [_call(*row) for row in rows]

    def _records(self, rows: Iterator[Any]) -> list[Record]:
        found = [_record(*row) for row in rows]
        known = [record for record in found if record is not None]
        with self._counting:
            self.skipped += len(found) - len(known)
        return known


class JournalOfOthers(JournalReader):
    """A journal another process writes, or that nobody does: read without touching the file or its companions."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path

    def _rows(self, query: str, values: tuple[Any, ...] = ()) -> list[Any]:
        try:
            with contextlib.closing(read_only(self._path)) as connection:
                return connection.execute(query, values).fetchall()
        except sqlite3.Error as exc:
            raise JournalError(f"the journal cannot be read ({exc})") from exc


def read_only(path: Path, patience: float = PATIENCE_SECONDS) -> sqlite3.Connection:
    """Open a journal so that neither it nor the files beside it change. Raises sqlite3.Error.

    While somebody writes, or after a crash, the newest rows are in the write-ahead log, found through the `-shm` file:
    that is opened for reading too (SQLite's `readonly_shm`; with `mode=ro` alone a reader writes its mark there). After
    a clean end there is no log, and `immutable` keeps SQLite from making one.
    """
    logged = path.with_name(f"{path.name}-shm").exists()
    how = "readonly_shm=1" if logged else "immutable=1"
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&{how}", uri=True, timeout=patience)


def _conditions(names: Sequence[str], text: str, before: int | None) -> tuple[str, tuple[Any, ...]]:
    parts: list[tuple[str, tuple[Any, ...]]] = []
    if names:
        parts.append((f"name IN ({','.join('?' * len(names))})", tuple(names)))
    if text:
        stored = orjson.dumps(text).decode()[1:-1]
        like = "%" + re.sub(r"([!%_])", r"!\1", stored) + "%"
        parts.append(("(body LIKE ? ESCAPE '!' OR name LIKE ? ESCAPE '!')", (like, like)))
    if before is not None:
        parts.append(("seq < ?", (before,)))
    where = "WHERE " + " AND ".join(part for part, _ in parts) if parts else ""
    return where, tuple(value for _, values in parts for value in values)


def _record(seq: int, at: float, name: str, body: str) -> Record | None:
    kind = EVENTS.get(name)
    if kind is None:
        return None
    try:
        return Record(seq, _date(at), kind.model_validate_json(body))
    except ValidationError:  # of a version that spelled this event differently
        return None


def _call(*row: Any) -> CallRecord:
    call_id, cycle, role, target, attempt, model, request, answer, *rest = row
    bodies = orjson.loads(request), orjson.loads(answer)
    return CallRecord(call_id, cycle, role, target, attempt, model, *bodies, *rest)


def _date(at: float) -> datetime:
    return datetime.fromtimestamp(at, UTC)
