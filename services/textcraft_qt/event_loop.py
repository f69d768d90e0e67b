"""One asyncio loop on top of Qt's, the same on every system, in every program with a window; knows no program."""

import asyncio
import contextlib
import heapq
import itertools
import logging
import math
import sys
import threading
from collections.abc import Callable, Iterator
from contextvars import Context, copy_context
from typing import Any, TypeVar

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QThread, QTimer
from PySide6.QtGui import QGuiApplication
from qasync import QSelectorEventLoop

from textcraft_qt.worker_pool import DaemonPool

T = TypeVar("T")

POOL_SHUTDOWN_S = 2.0
"""How long a hung worker job may hold up the end of a program before it is abandoned."""
MAX_ALARM_MS = 24 * 3600 * 1000
"""One alarm lasts a day at most and is set again: QTimer overflows after 2**31 ms, 24.8 days."""
NESTED_RETRY_MS = 10
"""How often to look whether a nested Qt loop has ended; only while there is one."""
MIN_CANCELLED = 100
"""Below this many cancelled timers the heap is not worth rebuilding."""

_WAKE = QEvent.Type(QEvent.registerEventType())
_log = logging.getLogger(__name__)


class _Bell(QObject):
    """Carries a wake-up from any thread to the thread of the loop."""

    def __init__(self, rung: Callable[[], None]) -> None:
        super().__init__()
        self._rung = rung

    def ring(self) -> None:
        QCoreApplication.postEvent(self, QEvent(_WAKE))

    def customEvent(self, event: QEvent) -> None:  # noqa: N802  Qt's name
        if event.type() == _WAKE:
            self._rung()


