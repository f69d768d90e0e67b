"""What a rehearsal knows of the show's story: its people, places and plan, read leniently; it writes nothing."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import field
from pathlib import Path
from typing import Any, Final, TypeVar

from textcraft_bus.records import dataclass
from textcraft_core.brains.grammar import literal
from textcraft_core.show.bible_models import Character, Location, StoryBrief, parse_characters, parse_locations

T = TypeVar("T")
_DIGITS: Final = re.compile(r"\d{1,6}")
_FILES: Final = ("characters", "locations", "story_brief", "project_conf")
MAX_NAME_CHARS: Final = 60


@dataclass(frozen=True, slots=True)
class PlannedChapter:
    """One chapter of the brief; `place` and `characters` are ids or names, as somebody wrote them."""

    number: int
    title: str
    summary: str
    place: str
    characters: tuple[str, ...]


@dataclass(frozen=True)
class Story:
    """People and places by id, and the plan by chapter number; what nobody wrote is empty."""

    characters: Mapping[str, Character] = field(default_factory=dict)
    locations: Mapping[str, Location] = field(default_factory=dict)
    plan: Mapping[int, PlannedChapter] = field(default_factory=dict)
    header_format: str = ""

    def character_id(self, name: str) -> str:
        """Return the id of the character of that id, name or alias, "" when there is none."""
        wanted = name.strip().casefold()
        return next((key for key, one in self.characters.items() if wanted in _names(key, one)), "")

    def location_id(self, name: str) -> str:
        """Return the id of the place of that id or name, "" when there is none."""
        wanted = name.strip().casefold()
        found = (key for key, one in self.locations.items() if wanted in {key.casefold(), one.name.casefold()})
        return next(found, "") if wanted else ""

    def named_in(self, text: str, short_name: Callable[[str], str]) -> tuple[str, ...]:
        """Return the ids of the characters a text names: by id, name, alias or the name they go by, as whole words."""
        found = []
        for key, one in self.characters.items():
            names = {*_names(key, one), short_name(key).casefold()} - {""}
            pattern = "|".join(re.escape(name) for name in sorted(names))
            if re.search(rf"(?<!\w)(?:{pattern})(?!\w)", text.casefold()):
                found.append(key)
        return tuple(found)


def _names(key: str, character: Character) -> set[str]:
    return {name.strip().casefold() for name in (key, character.name, *character.aliases)}


class StoryShelf:
    """Reads the bible of one show, again only when one of its files changed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen: tuple[tuple[str, int, int], ...] | None = None
        self._story = Story()

    def read(self) -> Story:
        """Return the story as it is on disk; a file that cannot be used counts as empty."""
        seen = tuple(self._stamp(name) for name in _FILES)
        if seen != self._seen:
            self._story, self._seen = self._load(), seen
        return self._story

    def _stamp(self, name: str) -> tuple[str, int, int]:
        try:
            status = (self._folder / f"{name}.json").stat()
        except OSError:
            return name, 0, 0
        return name, status.st_mtime_ns, status.st_size

    def _load(self) -> Story:
        return Story(
            self._parsed("characters", parse_characters, {}),
            self._parsed("locations", parse_locations, {}),
            self._parsed("story_brief", _plan, {}),
            self._parsed("project_conf", _header_format, ""),
        )

    def _parsed(self, name: str, parse: Callable[[Any], T], default: T) -> T:
        # A broken file is the engine's to report and set aside; a rehearsal goes on without it.
        try:
            return parse(json.loads((self._folder / f"{name}.json").read_bytes().removeprefix(b"\xef\xbb\xbf")))
        except (OSError, ValueError, RecursionError):
            return default


def _header_format(value: Any) -> str:
    formatting = value.get("formatting") if isinstance(value, Mapping) else None
    form = formatting.get("chapter_header_format") if isinstance(formatting, Mapping) else None
    return form if isinstance(form, str) else ""


def _plan(value: Any) -> dict[int, PlannedChapter]:
    found: dict[int, PlannedChapter] = {}
    for place, chapter in enumerate(StoryBrief.model_validate(value).structure.chapters, start=1):
        extra = chapter.model_extra or {}
        digits = _DIGITS.search(chapter.id)
        number = chapter.number or (int(digits[0]) if digits else place)
        where = str(extra.get("location") or "")
        title = literal(chapter.title)[:MAX_NAME_CHARS]
        found.setdefault(
            number, PlannedChapter(number, title, literal(chapter.summary), where, chapter.characters_involved)
        )
    return found
