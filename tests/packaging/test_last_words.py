"""A failed test says what its programs said: nobody who reads it later has the machine it was on."""

import subprocess
import sys
from pathlib import Path

from tests.support.last_words import LAST_EVENTS, LAST_LINES, MOST, MOST_LOGS, WIDEST, last_words
from textcraft_bus.clock import SystemClock
from textcraft_core.events import Marked
from textcraft_core.record.journal import Journal

ROOT = Path(__file__).parents[2]
FAILS = """
import os, sys
from tests.support.programs import programs

def test_it(tmp_path):
    with programs(tmp_path) as started:
        started.start_line([sys.executable, "-c", "print('said in the end')"]).wait()
        assert {outcome}
"""


def run(folder, outcome):
    made = folder / "test_it.py"
    made.write_text(FAILS.format(outcome=outcome))
    line = [sys.executable, "-m", "pytest", "-q", "-c", str(ROOT / "pyproject.toml"), "-p", "tests.conftest"]
    line += ["-p", "no:cacheprovider", "--basetemp", str(folder / "base"), str(made)]
    return subprocess.run(line, cwd=ROOT, capture_output=True, text=True, timeout=100, check=False)


def test_a_test_that_fails_tells_the_end_of_its_programs_logs(tmp_path):
    failed = run(tmp_path, "False")
    assert failed.returncode == 1, failed.stdout + failed.stderr
    assert "said in the end" in failed.stdout.partition("What its programs said last")[2]
    passed = run(tmp_path, "True")
    assert passed.returncode == 0, passed.stdout + passed.stderr
    assert "said in the end" not in passed.stdout


def test_of_a_long_log_its_end_is_told_and_of_many_the_last_ones(tmp_path):
    for log in range(MOST_LOGS + 3):
        (tmp_path / f"{log}.log").write_text("".join(f"log {log} line {line}\n" for line in range(LAST_LINES * 2)))
    told = last_words([tmp_path, tmp_path], tmp_path / "home")
    assert told.count("---") == MOST_LOGS
    assert "(3 more logs)" in told
    assert f"line {LAST_LINES * 2 - 1}\n" in told
    assert f"line {LAST_LINES - 1}\n" not in told


def test_of_a_journal_its_last_events_are_told_and_of_one_that_is_none_that(tmp_path):
    for show in ("sound", "spoilt"):
        (tmp_path / show).mkdir()
    journal = Journal(tmp_path / "sound" / "journal.sqlite", SystemClock())
    for number in range(LAST_EVENTS + 5):
        journal.write(Marked(note=f"mark {number:03}"))
    journal.close()
    (tmp_path / "spoilt" / "journal.sqlite").write_bytes(b"no database at all" * 99)
    told = last_words([tmp_path], tmp_path / "home")
    assert "Marked {" in told
    assert f"mark {LAST_EVENTS + 4:03}" in told
    assert "mark 004" not in told
    assert "spoilt/journal.sqlite, its last events\nit cannot be read: " in told


def test_what_is_told_has_a_bound(tmp_path):
    for log in range(MOST_LOGS):
        (tmp_path / f"{log}.log").write_text("".join(f"log {log} {'x' * 999} {line}\n" for line in range(LAST_LINES)))
    told = last_words([tmp_path], tmp_path / "home")
    assert len(told) < MOST * 1.1
    assert max(map(len, told.splitlines())) == WIDEST


def test_what_still_runs_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("TEXTCRAFT_HOME", str(tmp_path))
    with subprocess.Popen([sys.executable, "-c", "input()", "--left"], stdin=subprocess.PIPE) as left:
        try:
            told = last_words([], tmp_path)
        finally:
            left.communicate(b"\n", timeout=30)
    assert f"still running: {left.pid} " in told
    assert told.endswith("--left")
