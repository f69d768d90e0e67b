"""What a dying process leaves of itself: every thread's stack, in a file beside the logs; knows no program.

Only the names of files and functions stand in such a file, never a value. The newest ones are kept.
"""

import contextlib
import datetime
import faulthandler
import logging
import os
import re
import sys
from pathlib import Path
from typing import Final, TextIO

log = logging.getLogger(__name__)

KEPT: Final = 20
"""So many crash and stall files a machine keeps: weeks of a sick one must not fill its disk."""
HELD_SECONDS: Final = 2.5
"""A main thread that does not say within this that it goes on has its stacks written, though Python itself be held."""
_PATTERNS: Final = ("crash-*.txt", "stall-*.txt")


class CrashFile:
    """One process's file: empty as long as nothing happened, and gone when it ended well."""

    def __init__(self, path: Path, file: TextIO) -> None:
        self.path = path
        self._file = file
        self._was_on = faulthandler.is_enabled()
        faulthandler.enable(file, all_threads=True)

    def expect_life(self) -> None:
        """Write all stacks unless this is called again within HELD_SECONDS: by a thread that needs no interpreter."""
        faulthandler.dump_traceback_later(HELD_SECONDS, file=self._file)

    def rest(self) -> None:
        """The main thread ends: nobody says from here on that it goes on."""
        faulthandler.cancel_dump_traceback_later()

    def close(self) -> None:
        """The process ends well; a file that holds something stays."""
        self.rest()
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
