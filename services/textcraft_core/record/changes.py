"""The rows of file changes in the journal: how they are stored and read; knows no files and decides nothing."""

import hashlib
import sqlite3
import zlib
from collections.abc import Iterable
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

from textcraft_bus.records import dataclass

OUTSIDE: Final = "changed outside"
"""Who made a change that did not go through the one writer."""
NO_FILE: Final = "none"
"""Stands where a content's hash would: after this change there is no file."""


class ChangeKind(StrEnum):
    """What a change was; `VOID` says that the change it is of never reached the disk."""

    WRITE = "write"
    OUTSIDE = "outside"
    UNDO = "undo"
    REDO = "redo"
    RESTORE = "restore"
    VOID = "void"


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a file, in the order of `id`.

    `before` and `after` are hashes of contents, None where there was no file; of a change made outside `before` is not
    to be relied on: what was there is what the change before it left. `of` is the change that an undo took back or a
    redo did again, or whose content a restore brought back. `cycle` is the last cycle that had begun, 0 before the
    first; `size` (bytes) and `words` are of the content afterwards.
    """

    id: int
    at: datetime
    path: str
    by: str
    kind: ChangeKind
    of: int | None
    before: str | None
    after: str | None
    size: int
    words: int
    cycle: int
    after_seq: int
    """The sequence number of the last event stored before this change."""


@dataclass(frozen=True, slots=True)
class NewChange:
    """A change about to be made; contents are None where there is no file."""

    path: str
    old: bytes | None
    new: bytes | None
    by: str
    kind: ChangeKind = ChangeKind.WRITE
    of: int | None = None


def insert_change(connection: sqlite3.Connection, at: float, change: NewChange) -> int | None:
    """Store a change with both contents; one that was made outside before it gets a row of its own first."""
    _note_outside(connection, at, change)
    before = store_content(connection, change.old)
    after = store_content(connection, change.new)
    size = 0 if change.old is None else len(change.old)
    entry = (at, change.path, change.by, before, size, after or NO_FILE, change.kind, change.of)
    return _insert(connection, entry)


def insert_outside(connection: sqlite3.Connection, at: float, path: str, content: bytes | None) -> int | None:
    """Store that a file is as nobody here left it; what is known already changes nothing and gives None."""
    sha256 = NO_FILE if content is None else hash_of(content)
    last = _last(connection, path)
    if sha256 == (NO_FILE if last is None else last[2]):
        return None
    kind, of = (ChangeKind.VOID, last[0]) if _is_void(last, sha256) and last is not None else (ChangeKind.OUTSIDE, None)
    stored = store_content(connection, content)
    size = 0 if content is None else len(content)
    return _insert(connection, (at, path, OUTSIDE, stored, size, sha256, kind, of))


def store_content(connection: sqlite3.Connection, content: bytes | None) -> str | None:
    """Keep a content once, under its SHA-256, which is returned."""
    if content is None:
        return None
    sha256 = hash_of(content)
    if connection.execute("SELECT 1 FROM contents WHERE sha256 = ?", (sha256,)).fetchone() is None:
        row = (sha256, zlib.compress(content, 1), len(content), count_words(content))
        connection.execute("INSERT INTO contents (sha256, packed, size, words) VALUES (?, ?, ?, ?)", row)
    return sha256


def hash_of(content: bytes) -> str:
    """Return the SHA-256 of a content."""
    return hashlib.sha256(content).hexdigest()


def count_words(content: bytes) -> int:
    """Return how many words a content has, as the matrix counts them."""
    return len(content.decode(errors="replace").split())


def changes_from(rows: Iterable[Any]) -> list[Change]:
    """Return changes from the rows of CHANGES_QUERY."""
    return [_change(*row) for row in rows]


CHANGES_QUERY: Final = """
SELECT r.id, r.at, r.path, r.by, r.kind, r.of_id, r.sha256, r.new_sha256, c.size, c.words, r.after_seq,
    (SELECT json_extract(body, '$.cycle') FROM events
     WHERE name = 'CycleStarted' AND seq <= r.after_seq ORDER BY seq DESC LIMIT 1)
FROM revisions r LEFT JOIN contents c ON c.sha256 = r.new_sha256
WHERE r.new_sha256 != ''
"""


def _change(*row: Any) -> Change:
    number, at, path, by, kind, of, before, after, size, words, after_seq, cycle = row
    date = datetime.fromtimestamp(at, UTC)
    left = None if after == NO_FILE else after
    return Change(
        number, date, path, by, ChangeKind(kind), of, before, left, size or 0, words or 0, cycle or 0, after_seq or 0
    )


def _note_outside(connection: sqlite3.Connection, at: float, change: NewChange) -> None:
    if change.old is not None or _last(connection, change.path) is not None:
        insert_outside(connection, at, change.path, change.old)


def _last(connection: sqlite3.Connection, path: str) -> Any:
    query = "SELECT id, sha256, new_sha256, kind FROM revisions WHERE path = ? AND new_sha256 != '' "
    return connection.execute(query + "ORDER BY id DESC LIMIT 1", (path,)).fetchone()


def _is_void(last: Any, sha256: str) -> bool:
    """Whether the file is as it was before the last change: then that change was kept, and never made."""
    if last is None or last[3] in (ChangeKind.OUTSIDE, ChangeKind.VOID):
        return False
    return sha256 == (last[1] or NO_FILE)


def _insert(connection: sqlite3.Connection, entry: tuple[Any, ...]) -> int | None:
    columns = "at, path, by, sha256, size, new_sha256, kind, of_id, after_seq"
    query = f"INSERT INTO revisions ({columns}) SELECT ?, ?, ?, ?, ?, ?, ?, ?, coalesce(max(seq), 0) FROM events"  # noqa: S608 - constants only
    return connection.execute(query, entry).lastrowid
