"""What whoever looks at the show's texts reads: files, versions, differences; writes nothing, knows no engine.

Paths are relative to data/ ("manuscripts/ch01_One.md", "story_bible/characters.json").
"""

import asyncio
from typing import Any

from textcraft_core.engine.trial import Prompt
from textcraft_core.errors import BibleError
from textcraft_core.record.differences import Piece, word_diff
from textcraft_core.record.history import Alternative, History, Standing, Version
from textcraft_core.record.journal_reader import JournalReader
from textcraft_core.show import bible_files
from textcraft_core.show.drafts import Draft
from textcraft_core.show.folder import ShowFolder
from textcraft_core.show.reading import FolderReading, Stamp, stamp_of


class ReadingDesk:
    """The half of an editor's desk that needs no engine."""

    def __init__(self, show: ShowFolder, journal: JournalReader) -> None:
        self._show = show
        self._history = History(journal)

    def bible(self, file: str) -> dict[str, Any]:
        """Return a file of the bible as it is on disk now. Raises BibleError, SecurityError."""
        return bible_files.read(self._show.sandbox, file)

    def stamp(self, path: str) -> Stamp | None:
        """Return what changes whenever a file does, None where there is none; costs one look."""
        return stamp_of(self._show.data / path)

    async def versions(self, path: str) -> list[Version]:
        """Return every version of a file, the newest first. Raises JournalError."""
        return await asyncio.to_thread(self._history.versions, f"data/{path}")

    async def standing(self, path: str) -> Standing:
        """Return what undo and redo would do to a file. Raises JournalError."""
        return await asyncio.to_thread(self._history.standing, f"data/{path}")

    async def text(self, path: str, revision: int) -> str:
        """Return the text of a version. Raises JournalError."""
        return await asyncio.to_thread(self._history.text, f"data/{path}", revision)

    async def differences(self, path: str, before: int, after: int) -> tuple[Piece, ...]:
        """Return two versions as pieces that are the same, added or removed. Raises JournalError."""
        return await asyncio.to_thread(self._history.word_diff, f"data/{path}", before, after)

    async def compare(self, before: str, after: str) -> tuple[Piece, ...]:
        """Return two texts as pieces that are the same, added or removed."""
        return await asyncio.to_thread(word_diff, before, after)

    async def alternatives(self, path: str) -> list[Alternative]:
        """Return the passages roles wrote that a file no longer holds. Raises JournalError."""
        return await asyncio.to_thread(self._history.alternatives, f"data/{path}")


class OnlookersDesk(ReadingDesk):
    """The desk of whoever does not hold the show."""

    def __init__(self, show: ShowFolder, journal: JournalReader, reading: FolderReading) -> None:
        super().__init__(show, journal)
        self._reading = reading

    def draft(self, path: str) -> Draft | None:
        """Return the draft of a file, if it can be read."""
        return self._reading.draft(path)

    async def prompt(self, role: str, persona: dict[str, Any], instructions: str = "") -> Prompt:
        """A prompt is put together by the engine. Raises BibleError."""
        del persona, instructions
        raise BibleError(f"the prompt of {role} is put together by the program that holds the show", "look at it there")
