"""Follows a show that another program holds: what happens there is told here, and nothing here changes it.

Behind the window it stands in for the stage. Knows no widget; what touches files blocks in worker threads.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from textcraft_bus.channel.messages import Mode
from textcraft_bus.tasks import Tasks
from textcraft_core import events as ev
from textcraft_core.errors import EngineError
from textcraft_core.record.journal import Record
from textcraft_core.record.timeline import Query
from textcraft_core.show.folder import ShowFolder
from textcraft_core.show.holder import Holder, holder_of
from textcraft_core.stage.onlooker import Onlooker
from textcraft_core.stage.reading_desk import OnlookersDesk
from textcraft_gui.verbs.reading_rules import refusal

LOOK_SECONDS: Final = 1.0
"""How often it is looked what happened; it is shown within two."""
AT_ONCE: Final = 100
"""So many events are told before the window may draw again."""
MOST_TOLD: Final = 20_000
"""Events kept for whoever begins to listen later; beyond that the show is read anew."""
Tell = Callable[[ev.Event], None]


class ReadingAlong:
    """One show, read along. `exchanged` is called whenever what was told before is of another time."""

    def __init__(self, show: ShowFolder, tell: Tell, exchanged: Callable[[], None]) -> None:
        self._show = show
        self._tell = tell
        self._exchanged = exchanged
        self._onlooker = Onlooker(show)
        self._opening: list[ev.Event] = []
        self._trouble = ""
        self.holder: Holder | None = None
        """Who holds the show now."""
        self.told = ev.ReadingAlong(who="", pid=0)
        """Who holds it, or held it last, as an event."""

    # Life

    async def open(self, holder: Holder | None) -> None:
        """See who holds the show and how it stands."""
        self._note(holder or await asyncio.to_thread(holder_of, self._show))
        await self._read()

    def follow(self, tasks: Tasks) -> asyncio.Task[None]:
        """Go on telling what happens; cancelled, it ends."""
        return tasks.start(self._follow(), name="read along")

    async def _follow(self) -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            await self.look()

    async def look(self) -> None:
        """Tell what happened since the last look, and who holds the show."""
        self._note(await asyncio.to_thread(holder_of, self._show))
        try:
            found = await asyncio.to_thread(self._onlooker.look)
        except EngineError as error:
            self._warn(str(error))
            return
        self._trouble = ""
        if found is None or len(self._opening) + len(found) > MOST_TOLD:
            await self._read()
            self._exchanged()
            return
        for place, event in enumerate(found):
            if place and place % AT_ONCE == 0:
                await asyncio.sleep(0)
            self._add(event)
            self._tell(event)

    async def _read(self) -> None:
        try:
            self._opening = await asyncio.to_thread(self._onlooker.open)
        except EngineError as error:
            self._opening = [ev.ShowOpened(path=str(self._show.root), title=self._show.root.name, mode=self.mode)]
            self._warn(str(error))

    def _add(self, event: ev.Event) -> None:
        if event.durability != "none":
            self._opening.append(event)

    def _warn(self, trouble: str) -> None:
        """The same trouble is told once."""
        if trouble != self._trouble:
            self._trouble = trouble
            self._tell(ev.Warned(text=trouble, source="reading along"))

    def _note(self, holder: Holder | None) -> None:
        if holder is not None:
            told = ev.ReadingAlong(who=holder.words, pid=holder.pid)
        else:
            told = self.told.model_copy(update={"ended": True})
        self.holder = holder
        if told != self.told:
            self.told = told
            self._tell(told)

    # What is asked

    def refusal(self) -> str:
        """Why nothing is changed here, naming who holds the show."""
        return refusal(self.told)

    def opening_events(self) -> list[ev.Event]:
        """The events that bring an empty projection to the present."""
        return [*self._opening, self.told]

    @property
    def mode(self) -> Mode:
        """The mode the show is played in."""
        return self._onlooker.mode

    @property
    def writing(self) -> OnlookersDesk:
        """What editors read."""
        return self._onlooker.writing

    def personas(self) -> dict[str, dict[str, Any]]:
        """Every persona as it stands in its file."""
        return self._onlooker.personas()

    def manuscript(self, path: str) -> str:
        """The text of a chapter. Raises SecurityError, Unreadable."""
        return self._onlooker.manuscript(path)

    async def timeline(self, query: Query) -> list[Record]:
        """Return one page of the journal, newest first. Raises JournalError."""
        return await asyncio.to_thread(self._onlooker.timeline, query)

    async def timeline_place(self, at: datetime) -> int:
        """Return the number of the first event not before a time. Raises JournalError."""
        return await asyncio.to_thread(self._onlooker.timeline_place, at)
