"""Takes words out of the journal for good: events, brain calls, kept file contents; knows not whose words they are.

Only rows stored since the words were first heard are looked at. Blocking.
"""

import contextlib
import functools
import json
import logging
import sqlite3
import zlib
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import orjson

from textcraft_bus.records import dataclass
from textcraft_core.record.changes import store_content
from textcraft_core.record.journal import Journal

log = logging.getLogger(__name__)

SHORT: Final = 12
"""Shorter words are replaced only where they are a whole text: as a part they are everybody's."""


DEEPEST: Final = 3
"""A brain call holds its task as JSON within JSON; what a model sends back may be that once more."""


@dataclass(frozen=True, slots=True)
class Words:
    """What is to be forgotten: texts, when the first was heard, and the fields of events that held them.

    `fields` is event name → (field that names whose event it is, its value, fields to empty).
    """

    texts: Collection[str]
    since: datetime
    fields: Mapping[str, tuple[str, str, tuple[str, ...]]]


def forget_words(journal: Journal, words: Words, stub: str) -> tuple[str, ...]:
    """Replace the words by `stub` wherever the journal holds them. Raises JournalError.

    Returns the files, within the show, whose present content still holds them: that is theirs to change.
    """
    kept: tuple[str, ...] = journal.amend(functools.partial(forget_in, words=words, stub=stub))
    squeeze(journal.path)
    return kept


def squeeze(path: Path) -> None:
    """Let what was overwritten leave the write-ahead log too; a reader in the way puts that off to the next time."""
    try:
        with contextlib.closing(sqlite3.connect(path, timeout=1.0)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.Error as fault:
        log.warning("the journal's log could not be emptied yet: %s", fault)


def forget_in(connection: sqlite3.Connection, words: Words, stub: str) -> tuple[str, ...]:
    """Replace the words in one journal's rows, in the caller's transaction. Raises sqlite3.Error."""
    connection.execute("PRAGMA secure_delete = ON")
    since = words.since.timestamp()
    swaps = sorted({form: put for text in words.texts for form, put in _forms(text, stub)}.items(), key=_longest_first)
    _empty_fields(connection, words, since, stub)
    _swap(connection, "events", "seq", ("body",), since, swaps)
    _swap(connection, "calls", "id", ("request", "answer"), since, swaps)
    return _swap_contents(connection, since, [(text, stub) for text in words.texts if len(text) >= SHORT])


def _longest_first(swap: tuple[str, str]) -> int:
    return -len(swap[0])


def _forms(text: str, stub: str) -> Iterator[tuple[str, str]]:
    """Yield a text as JSON writes it, and as JSON within JSON does, with what is to stand there instead."""
    for plain in (False, True):
        escape = functools.partial(json.dumps, ensure_ascii=plain)
        found, put = escape(text), escape(stub)
        if len(text) >= SHORT:
            found, put = found[1:-1], put[1:-1]
        for _ in range(DEEPEST):
            yield found, put
            found, put = escape(found)[1:-1], escape(put)[1:-1]


def _empty_fields(connection: sqlite3.Connection, words: Words, since: float, stub: str) -> None:
    for name, (key, value, fields) in words.fields.items():
        query = "SELECT seq, body FROM events WHERE name = ? AND at >= ? AND instr(body, ?)"
        for seq, body in connection.execute(query, (name, since, value)).fetchall():
            data: dict[str, Any] = orjson.loads(body)
            held = [field for field in fields if data.get(field) and data[field] != stub]
            if data.get(key) == value and held:
                data |= dict.fromkeys(held, stub)
                connection.execute("UPDATE events SET body = ? WHERE seq = ?", (orjson.dumps(data).decode(), seq))


def _swap(
    connection: sqlite3.Connection,
    table: str,
    key: str,
    columns: tuple[str, ...],
    since: float,
    swaps: list[tuple[str, str]],
) -> None:
    for column in columns:
        for form, put in swaps:
            # Both are bytes here: SQLite looks for bytes only among bytes.
            found = connection.execute(
                f"SELECT {key}, {column} FROM {table} WHERE at >= ? AND instr(CAST({column} AS BLOB), ?)",  # noqa: S608 - our own names
                (since, form.encode(errors="replace")),
            ).fetchall()
            for number, body in found:
                changed = _replaced(body, form, put)
                connection.execute(f"UPDATE {table} SET {column} = ? WHERE {key} = ?", (changed, number))  # noqa: S608 - as above


def _replaced(body: str | bytes, form: str, put: str) -> str | bytes:
    if isinstance(body, bytes):
        return body.replace(form.encode(errors="replace"), put.encode())
    return body.replace(form, put)


def _swap_contents(connection: sqlite3.Connection, since: float, swaps: list[tuple[str, str]]) -> tuple[str, ...]:
    """Swap in kept contents and return the files that stand as one which holds the words.

    A kept content is known by its hash: one that changes becomes another, and its revisions name that. The present
    content of a file is left as it is: it lies on the disk too, and is the story's.
    """
    present = _present(connection)
    kept: list[str] = []
    for sha256 in _contents_since(connection, since):
        old = new = _content(connection, sha256)
        for text, put in swaps:
            new = new.replace(text.encode(errors="replace"), put.encode())
        if new != old and sha256 in present:
            kept += present[sha256]
        elif new != old:
            _put_content(connection, sha256, new)
    return tuple(sorted(kept))


def _present(connection: sqlite3.Connection) -> dict[str, list[str]]:
    query = "SELECT path, new_sha256, max(id) FROM revisions WHERE new_sha256 != '' GROUP BY path"
    found: dict[str, list[str]] = {}
    for path, sha256, _ in connection.execute(query):
        found.setdefault(sha256, []).append(path)
    return found


def _contents_since(connection: sqlite3.Connection, since: float) -> list[str]:
    query = "SELECT sha256 FROM revisions WHERE at >= :since UNION SELECT new_sha256 FROM revisions WHERE at >= :since"
    return [row[0] for row in connection.execute(query, {"since": since}) if row[0]]


def _content(connection: sqlite3.Connection, sha256: str) -> bytes:
    packed = connection.execute("SELECT packed FROM contents WHERE sha256 = ?", (sha256,)).fetchone()
    return b"" if packed is None else zlib.decompress(packed[0])


def _put_content(connection: sqlite3.Connection, old: str, content: bytes) -> None:
    sha256 = store_content(connection, content)
    connection.execute("UPDATE revisions SET sha256 = ?, size = ? WHERE sha256 = ?", (sha256, len(content), old))
    connection.execute("UPDATE revisions SET new_sha256 = ? WHERE new_sha256 = ?", (sha256, old))
    connection.execute("DELETE FROM contents WHERE sha256 = ?", (old,))
