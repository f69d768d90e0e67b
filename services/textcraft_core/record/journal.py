"""The black box: events, file revisions and brain calls in one append-only file; knows nothing of their meaning."""

import concurrent.futures
import contextlib
import hashlib
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import orjson

from textcraft_bus.clock import Clock
from textcraft_bus.disk.files import set_aside
from textcraft_bus.errors import WriteFailed
from textcraft_core.errors import JournalError
from textcraft_core.events import Durability, Event
from textcraft_core.record.changes import NewChange, insert_change, insert_outside, store_content
from textcraft_core.record.journal_reader import CallRecord, JournalReader, Record, Revision
from textcraft_core.record.journal_schema import open_journal
from textcraft_core.record.journal_writer import JournalWriter
from textcraft_core.record.plain import plain

__all__ = ["CallRecord", "Journal", "Record", "Revision", "SeqFuture"]

SeqFuture = concurrent.futures.Future[int]


class Journal(JournalReader):
    """The journal of one show. Its methods may be called from any thread; all but `write` and `save_call` block.

    A file that cannot be used is set aside and a new one begun: `set_aside` then tells where the old one is.
    `fault` says why nothing is stored at present.
    """

    def __init__(self, path: Path, clock: Clock) -> None:
        super().__init__()
        self._path = path
        self._clock = clock
        self.set_aside: Path | None = None
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

    def save_call(self, call: CallRecord) -> SeqFuture:
        """Store a brain call within 250 ms; the future gives its row number."""
        at = self._clock.now().timestamp()
        return cast(SeqFuture, self._writer.post(lambda connection: _insert_call(connection, at, call), urgent=False))

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


def _insert_event(connection: sqlite3.Connection, at: float, event: Event) -> int | None:
    entry = (at, type(event).__name__, event.model_dump_json())
    return connection.execute("INSERT INTO events (at, name, body) VALUES (?, ?, ?)", entry).lastrowid


def _insert_revision(connection: sqlite3.Connection, entry: tuple[Any, ...], content: bytes | None) -> int | None:
    store_content(connection, content)
    columns = "at, path, by, sha256, size, new_sha256"
    return connection.execute(f"INSERT INTO revisions ({columns}) VALUES (?, ?, ?, ?, ?, ?)", entry).lastrowid  # noqa: S608 - constants only


def _insert_call(connection: sqlite3.Connection, at: float, call: CallRecord) -> int | None:
    entry = (at, call.call_id, call.cycle, call.role, call.target, call.attempt, call.model)
    bodies = (_json(call.request), _json(call.answer), call.seconds, call.persona_hash, call.prompt_hash)
    columns = "at, call_id, cycle, role, target, attempt, model, request, answer, seconds, persona_hash, prompt_hash"
    query = f"INSERT INTO calls ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608 - constants only
    return connection.execute(query, (*entry, *bodies)).lastrowid


def _json(data: object) -> bytes:
    """A brain may answer what JSON allows and this library does not: the record is kept, put plainly."""
    try:
        return orjson.dumps(data)
    except TypeError:
        return orjson.dumps(plain(data))


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
