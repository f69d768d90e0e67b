"""What panels and editors read of whatever is before the operator: a replay, the stage, a show that is read along.

Changes nothing.
"""

from datetime import datetime
from pathlib import Path
from typing import Any

from textcraft_core.errors import CommandRefused
from textcraft_core.record.journal import Record
from textcraft_core.record.timeline import Query
from textcraft_core.replay.view import ReplayView
from textcraft_core.show.folder import ShowFolder
from textcraft_core.stage.stage import Stage
from textcraft_gui.session.ports import WritingPort
from textcraft_gui.session.reading_along import ReadingAlong
from textcraft_gui.words.i18n import later, translated

BETWEEN = later("The mode is being changed: wait a moment.")


class Readings:
    """The half of a session that only looks."""

    show: ShowFolder

    @property
    def _desk(self) -> WritingPort | None:
        """What editors read; while the mode is being changed that is still the last stage's."""
        raise NotImplementedError

    @property
    def _played(self) -> Stage | None:
        """The stage in play."""
        raise NotImplementedError

    @property
    def _along(self) -> ReadingAlong | None:
        """The show that another program holds, and that is read along."""
        raise NotImplementedError

    @property
    def _replay(self) -> ReplayView | None:
        """The replay before the operator."""
        raise NotImplementedError

    def personas(self) -> dict[str, dict[str, Any]]:
        """Every persona as it stands in its file."""
        shown = self._shown
        return shown.personas() if shown is not None else {}

    @property
    def _shown(self) -> Stage | ReplayView | ReadingAlong | None:
        """What the panels show: the replay that is played, else the stage, else what is read along."""
        return self._replay or self._played or self._along

    async def timeline(self, query: Query) -> list[Record]:
        """One page of the journal, newest first. Raises JournalError."""
        shown = self._shown
        return await shown.timeline(query) if shown is not None else []

    async def timeline_place(self, at: datetime) -> int:
        """The number of the first event not before a time. Raises JournalError."""
        shown = self._shown
        return await shown.timeline_place(at) if shown is not None else 0

    async def export_timeline(self, query: Query) -> tuple[Path, int, bool]:
        """Write all events of a query into the show's folder. Raises CommandRefused, JournalError."""
        if self._replay is not None:
            return await self._replay.export_timeline(query, self.show.root)
        return await self._there().export_timeline(query)

    async def printed_report(self, *, visitors: bool = False) -> tuple[str, str, Path]:
        """Return the last day's report as a page to print, its title, and where it belongs."""
        return await self._there().printed_report(visitors=visitors)

    def manuscript(self, path: str) -> str:
        """The text of a chapter. Raises SecurityError, Unreadable, OSError."""
        shown = self._shown
        return shown.manuscript(path) if shown is not None else ""

    def _writing_desk(self) -> WritingPort:
        if self._replay is not None:
            return self._replay.writing
        if self._along is not None:
            return self._along.writing
        if self._desk is None:
            raise CommandRefused(translated(BETWEEN))
        return self._desk

    def _there(self) -> Stage:
        if self._along is not None:
            raise CommandRefused(self._along.refusal())
        if self._played is None:
            raise CommandRefused(translated(BETWEEN))
        return self._played
