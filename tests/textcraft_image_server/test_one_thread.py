import asyncio
import threading

import pytest

from tests.support.waiting import until
from textcraft_image_server.one_thread import OneThread


@pytest.fixture
def thread():
    made = OneThread("painter")
    yield made
    made.close()


async def test_it_returns_and_raises_what_the_work_does(thread):
    def fail():
        raise ValueError("no")

    assert await thread.run(lambda number: number + 1, 1) == 2
    with pytest.raises(ValueError, match="no"):
        await thread.run(fail)
    assert await thread.run(threading.current_thread) == await thread.run(threading.current_thread)


async def test_what_was_cancelled_ends_before_the_next_begins_and_what_was_not_begun_never_does(thread):
    begun, go_on, told = threading.Event(), threading.Event(), []

    def slow():
        begun.set()
        assert go_on.wait(10)
        told.append("slow")

    async with asyncio.TaskGroup() as group:
        first = group.create_task(thread.run(slow))
        await until(begun.is_set)
        second = group.create_task(thread.run(told.append, "never"))
        await asyncio.sleep(0)
        for task in (first, second):
            task.cancel()
    go_on.set()
    await thread.run(told.append, "next")
    assert told == ["slow", "next"]


async def test_closed_it_ends(thread):
    worker = await thread.run(threading.current_thread)
    assert worker.daemon
    thread.close()
    await until(lambda: not worker.is_alive())
