"""What a missed case left: the ends of its programs' logs and of its journals, bounded; knows no case.

It is printed under the table, for the folder is gone by then: on a machine one cannot enter a miss is told by this.
"""

import contextlib
import sqlite3
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

LINES: Final = 30
"""Of each log, its last."""
FILES: Final = 10
"""Logs told of, those first that were written last."""
EVENTS: Final = 40
"""Of each journal, its last."""
JOURNALS: Final = 3
WIDEST: Final = 300
"""Characters of a line."""
MOST: Final = 30_000
"""Characters in all."""
_LAST_BYTES: Final = 200_000
_CUT: Final = "… there was more than is told here"
_LOGS: Final = ("*.log", "crash-*.txt", "stall-*.txt")


def left_behind(folder: Path) -> list[str]:
    """Return the lines that tell of it; none where nothing was written."""
    journals = _newest(folder, ["journal.sqlite"])[:JOURNALS]
    logs = [path for path in _newest(folder, _LOGS) if path.stat().st_size][:FILES]
    parts = [_end_of_log(path, folder) for path in logs] + [_end_of_journal(path, folder) for path in journals]
    share = MOST // max(1, len(parts))
    return [line for part in parts for line in _bounded(part, share)]


def _newest(folder: Path, patterns: Iterable[str]) -> list[Path]:
    found = {path for pattern in patterns for path in folder.rglob(pattern) if path.is_file()}
    return sorted(found, key=lambda path: (path.stat().st_mtime, path.name), reverse=True)


def _end_of_log(path: Path, folder: Path) -> list[str]:
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _LAST_BYTES))
        lines = file.read().decode("utf-8", errors="replace").splitlines()
    return [f"── {path.relative_to(folder)}, its last lines", *lines[-LINES:]]


def _end_of_journal(path: Path, folder: Path) -> list[str]:
    events = []
    with contextlib.suppress(sqlite3.Error), contextlib.closing(sqlite3.connect(path, timeout=5.0)) as journal:
        newest = "SELECT seq, at, name, body FROM events ORDER BY seq DESC LIMIT ?"
        events = journal.execute(newest, (EVENTS,)).fetchall()
    lines = [f"{seq} {_time(at)} {name} {body}" for seq, at, name, body in reversed(events)]
    return [f"── {path.relative_to(folder)}, its last events", *(lines or ["none can be read"])]


def _time(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _bounded(lines: list[str], most: int) -> Iterator[str]:
    """The heading, and of the rest what fits from its end."""
    yield lines[0]
    kept: list[str] = []
    for line in reversed(lines[1:]):
        most -= min(len(line), WIDEST) + 1
        if most < 0:
            kept.append(_CUT)
            break
        kept.append(line if len(line) <= WIDEST else line[: WIDEST - 1] + "…")
    yield from reversed(kept)
