"""The last lines of a whole check name what failed: more of a long output is not always seen."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.build_modules import load

ROOT = Path(__file__).parents[2]


outcome = load("outcome")

PYTEST = """\
------------------------------ Captured log call -------------------------------
ERROR    textcraft_bus.tasks:tasks.py:77 task a failed
=========================== short test summary info ============================
FAILED tests/textcraft_bus/test_a.py::test_b[x y] - AssertionError: FAILED words
ERROR tests/textcraft_bus/test_c.py - ImportError
ERROR tests/textcraft_bus/test_d.py::test_e
1 failed, 3 passed, 2 errors in 0.10s
"""


@pytest.fixture(params=["kept", "shown"])
def output(request):
    with getattr(outcome, request.param)() as file:
        yield file


def saying(*lines, code=0):
    """A check that is a program: it says these lines and ends with this code."""
    line = f"import sys; print(sys.argv[1], flush=True); sys.exit({code})"
    words = "\n".join(lines)
    return lambda output: subprocess.call([sys.executable, "-c", line, words], stdout=output, stderr=output)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (
            PYTEST,
            [
                "tests/textcraft_bus/test_a.py::test_b[x y] - AssertionError: FAILED words",
                "tests/textcraft_bus/test_c.py - ImportError",
                "tests/textcraft_bus/test_d.py::test_e",
            ],
        ),
        ("M1  lost  1 of 3  MISSED\n9 s in all\nmissed: M1 lost: 1 of 3 (bar: 0)\n", ["M1 lost: 1 of 3 (bar: 0)"]),
        ("a.py:1: error\ndev.py: failed: ruff check .\n", ["ruff check ."]),
        ("one\ntwo\n\nFatal Python error: Aborted\n", ["one", "two", "Fatal Python error: Aborted"]),
        ("", []),
    ],
)
def test_what_failed_is_found_in_the_words(words, why):
    assert outcome.why_of(words) == why


def test_a_failure_that_is_told_twice_is_named_once():
    assert outcome.why_of("missed: a\nmissed: b\nmissed: a\n") == ["a", "b"]


def test_each_part_is_told_with_its_own_words(output):
    checks = {"one": saying("missed: a", code=1), "two": saying("missed: b"), "three": saying("missed: c", code=1)}
    told = outcome.in_turn(checks, output)
    assert [(each.name, each.failed, each.why) for each in told] == [
        ("one", True, ["a"]),
        ("two", False, []),
        ("three", True, ["c"]),
    ]


def test_what_follows_a_check_that_was_broken_off_is_left_out(output):
    told = outcome.in_turn({"one": saying(code=outcome.INTERRUPTED), "two": saying()}, output)
    assert [each.name for each in told] == ["one"]


def test_words_are_shown_as_they_come_and_none_is_lost(capsys):
    with outcome.shown() as output:
        outcome.in_turn({"one": saying("first", "é"), "two": saying("last")}, output)
    assert capsys.readouterr().out.split() == ["first", "é", "last"]


def test_the_last_lines_name_each_failure():
    told = [outcome.Told("lint", False, 1.04), outcome.Told("faults", True, 7.94, ["M1 lost: 1 of 3"])]
    assert outcome.summary(told).splitlines() == [
        "dev.py: passed in  1.0 min: lint",
        "dev.py: FAILED in  7.9 min: faults",
        "dev.py: failed: faults: M1 lost: 1 of 3",
    ]


def test_a_hundred_failures_do_not_push_the_list_of_parts_away():
    lines = outcome.summary([outcome.Told("tests", True, 1.0, [str(n) for n in range(100)])]).splitlines()
    assert len(lines) == 1 + outcome.MOST_LINES + 1
    assert lines[-1] == f"dev.py: failed: tests: and {100 - outcome.MOST_LINES} more"
