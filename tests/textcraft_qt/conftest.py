"""Both loops for the parity tests, and a stopwatch-free way to build them."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication

from textcraft_qt.event_loop import QtEventLoop

LoopFactory = Callable[[], asyncio.AbstractEventLoop]
Run = Callable[[Coroutine[Any, Any, Any]], Any]


@pytest.fixture(params=["asyncio", "qt"])
def make_loop(request: pytest.FixtureRequest, qapp: QApplication) -> LoopFactory:
    return asyncio.SelectorEventLoop if request.param == "asyncio" else lambda: QtEventLoop(qapp)


@pytest.fixture
def loop(make_loop: LoopFactory) -> Iterator[asyncio.AbstractEventLoop]:
    loop = make_loop()
    yield loop
    loop.close()


@pytest.fixture
def run(loop: asyncio.AbstractEventLoop) -> Run:
    return lambda coro: loop.run_until_complete(asyncio.wait_for(coro, 20))


@pytest.fixture
def qt_loop(qapp: QApplication) -> Iterator[QtEventLoop]:
    loop = QtEventLoop(qapp)
    yield loop
    loop.close()


@pytest.fixture(autouse=True)
def _garbage(garbage_stays_here):
    """As in the programs."""
