"""One piece of work of a step at a time, which can be ended; knows no step."""

import asyncio
from collections.abc import Coroutine
from typing import Any, Protocol

from textcraft_gui.session.ports import Starter


class OnWorking(Protocol):
    """Hears when work begins and ends."""

    def __call__(self, *, busy: bool) -> None:
        """It is `busy`, or not any more."""
        ...


class Working:
    """A new piece ends the one before; a `quiet` one never makes the step busy."""

    def __init__(self, starter: Starter, on_working: OnWorking) -> None:
        self._starter = starter
        self._tell = on_working
        self._task: asyncio.Task[Any] | None = None
        self._done = asyncio.Event()
        self._done.set()

    @property
    def busy(self) -> bool:
        """Whether something runs that can be ended."""
        return self._task is not None

    def start(self, work: Coroutine[Any, Any, None], name: str, *, quiet: bool = False) -> None:
        """Do it in the background."""
        self._starter.start(work if quiet else self._run(work), name=name)

    async def _run(self, work: Coroutine[Any, Any, None]) -> None:
        if self.busy:
            work.close()
            return
        self._task = asyncio.current_task()
        self._done.clear()
        self._tell(busy=True)
        try:
            await work
        except asyncio.CancelledError:
            pass
        finally:
            self._task = None
            self._done.set()
            self._tell(busy=False)

    def cancel(self) -> None:
        """End what runs."""
        if self._task is not None:
            self._task.cancel()

    async def stop(self) -> None:
        """End what runs and wait for its end."""
        self.cancel()
        await self._done.wait()
