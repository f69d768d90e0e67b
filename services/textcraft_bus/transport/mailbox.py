"""The one crossing from the bus thread up to the program's loop; knows nothing of sockets or of what the facts mean."""

import asyncio
import logging
import threading
from collections import deque
from collections.abc import Callable
from typing import Any, Final, Generic, TypeVar

log = logging.getLogger(__name__)

F = TypeVar("F")

SOFT_BOUND: Final = 4_096
"""Above this many waiting facts those that the next one replaces are dropped."""
HARD_BOUND: Final = 65_536
"""Above this many everything is dropped: the program has hung, and memory must not grow."""
BATCH: Final = 64


class Mailbox(Generic[F]):
    """Facts go in from any thread and come out on the program's loop, in order, many per wake-up; never waits.

    `lossy` are classes whose facts may be dropped when the program is slow, as the next one replaces them.
    A program loop that was closed is no error: the facts have nobody left to hear them.
    """

    def __init__(
        self, deliver: Callable[[F], None], loop: asyncio.AbstractEventLoop, *, lossy: tuple[type[Any], ...] = ()
    ) -> None:
        self._deliver = deliver
        self._loop = loop
        self._lossy = lossy
        self._waiting: deque[F] = deque()
        self._lock = threading.Lock()
        self._woken = False
        self.dropped = 0

    def put(self, fact: F) -> bool:
        """Hand a fact up; False when it was dropped."""
        with self._lock:
            if self._is_full(fact):
                self._count_dropped()
                return False
            self._waiting.append(fact)
            wake = not self._woken
            self._woken = True
        return self._wake() if wake else True

    def _is_full(self, fact: F) -> bool:
        size = len(self._waiting)
        return size >= HARD_BOUND or (size >= SOFT_BOUND and isinstance(fact, self._lossy))

    def _count_dropped(self) -> None:
        self.dropped += 1
        if self.dropped in (1, 1_000, 100_000):
            log.warning("the program is too slow: %d facts dropped so far", self.dropped)

    def _wake(self) -> bool:
        try:
            self._loop.call_soon_threadsafe(self._drain)
        except RuntimeError:  # the program's loop was closed
            with self._lock:
                self._waiting.clear()
                self._woken = False
            return False
        return True

    def _drain(self) -> None:
        """Deliver one batch, then let the program's loop breathe."""
        for fact in self._take():
            try:
                self._deliver(fact)
            except Exception:
                log.exception("a listener failed on %s", type(fact).__name__)
        with self._lock:
            again = bool(self._waiting)
            self._woken = again
        if again:
            self._wake()

    def _take(self) -> list[F]:
        with self._lock:
            return [self._waiting.popleft() for _ in range(min(BATCH, len(self._waiting)))]
