"""The harness itself: a fault that is not held, an error nobody caught and a case that hangs all fail the run."""

import asyncio
import logging
import os
import re
import threading

import pytest

from tests.faults import case as case_module
from tests.faults.__main__ import as_table, carry_out, found_cases, main
from tests.faults.case import Case, Figure, at_least, at_most, is_so, none_of
from tests.support import last_words
from textcraft_bus.clock import SystemClock
from textcraft_core.events import Marked
from textcraft_core.record.journal import Journal


def case_of(inject, *, name="M0", seconds=5.0) -> Case:
    return Case(name, "a fake", inject, short=3, long=30, seconds=seconds)


async def good(run):
    return [none_of("lost", 0, run.count)]


async def bad(run):
    return [none_of("lost", 1, run.count)]


async def raising(_run):
    raise ValueError("broken")


async def hanging(_run):
    await asyncio.Event().wait()


async def uncaught(run):
    try:
        raise KeyError("nobody caught this")
    except KeyError:
        logging.getLogger("somewhere").exception("a message could not be handled")
    return [none_of("lost", 0, run.count)]


@pytest.mark.parametrize(
    ("figure", "ok"),
    [
        (none_of("lost", 0, 5), True),
        (none_of("lost", 0, 0), False),
        (none_of("lost", 1, 5), False),
        (none_of("lost", [], 5), True),
        (none_of("lost", [], 0), False),
        (none_of("lost", ["job 3"], 5), False),
        (is_so("the same", True, "1, then 2"), True),
        (is_so("the same", False), False),
        (at_most("time", 2.0, 2.0, "s"), True),
        (at_most("time", 2.1, 2.0, "s"), False),
        (at_least("counted", 2.0, 3.0), False),
    ],
)
def test_a_figure_holds_or_not(figure, ok):
    assert figure.ok is ok


def test_what_went_wrong_is_named_the_first_of_it():
    assert none_of("lost", ["job 3", "job 5"], 9).seen == "2 of 9: job 3; job 5"
    many = none_of("lost", [f"job {number} {'x' * 999}" for number in range(99)], 1_000).seen
    assert many.startswith("99 of 1,000: job 0 xxx")
    assert "job 3" in many
    assert "job 4" not in many
    assert len(many) < 1_000


def test_what_is_not_so_says_what_it_is():
    assert is_so("the same", False, "process 1, then 2").seen == "no: process 1, then 2"
    assert is_so("the same", True, "process 1, then 1").seen == "yes"


async def in_a_thread(run):
    thread = threading.Thread(target=lambda: 1 / 0, name="forlorn")
    thread.start()
    thread.join()
    return [none_of("lost", 0, run.count)]


LINE = "2030-01-01T20:00:00.000Z {} textcraft_bus.tasks: it failed\\nTraceback (most recent call last):\\n  File …"


def leaving(*lines):
    """A case whose program left these lines in its log."""

    async def inject(run):
        (run.folder / "home" / "logs").mkdir()
        (run.folder / "home" / "logs" / "textcraft.log").write_text("\n".join(lines))
        return [none_of("lost", 0, run.count)]

    return inject


DIED = leaving("Traceback (most recent call last):", '  File "a.py", line 1, in <module>', "KeyError: 1")


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
@pytest.mark.parametrize(
    ("inject", "code"),
    [(good, 0), (bad, 1), (raising, 1), (uncaught, 1), (in_a_thread, 1), (leaving(LINE.format("ERROR")), 1),
     (leaving(LINE.format("WARNING")), 0), (DIED, 1)],
)  # fmt: skip
def test_the_exit_code_follows_the_figures(inject, code, capsys):
    assert main([], [case_of(inject)]) == code
    assert ("MISSED" in capsys.readouterr().out) == bool(code)


def test_the_last_lines_name_what_was_missed(capsys):
    assert main([], [case_of(bad), case_of(good, name="M1")]) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "missed: M0 lost: 1 of 3 (bar: 0)"


