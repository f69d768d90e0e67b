"""What plain asyncio does, the Qt loop does: the same tests on both."""

import asyncio
import contextvars
import random
import signal
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.support.qt_loop import until
from tests.textcraft_qt.conftest import LoopFactory, Run

WHO: contextvars.ContextVar[str] = contextvars.ContextVar("who", default="nobody")


def test_call_soon_keeps_order(loop: asyncio.AbstractEventLoop) -> None:
    seen: list[int] = []
    for number in range(100):
        loop.call_soon(seen.append, number)
    loop.call_soon(loop.stop)
    loop.run_forever()
    assert seen == list(range(100))


def test_what_a_callback_queues_runs_in_the_next_turn(run: Run) -> None:
    async def main() -> list[str]:
        loop, seen = asyncio.get_running_loop(), []
        loop.call_soon(lambda: (seen.append("first"), loop.call_soon(seen.append, "nested")))
        loop.call_soon(seen.append, "second")
        await until(lambda: len(seen) == 3)
        return seen

    assert run(main()) == ["first", "second", "nested"]


def test_no_timer_is_early(run: Run) -> None:
    async def main() -> list[float]:
        loop, dice, early = asyncio.get_running_loop(), random.Random(7), []
        left = 500
        done = loop.create_future()

        def due(when: float) -> None:
            nonlocal left
            early.append(loop.time() - when)
            left -= 1
            if not left:
                done.set_result(None)

        for _ in range(left):
            when = loop.time() + dice.uniform(0, 0.8)
            loop.call_at(when, due, when)
        await done
        return early

    lateness = run(main())
    # Plain asyncio allows itself one tick of the clock, which is a nanosecond.
    assert len(lateness) == 500
    assert min(lateness) > -2e-9


def test_timers_run_by_deadline_not_by_order_of_asking(run: Run) -> None:
    async def main() -> list[str]:
        loop, seen = asyncio.get_running_loop(), []
        loop.call_later(0.03, seen.append, "late")
        loop.call_later(0.01, seen.append, "early")
        loop.call_later(0.02, seen.append, "middle")
        await until(lambda: len(seen) == 3)
        return seen

    assert run(main()) == ["early", "middle", "late"]


def test_cancelled_handles_never_run(run: Run) -> None:
    async def main() -> list[str]:
        loop, seen = asyncio.get_running_loop(), []
        for handle in (loop.call_soon(seen.append, "soon"), loop.call_later(0.01, seen.append, "later")):
            handle.cancel()
        loop.call_later(0.02, seen.append, "kept")
        await until(lambda: bool(seen))
        return seen

    assert run(main()) == ["kept"]


def test_a_timer_in_sixty_days_waits_and_can_be_cancelled(run: Run) -> None:
    async def main() -> tuple[list[str], float]:
        loop, seen = asyncio.get_running_loop(), []
        far = loop.call_later(60 * 86_400, seen.append, "far")
        ahead = far.when() - loop.time()
        await asyncio.sleep(0.05)
        far.cancel()
        return seen, ahead

    seen, ahead = run(main())
    assert seen == []
    assert ahead == pytest.approx(60 * 86_400, abs=1)


def test_threads_keep_their_order_and_their_context(run: Run) -> None:
    async def main() -> list[tuple[str, int]]:
        loop, seen, done = asyncio.get_running_loop(), [], asyncio.Event()

        def note(number: int) -> None:
            seen.append((WHO.get(), number))
            if len(seen) == 800:
                done.set()

        def worker(name: str) -> None:
            WHO.set(name)
            for number in range(200):
                loop.call_soon_threadsafe(note, number)

        threads = [threading.Thread(target=worker, args=(f"t{n}",)) for n in range(4)]
        for thread in threads:
            thread.start()
        await done.wait()
        for thread in threads:
            thread.join()
        return seen

    seen = run(main())
    for name in ("t0", "t1", "t2", "t3"):
        assert [number for who, number in seen if who == name] == list(range(200))


def test_a_thread_wakes_a_sleeping_loop(run: Run) -> None:
    async def main() -> float:
        loop, woken = asyncio.get_running_loop(), asyncio.Event()
        start = loop.time()
        threading.Timer(0.05, lambda: loop.call_soon_threadsafe(woken.set)).start()
        await asyncio.wait_for(woken.wait(), 20)
        return loop.time() - start

    assert run(main()) < 10


