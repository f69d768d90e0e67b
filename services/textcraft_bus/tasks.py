"""The one way to start asyncio tasks: a reference is kept, failures are told; knows nothing of what the tasks do."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from textcraft_bus.errors import TasksStopped

log = logging.getLogger(__name__)

T = TypeVar("T")
OnError = Callable[[str, BaseException], None]


class Tasks:
    """The background tasks of one owner, on one event loop.

    `on_error(name, exc)` is called on the loop, once for each task that ends by an exception nobody caught inside it.
    """

    def __init__(self, on_error: OnError | None = None) -> None:
        self._on_error = on_error
        self._running: set[asyncio.Task[Any]] = set()
        self._stopped = False

    def __len__(self) -> int:
        return len(self._running)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the tasks that have not ended, sorted."""
        return tuple(sorted(task.get_name() for task in self._running))

    def start(self, coro: Coroutine[Any, Any, T], *, name: str) -> asyncio.Task[T]:
        """Run `coro` on the running loop and keep it alive until it ends.

        Raises TasksStopped after `stop` was called, and RuntimeError without a running loop; the coroutine is closed.
        """
        try:
            task = self._create(coro, name)
        except (RuntimeError, TasksStopped):
            coro.close()
            raise
        self._running.add(task)
        task.add_done_callback(self._on_done)
        return task

    async def stop(self, timeout: float = 2.0) -> tuple[str, ...]:  # noqa: ASYNC109 - bounds the wait, not the tasks
        """Cancel everything, wait at most `timeout` seconds, and return the names of what would not end (also logged).

        From now on `start` refuses. The task that calls this is left alone. May be called again.
        """
        self._stopped = True
        waiting = self._running - {asyncio.current_task()}
        for task in waiting:
            task.cancel()
        if waiting:
            _, waiting = await asyncio.wait(waiting, timeout=timeout)
        stuck = tuple(sorted(task.get_name() for task in waiting))
        if stuck:
            log.error("tasks did not stop within %.1f s: %s", timeout, ", ".join(stuck))
        return stuck

    def _create(self, coro: Coroutine[Any, Any, T], name: str) -> asyncio.Task[T]:
        if self._stopped:
            raise TasksStopped(f"task {name!r} was not started: its owner has stopped")
        return asyncio.get_running_loop().create_task(coro, name=name)

    def _on_done(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        exc = None if task.cancelled() else task.exception()
        if exc is not None:
            self._report(task.get_name(), exc)

    def _report(self, name: str, exc: BaseException) -> None:
        log.error("task %s failed: %s", name, exc, exc_info=exc)
        if self._on_error is not None:
            self._on_error(name, exc)
