"""Lets SIGINT and SIGTERM reach a program that sleeps inside Qt; knows nothing of what ending means."""

import contextlib
import signal
import socket
from asyncio import AbstractEventLoop
from collections.abc import Callable, Iterator
from types import FrameType


@contextlib.contextmanager
def ending_signals(loop: AbstractEventLoop, asked: Callable[[], None]) -> Iterator[None]:
    """Call `asked()` on `loop` for each SIGINT or SIGTERM (and Ctrl+Break on Windows) while inside.

    Python runs signal handlers only between two bytecodes of the main thread, and that thread
    sleeps in Qt: the byte written to a socket wakes it. One way for every system; main thread only.
    """
    bell, clapper = socket.socketpair()
    bell.setblocking(False)
    clapper.setblocking(False)

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(asked)

    loop.add_reader(bell, _drain, bell)
    wakeup = signal.set_wakeup_fd(clapper.fileno(), warn_on_full_buffer=False)
    previous = {number: signal.signal(number, on_signal) for number in _ending_numbers()}
    try:
        yield
    finally:
        for number, handler in previous.items():
            # None stands for a handler that Python did not set and cannot give back.
            signal.signal(number, signal.SIG_DFL if handler is None else handler)
        signal.set_wakeup_fd(wakeup)
        loop.remove_reader(bell)
        bell.close()
        clapper.close()


def _drain(bell: socket.socket) -> None:
    with contextlib.suppress(BlockingIOError):
        bell.recv(4096)


def _ending_numbers() -> list[signal.Signals]:
    names = ("SIGINT", "SIGTERM", "SIGBREAK")
    return [getattr(signal, name) for name in names if hasattr(signal, name)]
