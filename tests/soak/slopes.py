"""How quickly something grows, and how sure that is: pure statistics, which know nothing of processes.

Theil–Sen: the median of the slopes between all pairs of points, which up to a quarter of wild points do not move. Its
bounds are Sen's, at 95 %. They take the points for independent; so samples are first joined to medians of half minutes.
"""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

Point = tuple[float, float]
"""Time and value."""
Z95 = 1.959964
BIN_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Slope:
    """Growth per unit of time; `low` and `high` are the ends of its 95 % interval."""

    median: float
    low: float
    high: float


def binned(samples: Sequence[Point], width: float = BIN_SECONDS) -> list[Point]:
    """Join the samples of each stretch of `width` to one point, the medians of their times and values; by time."""
    stretches: dict[int, list[Point]] = {}
    for when, value in samples:
        stretches.setdefault(math.floor(when / width), []).append((when, value))
    return [
        (statistics.median(when for when, _ in points), statistics.median(value for _, value in points))
        for _, points in sorted(stretches.items())
    ]


def theil_sen(points: Sequence[Point]) -> Slope:
    """Return the slope of points with at least two different times. Raises ValueError when there are fewer."""
    slopes = sorted(
        (later[1] - earlier[1]) / (later[0] - earlier[0])
        for place, earlier in enumerate(points)
        for later in points[place + 1 :]
        if later[0] != earlier[0]
    )
    if not slopes:
        raise ValueError("a slope needs two points of different times")
    count, pairs = len(points), len(slopes)
    reach = Z95 * math.sqrt(count * (count - 1) * (2 * count + 5) / 18)
    low = max(0, math.floor((pairs - reach) / 2))
    high = min(pairs - 1, math.ceil((pairs + reach) / 2))
    return Slope(statistics.median(slopes), slopes[low], slopes[high])
