"""`python -m tests.faults [--long] [M1 D3 …]`: injects faults into real processes and sockets and prints one table."""

import argparse
import asyncio
import importlib
import logging
import os
import sys
import tempfile
import time
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.faults.case import Case, Figure, Run
from tests.faults.log_watch import LogWatch
from tests.support.last_words import last_words

HERE = Path(__file__).parent
LONG_FACTOR = 60.0
"""The long form of a case may take so many times what its short form may."""
BUSY_FACTOR = 3.0
"""Either may take so many times as long where other programs run: what hangs is to be ended, not what is slow."""

WIDEST_CELL = 80
"""What is seen may be longer than the table is wide: the line of a miss tells all of it."""
MOST_SEEN = 400


def main(arguments: list[str] | None = None, cases: Sequence[Case] | None = None) -> int:
    """Run what was asked for; the exit code is 0 when every figure holds."""
    cases = found_cases() if cases is None else cases
    parser, known = _parser(cases), {case.name for case in cases}
    options = parser.parse_args(arguments)
    wanted = set(options.names) or known
    if wanted - known:
        parser.error(f"there is no {', '.join(sorted(wanted - known))}; there are {', '.join(sorted(known))}")
    chosen = [case for case in cases if case.name in wanted]
    if blind := [case.name for case in chosen if case.needs_screen and not _has_screen()]:
        parser.error(f"{', '.join(blind)} needs a screen: set DISPLAY")
    began = time.perf_counter()
    results = [carry_out(case, long=options.long, count=options.count) for case in chosen]
    rows = [row for result in results for row in result.rows]
    left = [line for result in results for line in result.left]
    told = [as_table(rows), *left, f"{time.perf_counter() - began:.0f} s in all", *missed(rows)]
    print("\n".join(told), flush=True)  # noqa: T201 - what the program is for
    return int(not rows or bool(missed(rows)))


def found_cases() -> list[Case]:
    """Return the cases of every module beside this one whose name is a letter and two digits."""
    modules = sorted(path.stem for path in HERE.glob("[a-z][0-9][0-9]_*.py"))
    found: list[Case] = []
    for name in modules:
        module = importlib.import_module(f"tests.faults.{name}")
        found += getattr(module, "CASES", None) or [module.CASE]
    return found


Row = tuple[str, Figure, float]
"""Name of the case, what it found, and how long the whole case took, seconds."""


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one case: its rows of the table and, where one is missed, what the case left behind."""

    rows: list[Row]
    left: list[str]


def carry_out(case: Case, *, long: bool = False, count: int | None = None) -> Result:
    """Run one case in a home of its own; whatever it raises is a figure that does not hold."""
    count = count or (case.long if long else case.short)
    limit = case.seconds * BUSY_FACTOR * (LONG_FACTOR if long else 1.0)
    print(f"{case.name} {case.what} ({count:,}) …", file=sys.stderr, flush=True)  # noqa: T201 - waiting has a reason
    began = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="textcraft-faults-", ignore_cleanup_errors=True) as folder:
        home = Path(folder) / "home"
        home.mkdir()
        before, os.environ["TEXTCRAFT_HOME"] = os.environ.get("TEXTCRAFT_HOME"), str(home)
        try:
            figures = asyncio.run(_bounded(case, Run(count, Path(folder)), limit))
        except Exception as error:  # noqa: BLE001 - the boundary: the other cases must still be run
            figures = [
                Figure(case.what, f"{type(error).__name__}{_place(error)}: {error}"[:MOST_SEEN], "no error", False)
            ]
        finally:
            _put_back("TEXTCRAFT_HOME", before)
        rows = [(case.name, figure, time.perf_counter() - began) for figure in figures]
        left = last_words([Path(folder)], home).splitlines() if missed(rows) else []
    return Result(rows, [f"{case.name} left:", *(f"  {line}" for line in left)] if left else [])


def _place(error: BaseException) -> str:
    """Where in the cases it was raised, or what of a case its time ended in."""
    while isinstance(error, TimeoutError) and (ended := error.__cause__ or error.__context__):  # 3.11.2 names no cause
        error = ended
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if Path(frame.filename).parent == HERE and frame.filename != __file__]
    return f" in {Path(ours[-1].filename).name}:{ours[-1].lineno}" if ours else ""


async def _bounded(case: Case, run: Run, limit: float) -> list[Figure]:
    with LogWatch(run.folder) as log:
        async with asyncio.timeout(limit):
            figures = list(await case.inject(run))
    if not log.lines and not log.faults:  # of no log nothing can be told
        return figures
    return [*figures, Figure("uncaught errors in the log", log.told, "none", not log.faults)]


def _put_back(name: str, value: str | None) -> None:
    if value is None:
        os.environ.pop(name, None)
    else:
        os.environ[name] = value


COLUMNS = ("case", "figure", "seen", "bar", "", "s")


def as_table(rows: Sequence[Row]) -> str:
    """Return the lines of the table, columns aligned."""
    cells = [COLUMNS, *(_cells(*row) for row in rows)]
    widths = [max(len(row[place]) for row in cells) for place in range(len(COLUMNS))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells]
    return "\n".join([lines[0], "-" * max(map(len, lines)), *lines[1:]])


def missed(rows: Sequence[Row]) -> list[str]:
    """Return a line for each figure that does not hold: they stand last, where the end of a long output is seen."""
    return [f"missed: {name} {one.what}: {one.seen} (bar: {one.bar})" for name, one, _ in rows if not one.ok]


def _cells(name: str, figure: Figure, seconds: float) -> tuple[str, ...]:
    seen = figure.seen if len(figure.seen) <= WIDEST_CELL else f"{figure.seen[: WIDEST_CELL - 1]}…"
    return name, figure.what, seen, figure.bar, "ok" if figure.ok else "MISSED", f"{seconds:.1f}"


def _has_screen() -> bool:
    return not sys.platform.startswith("linux") or "DISPLAY" in os.environ


def _parser(cases: Sequence[Case]) -> argparse.ArgumentParser:
    lines = "\n".join(f"  {case.name:4} {case.what} (short {case.short:,}, long {case.long:,})" for case in cases)
    parser = argparse.ArgumentParser(
        "python -m tests.faults", description=lines, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", metavar="CASE", type=str.upper, help="which; without any, all")
    parser.add_argument("--long", action="store_true", help="the full figures, by hand: may take hours")
    parser.add_argument("--count", type=int, help="so many faults instead")
    return parser


if __name__ == "__main__":
    logging.disable(logging.NOTSET)
    sys.exit(main())
