"""Keeps visitors' words out of what is passed on: whole fields of events, and their texts wherever else they stand."""

import contextlib
import json
import re
import sqlite3
from collections.abc import Collection, Mapping
from enum import Enum
from pathlib import Path
from typing import Any, Final

from textcraft_core.diagnosis.read_only import read_only

MARK: Final = "[a visitor's words]"
SHORT: Final = 4
"""Shorter texts are everybody's."""
_SENTENCE: Final = re.compile(r"(?<=[.!?…])\s+|\n+")
_HEARD: Final = ("AudienceHeard", "InputQueued", "InputEdited")
_FIELDS: Final = frozenset(
    {
        "text", "speaker", "instruction", "instructions", "note", "notes", "context_notes", "diff", "assigned", "words",
        "prompt", "negative_prompt", "caption", "alt", "message", "entries",
    }
)  # fmt: skip
"""Fields in which a visitor's own words may stand, or what was written after them."""


class Words(Enum):
    """Which words of events go along."""

    ALL = "all"
    NONE = "none"

    def kept(self, name: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Return an event's fields as they may be passed on; a warning is the program's own."""
        return dict(body) if self is Words.ALL or name == "Warned" else dict(_without(body))


def _without(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: MARK if key in _FIELDS and inner else _without(inner) for key, inner in value.items()}
    return [_without(inner) for inner in value] if isinstance(value, list) else value


def without_words(text: str) -> str:
    """Return JSON text without the fields that may hold somebody's words; what is no JSON says so."""
    try:
        return json.dumps(_without(json.loads(text)), indent=1, ensure_ascii=False)
    except ValueError:
        return "no JSON\n"


class Silencer:
    """Takes known texts out of any other text, also as JSON writes them."""

    def __init__(self, texts: Collection[str]) -> None:
        pieces = {piece for text in texts for piece in (text.strip(), *_SENTENCE.split(text)) if len(piece) >= SHORT}
        ordered = sorted({form for piece in pieces for form in _forms(piece)}, key=len, reverse=True)
        patterns = "|".join(rf"(?<!\w){re.escape(form)}(?!\w)" for form in ordered)
        self._known = re.compile(patterns, re.IGNORECASE) if ordered else None

    def clean(self, text: str) -> str:
        """Return the text with a mark in their place."""
        return self._known.sub(MARK, text) if self._known else text


def _forms(text: str) -> set[str]:
    return {text, *(json.dumps(text, ensure_ascii=plain)[1:-1] for plain in (True, False)), repr(text)[1:-1]}


def words_of_visitors(journal: Path) -> set[str]:
    """Return every text and name a visitor gave, as the journal holds them; blocking."""
    if not journal.is_file():
        return set()
    marks = ",".join("?" * len(_HEARD))
    try:
        with contextlib.closing(read_only(journal)) as connection:
            rows = connection.execute(f"SELECT name, body FROM events WHERE name IN ({marks})", _HEARD)  # noqa: S608 - our own names
            return {word for name, body in rows for word in _said(name, json.loads(body)) if word}
    except (sqlite3.Error, ValueError):
        return set()


def _said(name: str, body: Mapping[str, Any]) -> tuple[str, ...]:
    if name == "InputQueued" and body.get("source") == "operator":
        return ()
    return str(body.get("text", "")), str(body.get("speaker", ""))
