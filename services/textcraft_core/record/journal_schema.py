"""The journal's tables and how a file of it is opened; knows nothing of what the rows mean."""

import sqlite3
import zlib
from pathlib import Path
from typing import Final

from textcraft_core.record.changes import count_words

APPLICATION_ID: Final = 0x54435831
"""Marks the file as ours in SQLite's header ("TCX1")."""

_FIRST = """
CREATE TABLE events (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, at REAL NOT NULL, name TEXT NOT NULL, body TEXT NOT NULL
);
CREATE INDEX events_by_name ON events (name, seq);
CREATE TABLE contents (sha256 TEXT PRIMARY KEY, packed BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE revisions (
    id INTEGER PRIMARY KEY AUTOINCREMENT, at REAL NOT NULL, path TEXT NOT NULL, by TEXT NOT NULL,
    sha256 TEXT REFERENCES contents (sha256), size INTEGER NOT NULL, new_sha256 TEXT NOT NULL
);
CREATE INDEX revisions_by_path ON revisions (path, id);
CREATE TABLE calls (
    id INTEGER PRIMARY KEY AUTOINCREMENT, at REAL NOT NULL, call_id TEXT NOT NULL, cycle INTEGER NOT NULL,
    role TEXT NOT NULL, target TEXT NOT NULL, attempt INTEGER NOT NULL, model TEXT NOT NULL,
    request BLOB NOT NULL, answer BLOB NOT NULL, seconds REAL NOT NULL
);
CREATE INDEX calls_by_cycle ON calls (cycle, id);
CREATE TABLE migrations (version INTEGER PRIMARY KEY, at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP);
"""

_SECOND = """
ALTER TABLE contents ADD COLUMN size INTEGER NOT NULL DEFAULT 0;
ALTER TABLE contents ADD COLUMN words INTEGER NOT NULL DEFAULT 0;
UPDATE contents SET size = unpacked_size(packed), words = unpacked_words(packed);
ALTER TABLE revisions ADD COLUMN kind TEXT NOT NULL DEFAULT 'write';
ALTER TABLE revisions ADD COLUMN of_id INTEGER REFERENCES revisions (id);
ALTER TABLE revisions ADD COLUMN after_seq INTEGER NOT NULL DEFAULT 0;
UPDATE revisions SET kind = 'outside' WHERE by = 'changed outside';
CREATE INDEX events_by_date ON events (at);
UPDATE revisions SET after_seq = coalesce((SELECT max(seq) FROM events WHERE events.at < revisions.at), 0);
DROP INDEX events_by_date;
ALTER TABLE calls ADD COLUMN persona_hash TEXT NOT NULL DEFAULT '';
ALTER TABLE calls ADD COLUMN prompt_hash TEXT NOT NULL DEFAULT '';
"""
"""History: what a change was, what it followed, and how large its contents are; calls know persona and prompt."""

MIGRATIONS: Final[tuple[str, ...]] = (_FIRST, _SECOND)
"""Step n brings a file from version n to n + 1; steps are only ever added."""


class NotOurs(sqlite3.DatabaseError):
    """The file is SQLite but another program's, or of a later version than this program knows."""


def open_journal(path: Path) -> sqlite3.Connection:
    """Open or create the file, brought up to the present version. Raises sqlite3.Error (NotOurs among them).

    Commits are on the disk when they return: write-ahead log, synchronous FULL.
    """
    connection = sqlite3.connect(path, timeout=5.0, isolation_level=None, check_same_thread=False)
    try:
        _check_owner(connection)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        # A checkpoint stalls the commit that triggers it: rarely, and then 8 MiB at a time.
        connection.execute("PRAGMA wal_autocheckpoint = 2000")
        _migrate(connection)
        connection.execute("SELECT max(seq) FROM events").fetchone()
    except BaseException:
        connection.close()
        raise
    return connection


def _check_owner(connection: sqlite3.Connection) -> None:
    owner = connection.execute("PRAGMA application_id").fetchone()[0]
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    is_new = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0] == 0
    if owner != APPLICATION_ID and not is_new:
        raise NotOurs("the file belongs to another program")
    if version > len(MIGRATIONS):
        raise NotOurs(f"the file has version {version}, written by a later program")


def _migrate(connection: sqlite3.Connection) -> None:
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    connection.create_function("unpacked_size", 1, lambda packed: len(_unpacked(packed)))
    connection.create_function("unpacked_words", 1, lambda packed: count_words(_unpacked(packed)))
    for number, script in enumerate(MIGRATIONS[version:], start=version + 1):
        note = f"INSERT INTO migrations (version) VALUES ({number});"  # noqa: S608 - a number of ours
        marks = f"PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {number};"
        connection.executescript(f"BEGIN; {script} {note} {marks} COMMIT;")


def _unpacked(packed: bytes) -> bytes:
    """Return a kept content; one that has decayed counts as empty here and is told when it is asked for."""
    try:
        return zlib.decompress(packed)
    except zlib.error:
        return b""
