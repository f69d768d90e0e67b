"""Finds passages of earlier chapters that concern a task, and keeps a summary of each chapter; no model, no clock.

Full-text search over what was written; the same book and task always give the same passages. What was read is kept in
a file beside the journal, so a long book is read once; that file may be deleted at any time.
"""

import contextlib
import itertools
import logging
import re
import sqlite3
import threading
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from textcraft_bus.errors import BusError
from textcraft_core.engine.survey import by_number, chapter_number
from textcraft_core.show.matrix import Entry

log = logging.getLogger(__name__)

PASSAGES: Final = 3
MAX_CHARS: Final = 400
MIN_LETTERS: Final = 4
WORDS: Final = 16
"""The rarest words of a task are searched for; common ones find everything."""
MOST_HITS: Final = 3000
"""Paragraphs that are ranked: a search that finds more than this in a long book takes too long."""
SUMMARY_CHARS: Final = 240
_VERSION: Final = 1
_WORD: Final = re.compile(r"\w+")
_MANUSCRIPTS: Final = "data/manuscripts/"
_PARAGRAPHS: Final = re.compile(r"\n\s*\n")
_SENTENCE_END: Final = re.compile(r"(?<=[.!?…][\"'”’)\]])\s+|(?<=[.!?…])\s+")
_TABLES: Final = """
CREATE TABLE chapters (
    id TEXT PRIMARY KEY, stamp TEXT NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE summaries (id TEXT PRIMARY KEY, stamp TEXT NOT NULL, text TEXT NOT NULL) WITHOUT ROWID;
CREATE VIRTUAL TABLE passages USING fts5 (
    text, chapter UNINDEXED, number UNINDEXED, place UNINDEXED, tokenize = "unicode61 remove_diacritics 2"
);
CREATE VIRTUAL TABLE words USING fts5vocab ('passages', 'row');
"""
_FIND: Final = """
SELECT chapter, text FROM passages WHERE passages MATCH ? AND (number < ? OR (number = ? AND chapter < ?))
ORDER BY round(bm25(passages), 6), number DESC, chapter DESC, place DESC LIMIT ?
"""


