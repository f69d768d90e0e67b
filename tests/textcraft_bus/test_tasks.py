import asyncio
import gc
import logging
import weakref

import pytest

from textcraft_bus.errors import TasksStopped
from textcraft_bus.tasks import Tasks


async def _fail():
    raise ValueError("broken on purpose")


async def _forever():
    await asyncio.Event().wait()


class Stubborn:
    """Refuses to be cancelled until released."""

    def __init__(self):
        self.release = asyncio.Event()
        self.begun = asyncio.Event()

    async def run(self):
        self.begun.set()
        while not self.release.is_set():
            try:
                await self.release.wait()
            except asyncio.CancelledError:
                continue


async def test_a_task_gives_its_result_and_is_forgotten():
    tasks = Tasks()
    task = tasks.start(asyncio.sleep(0, "done"), name="short")
    assert len(tasks) == 1
    assert tasks.names == ("short",)
    assert task.get_name() == "short"
    assert await task == "done"
    await asyncio.sleep(0)
    assert len(tasks) == 0


async def test_a_running_task_survives_the_garbage_collector():
    tasks = Tasks()
    woken = []
    gate = asyncio.get_running_loop().create_future()
    ref = weakref.ref(gate)

    async def wait(future):
        woken.append(await future)

    tasks.start(wait(gate), name="kept")
    del gate
    await asyncio.sleep(0)
    gc.collect()
    ref().set_result("alive")
    await asyncio.sleep(0)
    assert woken == ["alive"]


async def test_an_exception_is_logged_and_told(caplog):
    told = []
    tasks = Tasks(on_error=lambda name, exc: told.append((name, str(exc))))
    with caplog.at_level(logging.ERROR):
        await asyncio.wait([tasks.start(_fail(), name="bad")])
        await asyncio.sleep(0)
    assert told == [("bad", "broken on purpose")]
    assert "task bad failed: broken on purpose" in caplog.text
    assert "ValueError" in caplog.text


async def test_an_exception_without_a_listener_is_still_logged(caplog):
    tasks = Tasks()
    await asyncio.wait([tasks.start(_fail(), name="lonely")])
    await asyncio.sleep(0)
    assert "task lonely failed" in caplog.text


async def test_a_failure_in_the_listener_does_not_vanish(caplog):
    seen = []
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: seen.append(context["exception"]))

    def listen(name, exc):
        raise RuntimeError("listener broke")

    tasks = Tasks(on_error=listen)
    await asyncio.wait([tasks.start(_fail(), name="bad")])
    await asyncio.sleep(0)
    assert [str(exc) for exc in seen] == ["listener broke"]
    assert len(tasks) == 0


async def test_cancelling_is_quiet(caplog):
    told = []
    tasks = Tasks(on_error=lambda name, exc: told.append(name))
    tasks.start(_forever(), name="a").cancel()
    tasks.start(_forever(), name="b")
    assert await tasks.stop() == ()
    assert told == []
    assert caplog.records == []
    assert len(tasks) == 0


async def test_nothing_starts_after_stop():
    tasks = Tasks()
    await tasks.stop()
    with pytest.raises(TasksStopped, match="late"):
        tasks.start(_forever(), name="late")
    assert await tasks.stop() == ()


def test_without_a_loop_it_says_so():
    with pytest.raises(RuntimeError, match="no running event loop"):
        Tasks().start(_forever(), name="early")


async def test_stop_is_bounded_and_names_what_would_not_end(caplog):
    tasks, stubborn = Tasks(), Stubborn()
    task = tasks.start(stubborn.run(), name="stubborn")
    tasks.start(_forever(), name="willing")
    await stubborn.begun.wait()
    before = asyncio.get_running_loop().time()
    assert await tasks.stop(timeout=0.1) == ("stubborn",)
    assert asyncio.get_running_loop().time() - before < 10
    assert "did not stop within 0.1 s: stubborn" in caplog.text
    stubborn.release.set()
    await task


async def test_a_task_may_stop_its_own_group():
    tasks = Tasks()
    other = tasks.start(_forever(), name="other")
    ended = await tasks.start(tasks.stop(), name="closer")
    assert ended == ()
    assert other.cancelled()


async def test_a_failure_while_stopping_is_told():
    told = []
    tasks = Tasks(on_error=lambda name, exc: told.append(name))
    begun = asyncio.Event()

    async def fail_on_cancel():
        begun.set()
        try:
            await _forever()
        finally:
            raise OSError("cleanup broke")

    tasks.start(fail_on_cancel(), name="unclean")
    await begun.wait()
    await tasks.stop()
    assert told == ["unclean"]
