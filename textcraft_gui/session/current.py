"""What the editors read, of whichever stage is in play; knows no file."""

from collections.abc import Callable
from typing import Any

from textcraft_core.engine.trial import Prompt
from textcraft_core.record.differences import Piece
from textcraft_core.record.history import Alternative, Standing, Version
from textcraft_core.show.drafts import Draft
from textcraft_gui.session.ports import WritingPort


class CurrentWriting:
    """Hands every question on to the present stage. Raises CommandRefused while there is none."""

    def __init__(self, present: Callable[[], WritingPort]) -> None:
        self._present = present

    def bible(self, file: str) -> dict[str, Any]:
        """A file of the bible as it is on disk now."""
        return self._present().bible(file)

    def stamp(self, path: str) -> object:
        """What changes whenever a file does."""
        return self._present().stamp(path)

    def draft(self, path: str) -> Draft | None:
        """The draft of a file."""
        return self._present().draft(path)

    async def prompt(self, role: str, persona: dict[str, Any], instructions: str = "") -> Prompt:
        """What the brain would be told."""
        return await self._present().prompt(role, persona, instructions)

    async def versions(self, path: str) -> list[Version]:
        """Every version of a file, the newest first."""
        return await self._present().versions(path)

    async def standing(self, path: str) -> Standing:
        """What undo and redo would do to a file."""
        return await self._present().standing(path)

    async def text(self, path: str, revision: int) -> str:
        """The text of a version."""
        return await self._present().text(path, revision)

    async def differences(self, path: str, before: int, after: int) -> tuple[Piece, ...]:
        """Two versions as pieces."""
        return await self._present().differences(path, before, after)

    async def compare(self, before: str, after: str) -> tuple[Piece, ...]:
        """Two texts as pieces."""
        return await self._present().compare(before, after)

    async def alternatives(self, path: str) -> list[Alternative]:
        """The passages that were replaced."""
        return await self._present().alternatives(path)