class Recall:
    """Remembers chapters while their entries are the same; blocking, from any thread.

    `read` returns the text of a file below manuscripts/; `file` is where the memory is kept, None: nowhere.
    """

    def __init__(self, read: Callable[[str], str], file: Path | None = None) -> None:
        self._read = read
        self._file = file
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._indexed: dict[str, Entry] = {}
        self._told: dict[str, tuple[Entry, str]] = {}

    def passages(self, task: Mapping[str, Any], context: Mapping[str, Any], content: Mapping[str, Entry]) -> str:
        """Return at most three passages in the order of the book, each under its chapter's id, "" when none fits."""
        target = str((context.get("chapter") or {}).get("id") or "")
        with self._lock:
            try:
                self._catch_up(target, content)
                found = self._find(_words(_texts(task, context)), target)
            except sqlite3.Error as fault:
                self._begin_anew(fault)
                return ""
        ordered = sorted(found, key=lambda each: by_number(each[0]))
        return "\n\n".join(f"{name}: {text[:MAX_CHARS]}" for name, text in ordered)

    def summaries(self, names: Iterable[str], content: Mapping[str, Entry]) -> dict[str, str]:
        """Return a short summary of each of these chapters that has words: how it opens and how it ends."""
        with self._lock:
            return {name: self._summary(name, content[name]) for name in names if content[name].word_count}

    def remembered(self, names: Sequence[str], content: Mapping[str, Entry]) -> dict[str, str] | None:
        """Return what `summaries` would, at once, when all of it is in memory; else None. Never blocks."""
        told, found = self._told, dict[str, str]()
        for name in names:
            entry = content[name]
            known = told.get(name) if entry.word_count else None
            if known is not None and known[0] is entry:
                found[name] = known[1]
            elif entry.word_count:
                return None
        return found

    def close(self) -> None:
        """Let go of the file; harmless when done twice."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
            self._connection = None
            self._indexed, self._told = {}, {}

    def forget(self) -> None:
        """Keep nothing of what was read, not even in what a deleted row leaves behind; it is read again when wanted."""
        self.close()
        with self._lock:
            _remove(self._file)

    # What is known

    def _catch_up(self, target: str, content: Mapping[str, Entry]) -> None:
        """Index what comes before the target and is new or changed; forget what is gone."""
        end = by_number(target)
        wanted = [name for name in content if self._indexed.get(name) is not content[name] and by_number(name) < end]
        gone = [name for name in self._indexed if name not in content]
        if not wanted and not gone:
            return
        db = self._db()
        with db:
            stamps = dict(db.execute("SELECT id, stamp FROM chapters").fetchall())
            for name in (*gone, *(stamps.keys() - content.keys())):
                self._forget(db, name)
            for name in sorted(wanted, key=by_number):
                if stamps.get(name) != _stamp(content[name]):
                    self._index(db, name, content[name])
                self._indexed[name] = content[name]

    def _index(self, db: sqlite3.Connection, name: str, entry: Entry) -> None:
        self._forget(db, name)
        first = db.execute("SELECT coalesce(max(last), 0) + 1 FROM chapters").fetchone()[0]
        texts = list(_split(self._text(entry)))
        rows = ((first + place, text, name, chapter_number(name), place) for place, text in enumerate(texts))
        db.executemany("INSERT INTO passages (rowid, text, chapter, number, place) VALUES (?, ?, ?, ?, ?)", rows)
        db.execute("INSERT INTO chapters VALUES (?, ?, ?, ?)", (name, _stamp(entry), first, first + len(texts)))

    def _forget(self, db: sqlite3.Connection, name: str) -> None:
        self._indexed.pop(name, None)
        row = db.execute("SELECT first, last FROM chapters WHERE id = ?", (name,)).fetchone()
        if row is not None:
            db.execute("DELETE FROM passages WHERE rowid >= ? AND rowid < ?", row)
            db.execute("DELETE FROM chapters WHERE id = ?", (name,))

    def _find(self, words: frozenset[str], target: str) -> list[tuple[str, str]]:
        rarest = self._rarest(words)
        if not rarest:
            return []
        query = " OR ".join(f'"{word}"' for word in rarest)
        number = chapter_number(target)
        return list(self._db().execute(_FIND, (query, number, number, target, PASSAGES)))

    def _rarest(self, words: frozenset[str]) -> list[str]:
        """Return the rarest of these words that were written at all, as long as they do not find too much."""
        marks = ",".join("?" * len(words))
        query = f"SELECT term, doc FROM words WHERE term IN ({marks}) ORDER BY doc, term LIMIT {WORDS}"  # noqa: S608 - only question marks are put in
        rows = self._db().execute(query, tuple(sorted(words))).fetchall() if words else []
        hits = list(itertools.accumulate(row[1] for row in rows))
        return [row[0] for row, found in zip(rows, hits, strict=True) if found <= max(MOST_HITS, hits[0])]

    def _summary(self, name: str, entry: Entry) -> str:
        known = self._told.get(name)
        if known is not None and known[0] is entry:
            return known[1]
        try:
            text = self._kept_summary(name, entry)
        except sqlite3.Error as fault:
            self._begin_anew(fault)
            text = summary_of(self._text(entry))
        self._told[name] = entry, text
        return text

    def _kept_summary(self, name: str, entry: Entry) -> str:
        db, stamp = self._db(), _stamp(entry)
        row = db.execute("SELECT text FROM summaries WHERE id = ? AND stamp = ?", (name, stamp)).fetchone()
        if row is not None:
            return str(row[0])
        text = summary_of(self._text(entry))
        with db:
            db.execute("INSERT OR REPLACE INTO summaries VALUES (?, ?, ?)", (name, stamp, text))
        return text

    # The file

    def _db(self) -> sqlite3.Connection:
        if self._connection is None:
            self._connection = self._open()
        return self._connection

    def _open(self) -> sqlite3.Connection:
        try:
            return _opened(self._file)
        except sqlite3.Error as fault:
            log.warning("the memory of the book is begun anew: %s", fault)
        _remove(self._file)
        try:
            return _opened(self._file)
        except sqlite3.Error as fault:
            log.warning("the memory of the book is not kept: %s", fault)
            return _opened(None)

    def _begin_anew(self, fault: sqlite3.Error) -> None:
        log.warning("the memory of the book failed and is begun anew: %s", fault)
        if self._connection is not None:
            self._connection.close()
        self._connection, self._indexed = None, {}
        _remove(self._file)

    def _text(self, entry: Entry) -> str:
        try:
            return self._read(entry.path.removeprefix(_MANUSCRIPTS))
        except (BusError, OSError) as fault:
            log.warning("%s could not be searched: %s", entry.path, fault)
            return ""


def summary_of(text: str) -> str:
    """Return how a chapter opens and how it ends: its first and last sentence, without headings; bounded."""
    lines = (line.strip() for line in text.split("\n"))
    plain = " ".join(line for line in lines if line and not line.startswith("#"))
    # Only both ends are looked at: a chapter may be long.
    first = _SENTENCE_END.split(plain[:1000])[0]
    last = _SENTENCE_END.split(plain[-1000:])[-1]
    both = [first] if last in first else [first, last]
    return " … ".join(_cut(each, SUMMARY_CHARS // len(both)) for each in both)


def spans(names: Sequence[str], most: int) -> list[tuple[str, str]]:
    """Return at most `most` stretches of about equal length that cover these chapters, by first and last name."""
    count = min(most, len(names))
    bounds = [len(names) * at // count for at in range(count + 1)] if count else []
    return [(names[start], names[end - 1]) for start, end in itertools.pairwise(bounds)]


def _opened(file: Path | None) -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:" if file is None else file, timeout=5.0, check_same_thread=False)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = OFF")
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version not in (0, _VERSION):
            raise sqlite3.DatabaseError(f"version {version} is not ours")
        if version == 0:
            connection.executescript(f"BEGIN; {_TABLES} PRAGMA user_version = {_VERSION}; COMMIT;")
        connection.execute("SELECT count(*) FROM chapters").fetchone()
    except BaseException:
        connection.close()
        raise
    return connection


def _remove(file: Path | None) -> None:
    """Take the file and its log away; one that cannot be taken away now is found broken, or used, next time."""
    if file is None:
        return
    for suffix in ("", "-wal", "-shm"):
        with contextlib.suppress(OSError):
            file.with_name(file.name + suffix).unlink(missing_ok=True)


def _stamp(entry: Entry) -> str:
    return f"{entry.path}|{entry.last_modified}|{entry.word_count}"


def _texts(task: Mapping[str, Any], context: Mapping[str, Any]) -> Iterable[str]:
    yield str(task.get("instructions") or "")
    yield from (str(name) for name in task.get("characters") or ())
    yield from (str(line) for line in context.get("operator") or ())
    yield str((context.get("chapter") or {}).get("title") or "")


def _words(texts: Iterable[str]) -> frozenset[str]:
    """Return the words worth a search, folded as the index folds them."""
    found = (word for text in texts for word in _WORD.findall(text.casefold()))
    return frozenset(_fold(word) for word in found if len(word) >= MIN_LETTERS)


def _fold(word: str) -> str:
    return "".join(each for each in unicodedata.normalize("NFD", word) if not unicodedata.combining(each))


def _split(text: str) -> Iterable[str]:
    plain = (" ".join(paragraph.split()) for paragraph in _PARAGRAPHS.split(text))
    return (paragraph for paragraph in plain if paragraph)


def _cut(text: str, chars: int) -> str:
    return text if len(text) <= chars else text[: chars - 1].rstrip() + "…"
