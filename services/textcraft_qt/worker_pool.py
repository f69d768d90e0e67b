"""A bounded pool of daemon threads whose shutdown never waits for ever; knows neither Qt nor asyncio."""

import functools
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any, NamedTuple, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class _Job(NamedTuple):
    future: Future[Any]
    call: Callable[[], Any]

    def run(self) -> None:
        if not self.future.set_running_or_notify_cancel():
            return
        try:
            result = self.call()
        except BaseException as error:  # noqa: BLE001  whoever awaits the future gets it, whatever it is
            self.future.set_exception(error)
        else:
            self.future.set_result(result)


class DaemonPool(Executor):
    """Runs blocking calls in at most `max_workers` daemon threads, started when first needed.

    Unlike the standard pool, its threads are not joined when the interpreter ends:
    a job that hangs on a dead disk or a silent server cannot hold up the exit.
    """

    def __init__(self, max_workers: int = 8, name: str = "worker") -> None:
        if max_workers < 1:
            raise ValueError("a pool needs at least one worker")
        self._max_workers = max_workers
        self._name = name
        self._changed = threading.Condition()
        self._jobs: deque[_Job] = deque()
        self._threads: list[threading.Thread] = []
        self._idle = 0
        self._closed = False

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Queue `fn(*args, **kwargs)`; RuntimeError after shutdown."""
        future: Future[T] = Future()
        with self._changed:
            if self._closed:
                raise RuntimeError("the worker pool is shut down")
            self._jobs.append(_Job(future, functools.partial(fn, *args, **kwargs)))
            if self._idle < len(self._jobs) and len(self._threads) < self._max_workers:
                self._start_worker()
            self._changed.notify()
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take no more jobs; optionally cancel the queued ones and wait (without limit) for the running ones."""
        with self._changed:
            self._closed = True
            dropped = list(self._jobs) if cancel_futures else []
            if cancel_futures:
                self._jobs.clear()
            self._changed.notify_all()
        for job in dropped:
            job.future.cancel()
        if wait:
            self.join(None)

    def join(self, timeout: float | None) -> int:
        """Wait at most `timeout` seconds in all for the threads to end; return how many are still busy."""
        deadline = None if timeout is None else time.monotonic() + timeout
        for thread in list(self._threads):
            thread.join(None if deadline is None else max(0.0, deadline - time.monotonic()))
        return sum(thread.is_alive() for thread in self._threads)

    def _start_worker(self) -> None:
        thread = threading.Thread(target=self._work, name=f"{self._name}-{len(self._threads) + 1}", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _work(self) -> None:
        while (job := self._next()) is not None:
            job.run()
            del job  # its result must not live until the next job comes

    def _next(self) -> _Job | None:
        with self._changed:
            self._idle += 1
            self._changed.wait_for(lambda: self._jobs or self._closed)
            self._idle -= 1
            return self._jobs.popleft() if self._jobs else None
