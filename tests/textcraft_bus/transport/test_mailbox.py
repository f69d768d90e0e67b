import asyncio
import threading

from tests.interop.raw import until
from textcraft_bus.transport import mailbox as mailbox_module
from textcraft_bus.transport.mailbox import Mailbox


async def test_facts_come_up_in_order_on_the_program_loop():
    heard, threads = [], set()

    def deliver(fact):
        heard.append(fact)
        threads.add(threading.current_thread())

    box = Mailbox(deliver, asyncio.get_running_loop())
    sender = threading.Thread(target=lambda: [box.put(number) for number in range(1000)])
    sender.start()
    await until(lambda: len(heard) == 1000)
    assert heard == list(range(1000))
    assert threads == {threading.main_thread()}
    sender.join()


async def test_many_facts_need_few_wakeups(monkeypatch):
    loop, wakes = asyncio.get_running_loop(), []
    real = loop.call_soon_threadsafe
    monkeypatch.setattr(loop, "call_soon_threadsafe", lambda fn: wakes.append(fn) or real(fn))
    heard = []
    box = Mailbox(heard.append, loop)
    for number in range(640):
        box.put(number)
    assert len(wakes) == 1
    await until(lambda: len(heard) == 640)
    assert len(wakes) <= 10


async def test_a_failing_listener_loses_only_its_own_fact(caplog):
    heard = []

    def deliver(fact):
        if fact == 1:
            raise ValueError("cannot")
        heard.append(fact)

    box = Mailbox(deliver, asyncio.get_running_loop())
    for number in range(3):
        box.put(number)
    await until(lambda: len(heard) == 2)
    assert heard == [0, 2]
    assert "a listener failed on int" in caplog.text


async def test_a_slow_program_loses_only_what_the_next_fact_replaces(monkeypatch, caplog):
    monkeypatch.setattr(mailbox_module, "SOFT_BOUND", 10)
    monkeypatch.setattr(mailbox_module, "HARD_BOUND", 20)
    heard = []
    box = Mailbox(heard.append, asyncio.get_running_loop(), lossy=(str,))
    beats = [box.put("beat") for _ in range(15)]
    results = [box.put(number) for number in range(15)]
    assert beats == [True] * 10 + [False] * 5
    assert results == [True] * 10 + [False] * 5
    assert box.dropped == 10
    await until(lambda: len(heard) == 20)
    assert box.put("beat")
    assert "too slow" in caplog.text


def test_a_closed_program_loop_is_no_error():
    loop = asyncio.new_event_loop()
    box = Mailbox(print, loop)
    loop.close()
    assert not box.put("nobody hears it")
    assert not box.put("nor this")
