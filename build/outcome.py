"""What the parts of a whole check say, and which of it tells why one failed; knows no part by name.

Only the standard library: `dev.py` uses it before there is an environment.
"""

from __future__ import annotations  # as dev.py: an older Python is told that it is too old

import re
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

INTERRUPTED = 2
"""Exit code of a check that somebody broke off: what would follow is left out."""
LOOK_S = 0.2
LAST_LINES = 5
"""So many lines are told of a check that ends without saying why, as one that crashes does."""
MOST_LINES = 20
"""So many failures of one check are named."""
_WHY = re.compile(r"^(?:FAILED (?=\S+\.py)|ERROR (?=\S+\.py(?:::| |$))|missed: |dev\.py: failed: )(.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Told:
    """How one check ended; `why` names each test or figure that failed."""

    name: str
    failed: bool
    minutes: float
    why: list[str] = field(default_factory=list)


def in_turn(checks: dict[str, Callable[[IO[str]], int]], output: IO[str]) -> list[Told]:
    """Runs checks one after the other, each with where its words go, a file that can be read again."""
    told = []
    for name, check in checks.items():
        began, at = time.monotonic(), _end_of(output)
        code = check(output)
        words = _since(output, at) if code else ""
        told.append(Told(name, code != 0, (time.monotonic() - began) / 60, why_of(words)))
        if code == INTERRUPTED:
            break
    return told


def why_of(words: str) -> list[str]:
    """Returns the lines that name a failed test, figure or linter, else the last ones there are."""
    named = list(dict.fromkeys(_WHY.findall(words)))
    return named or [line for line in words.splitlines() if line.strip()][-LAST_LINES:]


def summary(told: list[Told]) -> str:
    """Returns the last lines of a whole check: how each part ended, then what failed."""
    ends = [f"{'FAILED' if each.failed else 'passed'} in {each.minutes:4.1f} min: {each.name}" for each in told]
    return "\n".join(f"dev.py: {line}" for line in (*ends, *(why for each in told for why in _whys(each))))


def _whys(each: Told) -> list[str]:
    more = len(each.why) - MOST_LINES
    lines = [f"failed: {each.name}: {why}" for why in each.why[:MOST_LINES]]
    return [*lines, f"failed: {each.name}: and {more} more"] if more > 0 else lines


@contextmanager
def kept() -> Iterator[IO[str]]:
    """Yields a file for words that are shown later."""
    with tempfile.TemporaryFile("a+", encoding="utf-8", errors="replace") as file:
        yield file


@contextmanager
def shown() -> Iterator[IO[str]]:
    """Yields a file whose words are shown as they come."""
    with tempfile.TemporaryDirectory() as folder:
        path, done = Path(folder) / "words", threading.Event()
        with path.open("a+", encoding="utf-8", errors="replace") as file:
            showing = threading.Thread(target=_show, args=(path, done))
            showing.start()
            try:
                yield file
            finally:
                file.flush()
                done.set()
                showing.join()


def _show(path: Path, done: threading.Event) -> None:
    with path.open(encoding="utf-8", errors="replace") as words:
        ended = False
        while not ended:
            ended = done.wait(LOOK_S)
            sys.stdout.write(words.read())
            sys.stdout.flush()


def _end_of(output: IO[str]) -> int:
    """Where what comes next begins; other processes write there as well."""
    output.flush()
    return output.seek(0, 2)


def _since(output: IO[str], place: int) -> str:
    output.flush()
    output.seek(place)
    words = output.read()
    output.seek(0, 2)
    return words
