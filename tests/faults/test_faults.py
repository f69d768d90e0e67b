"""The harness itself: a fault that is not held, an error nobody caught and a case that hangs all fail the run."""

import asyncio
import logging

import pytest

from tests.faults.__main__ import as_table, carry_out, found_cases, main
from tests.faults.case import Case, Figure, at_least, at_most, none_of


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
        (at_most("time", 2.0, 2.0, "s"), True),
        (at_most("time", 2.1, 2.0, "s"), False),
        (at_least("counted", 2.0, 3.0), False),
    ],
)
def test_a_figure_holds_or_not(figure, ok):
    assert figure.ok is ok


@pytest.mark.parametrize(("inject", "code"), [(good, 0), (bad, 1), (raising, 1), (uncaught, 1)])
def test_the_exit_code_follows_the_figures(inject, code, capsys):
    assert main([], [case_of(inject)]) == code
    assert ("MISSED" in capsys.readouterr().out) == bool(code)


def test_a_case_that_hangs_ends_with_its_time(capsys):
    assert main([], [case_of(hanging, seconds=0.05)]) == 1
    assert "TimeoutError" in capsys.readouterr().out


def test_the_long_form_injects_more_and_a_count_replaces_both(capsys):
    case = case_of(good)
    assert "0 of 3" in carry_out(case)[0][1].seen
    assert "0 of 30" in carry_out(case, long=True)[0][1].seen
    assert "0 of 7" in carry_out(case, count=7)[0][1].seen


def test_nothing_run_is_no_success(capsys):
    assert main([], []) == 1


def test_a_case_has_a_home_of_its_own(capsys, textcraft_home):
    seen = []

    async def look(run):
        import os

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
