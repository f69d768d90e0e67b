"""Facts of the bus on their way into the stage, one after the other; knows not what they mean.

What a stage did not come to before it ended is for the stage that plays there next.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from textcraft_bus.channel import facts
from textcraft_core import events as ev

log = logging.getLogger(__name__)


class FactQueue:
    """`take` is awaited for each fact in its turn; what goes wrong there is told by `emit`."""

    def __init__(self, take: Callable[[facts.Fact], Awaitable[None]], emit: Callable[[ev.Event], None]) -> None:
        self._take = take
        self._emit = emit
        self._waiting: asyncio.Queue[facts.Fact] = asyncio.Queue()

    def put(self, fact: facts.Fact) -> None:
        """Take in a fact; returns at once."""
        self._waiting.put_nowait(fact)

    async def take_forever(self) -> None:
        """Hand on what comes, in its order."""
        while True:
            fact = await self._waiting.get()
            try:
                await self._take(fact)
            except Exception as fault:  # a boundary: the next fact must still be heard
                log.exception("a %s was not taken in", type(fact).__name__)
                self._emit(ev.Warned(text=str(fault) or type(fault).__name__, source="bus", fault=True))

    def rest(self) -> list[facts.Fact]:
        """Return, once, what still waits; for whoever comes after the one it was for."""
        return [self._waiting.get_nowait() for _ in range(self._waiting.qsize())]
