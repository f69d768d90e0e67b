"""Drafts: edits that are kept on disk beside the show's files and are not in use; knows no engine and no widget.

One draft for each file, in `drafts/` of the show. A draft holds what the edit began from, so that it can be brought
together with what others changed meanwhile.
"""

import hashlib
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from pydantic import ConfigDict, Field, ValidationError

from textcraft_bus.clock import Clock
from textcraft_bus.disk.files import read_json, set_aside, write_durably
from textcraft_bus.errors import FileMissing, Unreadable
from textcraft_bus.models import Model
from textcraft_core.errors import BibleError, EngineError, MergeConflict
from textcraft_core.show import bible_files
from textcraft_core.show.merge import merge
from textcraft_core.show.text_bytes import edited, text_of

MAX_CHARS: Final = 2 << 20
_SLUG: Final = re.compile(r"[^A-Za-z0-9]+")


class Draft(Model):
    """One file's edit. `path` is relative to data/; `base` and `content` are a text (manuscript) or an object (bible).

    `base` None: the file was not there. `waiting`: it comes into use when the next cycle begins.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)

    path: str = Field(min_length=1, max_length=400)
    base: Any = None
    content: Any
    waiting: bool = False
    saved_at: str = ""

    @property
    def draft_id(self) -> str:
        """What commands and events call it: its path."""
        return self.path


class DraftStore:
    """Blocking reads and writes of small files. Raises WriteFailed when the disk refuses."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder = folder
        self._clock = clock

    @property
    def is_empty(self) -> bool:
        """Whether there is no draft at all, by one look at the folder: what a cycle asks when it begins."""
        try:
            with os.scandir(self._folder) as items:
                return not any(item.name.endswith(".json") for item in items)
        except OSError:
            return True

    def all(self) -> list[Draft]:
        """Return every draft, the oldest first; one that cannot be read is set aside."""
        if not self._folder.is_dir():
            return []
        found = [draft for path in self._folder.glob("*.json") if (draft := self._read(path)) is not None]
        return sorted(found, key=lambda draft: (draft.saved_at, draft.path))

    def get(self, draft_id: str) -> Draft | None:
        """Return one draft, or None."""
        return self._read(place_of(self._folder, draft_id))

    def keep(self, draft: Draft) -> Draft:
        """Keep a draft durably, stamped with the present; it replaces the one of the same file."""
        stamped = draft.model_copy(update={"saved_at": self._clock.now().isoformat()})
        self._folder.mkdir(parents=True, exist_ok=True)
        write_durably(place_of(self._folder, draft.path), stamped.model_dump_json(indent=1).encode())
        return stamped

    def drop(self, draft_id: str) -> None:
        """Forget a draft; one that is not there is forgotten already."""
        place_of(self._folder, draft_id).unlink(missing_ok=True)

    def _read(self, path: Path) -> Draft | None:
        try:
            return Draft.model_validate(read_json(path))
        except FileMissing:
            return None
        except (Unreadable, ValidationError):
            set_aside(path, self._clock)
            return None


def place_of(folder: Path, draft_id: str) -> Path:
    """Return where a draft lies: a name people can read, and never one that leads elsewhere."""
    slug = _SLUG.sub("-", draft_id).strip("-")[:60]
    return folder / f"{slug}-{hashlib.sha256(draft_id.encode()).hexdigest()[:8]}.json"


def change_of(path: str, base: Any, content: Any) -> Callable[[bytes | None], bytes]:
    """Return what puts an edit into a file as it is by then, for `ShowWriter.update`.

    The edit is merged with what others changed since `base`. The change raises MergeConflict when both changed the
    same thing, BibleError when the outcome could not be used.
    """
    file = bible_files.file_of(path)
    if file is None:
        return lambda old: _text_change(path, base, content, old)
    return lambda old: _bible_change(file, base, content, old)


def _bible_change(file: str, base: Any, content: Any, old: bytes | None) -> bytes:
    merged = merge(base, content, bible_files.parse(file, old))
    if merged.conflicts:
        raise MergeConflict(f"{file}.json", tuple(".".join(conflict.path) for conflict in merged.conflicts))
    problem = bible_files.fatal(bible_files.problems(file, merged.value))
    if problem is not None:
        raise BibleError(f"{file}.json, {'.'.join(problem.path)}: {problem.text}", "correct it in its editor")
    return bible_files.dump(merged.value)


def _text_change(path: str, base: Any, content: Any, old: bytes | None) -> bytes:
    if not isinstance(content, str):
        raise EngineError(f"the draft of {path} holds no text")
    now = None if old is None else text_of(old)
    if now not in {base, content}:
        raise MergeConflict(path, ())
    try:
        return edited(old or b"", content)
    except UnicodeEncodeError as fault:
        raise EngineError("this text holds broken characters: remove them") from fault
