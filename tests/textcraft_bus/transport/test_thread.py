import asyncio
import select
import threading
import time

import pytest
import zmq

from tests.interop.raw import until
from textcraft_bus.transport.mailbox import Mailbox
from textcraft_bus.transport.sockets import bind, connect, make_socket
from textcraft_bus.transport.thread import BusThread, Pump


@pytest.fixture
async def bus():
    thread = BusThread("test bus")
    thread.start()
    yield thread
    assert await thread.stop()


async def test_calls_run_on_the_bus_thread(bus):
    names = []
    assert bus.post(lambda: names.append(threading.current_thread().name))
    await until(lambda: names)
    assert names == ["test bus"]


async def test_a_call_before_the_start_is_kept_and_one_after_the_end_refused():
    thread, called = BusThread(), []
    assert thread.post(called.append, "early")
    assert called == []
    thread.start()
    assert thread.post(called.append, "then")
    await until(lambda: len(called) == 2)
    assert await thread.stop()
    assert not thread.post(called.append, "late")
    assert called == ["early", "then"]


async def test_a_failing_call_is_logged_and_the_thread_lives(bus, caplog):
    called = []
    bus.post(lambda: 1 / 0)
    bus.post(called.append, 1)
    await until(lambda: called)
    assert "ZeroDivisionError" in caplog.text


async def test_asking_gives_the_result_or_the_error(bus):
    async def where():
        return threading.current_thread().name

    async def fail():
        raise LookupError("no")

    assert await bus.ask(where()) == "test bus"
    with pytest.raises(LookupError):
        await bus.ask(fail())


async def test_asking_a_thread_that_does_not_run_fails():
    with pytest.raises(RuntimeError, match="does not run"):
        await BusThread().ask(asyncio.sleep(0))


async def test_what_was_asked_for_ends_with_the_thread():
    thread = BusThread()
    thread.start()
    forever = asyncio.get_running_loop().create_task(thread.ask(asyncio.sleep(3600)))
    await asyncio.sleep(0)
    assert await thread.stop()
    with pytest.raises(asyncio.CancelledError):
        await forever


async def test_it_starts_once(bus):
    with pytest.raises(RuntimeError, match="once"):
        bus.start()


async def test_stop_may_be_said_twice_and_before_the_start():
    thread = BusThread()
    assert await thread.stop()
    thread.start()
    assert await thread.stop()
    assert await thread.stop()


async def test_stop_is_quick_with_a_dead_peer():
    thread = BusThread()
    thread.start()

    async def fill():
        socket = make_socket(thread.context, zmq.PUSH)
        connect(socket, "tcp://127.0.0.1:9")
        pump = Pump(thread.loop, socket, lambda frames: None)
        return [pump.send([bytes(10_000)]) for _ in range(100)]

    sent = await thread.ask(fill())
    assert sent[0] and not sent[-1]
    before = time.monotonic()
    assert await thread.stop()
    assert time.monotonic() - before < 10  # it would be for ever


def test_the_program_loop_may_be_closed_first():
    heard = []
    loop = asyncio.new_event_loop()
    thread, box = BusThread(), Mailbox(heard.append, loop)
    thread.start()
    loop.close()
    done = threading.Event()
    thread.post(box.put, "nobody hears it")
    thread.post(done.set)
    assert done.wait(30)
    before = time.monotonic()
    assert thread.close()
    assert time.monotonic() - before < 10  # it would be for ever
    assert heard == []


async def test_a_stuck_bus_thread_does_not_hold_up_the_exit(caplog):
    thread, release = BusThread(), threading.Event()
    thread.start()
    thread.post(release.wait)
    before = time.monotonic()
    assert not await thread.stop()
    assert time.monotonic() - before < 10  # it would be for ever
    assert "did not end" in caplog.text
    release.set()
    assert thread.close()


async def test_a_pump_loses_nothing_while_it_sends(bus):
    """Both ends send and receive at once: the descriptor tells of a change only once."""
    seen = {"a": 0, "b": 0}

    async def join():
        a, b = (make_socket(bus.context, zmq.PAIR, hwm=0) for _ in range(2))
        connect(b, f"tcp://127.0.0.1:{bind(a, '127.0.0.1', 0)}")
        pumps = {}
        pumps["a"] = Pump(bus.loop, a, lambda frames: hear("a"))
        pumps["b"] = Pump(bus.loop, b, lambda frames: hear("b"))

        def hear(name):
            seen[name] += 1
            if seen[name] <= 2000:
                pumps[name].send([b"answer"])

        for _ in range(50):
            assert pumps["b"].send([b"first"])  # the end that connects may send at once

    await bus.ask(join())
    await until(lambda: seen["b"] >= 2000 and seen["a"] >= 2000)


async def test_a_message_that_arrived_before_a_send_is_not_overlooked(bus):
    """A send takes the sign of the arrival away before the loop could see it."""
    got = []

    async def join():
        a, b = (make_socket(bus.context, zmq.PAIR) for _ in range(2))
        connect(b, f"tcp://127.0.0.1:{bind(a, '127.0.0.1', 0)}")
        pumps = Pump(bus.loop, a, got.append), Pump(bus.loop, b, got.append)
        assert pumps[1].send([b"both are connected"])
        return b, pumps

    b, pumps = await bus.ask(join())
    await until(lambda: got == [[b"both are connected"]])

    def cross():
        pumps[0].send([b"arrives"])
        assert select.select([b.get(zmq.FD)], [], [], 30)[0], "it has arrived"
        time.sleep(0.01)
        pumps[1].send([b"crosses"])

    bus.post(cross)
    await until(lambda: len(got) == 3)
    assert sorted(frames[0] for frames in got[1:]) == [b"arrives", b"crosses"]


async def test_a_flooded_socket_does_not_starve_the_thread(bus):
    context, done = zmq.Context(), threading.Event()

    async def listen():
        socket = make_socket(bus.context, zmq.PULL)
        port = bind(socket, "127.0.0.1", 0)
        Pump(bus.loop, socket, lambda frames: time.sleep(0.0002))
        return port

    port = await bus.ask(listen())

    def flood():
        with context.socket(zmq.PUSH) as socket:
            socket.linger = 0
            socket.connect(f"tcp://127.0.0.1:{port}")
            while not done.is_set():
                try:
                    socket.send(b"x" * 100, zmq.DONTWAIT)
                except zmq.Again:
                    time.sleep(0.0005)

    flooder = threading.Thread(target=flood)
    flooder.start()
    try:
        for _ in range(20):
            before = time.monotonic()
            await bus.ask(asyncio.sleep(0))
            assert time.monotonic() - before < 10  # it would be for ever
    finally:
        done.set()
        flooder.join()
        context.destroy(linger=0)


async def test_a_failing_handler_is_logged_and_reading_goes_on(bus, caplog):
    got = []

    def handle(frames):
        got.append(frames)
        if len(got) == 1:
            raise ValueError("first one broke")

    async def join():
        a, b = (make_socket(bus.context, zmq.PAIR) for _ in range(2))
        connect(b, f"tcp://127.0.0.1:{bind(a, '127.0.0.1', 0)}")
        Pump(bus.loop, a, handle)
        sender = Pump(bus.loop, b, lambda frames: None)
        return [sender.send([b"1"]), sender.send([b"2"])]

    assert await bus.ask(join()) == [True, True]
    await until(lambda: len(got) == 2)
    assert "first one broke" in caplog.text
