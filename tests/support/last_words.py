"""What the programs of a failed test said last: who reads a failure has its text alone, not the machine it was on."""

from collections.abc import Iterable
from pathlib import Path

import psutil

LAST_LINES = 40
"""So many lines of each log are told."""
MOST_LOGS = 12
_MOST_BYTES = 64 * 1024


def last_words(folders: Iterable[Path], home: Path) -> str:
    """The last lines of each log below some folders, those written last first, and what still runs in a home."""
    logs = {path for folder in folders for path in folder.rglob("*.log") if path.is_file()}
    told = [_tail(path) for path in sorted(logs, key=_written, reverse=True) if _size(path)]
    more = len(told) - MOST_LOGS
    left_out = [f"({more} more logs)"] if more > 0 else []
    return "\n".join([*told[:MOST_LOGS], *left_out, *_running(home)])


def _tail(path: Path) -> str:
    with path.open("rb") as log:
        log.seek(max(0, _size(path) - _MOST_BYTES))
        lines = log.read().decode(errors="replace").splitlines()
    return "\n".join([f"--- {path.name}, its last {LAST_LINES} lines of {len(lines)}", *lines[-LAST_LINES:]])


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0


def _written(path: Path) -> float:
    return path.stat().st_mtime if path.is_file() else 0.0


def _running(home: Path) -> list[str]:
    """One line for each process that carries this test's home, but the test itself."""
    told = []
    for process in psutil.process_iter():
        try:
            if process.pid != psutil.Process().pid and process.environ().get("TEXTCRAFT_HOME") == str(home):
                told.append(
                    f"--- still running: {process.pid} ({process.status()}): {' '.join(process.cmdline()[-8:])}"
                )
        except psutil.Error:
            continue
    return told
