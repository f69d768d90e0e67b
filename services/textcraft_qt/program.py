"""Runs one coroutine as a whole Qt program, from the first turn to a bounded end; knows not what it does."""

import asyncio
import contextlib
import logging
import sys
from collections.abc import Callable, Coroutine, Iterator
from types import TracebackType
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication

from textcraft_bus import counts, garbage
from textcraft_qt.counts import qt_counts
from textcraft_qt.event_loop import QtEventLoop
from textcraft_qt.signals import ending_signals

Main = Callable[[], Coroutine[Any, Any, int | None]]
ErrorHandler = Callable[[dict[str, Any]], None]
"""Gets asyncio's context of an uncaught exception: `message`, usually `exception`, sometimes `task` or `handle`."""

GRACE_S = 5.0
LEFTOVER_S = 2.0
EXIT_OK, EXIT_FAILED = 0, 1

_log = logging.getLogger(__name__)


def log_error(context: dict[str, Any]) -> None:
    """Write an uncaught exception to the log: what a program does until it has a better place to show it."""
    _log.error("%s", context.get("message", "uncaught exception"), exc_info=context.get("exception"))


def run(main: Main, app: QGuiApplication, *, on_error: ErrorHandler = log_error, grace_s: float = GRACE_S) -> int:
    """Run `main()` on Qt and return the exit code.

    SIGINT, SIGTERM and Qt's own quit cancel `main`, which then has `grace_s` seconds to wind up; a second
    signal ends the wait at once. Tasks still there get `LEFTOVER_S` seconds after their cancelling. Every uncaught
    exception, those in slots too, goes to `on_error`. Code 0: `main` returned None or 0, or was ended as
    asked; 1: it failed or did not end in time; else its own number.
    """
    counts.also(qt_counts)
    loop = QtEventLoop(app)
    loop.set_exception_handler(lambda _loop, context: on_error(context))
    try:
        with _slot_errors(on_error), _garbage_collected_here():
            program = _Program(loop, main, grace_s)
            with ending_signals(loop, program.ask_to_end):
                try:
                    program.drive()
                finally:
                    _drive(loop, _end_leftovers(loop))
            return program.exit_code(on_error)
    finally:
        loop.close()


class _Program:
    """The main task, and how far its ending has come."""

    def __init__(self, loop: QtEventLoop, main: Main, grace_s: float) -> None:
        self._loop = loop
        self._grace_s = grace_s
        self._asked = False
        self._given_up = False
        self._task: asyncio.Task[int | None] = loop.create_task(main(), name="main")
        self._task.add_done_callback(lambda _task: loop.stop())

    def ask_to_end(self) -> None:
        """Cancel the main task; asked again, do not wait for it any longer."""
        if self._asked:
            self._give_up()
            return
        self._asked = True
        self._task.cancel()
        self._loop.call_later(self._grace_s, self._give_up)

    def drive(self) -> None:
        """Run until the main task is done or given up."""
        while not (self._task.done() or self._given_up):
            self._loop.run_forever()
            if not (self._task.done() or self._given_up):  # Qt was told to quit
                self.ask_to_end()

    def exit_code(self, on_error: ErrorHandler) -> int:
        """Return the process' exit code and report how the main task failed, if it did."""
        if self._given_up or not self._task.done():
            _log.error("the program did not wind up in %.1f s: abandoned", self._grace_s)
            return EXIT_FAILED
        if self._task.cancelled():
            return EXIT_OK if self._asked else EXIT_FAILED
        error = self._task.exception()
        if error is not None:
            on_error({"message": "the program failed", "exception": error, "task": self._task})
            return EXIT_FAILED
        return self._task.result() or EXIT_OK

    def _give_up(self) -> None:
        if not self._task.done():
            self._given_up = True
            self._loop.stop()


def _drive(loop: QtEventLoop, coroutine: Coroutine[Any, Any, None]) -> None:
    """Run a coroutine that bounds itself; Qt being told to quit meanwhile does not cut it short."""
    task = loop.create_task(coroutine, name="wind-up")
    task.add_done_callback(lambda _task: loop.stop())
    while not task.done():
        loop.run_forever()
    task.result()


async def _end_leftovers(loop: QtEventLoop) -> None:
    left = asyncio.all_tasks(loop) - {asyncio.current_task(loop)}
    for task in left:
        task.cancel()
    done, stuck = await asyncio.wait(left, timeout=LEFTOVER_S) if left else (set(), set())
    for task in done:
        _report_leftover(loop, task)
    for task in stuck:
        _log.error("task %s did not end when cancelled: abandoned", task.get_name())
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(loop.shutdown_asyncgens(), LEFTOVER_S)
    await loop.shutdown_default_executor()


def _report_leftover(loop: QtEventLoop, task: asyncio.Task[Any]) -> None:
    error = None if task.cancelled() else task.exception()
    if error is not None and task.get_name() != "main":
        loop.call_exception_handler({"message": "a task failed while ending", "exception": error, "task": task})


@contextlib.contextmanager
def _garbage_collected_here() -> Iterator[None]:
    """Free what holds itself on Qt's own thread only: most of it are widgets and what they call."""
    look = QTimer(interval=int(garbage.LOOK_SECONDS * 1000))
    look.timeout.connect(garbage.keep_to_this_thread())
    look.start()
    try:
        yield
    finally:
        look.stop()
        garbage.let_go()


@contextlib.contextmanager
def _slot_errors(on_error: ErrorHandler) -> Iterator[None]:
    """PySide hands an exception that leaves a slot to `sys.excepthook`: give it the same way as all others."""
    previous = sys.excepthook

    def hook(_kind: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
        on_error({"message": "uncaught exception in a slot", "exception": error})

    sys.excepthook = hook
    try:
        yield
    finally:
        sys.excepthook = previous
