"""The black box: events, file revisions and brain calls in one append-only file; knows nothing of their meaning."""

import concurrent.futures
import contextlib
import hashlib
import re
import sqlite3
import threading
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import orjson
from pydantic import ValidationError

from textcraft_bus.clock import Clock
from textcraft_bus.disk.files import set_aside
from textcraft_bus.errors import WriteFailed
from textcraft_core.errors import JournalError
from textcraft_core.events import EVENTS, Durability, Event
from textcraft_core.record.changes import (
    CHANGES_QUERY,
    Change,
    NewChange,
    changes_from,
    insert_change,
    insert_outside,
    store_content,
)
from textcraft_core.record.journal_schema import open_journal
from textcraft_core.record.journal_writer import JournalWriter

SeqFuture = concurrent.futures.Future[int]


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


class Journal:
    """The journal of one show. Its methods may be called from any thread; all but `write` and `save_call` block.

    A file that cannot be used is set aside and a new one begun: `set_aside` then tells where the old one is.
    `skipped` counts stored events that this program does not know; `fault` says why nothing is stored at present.
    """

    def __init__(self, path: Path, clock: Clock) -> None:
        self._path = path
        self._clock = clock
        self._counting = threading.Lock()
        self.set_aside: Path | None = None
        self.skipped = 0
        self._writer = JournalWriter(self._open(), self._open_anew)

    @property
    def fault(self) -> str:
        """Why rows are not stored at present; "" while all is well."""
        return self._writer.fault

    def write(self, event: Event) -> SeqFuture:
        """Store an event; the future gives its sequence number once it is on disk.

        BEFORE events are committed at once, with all before them; GROUP ones within 250 ms. The future fails with
        JournalError. Raises ValueError for a fleeting event, JournalError after close.
        """
        if event.durability is Durability.NONE:
            raise ValueError(f"{type(event).__name__} is never stored")
        at = self._clock.now().timestamp()
        urgent = event.durability is Durability.BEFORE
        future = self._writer.post(lambda connection: _insert_event(connection, at, event), urgent=urgent)
        return cast(SeqFuture, future)

    def flush(self) -> None:
        """Wait until all that was handed in is on disk. Raises JournalError."""
        self._writer.post(lambda _: None, urgent=True).result()

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

    def keep_revision(self, path: str, content: bytes | None, by: str, new_sha256: str = "") -> int:
        """Keep a content of a file (None: there was no file) and return its id once that is on disk.

        `path` is relative to the show folder; `new_sha256` is of the content about to be written. Raises JournalError.
        """
        at = self._clock.now().timestamp()
        entry = (at, path, by, *_identify(content), new_sha256)
        future = self._writer.post(lambda connection: _insert_revision(connection, entry, content), urgent=True)
        return int(future.result())

    def keep_change(self, change: NewChange) -> int:
        """Keep a change about to be made, with the contents before and after, and return its id once on disk.

        What was done to the file outside meanwhile is kept as a change of its own before it. Raises JournalError.
        """
        at = self._clock.now().timestamp()
        future = self._writer.post(lambda connection: insert_change(connection, at, change), urgent=True)
        return int(future.result())

    def keep_outside(self, path: str, content: bytes | None) -> int | None:
        """Keep a content nobody here wrote; None when it is what the last change left. Raises JournalError."""
        at = self._clock.now().timestamp()
        future = self._writer.post(lambda connection: insert_outside(connection, at, path, content), urgent=True)
        return cast(int | None, future.result())

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

    def save_call(self, call: CallRecord) -> SeqFuture:
        """Store a brain call within 250 ms; the future gives its row number."""
        at = self._clock.now().timestamp()
        return cast(SeqFuture, self._writer.post(lambda connection: _insert_call(connection, at, call), urgent=False))

    def calls(self, cycle: int | None = None) -> list[CallRecord]:
        """Return the recorded brain calls, of one cycle or all, oldest first."""
        columns = "call_id, cycle, role, target, attempt, model, request, answer, seconds, persona_hash, prompt_hash"
        where = "" if cycle is None else "WHERE cycle = ?"
        rows = self._rows(f"SELECT {columns} FROM calls {where} ORDER BY id", () if cycle is None else (cycle,))  # noqa: S608 - constants only
        return [_call(*row) for row in rows]

    @property
    def path(self) -> Path:
        """Where the journal lies."""
        return self._path

    def amend(self, change: Callable[[sqlite3.Connection], Any]) -> Any:
        """Let `change` alter stored rows, once, durably, and return what it returns: for words that must go.

        Raises JournalError.
        """
        return self._writer.post(change, urgent=True).result()

    def close(self) -> None:
        """Commit what waits and close the file; harmless when done twice."""
        self._writer.close()

    def _open(self) -> sqlite3.Connection:
        try:
            return open_journal(self._path)
        except sqlite3.OperationalError as exc:
            raise JournalError(f"the journal cannot be opened ({exc}): check the folder and the disk") from exc
        except sqlite3.DatabaseError:
            return self._open_anew()

    def _open_anew(self) -> sqlite3.Connection:
        try:
            self.set_aside = _set_aside_all(self._path, self._clock)
            return open_journal(self._path)
        except (WriteFailed, sqlite3.Error) as exc:
            raise JournalError(f"the journal is broken and no new one can be begun ({exc})") from exc

    def _rows(self, query: str, values: tuple[Any, ...] = ()) -> list[Any]:
        """Read on a connection of its own, so that reading never waits for a commit in progress."""
        with contextlib.suppress(JournalError):  # what could not be stored cannot be read; what is stored can
            self.flush()
        try:
            with contextlib.closing(sqlite3.connect(self._path, timeout=5.0)) as connection:
                return connection.execute(query, values).fetchall()
        except sqlite3.Error as exc:
            raise JournalError(f"the journal cannot be read ({exc})") from exc

    def _records(self, rows: Iterator[Any]) -> list[Record]:
        found = [_record(*row) for row in rows]
        known = [record for record in found if record is not None]
        with self._counting:
            self.skipped += len(found) - len(known)
        return known


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


