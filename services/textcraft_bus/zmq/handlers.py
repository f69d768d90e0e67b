"""Runs a service's own handlers on its loop: in order for each type, beside one another; knows no sockets.

A handler that raises is logged with the type of its message, and the next message comes all the same.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any, Final

from textcraft_bus.tasks import Tasks

log = logging.getLogger(__name__)

Data = dict[str, Any]
Handler = Callable[[str, Data], Awaitable[None]]
MAX_WAITING: Final = 256
"""So many messages of one type wait for a slow handler; the oldest is dropped then, and it is said."""


class Handlers:
    """Handlers by key; each key has a queue and a task of its own."""

    def __init__(self) -> None:
        self._handlers: dict[str, list[Handler]] = {}
        self._queues: dict[str, asyncio.Queue[tuple[str, Data]]] = {}
        self._tasks = Tasks()
        self.failed = 0
        """How often a handler raised."""

    def add(self, key: str, handler: Handler) -> None:
        """Have messages under this key handled; several handlers of one key are called in the order they were added."""
        self._handlers.setdefault(key, []).append(handler)

    def dispatch(self, key: str, first: str, data: Data) -> None:
        """Hand a message over; returns at once. Called on the loop the handlers run on."""
        if key not in self._handlers:
            return
        if key not in self._queues:
            self._queues[key] = asyncio.Queue(MAX_WAITING)
            self._tasks.start(self._serve(key, self._queues[key]), name=f"handler of {key}")
        queue = self._queues[key]
        if queue.full():
            log.warning("a %s was dropped: its handler is too slow", key)
            queue.get_nowait()
        queue.put_nowait((first, data))

    async def stop(self) -> None:
        """End all handlers."""
        await self._tasks.stop()

    async def _serve(self, key: str, queue: "asyncio.Queue[tuple[str, Data]]") -> None:
        while True:
            first, data = await queue.get()
            for handler in self._handlers[key]:
                await self._call(handler, key, first, data)

    async def _call(self, handler: Handler, key: str, first: str, data: Data) -> None:
        try:
            await handler(first, data)
        except Exception:  # a boundary: the service lives on whatever its handlers do
            self.failed += 1
            log.exception("the handler of a %s failed", data.get("type") or key)