def missing_with(*, lines=100, events=50, width=20):
    """A case that misses after its program logged and journalled so much."""

    async def inject(run):
        logs, show = run.folder / "home" / "logs", run.folder / "home" / "data" / "shows" / "sample"
        for folder in (logs, show):
            folder.mkdir(parents=True)
        (logs / "textcraft.log").write_text("".join(f"line {n:04} {'x' * width}\n" for n in range(lines)))
        journal = Journal(show / "journal.sqlite", SystemClock())
        for number in range(events):
            journal.write(Marked(note=f"mark {number:04} {'y' * width}"))
        journal.close()
        return await bad(run)

    return inject


def test_under_the_table_stands_what_a_missed_case_left(capsys):
    assert main([], [case_of(missing_with(), name="M7"), case_of(good, name="M8")]) == 1
    table, _, left = capsys.readouterr().out.partition("M7 left:\n")
    assert "M8" in table
    assert "textcraft.log" in left
    assert "line 0099" in left
    assert f"line {99 - last_words.LAST_LINES:04}" not in left
    assert "sample/journal.sqlite" in left
    assert "Marked" in left
    assert "mark 0049" in left
    assert "mark 0009" not in left
    assert left.splitlines()[-1].startswith("missed: M7")


def test_what_a_good_case_left_is_told_by_nobody(capsys):
    assert main([], [case_of(leaving("2030-01-01T20:00:00.000Z INFO textcraft_bus: a"))]) == 0
    assert "left:" not in capsys.readouterr().out


def test_what_is_told_of_it_has_a_bound(capsys):
    left = carry_out(case_of(missing_with(lines=5_000, events=500, width=5_000))).left
    assert max(map(len, left)) <= last_words.WIDEST + len("  ")
    assert sum(map(len, left)) < last_words.MOST * 1.1
    assert "line 4999" in "\n".join(left)
    assert "mark 0499" in "\n".join(left)


async def deep(_run):
    await asyncio.to_thread(case_module.at_most, "x", None, 1.0, "s")


def test_an_error_says_where_in_the_cases_it_was_raised(capsys):
    assert re.search(r"TypeError in case\.py:\d+: ", carry_out(case_of(deep)).rows[0][1].seen)


def test_a_case_out_of_time_says_where_it_stood(capsys):
    assert re.search(
        r"TimeoutError in test_faults\.py:\d+: ", carry_out(case_of(hanging, seconds=0.05)).rows[0][1].seen
    )


def test_what_is_told_of_the_log_says_how_much_there_was_and_of_none_nothing(capsys):
    assert [row[1].what for row in carry_out(case_of(good)).rows] == ["lost"]
    told = carry_out(case_of(leaving("2030-01-01T20:00:00.000Z INFO textcraft_bus: a", "b"))).rows[-1][1]
    assert (told.what, told.seen, told.ok) == ("uncaught errors in the log", "none in 2 lines", True)


def test_a_case_that_hangs_ends_with_its_time(capsys):
    assert main([], [case_of(hanging, seconds=0.05)]) == 1
    assert "TimeoutError" in capsys.readouterr().out


def test_the_long_form_injects_more_and_a_count_replaces_both(capsys):
    case = case_of(good)
    assert "0 of 3" in carry_out(case).rows[0][1].seen
    assert "0 of 30" in carry_out(case, long=True).rows[0][1].seen
    assert "0 of 7" in carry_out(case, count=7).rows[0][1].seen


def test_nothing_run_is_no_success(capsys):
    assert main([], []) == 1


def test_a_case_has_a_home_of_its_own(capsys, textcraft_home):
    seen = []

    async def look(run):

        seen.append(os.environ["TEXTCRAFT_HOME"])
        return await good(run)

    carry_out(case_of(look))
    assert seen[0] != str(textcraft_home)


def test_the_table_is_aligned():
    rows = [("M1", Figure("what", "0 of 5", "0", True), 1.0), ("M16", Figure("longer", "1 of 5", "0", False), 2.0)]
    header, line, first, second = as_table(rows).splitlines()
    assert header.index("seen") == first.index("0 of 5") == second.index("1 of 5")
    assert set(line) == {"-"}


def test_every_case_is_found_and_has_its_own_name():
    names = [case.name for case in found_cases()]
    assert "M1" in names
    assert len(set(names)) == len(names)
