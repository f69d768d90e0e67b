import asyncio
import threading

import pytest

from tests.fakes.engine import until
from textcraft_core.engine.blocking import finish_in_thread


async def test_the_result_is_told_and_returned():
    told = []
    assert await finish_in_thread(lambda: 3, told.append) == 3
    assert told == [3]


async def test_a_failure_is_raised_and_nothing_told():
    told = []
    with pytest.raises(ZeroDivisionError):
        await finish_in_thread(lambda: 1 // 0, told.append)
    assert told == []


async def test_work_in_progress_is_finished_and_told_when_cancelled():
    begun, go, told = threading.Event(), threading.Event(), []

    def work():
        begun.set()
        go.wait(5)
        return "written"

    task = asyncio.get_running_loop().create_task(finish_in_thread(work, told.append))
    await until(begun.is_set)
    task.cancel()
    asyncio.get_running_loop().call_later(0.02, go.set)
    with pytest.raises(asyncio.CancelledError):
        await task
    assert told == ["written"]


async def test_work_that_fails_while_cancelled_is_a_cancel(caplog):
    begun, go = threading.Event(), threading.Event()

    def work():
        begun.set()
        go.wait(5)
        raise OSError("no room")

    task = asyncio.get_running_loop().create_task(finish_in_thread(work, print))
    await until(begun.is_set)
    task.cancel()
    asyncio.get_running_loop().call_later(0.02, go.set)
    with pytest.raises(asyncio.CancelledError):
        await task
    assert "no room" in caplog.text
