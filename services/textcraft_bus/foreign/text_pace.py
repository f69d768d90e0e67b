"""Lets at most so many texts a second out to displays, in order; knows nothing of sockets.

Foreign displays lay every text out anew on their painting thread: a burst of them stops their picture.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Final

TEXTS_PER_S: Final = 20
MAX_WAITING: Final = 256


class TextPace:
    """Sends the first at once and the following ones spaced; beyond MAX_WAITING the oldest is dropped."""

    def __init__(self, loop: Callable[[], asyncio.AbstractEventLoop], send: Callable[[bytes], object]) -> None:
        self._loop = loop
        self._send = send
        self._waiting: deque[bytes] = deque(maxlen=MAX_WAITING)
        self._next_at = float("-inf")
        self._due: asyncio.TimerHandle | None = None

    def put(self, frame: bytes) -> None:
        """Send this frame when it is its turn."""
        self._waiting.append(frame)
        if self._due is None:
            self._go()

    def stop(self) -> None:
        """Forget what waits."""
        self._waiting.clear()
        if self._due is not None:
            self._due.cancel()
            self._due = None

    def _go(self) -> None:
        self._due = None
        loop = self._loop()
        if loop.time() >= self._next_at:
            self._send(self._waiting.popleft())
            self._next_at = loop.time() + 1 / TEXTS_PER_S
        if self._waiting:
            self._due = loop.call_at(self._next_at, self._go)
