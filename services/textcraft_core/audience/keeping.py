"""Which visitors' words were kept for long enough, and where the journals hold them; forgets nothing by itself."""

import sqlite3
from datetime import UTC, datetime
from typing import Any, Final

import orjson

from textcraft_bus.records import dataclass
from textcraft_core.audience.inbox import STUB
from textcraft_core.record.forgetting import Words, forget_in
from textcraft_core.record.journal import Journal
from textcraft_core.record.show_time import horizon

HEARD: Final = "AudienceHeard"
LINES: Final = ("InputQueued", "InputEdited")

LOOKED_AT: Final = 100_000
"""So many of the last events are looked at when no words are held: of journals nobody plays, their dates decide."""


@dataclass(frozen=True, slots=True)
class Old:
    """The stories that are old by a show's own time, and the date before which everything is."""

    ids: frozenset[str]
    date: datetime


def old_stories(journal: Journal, now: float, keep: float) -> Old:
    """Return what was heard more than `keep` seconds ago; `now` is the date, s. Blocking. Raises JournalError."""
    held = [each for each in journal.select([HEARD]) if getattr(each.event, "text", STUB) != STUB]
    oldest = max(0, journal.end() - LOOKED_AT)
    end = horizon(journal, now, keep, min(held[0].seq, oldest) if held else oldest)
    ids = set()
    for record in held:
        if record.seq < end.seq or (record.seq < end.end and record.at.timestamp() < end.at):
            ids.add(str(getattr(record.event, "story_id", "")))
    return Old(frozenset(ids), datetime.fromtimestamp(max(0.0, end.at), UTC))


def since(journal: Journal, story_id: str) -> datetime:
    """Return the least date of all that was stored since a story was heard: the clock may have been set back since.

    Blocking. Raises JournalError.
    """
    heard = (each.seq for each in journal.select([HEARD]) if getattr(each.event, "story_id", "") == story_id)
    first = next(heard, None)
    least = None if first is None else journal.least_date(first)
    return datetime.fromtimestamp(least or 0.0, UTC)


def forget_stories(connection: sqlite3.Connection, oldest: datetime) -> None:
    """Forget, in a journal that nobody opens any more, every story heard before a time."""
    query = "SELECT seq, body FROM events WHERE name = ? AND at < ?"
    for seq, body in connection.execute(query, (HEARD, oldest.timestamp())).fetchall():
        heard: dict[str, Any] = orjson.loads(body)
        text, story_id = str(heard.get("text", "")), str(heard.get("story_id", ""))
        if text and text != STUB:
            (least,) = connection.execute("SELECT min(at) FROM events WHERE seq >= ?", (seq,)).fetchone()
            forget_in(connection, Words({text}, datetime.fromtimestamp(least, UTC), fields_of(story_id)), STUB)


def line_of(story_id: str) -> str:
    """Return the id of the line a story becomes."""
    return f"story-{story_id}"


def fields_of(story_id: str) -> dict[str, tuple[str, str, tuple[str, ...]]]:
    """The events that hold a story's words, by the field that says so."""
    return {
        "AudienceHeard": ("story_id", story_id, ("text", "speaker")),
        **dict.fromkeys(LINES, ("input_id", line_of(story_id), ("text",))),
    }