def _insert_event(connection: sqlite3.Connection, at: float, event: Event) -> int | None:
    entry = (at, type(event).__name__, event.model_dump_json())
    return connection.execute("INSERT INTO events (at, name, body) VALUES (?, ?, ?)", entry).lastrowid


def _insert_revision(connection: sqlite3.Connection, entry: tuple[Any, ...], content: bytes | None) -> int | None:
    store_content(connection, content)
    columns = "at, path, by, sha256, size, new_sha256"
    return connection.execute(f"INSERT INTO revisions ({columns}) VALUES (?, ?, ?, ?, ?, ?)", entry).lastrowid  # noqa: S608 - constants only


def _insert_call(connection: sqlite3.Connection, at: float, call: CallRecord) -> int | None:
    entry = (at, call.call_id, call.cycle, call.role, call.target, call.attempt, call.model)
    bodies = (orjson.dumps(call.request), orjson.dumps(call.answer), call.seconds, call.persona_hash, call.prompt_hash)
    columns = "at, call_id, cycle, role, target, attempt, model, request, answer, seconds, persona_hash, prompt_hash"
    query = f"INSERT INTO calls ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608 - constants only
    return connection.execute(query, (*entry, *bodies)).lastrowid


def _identify(content: bytes | None) -> tuple[str | None, int]:
    return (None, 0) if content is None else (hashlib.sha256(content).hexdigest(), len(content))


def _set_aside_all(path: Path, clock: Clock) -> Path:
    """Set the file aside together with its log, which may hold its last rows."""
    aside = set_aside(path, clock)
    for suffix in ("-wal", "-shm"):
        companion = path.with_name(path.name + suffix)
        if companion.exists():
            companion.replace(aside.with_name(aside.name + suffix))
    return aside


def _date(at: float) -> datetime:
    return datetime.fromtimestamp(at, UTC)
