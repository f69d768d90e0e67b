"""One thread for work that cannot be cancelled: pieces one after the other, and it never holds up the exit."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

_Piece = tuple[Future[Any], Callable[[], Any]]


class OneThread:
    """A daemon thread, begun with its first piece of work.

    A cancelled piece that was begun goes on to its end, unheard, before the next; one that was not is dropped. The
    executors of the library would be waited for at the end of the process, for seconds when a picture is large.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._pieces: SimpleQueue[_Piece | None] = SimpleQueue()
        self._thread: threading.Thread | None = None

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return or raise what `work` does there."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._live, name=self._name, daemon=True)
            self._thread.start()
        future: Future[T] = Future()
        self._pieces.put((future, lambda: work(*args, **kwargs)))
        return await asyncio.wrap_future(future)

    def close(self) -> None:
        """End the thread after what it does now; nothing may be run any more."""
        self._pieces.put(None)

    def _live(self) -> None:
        while (piece := self._pieces.get()) is not None:
            future, work = piece
            if future.set_running_or_notify_cancel():
                _do(future, work)


def _do(future: Future[Any], work: Callable[[], Any]) -> None:
    try:
        result = work()
    except BaseException as error:  # noqa: BLE001  whoever waits gets it, and the thread goes on
        future.set_exception(error)
    else:
        future.set_result(result)
