"""Reads a show's folder without touching it: no broken file is set aside, no good copy kept.

For whoever does not hold the show. Blocking. Knows no journal.
"""

from pathlib import Path
from typing import Any

from pydantic import ValidationError

from textcraft_bus.disk.files import read_json
from textcraft_bus.errors import BusError, Unreadable
from textcraft_core.errors import BibleError
from textcraft_core.show import bible_files
from textcraft_core.show.drafts import Draft, place_of
from textcraft_core.show.folder import ShowFolder
from textcraft_core.show.matrix import Matrix
from textcraft_core.show.text_bytes import text_of

Stamp = tuple[int, int, int]


def stamp_of(path: Path) -> Stamp | None:
    """Return what changes whenever a file does, None where there is none; costs one look."""
    try:
        seen = path.stat()
    except OSError:
        return None
    return seen.st_ino, seen.st_size, seen.st_mtime_ns


class FolderReading:
    """One folder, read leniently; what cannot be read now is as it was read last."""

    def __init__(self, show: ShowFolder) -> None:
        self.show = show
        self._matrix = Matrix()
        self._stamp: Stamp | None = None

    def matrix(self) -> Matrix:
        """Return the state of the book: the same object while the file is the same."""
        stamp = stamp_of(self.show.matrix)
        if stamp is not None and stamp != self._stamp:
            try:
                self._matrix = Matrix.model_validate(read_json(self.show.matrix))
            except (BusError, ValidationError):  # torn or broken: whoever holds the show sets that right
                return self._matrix
            self._stamp = stamp
        return self._matrix

    @property
    def title(self) -> str:
        """The title of the show."""
        try:
            meta = bible_files.read(self.show.sandbox, "project_conf").get("meta")
        except (BibleError, BusError):
            meta = None
        title = meta.get("title") if isinstance(meta, dict) else None
        return title if isinstance(title, str) and title.strip() else self.show.root.name

    def personas(self) -> dict[str, dict[str, Any]]:
        """Return every persona as it stands in its file; those that are no objects are left out."""
        try:
            raw = bible_files.read(self.show.sandbox, "personas")
        except (BibleError, BusError):
            return {}
        return {role: persona for role, persona in raw.items() if isinstance(persona, dict)}

    def manuscript(self, path: str) -> str:
        """Return the text of a chapter, by its path relative to the show. Raises SecurityError, Unreadable."""
        return text_of(self.show.sandbox.read(path.removeprefix("data/")))

    def draft(self, path: str) -> Draft | None:
        """Return the draft of a file, if there is one that can be read."""
        try:
            return Draft.model_validate(read_json(place_of(self.show.drafts, path)))
        except (Unreadable, ValidationError):
            return None
