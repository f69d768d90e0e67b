"""The journal as a timeline: pages of it by kind and words, places in it by time, and its export; shows nothing."""

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import orjson

from textcraft_bus.disk.files import write_durably
from textcraft_bus.records import dataclass
from textcraft_core.record.journal_reader import JournalReader, Record

PAGE: Final = 200
MAX_EXPORT: Final = 200_000
"""Rows of one export; a longer one says that it was cut."""


@dataclass(frozen=True, slots=True)
class Query:
    """Which events are wanted: of these kinds (none: all), holding these words, older than a row."""

    names: tuple[str, ...] = ()
    text: str = ""
    before: int | None = None
    count: int = PAGE


def page(journal: JournalReader, query: Query) -> list[Record]:
    """Return one page, newest first. Blocking. Raises JournalError."""
    return journal.find(query.names, query.text, query.before, query.count)


def export(
    journal: JournalReader, query: Query, path: Path, progress: Callable[[int], bool] = lambda _rows: True
) -> tuple[int, bool]:
    """Write every event of a query to a file, oldest first; return how many, and whether some had no room.

    CSV or one JSON object a line, by the file's ending. `progress(rows)` is asked after each page and says whether to
    go on; a cancelled export writes nothing and counts 0. Blocking. Raises JournalError, WriteFailed.
    """
    found: list[Record] = []
    for records in _pages(journal, replace(query, count=5000)):
        found += records[: MAX_EXPORT - len(found)]
        if not progress(len(found)):
            return 0, False
        if len(found) >= MAX_EXPORT:
            break
    found.reverse()
    as_lines = _csv if path.suffix.lower() == ".csv" else _json_lines
    write_durably(path, as_lines(found).encode("utf-8", "replace"))
    return len(found), len(found) >= MAX_EXPORT


def _pages(journal: JournalReader, query: Query) -> Iterator[list[Record]]:
    while records := page(journal, query):
        yield records
        query = replace(query, before=records[-1].seq)


def _csv(records: list[Record]) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(("seq", "at", "event", "fields"))
    for record in records:
        writer.writerow((record.seq, record.at.isoformat(), type(record.event).__name__, _fields(record)))
    return out.getvalue()


def _json_lines(records: list[Record]) -> str:
    return "".join(orjson.dumps(_line(record)).decode() + "\n" for record in records)


def _line(record: Record) -> dict[str, Any]:
    event = record.event
    return {"seq": record.seq, "at": record.at, "event": type(event).__name__, **event.model_dump(mode="json")}


def _fields(record: Record) -> str:
    return record.event.model_dump_json()
