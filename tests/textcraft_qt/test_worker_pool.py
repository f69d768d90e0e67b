import threading
import time

import pytest

from textcraft_qt.worker_pool import DaemonPool


def test_results_and_errors_reach_the_future() -> None:
    pool = DaemonPool(2)
    assert pool.submit(pow, 2, 10).result(30) == 1024
    assert isinstance(pool.submit(int, "x").exception(30), ValueError)
    pool.shutdown()


def test_threads_are_reused_before_new_ones_start() -> None:
    pool = DaemonPool(8)
    names = set()
    for _ in range(20):
        names.add(pool.submit(lambda: threading.current_thread().name).result(30))
        _wait_until(lambda: pool._idle == len(pool._threads))
    assert names == {"worker-1"}
    pool.shutdown()


def test_queued_jobs_still_run_after_a_plain_shutdown() -> None:
    pool, gate = DaemonPool(1), threading.Event()
    jobs = [pool.submit(gate.wait, 30), pool.submit(pow, 3, 2)]
    pool.shutdown(wait=False)
    gate.set()
    assert [job.result(30) for job in jobs] == [True, 9]
    assert pool.join(30) == 0


def test_shutdown_can_cancel_what_waits() -> None:
    pool, gate, begun = DaemonPool(1), threading.Event(), threading.Event()
    running = pool.submit(lambda: (begun.set(), gate.wait(30)))
    assert begun.wait(30)
    waiting = pool.submit(pow, 3, 2)
    pool.shutdown(wait=False, cancel_futures=True)
    assert waiting.cancelled()
    gate.set()
    assert running.result(30)[1] is True


def test_a_cancelled_job_is_never_called() -> None:
    pool, gate, called = DaemonPool(1), threading.Event(), []
    pool.submit(gate.wait, 30)
    waiting = pool.submit(called.append, 1)
    assert waiting.cancel()
    gate.set()
    pool.shutdown()
    assert called == []


def test_join_gives_up_and_says_how_many_are_busy() -> None:
    pool, gate = DaemonPool(2), threading.Event()
    begun = [threading.Event(), threading.Event()]
    for event in begun:
        pool.submit(lambda event=event: (event.set(), gate.wait(60)))
    assert all(event.wait(30) for event in begun)
    pool.shutdown(wait=False)
    start = time.monotonic()
    assert pool.join(0.1) == 2
    assert time.monotonic() - start < 10
    gate.set()
    assert pool.join(30) == 0


def test_a_closed_pool_refuses_and_an_empty_one_is_refused() -> None:
    pool = DaemonPool(1)
    pool.shutdown()
    with pytest.raises(RuntimeError, match="shut down"):
        pool.submit(print)
    with pytest.raises(ValueError, match="at least one"):
        DaemonPool(0)


def _wait_until(condition: object) -> None:
    deadline = time.monotonic() + 30
    while not condition():  # type: ignore[operator]  # any callable
        assert time.monotonic() < deadline
