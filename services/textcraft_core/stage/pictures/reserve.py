"""The reserve reel: when nothing new comes, the pinned pictures keep the walls alive, slowly.

It begins when NEXT has been empty for long in SHOW while AUTO is on, whatever the reason, and sooner, in any mode, when
a chain of brains has ended (ReserveWanted). What is new takes over by itself, as AUTO takes it. Knows no sockets and
no brains.
"""

import asyncio

from textcraft_bus.channel.messages import Mode
from textcraft_bus.clock import Clock
from textcraft_bus.records import dataclass
from textcraft_core import events as ev
from textcraft_core.errors import EngineError
from textcraft_core.record.stream import EventStream
from textcraft_core.stage.walls.playout import Playout
from textcraft_core.stage.walls.wall_desk import WallDesk

TICK_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class ReelOptions:
    """`after_seconds`: so long NEXT stays empty before the reel begins. `each_seconds`: how long each picture stays."""

    after_seconds: float = 120.0
    each_seconds: float = 60.0


class ReserveReel:
    """Watches, and puts the next pinned picture on when it is time."""

    def __init__(
        self, playout: Playout, walls: WallDesk, stream: EventStream, clock: Clock, options: ReelOptions
    ) -> None:
        self._playout = playout
        self._walls = walls
        self._stream = stream
        self._clock = clock
        self._options = options
        self._is_on = False
        self._looking = asyncio.Lock()
        self._wanted = False
        """Nobody writes any more until it is said otherwise: the reel need not wait."""
        self._since = clock.monotonic()
        self._seen: object = playout.state.program
        stream.subscribe(self._on_event)

    async def run_forever(self) -> None:
        """Look once a second."""
        while True:
            await asyncio.sleep(TICK_SECONDS)
            try:
                await self.tick()
            except EngineError as fault:
                self._stream.emit(ev.Warned(text=f"The reserve reel could not go on: {fault}", source="reserve"))

    def _on_event(self, event: ev.Event) -> None:
        if isinstance(event, ev.ReserveWanted):
            if event.on and not self._wanted and not self._playout.state.reel:
                text = "The reserve reel is empty: the walls keep what they show. Pin pictures to fill it."
                self._stream.emit(ev.Warned(text=text, source="reserve"))
            self._wanted = event.on

    async def tick(self) -> None:
        """Put the next picture of the reel on, if it is time; one look at a time."""
        async with self._looking:
            await self._look()

    async def _look(self) -> None:
        now = self._clock.monotonic()
        if self._playout.state.program is not self._seen:  # somebody put another picture on
            self._seen, self._since = self._playout.state.program, now
            self._tell(False)
        if not self._may_serve():
            self._tell(False)
        elif now - self._since >= self._wait_seconds():
            self._tell(True)
            await self._walls.change(self._playout.reserve)
            self._seen, self._since = self._playout.state.program, now

    def _may_serve(self) -> bool:
        state = self._playout.state
        idle = state.auto and state.next_id is None and not self._playout.frozen
        due = self._wanted or state.mode is Mode.SHOW
        return idle and due and any(c.approved and not c.failed for c in state.reel.values())

    def _wait_seconds(self) -> float:
        each = self._options.each_seconds
        return each if self._is_on or self._wanted else max(each, self._options.after_seconds)

    def _tell(self, on: bool) -> None:
        if self._is_on != on:
            self._is_on = on
            self._stream.emit(ev.ReserveChanged(on=on, pictures=len(self._playout.state.reel)))
