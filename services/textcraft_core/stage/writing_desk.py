"""What an editor of the show's texts reads, with the engine's drafts and prompts; writes nothing, knows no widget."""

from typing import Any

from textcraft_core.engine.trial import Prompt
from textcraft_core.orchestrator import Orchestrator
from textcraft_core.record.journal import Journal
from textcraft_core.show.drafts import Draft
from textcraft_core.show.folder import ShowFolder
from textcraft_core.stage.reading_desk import ReadingDesk


class WritingDesk(ReadingDesk):
    """The desk of whoever holds the show."""

    def __init__(self, show: ShowFolder, engine: Orchestrator, journal: Journal) -> None:
        super().__init__(show, journal)
        self._engine = engine

    def draft(self, path: str) -> Draft | None:
        """Return the draft of a file."""
        return self._engine.drafts.store.get(path)

    async def prompt(self, role: str, persona: dict[str, Any], instructions: str = "") -> Prompt:
        """Return what the brain would be told. Raises BibleError, BusError, OSError."""
        return await self._engine.trials.prompt(role, persona, instructions)
