import asyncio
import json
import threading

from tests.support.waiting import until
from textcraft_bus import counts
from textcraft_bus.config import BaseServiceConfig
from textcraft_bus.health import Health
from textcraft_bus.tasks import Tasks
from textcraft_bus.transport.thread import BusThread


async def test_tasks_and_timers_are_counted_as_they_come_and_go():
    before = counts.count()
    tasks = Tasks()
    tasks.start(asyncio.sleep(60), name="sleep")
    await asyncio.sleep(0)
    during = counts.count()
    await tasks.stop()
    after = counts.count()
    for what in ("tasks", "timers"):
        assert (during[what], after[what]) == (before[what] + 1, before[what]), what


async def test_threads_are_counted_as_they_come_and_go():
    """Others may end meanwhile, of tests before: the count is that of those there are."""
    ended = threading.Event()
    thread = threading.Thread(target=ended.wait)
    for change in (thread.start, ended.set, thread.join):
        change()
        assert counts.count()["python_threads"] >= 1 + thread.is_alive()
        await until(lambda: counts.count()["python_threads"] == len(threading.enumerate()), what="the count")


async def test_the_bus_thread_is_counted_while_it_runs():
    before = counts.count()
    bus = BusThread()
    bus.start()

    async def sleep() -> None:
        bus.tasks.start(asyncio.sleep(60), name="sleep")
        await asyncio.sleep(0)

    await bus.ask(sleep())
    during = counts.count()
    await bus.stop()
    assert during["timers"] == before["timers"] + 1
    assert during["tasks"] >= before["tasks"] + 2
    assert counts.count()["tasks"] == before["tasks"]


async def test_blocks_grow_with_what_is_held():
    before = counts.count()["blocks"]
    held = [object() for _ in range(10_000)]
    assert counts.count()["blocks"] >= before + len(held)


async def test_more_is_added_to_what_is_counted(monkeypatch):
    monkeypatch.setattr(counts, "_counters", [])
    counter = dict.fromkeys(("windows",), 3).copy
    counts.also(counter)
    counts.also(counter)
    assert counts.count()["windows"] == 3


async def test_a_health_file_tells_counts_only_when_it_is_asked_to(tmp_path):
    for counting in (False, True):
        file = BaseServiceConfig(health_dir=tmp_path / str(counting), counts=counting).health_file()
        tasks = Tasks()
        tasks.start(file.keep(lambda: Health(details={"queue": 2})), name="health file")
        await until(file.path.is_file)
        details = json.loads(file.path.read_text())["details"]
        await tasks.stop()
        assert details["queue"] == 2
        assert ("counts" in details) is counting
        assert not counting or details["counts"]["tasks"] >= 1
