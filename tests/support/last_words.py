"""What the programs of a failed test or a missed fault case said last: the ends of their logs and journals, bounded.

Who reads a failure has its text alone, not the machine it was on.
"""

import contextlib
import sqlite3
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import psutil

LAST_LINES: Final = 40
"""So many lines of each log are told."""
MOST_LOGS: Final = 12
LAST_EVENTS: Final = 40
MOST_JOURNALS: Final = 3
WIDEST: Final = 300
"""Characters of a line."""
MOST: Final = 40_000
"""Characters of all logs and journals."""
_MOST_BYTES: Final = 64 * 1024
_LOGS: Final = ("*.log", "crash-*.txt", "stall-*.txt")
_CUT: Final = "(there was more)"


def last_words(folders: Iterable[Path], home: Path) -> str:
    """The ends of the logs and journals below some folders, those written last first, and what still runs in a home."""
    folders = list(folders)
    logs = [path for path in _found(folders, _LOGS) if _size(path)]
    journals = _found(folders, ("journal.sqlite",))[:MOST_JOURNALS]
    parts = [_tail(path) for path in logs[:MOST_LOGS]]
    more = len(logs) - MOST_LOGS
    left_out = [[f"({more} more logs)"]] if more > 0 else []
    told = [*parts, *left_out, *(_events(path) for path in journals)]
    share = MOST // max(1, len(told))
    return "\n".join([*(line for part in told for line in _bounded(part, share)), *_running(home)])


def _found(folders: Iterable[Path], patterns: Iterable[str]) -> list[Path]:
    found = {path for folder in folders for pattern in patterns for path in folder.rglob(pattern) if path.is_file()}
    return sorted(found, key=_written, reverse=True)


def _tail(path: Path) -> list[str]:
    with path.open("rb") as log:
        log.seek(max(0, _size(path) - _MOST_BYTES))
        lines = log.read().decode(errors="replace").splitlines()
    kept = lines[-LAST_LINES:]
    return [f"--- {path.name}, its last {len(kept)} lines of {len(lines)}", *kept]


def _events(path: Path) -> list[str]:
    heading = f"--- {path.parent.name}/{path.name}, its last events"
    newest = "SELECT seq, at, name, body FROM events ORDER BY seq DESC LIMIT ?"
    try:
        with contextlib.closing(sqlite3.connect(path, timeout=5.0)) as journal:
            rows = journal.execute(newest, (LAST_EVENTS,)).fetchall()
    except sqlite3.Error as error:
        return [heading, f"it cannot be read: {error}"]
    lines = [f"{seq} {datetime.fromtimestamp(at, UTC):%H:%M:%S.%f} {name} {body}" for seq, at, name, body in rows]
    return [heading, *(lines[::-1] or ["it holds none"])]


def _bounded(lines: list[str], most: int) -> Iterator[str]:
    """The heading, and of the rest what fits from its end."""
    yield lines[0]
    kept: list[str] = []
    for line in reversed(lines[1:]):
        most -= min(len(line), WIDEST) + 1
        if most < 0:
            kept.append(_CUT)
            break
        kept.append(line if len(line) <= WIDEST else f"{line[: WIDEST - 1]}…")
    yield from reversed(kept)


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
