"""What a dying process leaves of itself: every thread's stack, in a file beside the logs; knows no program.

Only the names of files and functions stand in such a file, never a value. The newest ones are kept.
"""

import contextlib
import datetime
import faulthandler
import logging
import os
import re
import signal
import sys
from pathlib import Path
from typing import Final, TextIO

log = logging.getLogger(__name__)

KEPT: Final = 20
"""So many crash and stall files a machine keeps: weeks of a sick one must not fill its disk."""
MAX_BYTES: Final = 256 << 10
"""Of one process's standstills; what kills it is written however much there is."""
HELD_SECONDS: Final = 2.5
"""A main thread that does not say within this that it goes on writes its stack, though Python itself be held."""
_PATTERNS: Final = ("crash-*.txt", "stall-*.txt")


class CrashFile:
    """One process's file: empty as long as nothing happened, and gone when it ended well."""

    def __init__(self, path: Path, file: TextIO) -> None:
        self.path = path
        self._file = file
        self._was_on = faulthandler.is_enabled()
        faulthandler.enable(file, all_threads=True)
        self._has_alarm = False
        """Without one a call that holds Python is told by the supervisor alone: on Windows (not run), and under a test
        runner that has an alarm of its own."""
        if sys.platform != "win32" and signal.getsignal(signal.SIGALRM) is signal.SIG_DFL:
            self._has_alarm = True
            faulthandler.register(signal.SIGALRM, file, all_threads=False)

    def expect_life(self) -> None:
        """Write the main thread's stack unless this is called again within HELD_SECONDS; main thread only, 1 µs.

        An interrupted thread reads its own frames. `dump_traceback_later` has another thread read them, without the
        interpreter's lock: it falls over what moves, as when a process goes on that was stopped for longer than this.
        """
        if os.fstat(self._file.fileno()).st_size < MAX_BYTES:
            self._alarm_in(HELD_SECONDS)

    def rest(self) -> None:
        """The main thread ends: nobody says from here on that it goes on."""
        self._alarm_in(0.0)

    def _alarm_in(self, seconds: float) -> None:
        if sys.platform != "win32" and self._has_alarm:
            signal.setitimer(signal.ITIMER_REAL, seconds)

    def close(self) -> None:
        """The process ends well; a file that holds something stays."""
        self.rest()
        if sys.platform != "win32" and self._has_alarm:
            faulthandler.unregister(signal.SIGALRM)
        faulthandler.disable()
        if self._was_on and sys.__stderr__ is not None:  # as a test runner had it
            faulthandler.enable(sys.__stderr__)
        self._file.close()
        with contextlib.suppress(OSError):
            if not self.path.stat().st_size:
                self.path.unlink()


def keep_crash_file(folder: Path, program: str) -> CrashFile | None:
    """Let a fatal signal write every thread's stack to `crash-<time>-<program>-<pid>.txt`; None where that cannot be.

    A SIGABRT from outside does so too: that is how a supervisor asks a hung process where it stands.
    """
    stamp = datetime.datetime.now(datetime.UTC).strftime("%Y%m%dT%H%M%SZ")
    path = folder / f"crash-{stamp}-{program}-{os.getpid()}.txt"
    try:
        prune(folder)
        file = path.open("w", encoding="utf-8")
    except OSError as error:
        log.warning("no crash file: %s", error)
        return None
    return CrashFile(path, file)


def crash_of(folder: Path, pid: int) -> Path | None:
    """Return what a process that is gone left of itself, the newest of its files that hold something."""
    own = re.compile(rf"-{pid}(-\d+)?$")
    return next((path for path in crash_files(folder) if own.search(path.stem)), None)


def crash_files(folder: Path) -> list[Path]:
    """Return the crash and stall files that hold something, the newest first."""
    found = [path for pattern in _PATTERNS for path in folder.glob(pattern) if _size(path)]
    return sorted(found, key=lambda path: path.name.split("-", 1)[1], reverse=True)


def prune(folder: Path, keep: int = KEPT) -> None:
    """Delete the oldest files, and the empty ones of processes that are gone. Raises OSError."""
    for path in crash_files(folder)[keep:]:
        path.unlink(missing_ok=True)
    for path in folder.glob(_PATTERNS[0]):
        if not _size(path) and not _runs(path):
            path.unlink(missing_ok=True)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _runs(path: Path) -> bool:
    import psutil  # noqa: PLC0415 - a program that crashes at its start needs it least

    number = path.stem.rpartition("-")[2]
    return number.isdecimal() and psutil.pid_exists(int(number))
