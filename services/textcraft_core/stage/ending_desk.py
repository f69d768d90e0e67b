"""What the walls show when no new picture comes: an end card, the evening once more, or the reserve reel.

Knows no engine; it asks for what an operator could ask for, and obeys the stops as an operator has to.
"""

import asyncio
import functools
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Final, Protocol

from textcraft_bus.messages import Picture, RequestId
from textcraft_bus.tasks import Tasks
from textcraft_core import commands as cmd
from textcraft_core import events as ev
from textcraft_core.errors import CommandRefused
from textcraft_core.options import AfterComplete
from textcraft_core.record.journal import Journal
from textcraft_core.record.stream import EventStream
from textcraft_core.stage.house import Program
from textcraft_core.stage.playout import Playout

SOURCE: Final = "ending"
RESERVE: Final = "reserve reel"
LEAST_SECONDS: Final = 1.0
Handle = Callable[[cmd.Command], Awaitable[None]]


class WallsPort(Protocol):
    """The hand on the walls."""

    playout: Playout

    async def change(self, change: Callable[[float], list[ev.Event]]) -> None:
        """Apply a change of what is on the walls."""
        ...


class EndingDesk:
    """Acts on BookCompleted and ReserveWanted; `title` gives the end card's words when the settings have none."""

    def __init__(
        self,
        walls: WallsPort,
        handle: Handle,
        stream: EventStream,
        journal: Journal,
        title: Callable[[], str],
        *,
        end_card: str = "",
        seconds: float = 45.0,
    ) -> None:
        self._walls = walls
        self._handle = handle
        self._stream = stream
        self._journal = journal
        self._title = title
        self._end_card = end_card
        self._seconds = max(LEAST_SECONDS, seconds)
        self._card = ""
        self._retelling: asyncio.Task[None] | None = None
        self._reserve = False
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
                self._begin(self._retell(), "tell it once more")
            case ev.ReserveWanted(on=True):
                self._begin(self._reel(), RESERVE)
            case ev.ReserveWanted(on=False):
                self._stop_retelling()
            case ev.CycleStarted() if not self._reserve:
                self._stop_retelling()
            case ev.CardAdded(request_id=request_id):
                self._card = request_id

    def _begin(self, showing: Coroutine[Any, Any, None], name: str) -> None:
        self._stop_retelling()
        self._reserve = name == RESERVE
        self._retelling = self._tasks.start(showing, name=name)

    def _stop_retelling(self) -> None:
        self._reserve = False
        if self._retelling is not None:
            self._retelling.cancel()
            self._retelling = None

    async def _show_card(self) -> None:
        try:
            await self._handle(cmd.AddCard(text=self._end_card or self._title()))
            await self._handle(cmd.Approve(request_id=self._card))
            await self._handle(cmd.Stage(request_id=self._card))
            await self._handle(cmd.Take())
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

    async def _reel(self) -> None:
        """Show the reserve reel, slowly, while AUTO is on, no stop is and nothing approved stands in NEXT."""
        if not self._walls.playout.state.reel:
            self._stream.emit(ev.Warned(text="the reserve reel is empty: the walls keep what they show", source=SOURCE))
        while True:
            await asyncio.sleep(self._seconds)
            if self._walls.playout.state.next_id is None:
                await self._put(self._walls.playout.reserve)

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
