"""A failed test says what its programs said: nobody who reads it later has the machine it was on."""

import subprocess
import sys
from pathlib import Path

from tests.support.last_words import LAST_LINES, MOST_LOGS, last_words

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


def test_what_still_runs_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("TEXTCRAFT_HOME", str(tmp_path))
    with subprocess.Popen([sys.executable, "-c", "input()", "--left"], stdin=subprocess.PIPE) as left:
        try:
            told = last_words([], tmp_path)
        finally:
            left.communicate(b"\n", timeout=30)
    assert f"still running: {left.pid} " in told
    assert told.endswith("--left")
