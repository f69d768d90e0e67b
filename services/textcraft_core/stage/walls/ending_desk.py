"""What the walls show when the book is complete: an end card, or the evening once more.

Knows no engine, and obeys the stops as an operator has to. The reserve reel is a desk of its own.
"""

import asyncio
import functools
from collections.abc import Awaitable, Callable
from typing import Final, Protocol

from textcraft_bus.channel.messages import Picture, RequestId
from textcraft_bus.tasks import Tasks
from textcraft_core import events as ev
from textcraft_core.errors import CommandRefused
from textcraft_core.options import AfterComplete
from textcraft_core.record.journal import Journal
from textcraft_core.record.stream import EventStream
from textcraft_core.stage.walls.house import Program
from textcraft_core.stage.walls.playout import Playout

SOURCE: Final = "ending"
LEAST_SECONDS: Final = 1.0
ShowEndCard = Callable[[str], Awaitable[str]]
"""Puts up the end card that was chosen, else the given words. Raises CommandRefused."""


class WallsPort(Protocol):
    """The hand on the walls."""

    playout: Playout

    async def change(self, change: Callable[[float], list[ev.Event]]) -> None:
        """Apply a change of what is on the walls."""
        ...


class EndingDesk:
    """Acts on BookCompleted; `words` gives the end card's words where none was chosen."""

    def __init__(
        self,
        walls: WallsPort,
        show_end_card: ShowEndCard,
        stream: EventStream,
        journal: Journal,
        words: Callable[[], str],
        *,
        seconds: float = 45.0,
    ) -> None:
        self._walls = walls
        self._show_end_card = show_end_card
        self._stream = stream
        self._journal = journal
        self._words = words
        self._seconds = max(LEAST_SECONDS, seconds)
        self._retelling: asyncio.Task[None] | None = None
        self._tasks = Tasks()
        self._unsubscribe = stream.subscribe(self._on_event)

    async def close(self) -> None:
        """Act no more."""
        self._unsubscribe()
        await self._tasks.stop()

    def _on_event(self, event: ev.Event) -> None:
        match event:
            case ev.BookCompleted(policy=AfterComplete.END_CARD):
                self._tasks.start(self._show_card(), name="end card")
            case ev.BookCompleted(policy=AfterComplete.RETELL):
                self._stop_retelling()
                self._retelling = self._tasks.start(self._retell(), name="tell it once more")
            case ev.ReserveWanted(on=True) | ev.CycleStarted():
                self._stop_retelling()

    def _stop_retelling(self) -> None:
        if self._retelling is not None:
            self._retelling.cancel()
            self._retelling = None

    async def _show_card(self) -> None:
        try:
            await self._show_end_card(self._words())
        except CommandRefused as refusal:
            self._stream.emit(ev.Warned(text=f"the end card is not on the walls: {refusal.reason}", source=SOURCE))

    async def _retell(self) -> None:
        """Show what was live, from the first picture on, again and again, while AUTO is on and no stop is."""
        programs = await asyncio.to_thread(self._told)
        if not programs:
            self._stream.emit(ev.Warned(text="there is no picture to tell the story once more with", source=SOURCE))
        place = 0
        while programs:
            program = programs[place % len(programs)]
            place += await self._put(functools.partial(self._walls.playout.retell, program))
            await asyncio.sleep(self._seconds)

    async def _put(self, change: Callable[[float], list[ev.Event]]) -> bool:
        """Change the program while AUTO is on; say whether that happened."""
        if not self._walls.playout.state.auto:
            return False
        try:
            await self._walls.change(change)
        except CommandRefused:
            return False
        return True

    def _told(self) -> list[Program]:
        """Return what went up by hand or AUTO, each once, in its order; blocking."""
        known: dict[str, ev.CandidateAdded] = {}
        told: dict[str, Program] = {}
        for record in self._journal.select(("CandidateAdded", "TakenLive")):
            event = record.event
            if isinstance(event, ev.CandidateAdded):
                known[event.request_id] = event
            elif isinstance(event, ev.TakenLive) and event.by in {"operator", "auto"} and event.request_id in known:
                told.setdefault(event.request_id, _program(known[event.request_id], event.caption))
        return list(told.values())


def _program(candidate: ev.CandidateAdded, caption: str) -> Program:
    picture = Picture(
        sha256=candidate.sha256,
        uri=candidate.path,
        mime=candidate.mime,
        width=candidate.width,
        height=candidate.height,
        request_id=candidate.request_id,
    )
    return Program(RequestId(candidate.request_id), picture, caption)