class QtEventLoop(QSelectorEventLoop):  # type: ignore[misc]  # qasync ships no types
    """asyncio on Qt: sockets are qasync's notifiers; time, order, threads and workers are our own.

    One heap of timers, one queue of ready callbacks and one precise QTimer. A turn runs what
    is ready and lets Qt work in between. Nothing runs while a nested Qt loop spins, so no
    callback is ever entered twice; all of it runs once the nested loop has ended.
    """

    def __init__(self, app: QGuiApplication) -> None:
        self._application = app
        self._qt_thread = QThread.currentThread()
        self._level = 0
        self._thread_id: int | None = None
        self._in_turn = False
        self._rung = False
        self._armed_ms: int | None = None
        self._fatal: BaseException | None = None
        self._order = itertools.count()
        self._pool = DaemonPool()
        self._bell = _Bell(self._turn)
        self._alarm = QTimer()
        self._alarm.setTimerType(Qt.TimerType.PreciseTimer)
        self._alarm.timeout.connect(self._turn)
        super().__init__(app)

    # These are asyncio's own: qasync replaces them by variants that lose context or run early.
    call_later = asyncio.BaseEventLoop.call_later
    run_until_complete = asyncio.BaseEventLoop.run_until_complete
    is_running = asyncio.BaseEventLoop.is_running
    get_exception_handler = asyncio.BaseEventLoop.get_exception_handler
    set_exception_handler = asyncio.BaseEventLoop.set_exception_handler
    default_exception_handler = asyncio.BaseEventLoop.default_exception_handler
    call_exception_handler = asyncio.BaseEventLoop.call_exception_handler

    def run_forever(self) -> None:
        """Run Qt and asyncio until `stop()` or until Qt is told to quit; a fatal exception comes out here."""
        self._check_closed()
        self._check_running()
        if self._qt_thread.loopLevel():
            raise RuntimeError("Qt's own loop already runs in this thread")
        try:
            with self._as_running_loop():
                self._arm(0)
                self._application.exec()
        finally:
            self._stopping = False
            self._alarm.stop()
            self._armed_ms = None
        fatal, self._fatal = self._fatal, None
        if fatal is not None:
            raise fatal

    def stop(self) -> None:
        """End `run_forever()` after the callbacks that are ready now."""
        self._stopping = True
        self._arm_for_ready()

    def close(self) -> None:
        """Free everything; worker jobs get `POOL_SHUTDOWN_S` seconds, then they are abandoned. Twice is fine."""
        if self.is_running():
            raise RuntimeError("Cannot close a running event loop")
        if self.is_closed():
            return
        self._alarm.stop()
        self._pool.shutdown(wait=False, cancel_futures=True)
        if not self._executor_shutdown_called:
            self._report_abandoned(self._pool.join(POOL_SHUTDOWN_S), POOL_SHUTDOWN_S)
        super().close()

    def call_soon(self, callback: Callable[..., object], *args: Any, context: Context | None = None) -> asyncio.Handle:
        """Queue `callback(*args)` for the next turn."""
        self._check_closed()
        if self._debug:
            self._check_thread()
            self._check_callback(callback, "call_soon")
        handle = asyncio.Handle(callback, args, self, context)
        self._ready.append(handle)
        self._arm_for_ready()
        return handle

    def call_soon_threadsafe(
        self, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.Handle:
        """Queue `callback(*args)` from any thread, in the caller's context."""
        self._check_closed()
        handle = asyncio.Handle(callback, args, self, context)
        self._ready.append(handle)
        self._ring()
        return handle

    def call_at(
        self, when: float, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.TimerHandle:
        """Run `callback(*args)` at `when` seconds of `time()`, never before; equal times keep their order."""
        self._check_closed()
        if self._debug:
            self._check_thread()
            self._check_callback(callback, "call_at")
        handle = asyncio.TimerHandle(when, callback, args, self, context)
        heapq.heappush(self._scheduled, (when, next(self._order), handle))
        handle._scheduled = True  # type: ignore[attr-defined]  # the mark by which a handle reports its cancelling
        if not self._in_turn and self._scheduled[0][2] is handle:
            self._rearm()
        return handle

    def run_in_executor(self, executor: Any, func: Callable[..., T], *args: Any) -> asyncio.Future[T]:
        """Run `func(*args)` in `executor`, or in the loop's own bounded daemon pool."""
        self._check_closed()
        if executor is None:
            self._check_default_executor()
            executor = self._pool
        return asyncio.wrap_future(executor.submit(func, *args), loop=self)

    async def shutdown_default_executor(self, timeout: float | None = None) -> None:  # noqa: ASYNC109  asyncio's name
        """Wait for the running worker jobs, `POOL_SHUTDOWN_S` seconds at most, then abandon them."""
        self._executor_shutdown_called = True
        self._pool.shutdown(wait=False, cancel_futures=True)
        limit = POOL_SHUTDOWN_S if timeout is None else min(timeout, POOL_SHUTDOWN_S)
        joined: asyncio.Future[int] = self.create_future()

        def join() -> None:
            left = self._pool.join(limit)
            with contextlib.suppress(RuntimeError):  # the loop was closed without waiting for us
                self.call_soon_threadsafe(_settle, joined, left)

        threading.Thread(target=join, name="worker-join", daemon=True).start()
        self._report_abandoned(await joined, limit)

    def set_default_executor(self, _executor: Any) -> None:
        """Refused: the loop's own pool is the one with a bounded end."""
        raise RuntimeError("this loop keeps its own bounded pool")

    def _report_abandoned(self, count: int, after_s: float) -> None:
        if count:
            _log.warning("%d worker thread(s) still busy after %.1f s: abandoned", count, after_s)

    @contextlib.contextmanager
    def _as_running_loop(self) -> Iterator[None]:
        hooks = sys.get_asyncgen_hooks()
        self._thread_id = threading.get_ident()
        self._level = self._qt_thread.loopLevel() + 1
        sys.set_asyncgen_hooks(firstiter=self._asyncgen_firstiter_hook, finalizer=self._asyncgen_finalizer_hook)
        asyncio._set_running_loop(self)
        try:
            yield
        finally:
            asyncio._set_running_loop(None)
            sys.set_asyncgen_hooks(*hooks)
            self._thread_id = None

    # The turn

    def _turn(self) -> None:
        if not self.is_running():
            return
        if self._in_turn or self._qt_thread.loopLevel() > self._level:
            self._arm(NESTED_RETRY_MS)
            return
        self._in_turn = True
        self._rung = False  # before the queue is looked at: whoever appends after this rings again
        try:
            self._promote_due()
            self._run_ready()
        except (SystemExit, KeyboardInterrupt) as error:
            self._fatal = error
            self._stopping = True
        finally:
            self._in_turn = False
            self._finish_turn()

    def _promote_due(self) -> None:
        heap = self._scheduled
        if MIN_CANCELLED < self._timer_cancelled_count > len(heap) // 2:
            self._drop_cancelled()
        now = self.time()
        while heap and (heap[0][0] <= now or heap[0][2]._cancelled):
            handle = heapq.heappop(heap)[2]
            handle._scheduled = False
            if handle._cancelled:
                self._timer_cancelled_count -= 1
            else:
                self._ready.append(handle)

    def _drop_cancelled(self) -> None:
        self._scheduled[:] = [entry for entry in self._scheduled if not entry[2]._cancelled]
        heapq.heapify(self._scheduled)
        self._timer_cancelled_count = 0

    def _run_ready(self) -> None:
        ready = self._ready
        for _ in range(len(ready)):
            handle = ready.popleft()
            if not handle._cancelled:
                handle._run()

    def _finish_turn(self) -> None:
        if self._stopping:
            self._application.exit()
        else:
            self._rearm()

    # The alarm and the bell

    def _rearm(self) -> None:
        if self._ready:
            self._arm(0)
        elif self._scheduled:
            wait_ms = math.ceil((self._scheduled[0][0] - self.time()) * 1000)
            self._arm(min(max(wait_ms, 0), MAX_ALARM_MS))
        elif self._armed_ms is not None:
            self._alarm.stop()
            self._armed_ms = None

    def _arm(self, delay_ms: int) -> None:
        """(Re)start the alarm; it repeats, so a busy loop does not have to set it again each turn."""
        if self.is_running() and (delay_ms or self._armed_ms != 0):
            self._alarm.start(delay_ms)
            self._armed_ms = delay_ms

    def _arm_for_ready(self) -> None:
        if not self._in_turn and self._armed_ms != 0:
            self._arm(0)

    def _ring(self) -> None:
        if not self._rung:
            self._rung = True
            self._bell.ring()

    # What asyncio and qasync call inside

    def _add_callback(self, handle: asyncio.Handle, _delay: float = 0) -> None:
        if not handle._cancelled:
            self._ready.append(handle)
            self._arm_for_ready()

    def _add_reader(self, fd: Any, callback: Callable[..., object], *args: Any) -> None:
        super()._add_reader(fd, copy_context().run, callback, *args)

    def _add_writer(self, fd: Any, callback: Callable[..., object], *args: Any) -> None:
        super()._add_writer(fd, copy_context().run, callback, *args)


def _settle(future: asyncio.Future[int], value: int) -> None:
    if not future.done():
        future.set_result(value)
