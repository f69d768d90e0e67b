"""What a measure is, what it found, and how one run of ours is set against its bare counterpart; measures nothing."""

import gc
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

SLACK = 0.2
"""A bar missed by more than this share fails the run; shared machines are noisy."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table: ours against `bar`, the most allowed in this run (or, with `at_least`, the least)."""

    what: str
    ours: float
    bar: float
    rule: str
    bare: float | None = None
    unit: str = "ms"
    at_least: bool = False

    @property
    def excess(self) -> float:
        """How far beyond the bar, as a share of it; below 0 when it is kept."""
        return self.bar / self.ours - 1 if self.at_least else self.ours / self.bar - 1

    @property
    def kept(self) -> bool:
        """Whether the bar is kept."""
        return self.excess <= 0

    @property
    def failed(self) -> bool:
        """Whether the bar is missed by more than noise explains."""
        return self.excess > SLACK


@dataclass(frozen=True, slots=True)
class Note:
    """What this run did not measure, where its figures come from, or how to get them."""

    text: str


class Broken(Note):
    """Why a measure told no figures, which is a failure of this run."""

    __slots__ = ()


@dataclass(slots=True)
class Run:
    """What the measures of one run share: a folder that goes afterwards, and whether there is little time."""

    folder: Path
    quick: bool = False
    shared: dict[str, object] = field(default_factory=dict)

    def rounds(self, usual: int, quick: int) -> int:
        """Return how often to measure."""
        return quick if self.quick else usual


@dataclass(frozen=True, slots=True)
class Measure:
    """One line of the bars: `measure` returns what it found. Its name is as in the table of bars."""

    name: str
    what: str
    bar: str
    measure: Callable[[Run], Sequence[Figure | Note]]
    needs_screen: bool = False


def timed(work: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> float:
    """Return how long a call takes by a clock of seconds, ms."""
    began = clock()
    work()
    return (clock() - began) * 1000


def interleaved(rounds: int, *works: Callable[[], object]) -> list[list[float]]:
    """Time each call `rounds` times in turns, so that what else the machine does meets all alike; ms for each call."""
    gc.collect()
    times: list[list[float]] = [[] for _ in works]
    for _ in range(rounds):
        for mine, work in zip(times, works, strict=True):
            mine.append(timed(work))
    return times


def p50(times: Sequence[float]) -> float:
    """Return the median."""
    return statistics.median(times)


def p99(times: Sequence[float]) -> float:
    """Return the 99th percentile, the greatest of fewer than a hundred."""
    return sorted(times)[min(len(times) - 1, round(len(times) * 0.99))]


def usual(figure: Callable[[Sequence[float]], float], times: Sequence[float], stretches: int = 5) -> float:
    """Return the median of a figure over stretches of time: a burst of what others do on the machine is no part of it.

    Ours and its bare counterpart are both told so.
    """
    length = len(times) // stretches
    return p50([figure(times[at * length : (at + 1) * length]) for at in range(stretches)])
