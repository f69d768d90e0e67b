import asyncio
import signal
import subprocess
import sys
import threading
import time
from typing import Any

import pytest
from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

from tests.support.qt_loop import until
from textcraft_qt import program
from textcraft_qt.program import log_error, run

pytestmark = pytest.mark.usefixtures("qapp")


async def returns_seven() -> int:
    return 7


async def returns_nothing() -> None:
    await asyncio.sleep(0)


async def fails() -> None:
    raise OSError("no disk")


async def waits() -> None:
    await asyncio.Event().wait()


def test_the_exit_code_is_what_main_returned(qapp: QApplication) -> None:
    assert run(returns_seven, qapp) == 7
    assert run(returns_nothing, qapp) == 0


def test_a_failing_main_is_told_and_ends_with_one(qapp: QApplication) -> None:
    told: list[dict[str, Any]] = []
    assert run(fails, qapp, on_error=told.append) == 1
    assert [str(context["exception"]) for context in told] == ["no disk"]


def test_errors_of_tasks_callbacks_and_slots_reach_one_handler(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[BaseException] = []

    async def main() -> None:
        loop = asyncio.get_running_loop()
        loop.call_soon(lambda: 1 // 0)
        QTimer.singleShot(0, lambda: {}["slot"])
        await until(lambda: len(told) == 2)

    before = sys.excepthook
    assert run(main, qapp, on_error=lambda context: told.append(context["exception"])) == 0
    assert {type(error) for error in told} == {ZeroDivisionError, KeyError}
    assert sys.excepthook is before


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_program_gracefully(qapp: QApplication, number: signal.Signals) -> None:
    wound_up: list[bool] = []

    async def main() -> None:
        threading.Timer(0.05, signal.raise_signal, (number,)).start()
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0.01)
            wound_up.append(True)

    before = signal.getsignal(number)
    assert run(main, qapp) == 0
    assert wound_up == [True]
    assert signal.getsignal(number) is before


def test_qts_quit_ends_the_program_gracefully(qapp: QApplication) -> None:
    wound_up: list[bool] = []

    async def main() -> int:
        QTimer.singleShot(20, qapp.quit)
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            await asyncio.sleep(0.02)
            wound_up.append(True)
        return 3

    assert run(main, qapp) == 3
    assert wound_up == [True]


def test_a_main_that_does_not_end_is_abandoned(qapp: QApplication, caplog: pytest.LogCaptureFixture) -> None:
    async def stubborn() -> None:
        while len(cancelled) < 2:  # the second cancelling, that of the leftovers, ends it
            try:
                await asyncio.sleep(30)
            except asyncio.CancelledError:
                cancelled.append(True)

    cancelled: list[bool] = []
    start = time.monotonic()

    async def main() -> None:
        QTimer.singleShot(30, lambda: signal.raise_signal(signal.SIGTERM))
        await stubborn()

    assert run(main, qapp, grace_s=0.3) == 1
    assert time.monotonic() - start < 20
    assert "did not wind up" in caplog.text


def test_a_second_signal_does_not_wait_for_the_grace(qapp: QApplication, caplog: pytest.LogCaptureFixture) -> None:
    async def main() -> None:
        for patience in (30, 30, 0.01):
            QTimer.singleShot(30, lambda: signal.raise_signal(signal.SIGINT) if len(cancelled) < 2 else None)
            try:
                await asyncio.sleep(patience)
            except asyncio.CancelledError:
                cancelled.append(True)

    cancelled: list[bool] = []
    start = time.monotonic()
    assert run(main, qapp, grace_s=30) == 1
    assert time.monotonic() - start < 20
    assert len(cancelled) == 2
    assert "abandoned" in caplog.text


def test_leftover_tasks_are_cancelled_and_their_errors_told(qapp: QApplication) -> None:
    told: list[str] = []
    ended: list[str] = []

    async def leftover(name: str) -> None:
        try:
            await asyncio.sleep(30)
        except asyncio.CancelledError:
            ended.append(name)
            if name == "bad":
                raise OSError("while ending") from None
            raise

    async def main() -> None:
        loop = asyncio.get_running_loop()
        tasks.extend(loop.create_task(leftover(name)) for name in ("good", "bad"))
        await asyncio.sleep(0)

    tasks: list[asyncio.Task[None]] = []
    assert run(main, qapp, on_error=lambda context: told.append(str(context["exception"]))) == 0
    assert sorted(ended) == ["bad", "good"]
    assert told == ["while ending"]


def test_a_leftover_that_never_ends_does_not_hold_up_the_exit(
    qapp: QApplication, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(program, "LEFTOVER_S", 0.1)
    holding = [True]

    async def stubborn() -> None:
        while holding:
            try:
                await asyncio.sleep(30)
            except asyncio.CancelledError:
                continue

    async def main() -> None:
        tasks.append(asyncio.get_running_loop().create_task(stubborn(), name="stubborn"))
        await asyncio.sleep(0)

    tasks: list[asyncio.Task[None]] = []
    assert run(main, qapp) == 0
    assert "task stubborn did not end" in caplog.text
    holding.clear()
    tasks[0]._log_destroy_pending = False
    tasks[0].get_coro().close()


def test_a_fatal_exit_still_ends_the_leftovers(qapp: QApplication) -> None:
    ended: list[bool] = []

    async def leftover() -> None:
        try:
            await asyncio.sleep(30)
        finally:
            ended.append(True)

    async def main() -> None:
        tasks.append(asyncio.get_running_loop().create_task(leftover()))
        await asyncio.sleep(0)
        raise SystemExit(4)

    tasks: list[asyncio.Task[None]] = []
    with pytest.raises(SystemExit) as raised:
        run(main, qapp)
    assert raised.value.code == 4
    assert ended == [True]


def test_the_default_handler_logs_the_traceback(caplog: pytest.LogCaptureFixture) -> None:
    log_error({"message": "it broke", "exception": ValueError("why")})
    assert "it broke" in caplog.text
    assert "ValueError: why" in caplog.text


PROGRAM = """
import asyncio, sys
from textcraft_qt.guards import application
from textcraft_qt.program import run
async def main():
    loop = asyncio.get_running_loop()
    loop.run_in_executor(None, __import__("time").sleep, 60)
    print("up", flush=True)
    await asyncio.Event().wait()
sys.exit(run(main, application(sys.argv, gui=False)))
"""


def test_a_real_process_with_a_hung_worker_ends_on_sigterm_in_time() -> None:
    with subprocess.Popen([sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "up\n"
        start = time.monotonic()
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    assert time.monotonic() - start < 18


def test_widgets_that_hold_themselves_are_freed_on_qts_own_thread(qapp: QApplication) -> None:
    freed: list[int] = []

    class Ring(QObject):
        def __init__(self) -> None:
            super().__init__()
            self.startTimer(1)
            self.me = self

        def __del__(self) -> None:
            freed.append(threading.get_ident())

    def allocate() -> None:
        kept = [[number] for number in range(50_000)]
        assert kept

    async def works() -> None:
        for _ in range(20):
            Ring()
        while not freed:
            await asyncio.to_thread(allocate)

    run(works, qapp)
    assert set(freed) == {threading.get_ident()}
