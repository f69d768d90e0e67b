"""Finds passages of earlier chapters that concern a task: the words of the task, searched in what was written.

Plain counting of words, no model; the same book and task always give the same passages.
"""

import logging
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from textcraft_bus.errors import BusError
from textcraft_core.engine.survey import by_number
from textcraft_core.show.matrix import Entry

log = logging.getLogger(__name__)

CHAPTERS: Final = 24
"""So many chapters before the target are searched: what is further back is in the brief and the summaries."""
PASSAGES: Final = 3
MAX_CHARS: Final = 400
MIN_LETTERS: Final = 4
_WORD: Final = re.compile(r"\w+")
_MANUSCRIPTS: Final = "data/manuscripts/"
_PARAGRAPHS: Final = re.compile(r"\n\s*\n")


@dataclass(frozen=True, slots=True)
class _Paragraph:
    text: str
    words: frozenset[str]


class Recall:
    """Remembers the paragraphs of chapters while their entries are the same; blocking, from any thread.

    `read` returns the text of a file below manuscripts/.
    """

    def __init__(self, read: Callable[[str], str]) -> None:
        self._read = read
        self._known: dict[str, tuple[Entry, tuple[_Paragraph, ...]]] = {}

    def passages(self, task: Mapping[str, Any], context: Mapping[str, Any], content: Mapping[str, Entry]) -> str:
        """Return at most three passages in the order of the book, each under its chapter's id, "" when none fits."""
        target = str((context.get("chapter") or {}).get("id") or "")
        wanted = _words(_texts(task, context))
        found: list[tuple[int, int, str]] = []
        for place, name in enumerate(_before(target, content)):
            for paragraph in self._paragraphs(name, content[name]):
                score = len(wanted & paragraph.words)
                if score:
                    found.append((score, place, f"{name}: {paragraph.text[:MAX_CHARS]}"))
        best = sorted(found, key=lambda each: (-each[0], -each[1]))[:PASSAGES]
        return "\n\n".join(text for _, _, text in sorted(best, key=lambda each: each[1]))

    def _paragraphs(self, name: str, entry: Entry) -> tuple[_Paragraph, ...]:
        known = self._known.get(name)
        if known is not None and known[0] is entry:
            return known[1]
        paragraphs = tuple(_split(self._text(entry)))
        self._known = {**dict(list(self._known.items())[-2 * CHAPTERS :]), name: (entry, paragraphs)}
        return paragraphs

    def _text(self, entry: Entry) -> str:
        try:
            return self._read(entry.path.removeprefix(_MANUSCRIPTS))
        except (BusError, OSError) as fault:
            log.warning("%s could not be searched: %s", entry.path, fault)
            return ""


def _before(target: str, content: Mapping[str, Entry]) -> list[str]:
    names = [name for name in sorted(content, key=by_number) if by_number(name) < by_number(target)]
    return names[-CHAPTERS:]


def _texts(task: Mapping[str, Any], context: Mapping[str, Any]) -> Iterable[str]:
    yield str(task.get("instructions") or "")
    yield from (str(name) for name in task.get("characters") or ())
    yield from (str(line) for key in ("operator", "visitors") for line in context.get(key) or ())
    yield str((context.get("chapter") or {}).get("title") or "")


def _words(texts: Iterable[str]) -> frozenset[str]:
    found = (word for text in texts for word in _WORD.findall(text.casefold()))
    return frozenset(word for word in found if len(word) >= MIN_LETTERS)


def _split(text: str) -> Iterable[_Paragraph]:
    for paragraph in _PARAGRAPHS.split(text):
        plain = " ".join(paragraph.split())
        if plain:
            yield _Paragraph(plain, _words((plain,)))
