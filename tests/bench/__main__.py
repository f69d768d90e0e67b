"""`python -m tests.bench [P3 P12 …]`: measures ours beside its bare counterpart and prints one table."""

import argparse
import logging
import os
import sys
import tempfile
import time
import traceback
from pathlib import Path

from tests.bench import (
    p01_scan,
    p03_cycle,
    p04_console,
    p05_request,
    p06_wall,
    p07_fade,
    p09_soak,
    p10_bundle,
    p11_journal,
    p12_painter,
    p13_beats,
)
from tests.bench.measure import Broken, Figure, Measure, Note, Run
from tests.bench.table import as_table, busy, exit_code, last_time, remember

MEASURES: tuple[Measure, ...] = (
    p01_scan.WARM,
    p01_scan.COLD,
    p03_cycle.MEASURE,
    p04_console.STALLS,
    p05_request.MEASURE,
    p06_wall.MEASURE,
    p07_fade.MEASURE,
    p04_console.START,
    p09_soak.MEASURE,
    p10_bundle.MEASURE,
    p11_journal.MEASURE,
    p12_painter.MEASURE,
    p13_beats.MEASURE,
)


def main(arguments: list[str] | None = None, measures: tuple[Measure, ...] = MEASURES) -> int:
    """Run what was asked for; the exit code is 0 when no bar is missed by more than a fifth."""
    parser, known = _parser(measures), {measure.name for measure in measures}
    options = parser.parse_args(arguments)
    wanted = set(options.names) or known
    if wanted - known:
        parser.error(f"there is no {', '.join(sorted(wanted - known))}; there are {', '.join(sorted(known))}")
    if not _has_screen() and (blind := [m.name for m in measures if m.needs_screen and m.name in wanted]):
        parser.error(f"{', '.join(blind)} needs a screen: set DISPLAY")
    began = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="textcraft-bench-") as folder:
        run = Run(Path(folder), quick=options.quick)
        told = [pair for measure in measures if measure.name in wanted for pair in _carry_out(measure, run)]
    seconds = time.perf_counter() - began
    found = [(name, what) for name, what in told if isinstance(what, Figure)]
    notes = [f"{name}: {what.text}" for name, what in told if isinstance(what, Note)]
    before = last_time(options.history) if options.history else {}
    lines = [as_table(found, before), *notes, f"{seconds:.0f} s in all; {busy()}"]
    print("\n".join(lines))  # noqa: T201 - what the program is for
    if options.history:
        remember(options.history, found, seconds)
    if options.sheet:
        _draw(options.sheet)
    return max(exit_code(found), *(int(isinstance(what, Broken)) for _, what in told))


def _has_screen() -> bool:
    return not sys.platform.startswith("linux") or "DISPLAY" in os.environ


def _carry_out(measure: Measure, run: Run) -> list[tuple[str, Figure | Note]]:
    print(f"{measure.name} {measure.what} …", file=sys.stderr, flush=True)  # noqa: T201 - so that waiting has a reason
    try:
        return [(measure.name, told) for told in measure.measure(run)]
    except Exception as error:  # noqa: BLE001 - the others must still be measured
        traceback.print_exc()
        return [(measure.name, Broken(f"could not be measured: {error or type(error).__name__}"))]


def _draw(path: Path) -> None:
    from tests.bench.contact_sheet import make

    make(path)


def _parser(measures: tuple[Measure, ...]) -> argparse.ArgumentParser:
    lines = "\n".join(f"  {measure.name:4} {measure.what}: {measure.bar}" for measure in measures)
    parser = argparse.ArgumentParser(
        "python -m tests.bench", description=lines, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", metavar="MEASURE", type=str.upper, help="which; without any, all")
    parser.add_argument("--quick", action="store_true", help="fewer rounds, for a first look")
    parser.add_argument(
        "--history",
        type=Path,
        metavar="FILE",
        help="add the figures to this JSON file, and tell what changed since the last ones in it",
    )
    parser.add_argument("--sheet", type=Path, metavar="FILE", help="also paint the sheet of sample pictures")
    return parser


if __name__ == "__main__":
    logging.disable(logging.WARNING)
    sys.exit(main())
