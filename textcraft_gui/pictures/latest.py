"""Keeps the latest of many values in a worker: writes follow one another, and what was overtaken is never written."""

import asyncio
from collections.abc import Callable
from typing import Any

from textcraft_gui.session.ports import Starter


class Latest:
    """One writer. `write` is blocking and may raise BusError."""

    def __init__(self, write: Callable[[Any], object]) -> None:
        self._write = write
        self._waiting: list[Any] = []
        self._running = False

    def put(self, value: Any, starter: Starter) -> None:
        """Have `value` written, in place of one that still waits."""
        self._waiting = [value]
        if not self._running:
            self._running = True
            starter.start(self._run(), name="keep settings")

    async def _run(self) -> None:
        try:
            while self._waiting:
                await asyncio.to_thread(self._write, self._waiting.pop())
        finally:
            self._running = False
