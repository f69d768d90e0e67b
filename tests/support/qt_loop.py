"""Runs a test's coroutine on the Qt loop and waits for conditions there; knows no program."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

from PySide6.QtWidgets import QApplication

from tests.support.waiting import SHARED
from textcraft_qt.event_loop import QtEventLoop

T = TypeVar("T")

POLL_S = 0.005


def run_on_qt(coro: Coroutine[Any, Any, T], timeout: float = 50.0) -> T:
    """Run `coro` on a fresh Qt loop, fail after `timeout` seconds (of a machine of its own), let nothing slip away.

    Leftover tasks are cancelled; an exception that nobody awaited fails the test with AssertionError.
    """
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    app.setQuitOnLastWindowClosed(False)  # a test may close its only window and go on
    loop = QtEventLoop(app)
    uncaught: list[dict[str, Any]] = []
    loop.set_exception_handler(lambda _loop, context: uncaught.append(context))
    try:
        result = loop.run_until_complete(_bounded(coro, timeout * SHARED))
    finally:
        loop.close()
    assert not uncaught, f"uncaught in the loop: {uncaught}"
    return result


async def _bounded(coro: Coroutine[Any, Any, T], limit: float) -> T:
    try:
        return await asyncio.wait_for(coro, limit)
    finally:
        left = asyncio.all_tasks() - {asyncio.current_task()}
        for task in left:
            task.cancel()
        outcomes = await asyncio.gather(*left, return_exceptions=True)
        errors = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
        assert not errors, f"leftover tasks failed: {errors}"
        await asyncio.get_running_loop().shutdown_asyncgens()


async def until(
    condition: Callable[[], bool | Awaitable[bool]],
    timeout: float = 20.0,  # noqa: ASYNC109  the deadline is the point of this function
    message: str = "the condition never came true",
) -> None:
    """Look at `condition` every `POLL_S` seconds on the loop; AssertionError with `message` after `timeout` seconds."""
    loop, timeout = asyncio.get_running_loop(), timeout * SHARED
    deadline = loop.time() + timeout
    while True:
        met = condition()
        if await met if inspect.isawaitable(met) else met:
            return
        assert loop.time() < deadline, f"{message} (waited {timeout:.1f} s)"
        await asyncio.sleep(POLL_S)