def test_an_explicit_context_is_used(run: Run) -> None:
    async def main() -> list[str]:
        loop, seen, done = asyncio.get_running_loop(), [], asyncio.Event()
        context = contextvars.copy_context()
        context.run(WHO.set, "guest")

        def note() -> None:
            seen.append(WHO.get())
            if len(seen) == 3:
                done.set()

        loop.call_soon(note, context=context)
        loop.call_later(0, note, context=context)
        loop.call_soon_threadsafe(note, context=context)
        await done.wait()
        return seen

    assert run(main()) == ["guest"] * 3


def test_a_reader_runs_in_the_context_that_added_it(run: Run) -> None:
    async def main() -> str:
        loop, seen = asyncio.get_running_loop(), asyncio.get_running_loop().create_future()
        left, right = socket.socketpair()
        with left, right:
            WHO.set("reader")
            loop.add_reader(left, lambda: seen.done() or seen.set_result(WHO.get()))
            WHO.set("other")
            right.send(b"x")
            try:
                return await seen
            finally:
                loop.remove_reader(left)

    assert run(main()) == "reader"


def test_readers_and_writers_of_a_socket_pair(run: Run) -> None:
    async def main() -> bytes:
        loop = asyncio.get_running_loop()
        left, right = socket.socketpair()
        with left, right:
            left.setblocking(False)
            right.setblocking(False)
            writable = loop.create_future()
            loop.add_writer(right, lambda: writable.done() or writable.set_result(None))
            await writable
            assert loop.remove_writer(right)
            payload = bytes(300_000)
            received = bytearray()
            sender = loop.create_task(loop.sock_sendall(right, payload))
            while len(received) < len(payload):
                received += await loop.sock_recv(left, 65_536)
            await sender
            return bytes(received)

    assert run(main()) == bytes(300_000)


def test_streams(run: Run) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write((await reader.readline()).upper())
        await writer.drain()
        writer.close()

    async def main() -> bytes:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        async with server:
            reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
            writer.write(b"hello\n")
            answer = await reader.read()
            writer.close()
            await writer.wait_closed()
            return answer

    assert run(main()) == b"HELLO\n"


def test_to_thread_carries_context_and_result(run: Run) -> None:
    async def main() -> tuple[str, bool]:
        WHO.set("caller")
        who, thread = await asyncio.to_thread(lambda: (WHO.get(), threading.current_thread()))
        return who, thread is not threading.main_thread()

    assert run(main()) == ("caller", True)


def test_run_in_executor_passes_errors_and_takes_other_executors(run: Run) -> None:
    def fail() -> None:
        raise OSError("disk")

    async def main() -> int:
        loop = asyncio.get_running_loop()
        with pytest.raises(OSError, match="disk"):
            await loop.run_in_executor(None, fail)
        with ThreadPoolExecutor(1) as pool:
            return await loop.run_in_executor(pool, pow, 2, 5)

    assert run(main()) == 32


def test_an_error_in_a_callback_goes_to_the_handler_and_the_loop_goes_on(loop: asyncio.AbstractEventLoop) -> None:
    caught: list[dict[str, Any]] = []
    loop.set_exception_handler(lambda _loop, context: caught.append(context))

    async def main() -> str:
        loop.call_soon(lambda: 1 // 0)
        loop.call_later(0.005, lambda: {}["missing"])
        await asyncio.sleep(0.03)
        return "still here"

    assert loop.run_until_complete(main()) == "still here"
    assert [type(context["exception"]) for context in caught] == [ZeroDivisionError, KeyError]


@pytest.mark.parametrize("fatal", [SystemExit, KeyboardInterrupt])
def test_a_fatal_exception_leaves_the_loop(loop: asyncio.AbstractEventLoop, fatal: type[BaseException]) -> None:
    def end() -> None:
        raise fatal

    loop.call_later(0.01, end)
    with pytest.raises(fatal):
        loop.run_forever()
    assert not loop.is_running()


def test_gather_timeout_and_cancel(run: Run) -> None:
    async def double(number: int) -> int:
        await asyncio.sleep(0.001 * (5 - number))
        return number * 2

    async def main() -> list[int]:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.02):
                await asyncio.Event().wait()
        task = asyncio.get_running_loop().create_task(asyncio.sleep(60))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return await asyncio.gather(*(double(n) for n in range(5)))

    assert run(main()) == [0, 2, 4, 6, 8]


