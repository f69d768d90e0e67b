"""What an editor of the show's texts reads: files, drafts, versions, prompts; writes nothing, knows no widget."""

import asyncio
from typing import Any

from textcraft_core.engine.trial import Prompt
from textcraft_core.orchestrator import Orchestrator
from textcraft_core.record.differences import Piece, word_diff
from textcraft_core.record.history import Alternative, History, Standing, Version
from textcraft_core.record.journal import Journal
from textcraft_core.show import bible_files
from textcraft_core.show.drafts import Draft
from textcraft_core.show.folder import ShowFolder

Stamp = tuple[int, int, int]


class WritingDesk:
    """Paths are relative to data/ ("manuscripts/ch01_One.md", "story_bible/characters.json")."""

    def __init__(self, show: ShowFolder, engine: Orchestrator, journal: Journal) -> None:
        self._show = show
        self._engine = engine
        self._history = History(journal)

    def bible(self, file: str) -> dict[str, Any]:
        """Return a file of the bible as it is on disk now. Raises BibleError, SecurityError."""
        return bible_files.read(self._show.sandbox, file)

    def stamp(self, path: str) -> Stamp | None:
        """Return what changes whenever a file does, None where there is none; costs one look."""
        try:
            seen = (self._show.data / path).stat()
        except OSError:
            return None
        return seen.st_ino, seen.st_size, seen.st_mtime_ns

    def draft(self, path: str) -> Draft | None:
        """Return the draft of a file."""
        return self._engine.drafts.store.get(path)

    async def prompt(self, role: str, persona: dict[str, Any], instructions: str = "") -> Prompt:
        """Return what the brain would be told. Raises BibleError, BusError, OSError."""
        return await self._engine.trials.prompt(role, persona, instructions)

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
