"""`python -m tests.soak [--minutes 75] [--rate 1]`: plays a real show, samples its processes, and says what grows.

Ctrl+C ends it early; what was seen till then is judged and printed all the same.
"""

import argparse
import logging
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.soak.history import FULL_MINUTES, Soak, commit, remember
from tests.soak.played import COUNTS_VARIABLE, Played, played
from tests.soak.samples import Sampler
from tests.soak.verdict import SHORT_FACTOR, Row, as_table, judged

MINUTES, SETTLE_MINUTES = 75.0, 10.0
EVERY_SECONDS = 5.0
LEAST_RATE = 0.9
"""Of the rate that was asked for."""


def main(arguments: list[str] | None = None) -> int:
    """Soak; the exit code is 0 when everything holds, 1 when not or when there was too little to judge."""
    options = _parser().parse_args(arguments)
    for ending in (signal.SIGINT, signal.SIGTERM):  # a shell that put us into the background ignores the first for us
        signal.signal(ending, signal.default_int_handler)
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="textcraft-soak-", ignore_cleanup_errors=True) as folder:
        home = Path(folder) / "home"
        home.mkdir()
        os.environ |= {"TEXTCRAFT_HOME": str(home), COUNTS_VARIABLE: "1"}
        sampler = Sampler()
        with played(Path(folder), options.rate) as show:
            soak = _watch(show, sampler, options.minutes * 60)
        if options.samples:
            options.samples.write_text(sampler.as_json(), encoding="utf-8")
    short = soak.minutes < FULL_MINUTES
    after = min(SETTLE_MINUTES * 60, soak.minutes * 60 / 3)
    for series in sampler.series.values():
        rows += judged(series.name, series.values, after, factor=SHORT_FACTOR if short else 1.0)
    restarted = [name for name, series in sampler.series.items() if series.other_pids]
    ok = bool(rows) and all(row.ok for row in rows) and not restarted and soak.rate >= options.rate * LEAST_RATE
    soak.ok = ok
    _say(f"{as_table(rows)}\n{_words(soak, after, short=short, restarted=restarted, asked=options.rate)}")
    if options.history and rows:
        remember(options.history, soak, rows)
    return 0 if ok else 1


def _watch(show: Played, sampler: Sampler, seconds: float) -> Soak:
    """Sample until the time is over or somebody presses Ctrl+C."""
    began, before, interrupted = time.monotonic(), show.count("CycleFinished"), False
    told = runs = 0
    try:
        while (passed := time.monotonic() - began) < seconds:
            sampler.look(show.processes())
            show.pictures.renew()
            if passed >= told * 60:
                told += 1
                runs += _keep_running(show)
                _progress(passed, show.count("CycleFinished") - before, sampler)
            time.sleep(EVERY_SECONDS)
    except KeyboardInterrupt:
        interrupted = True
    passed = time.monotonic() - began
    cycles = show.count("CycleFinished") - before
    pictures, takes = show.count("ImageArrived"), show.count("WallConfirmed")
    return Soak(passed / 60, cycles, pictures, takes, runs, interrupted, commit())


def _keep_running(show: Played) -> bool:
    if show.goes_on():
        return False
    show.begin()
    return True


def _progress(passed: float, cycles: int, sampler: Sampler) -> None:
    memory = ", ".join(
        f"{series.name} {series.values['rss'][-1][1]:.1f}" for series in sampler.series.values() if series.values
    )
    rate = f"{cycles / passed:.2f} cycles/s" if passed > 1 else ""
    print(f"{passed / 60:5.1f} min {rate} MiB: {memory}", file=sys.stderr, flush=True)  # noqa: T201 - waiting has a reason


def _words(soak: Soak, after: float, *, short: bool, restarted: list[str], asked: float) -> str:
    said = [
        f"{soak.minutes:.1f} min, {soak.cycles:,} cycles ({soak.rate:.2f}/s of {asked:g}/s asked for), "
        f"{soak.pictures:,} pictures, {soak.takes:,} confirmed by the wall; judged from minute {after / 60:.1f} on",
    ]
    if short:
        said.append(
            f"a short run: bars are {SHORT_FACTOR:g} times as wide and prove little; P9 needs {FULL_MINUTES:g} min"
        )
    if soak.interrupted:
        said.append("interrupted")
    if soak.runs:
        said.append(f"RUN had ended and was begun again {soak.runs} times")
    if soak.rate < asked * LEAST_RATE:
        said.append("MISSED: the rate was not kept")
    said += [f"MISSED: {name} became another process" for name in restarted]
    return "\n".join(said)


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - what the program is for


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m tests.soak", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--minutes", type=_positive(float), default=MINUTES, help=f"how long (default: {MINUTES:g})")
    parser.add_argument("--rate", type=_positive(float), default=1.0, help="cycles a second (default: 1)")
    parser.add_argument("--history", type=Path, metavar="FILE", help="add the verdict to this JSON file")
    parser.add_argument("--samples", type=Path, metavar="FILE", help="write every sample to this JSON file")
    return parser


def _positive(kind: Callable[[str], float]) -> Callable[[str], float]:
    def read(text: str) -> float:
        if (value := kind(text)) <= 0:
            raise argparse.ArgumentTypeError(f"{text} is not above 0")
        return value

    return read


if __name__ == "__main__":
    logging.disable(logging.WARNING)
    sys.exit(main())