def test_queue_event_and_task_group(run: Run) -> None:
    async def main() -> list[int]:
        queue: asyncio.Queue[int] = asyncio.Queue(maxsize=2)
        got: list[int] = []

        async def produce() -> None:
            for number in range(20):
                await queue.put(number)

        async def consume() -> None:
            while len(got) < 20:
                got.append(await queue.get())

        async with asyncio.TaskGroup() as group:
            group.create_task(consume())
            group.create_task(produce())
        return got

    assert run(main()) == list(range(20))


def test_a_failing_task_group_cancels_its_siblings(run: Run) -> None:
    async def main() -> bool:
        ended = asyncio.Event()

        async def sibling() -> None:
            try:
                await asyncio.sleep(60)
            finally:
                ended.set()

        async def fail() -> None:
            await asyncio.sleep(0.005)
            raise ValueError("one failed")

        with pytest.raises(ExceptionGroup):
            async with asyncio.TaskGroup() as group:
                group.create_task(sibling())
                group.create_task(fail())
        return ended.is_set()

    assert run(main())


def test_asynchronous_generators_are_closed(run: Run, loop: asyncio.AbstractEventLoop) -> None:
    closed: list[bool] = []

    async def endless() -> Any:
        try:
            while True:
                yield 1
        finally:
            closed.append(True)

    async def main() -> None:
        generator = endless()
        await anext(generator)
        await loop.shutdown_asyncgens()

    run(main())
    assert closed == [True]


def test_a_signal_handler_runs_while_the_loop_sleeps(run: Run) -> None:
    async def main() -> None:
        loop, heard = asyncio.get_running_loop(), asyncio.Event()
        loop.add_signal_handler(signal.SIGUSR1, heard.set)
        threading.Timer(0.03, signal.raise_signal, (signal.SIGUSR1,)).start()
        try:
            await asyncio.wait_for(heard.wait(), 30)
        finally:
            loop.remove_signal_handler(signal.SIGUSR1)

    run(main())


def test_stop_before_run_ends_after_one_turn(loop: asyncio.AbstractEventLoop) -> None:
    seen: list[int] = []
    loop.call_soon(seen.append, 1)
    loop.stop()
    loop.run_forever()
    assert seen == [1]


def test_the_loop_runs_again_after_a_stop(loop: asyncio.AbstractEventLoop) -> None:
    async def number(value: int) -> int:
        await asyncio.sleep(0.001)
        return value

    assert [loop.run_until_complete(number(n)) for n in range(5)] == list(range(5))


def test_stopped_before_the_future_is_done(loop: asyncio.AbstractEventLoop) -> None:
    future = loop.create_future()
    loop.call_later(0.01, loop.stop)
    with pytest.raises(RuntimeError, match="stopped before Future completed"):
        loop.run_until_complete(future)


def test_closing_twice_is_fine_and_a_closed_loop_refuses(make_loop: LoopFactory) -> None:
    loop = make_loop()
    loop.run_until_complete(asyncio.sleep(0))
    loop.close()
    loop.close()
    assert loop.is_closed()
    for refused in (loop.call_soon, loop.call_soon_threadsafe, lambda f: loop.call_later(1, f)):
        with pytest.raises(RuntimeError, match="closed"):
            refused(print)


def test_running_twice_and_closing_while_running_are_refused(run: Run) -> None:
    async def main() -> None:
        loop = asyncio.get_running_loop()
        with pytest.raises(RuntimeError, match="already running"):
            loop.run_forever()
        with pytest.raises(RuntimeError, match="Cannot close"):
            loop.close()

    run(main())


def test_the_clock_is_the_monotonic_one(loop: asyncio.AbstractEventLoop) -> None:
    before = time.monotonic()
    assert before <= loop.time() <= time.monotonic()
