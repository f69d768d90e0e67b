"""P11: a journal of a million events: how soon its newest rows are there, and how fast rows can be added."""

import sqlite3
import time
from pathlib import Path

from tests.bench.measure import Figure, Measure, Run, p50, timed
from textcraft_bus.clock import SystemClock
from textcraft_core.events import Phase, PhaseEntered
from textcraft_core.record.journal import Journal
from textcraft_core.record.journal_schema import open_journal

EVENTS = 1_000_000
MAX_OPEN_MS = 200.0
LEAST_RATE = 5000.0
EVENT = PhaseEntered(cycle=7, phase=Phase.EXECUTE, role="narrator", target="ch0007.md")
_FILL = """
WITH RECURSIVE rows (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM rows WHERE n < ?)
INSERT INTO events (at, name, body) SELECT n, ?, ? FROM rows
"""


def measure(run: Run) -> list[Figure]:
    """Measure on a journal filled at once; bare is the same in plain SQLite."""
    path = run.folder / "journal.sqlite"
    _fill(path, run.rounds(EVENTS, EVENTS // 5))
    opened, read = [], []
    for _ in range(run.rounds(9, 3)):
        opened.append(timed(lambda: _open_and_read(path)))
        read.append(timed(lambda: _read_bare(path)))
    rates = [_rates(path, run.rounds(20_000, 10_000)) for _ in range(run.rounds(3, 1))]
    ours, bare = p50([rate[0] for rate in rates]), p50([rate[1] for rate in rates])
    count = f"{run.rounds(EVENTS, EVENTS // 5):,} events"
    return [
        Figure(f"timeline opens, {count}", p50(opened), MAX_OPEN_MS, "absolute; bare is SQLite", p50(read)),
        Figure("append in groups", ours, LEAST_RATE, "absolute; bare is SQLite", bare, "events/s", at_least=True),
    ]


def _fill(path: Path, count: int) -> None:
    connection = open_journal(path)
    connection.execute("BEGIN")
    connection.execute(_FILL, (count, type(EVENT).__name__, EVENT.model_dump_json()))
    connection.execute("COMMIT")
    connection.close()


def _open_and_read(path: Path) -> None:
    journal = Journal(path, SystemClock())
    journal.last(1000)
    journal.close()


def _read_bare(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("SELECT seq, at, name, body FROM events ORDER BY seq DESC LIMIT 1000").fetchall()
    connection.close()


def _rates(path: Path, count: int) -> tuple[float, float]:
    """Return events a second, on disk: of the journal, and of rows put into its file by hand in like groups."""
    journal = Journal(path, SystemClock())
    began = time.perf_counter()
    for _ in range(count):
        journal.write(EVENT)
    journal.flush()
    ours = count / (time.perf_counter() - began)
    journal.close()
    return ours, count / (timed(lambda: _append_bare(path, count)) / 1000)


def _append_bare(path: Path, count: int) -> None:
    connection = open_journal(path)
    row = (0.0, type(EVENT).__name__, EVENT.model_dump_json())
    for _ in range(count // 2000):
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany("INSERT INTO events (at, name, body) VALUES (?, ?, ?)", [row] * 2000)
        connection.execute("COMMIT")
    connection.close()


MEASURE = Measure("P11", "journal of a million events", "opens ≤ 200 ms; append ≥ 5,000 events/s", measure)
