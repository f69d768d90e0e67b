"""Stops the thread that paints in a process, and no other: `python -m tests.faults.freezer PID`. Linux only.

What it stopped stays so until the process is killed. Prints `frozen` when it is, or why it cannot be.
"""

import contextlib
import ctypes
import os
import sys
from pathlib import Path

SEIZE, INTERRUPT = 0x4206, 0x4207
WAIT_ALL = 0x40000000
PAINTS = "QSGRender"


def painting_thread(pid: int) -> int:
    """Return the thread that paints; the first one where Qt paints in that."""
    for task in sorted(Path(f"/proc/{pid}/task").iterdir()):
        with contextlib.suppress(OSError):  # it has ended since we saw its name
            if (task / "comm").read_text().startswith(PAINTS):
                return int(task.name)
    return pid


def freeze(thread: int) -> str:
    """Stop a thread; returns the system's complaint when it may not be."""
    ptrace = ctypes.CDLL(None, use_errno=True).ptrace
    ptrace.argtypes = [ctypes.c_long] * 4
    for request in (SEIZE, INTERRUPT):
        if ptrace(request, thread, 0, 0):
            return os.strerror(ctypes.get_errno())
    return ""


def main(pid: int) -> int:
    """Stop it and stay until it is gone: what this process stopped goes on when this process ends."""
    thread = painting_thread(pid)
    refusal = freeze(thread)
    print(refusal or "frozen", flush=True)  # noqa: T201 - read by the case
    if refusal:
        return 1
    with contextlib.suppress(ChildProcessError):
        while True:
            _, status = os.waitpid(thread, WAIT_ALL)
            if os.WIFSIGNALED(status) or os.WIFEXITED(status):
                return 0
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
