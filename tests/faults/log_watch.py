"""Listens for errors nobody caught while a case runs: in this process's log and threads, and in its programs' logs.

A program of ours writes one line a record; what it says before it has a log, or as it dies, is caught as it was said.
"""

import logging
import re
import sys
import threading
from pathlib import Path
from types import TracebackType
from typing import Any, Final

UNCAUGHT: Final = "Traceback (most recent call last)"
_RECORD = re.compile(r"\d{4}-\d\d-\d\dT\S+ (DEBUG|INFO|WARNING|ERROR|CRITICAL) ")
_SHOWN: Final = 160


class LogWatch(logging.Handler):
    """Keeps every record that carries an exception; what is only said at ERROR level was caught and is no fault.

    `lines` is how many there were to look at: of a case that logs nothing, nothing can be told.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(logging.INFO)
        self.faults: list[str] = []
        self.lines = 0
        self._folder = folder
        self._before: tuple[Any, Any, int] = threading.excepthook, sys.unraisablehook, logging.NOTSET

    @property
    def told(self) -> str:
        """What to show: the number, and the first."""
        first = f"{len(self.faults)}: {self.faults[0]}"[:_SHOWN] if self.faults else "none"
        return first if self.faults else f"none in {self.lines:,} lines"

    def handle(self, record: logging.LogRecord) -> bool:
        """Count it without the lock of a handler: a flood of lines is not to be slowed by who counts them."""
        self.lines += 1
        if record.levelno >= logging.ERROR and record.exc_info is not None and record.exc_info[1] is not None:
            self.faults.append(f"{record.getMessage()} ({record.exc_info[1]!r})")
        return True

    def __enter__(self) -> "LogWatch":
        root = logging.getLogger()
        self._before = threading.excepthook, sys.unraisablehook, root.level
        threading.excepthook = self._on_thread
        sys.unraisablehook = self._on_unraisable
        root.addHandler(self)
        root.setLevel(logging.INFO)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        root = logging.getLogger()
        root.removeHandler(self)
        threading.excepthook, sys.unraisablehook, level = self._before
        root.setLevel(level)
        for path in sorted(self._folder.rglob("*.log*")):
            self._read(path)

    def _on_thread(self, ended: threading.ExceptHookArgs) -> None:
        self.faults.append(f"a thread ended ({ended.exc_value!r})")
        self._before[0](ended)

    def _on_unraisable(self, found: "sys.UnraisableHookArgs") -> None:
        self.faults.append(f"{found.err_msg or 'ignored'} ({found.exc_value!r})")
        self._before[1](found)

    def _read(self, path: Path) -> None:
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
            self.lines += 1
            record = _RECORD.match(line)
            if UNCAUGHT in line and (record is None or record[1] in {"ERROR", "CRITICAL"}):
                self.faults.append(f"{path.name}: {line}")
