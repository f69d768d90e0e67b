"""Keeps the display and the system from sleeping while it is wanted; fails softly, and says whether it works."""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from typing import Any

from textcraft_qt.worker_pool import DaemonPool

log = logging.getLogger(__name__)

BEGIN_SECONDS = 5.0
"""The system's own service may hang; whoever waits does not."""

Keeper = contextlib.AbstractContextManager[Any]


class Awake:
    """One wish to stay awake. Begins and ends in one thread of its own: some systems bind the wish to the thread."""

    def __init__(self, make: Callable[[], Keeper] | None = None) -> None:
        self.works: bool | None = None
        """Whether the system obeys; None before that is known."""
        self._make = make or _presenting
        self._pool = DaemonPool(1, "awake")
        self._keeper: Keeper | None = None

    async def begin(self) -> bool:
        """Ask the system to stay awake; False when it cannot, or does not answer in time."""
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(BEGIN_SECONDS):
                self.works = await loop.run_in_executor(self._pool, self._enter)
        except TimeoutError:
            self.works = False
        if not self.works:
            log.warning("this system does not let programs keep it awake: switch its sleep off in its settings")
        return self.works

    async def end(self) -> None:
        """Let the system sleep again, within a second."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(1.0):
                await asyncio.get_running_loop().run_in_executor(self._pool, self._leave)
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _enter(self) -> bool:
        try:
            keeper = self._make()
            entered = keeper.__enter__()
        except Exception as error:  # noqa: BLE001 - a boundary: whatever the system's service does, the show goes on
            log.info("the system cannot be kept awake: %s", error)
            return False
        self._keeper = keeper
        return bool(getattr(entered, "active", True))

    def _leave(self) -> None:
        keeper, self._keeper = self._keeper, None
        if keeper is not None:
            with contextlib.suppress(Exception):
                keeper.__exit__(None, None, None)


def _presenting() -> Keeper:
    from wakepy import keep  # noqa: PLC0415 - it looks for the system's services: off the start path

    logging.getLogger("wakepy").setLevel(logging.WARNING)  # it tells every way it tried; we say what came of it
    return keep.presenting(on_fail="pass")
