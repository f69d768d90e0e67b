"""A replay as something to look at: it answers what a stage is asked by panels and editors; plays nothing itself."""

import asyncio
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from textcraft_bus.channel.messages import Mode
from textcraft_core import events as ev
from textcraft_core.errors import CommandRefused
from textcraft_core.events import Event
from textcraft_core.record.journal import Record
from textcraft_core.record.timeline import Query, export, page
from textcraft_core.replay.pictures import RecordedPictures
from textcraft_core.show.bible import Bible
from textcraft_core.stage.opening import engine_events, past_events
from textcraft_core.stage.writing_desk import WritingDesk

if TYPE_CHECKING:
    from textcraft_core.replay.player import Player

_OF_THE_BOOK: Final = frozenset(
    {"brain", "control", "cycle", "drafts", "endings", "history", "inputs", "money", "trial"}
)
"""The rooms of events that tell of a book and its engine: while a replay is shown, those of the stage are not."""


def is_of_the_book(event: Event) -> bool:
    """Whether an event tells of a book and its engine, rather than of the house it is played in."""
    return type(event).__module__.rpartition(".")[2] in _OF_THE_BOOK


class ReplayView:
    """One recording before an operator. Between two places it has nothing to show, and says so."""

    def __init__(self, player: "Player", label: str, bible: Bible, pictures: RecordedPictures) -> None:
        self.player = player
        self._pictures = pictures
        self._looking = asyncio.Lock()
        self.shown = ev.ReplayPictures()
        """The pictures of where it stood last, as an event."""
        self.label = label
        self._bible = bible

    def opening_events(self, folder: Path, mode: Mode) -> list[Event]:
        """What brings an empty projection to where the replay stands; `folder` is where pictures are looked for."""
        engine, journal = self.player.engine, self.player.journal
        if engine is None or journal is None:
            return []
        return [
            *(event for event in past_events(journal) if is_of_the_book(event)),
            ev.ShowOpened(path=str(folder), title=self.title, mode=mode),
            ev.ModeChanged(mode=mode),
            *engine_events(engine),
            self.opened,
            self.player.place_told,
            self.shown,
            *([self.player.divergence] if self.player.divergence is not None else []),
        ]

    async def look_at_pictures(self) -> bool:
        """See which pictures belong to where it stands now; return whether they are others than before."""
        async with self._looking:  # one after the other, or an older place may be told last
            seq = self.player.recording.seq_at(self.player.position)
            staged, live = await asyncio.to_thread(self._pictures.at, seq)
            before, self.shown = self.shown, ev.ReplayPictures(staged=staged, live=live)
            return self.shown != before

    @property
    def opened(self) -> ev.ReplayOpened:
        """What is played, as an event."""
        began = tuple(cycle.began for cycle in self.player.recording.cycles)
        return ev.ReplayOpened(label=self.label, copy_root=str(self.player.copy.root), began=began)

    @property
    def title(self) -> str:
        """The title of the show that is replayed."""
        return self._bible.conf().meta.title or self.label

    @property
    def writing(self) -> WritingDesk:
        """What editors read. Raises CommandRefused between two places."""
        engine, journal = self.player.engine, self.player.journal
        if engine is None or journal is None:
            raise CommandRefused("The replay goes to another place: wait a moment.")
        return WritingDesk(self.player.copy, engine, journal)

    def personas(self) -> dict[str, dict[str, Any]]:
        """Every persona as it was."""
        return {role: persona.model_dump() for role, persona in self._bible.personas().items()}

    def manuscript(self, path: str) -> str:
        """The text of a chapter as it was. Raises SecurityError, Unreadable, OSError."""
        data = self.player.copy.sandbox.read(path.removeprefix("data/"))
        return data.decode("utf-8-sig", errors="replace")

    async def timeline(self, query: Query) -> list[Record]:
        """Return one page of the journal up to here, newest first. Raises JournalError."""
        journal = self.player.journal
        return [] if journal is None else await asyncio.to_thread(page, journal, query)

    async def timeline_place(self, at: datetime) -> int:
        """Return the number of the first event not before a time. Raises JournalError."""
        journal = self.player.journal
        return 0 if journal is None else await asyncio.to_thread(journal.seq_at, at)

    async def export_timeline(self, query: Query, folder: Path) -> tuple[Path, int, bool]:
        """Write all events of a query into `folder`: where, how many, and whether some had no room."""
        journal = self.player.journal
        if journal is None:
            raise CommandRefused("The replay goes to another place: wait a moment.")
        path = folder / "exports" / f"timeline-replay-{self.player.copy.root.name.strip('.')}.csv"
        await asyncio.to_thread(path.parent.mkdir, exist_ok=True)
        return path, *await asyncio.to_thread(export, journal, query, path)
