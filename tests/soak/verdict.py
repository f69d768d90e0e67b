"""What a soak's samples say against the bar; pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tests.soak.slopes import Slope, binned, theil_sen

RSS_MB_PER_HOUR = 2.0
FLAT_PER_HOUR = 1.0
"""A count that is flat grows by less than one an hour."""
NOISE_SHARE_PER_HOUR = 0.002
"""What is counted by thousands, and comes and goes with pages and lines, may waver by so much."""
WAVERING = ("tasks", "timers")
"""What comes and goes many times between two looks: its slope is known less well than that of what is held."""
WAVER_SHARE_PER_HOUR = 0.1
SHORT_FACTOR = 60.0
"""A run of a few minutes sees what settles, too: it finds a torrent, not a trickle."""
FLAT = ("handles", "threads", "tasks", "timers", "qobjects")
GRADED = ("rss", *FLAT)
SHOWN = (*GRADED, "pss", "blocks")
HOUR = 3600.0
LEAST_POINTS = 4


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: how one count of one process went. `bar` is None for what is only shown."""

    process: str
    what: str
    first: float
    last: float
    slope: Slope
    """Per hour."""
    bar: float | None

    @property
    def ok(self) -> bool:
        """Whether it holds: the upper end of the slope's interval is within the bar."""
        return self.bar is None or self.slope.high <= self.bar


def judged(
    process: str, values: dict[str, list[tuple[float, float]]], after: float, *, factor: float = 1.0
) -> list[Row]:
    """Return a row for each thing that was counted often enough after `after` seconds."""
    found = []
    for what in SHOWN:
        points = binned([point for point in values.get(what, ()) if point[0] >= after])
        if len(points) >= LEAST_POINTS:
            found.append(_row(process, what, points, factor))
    return found


def _row(process: str, what: str, points: Sequence[tuple[float, float]], factor: float) -> Row:
    slope = theil_sen([(when / HOUR, value) for when, value in points])
    first, last = points[0][1], points[-1][1]
    return Row(process, what, first, last, slope, _bar(what, first) * factor if what in GRADED else None)


def _bar(what: str, level: float) -> float:
    if what == "rss":
        return RSS_MB_PER_HOUR
    return max(FLAT_PER_HOUR, (WAVER_SHARE_PER_HOUR if what in WAVERING else NOISE_SHARE_PER_HOUR) * level)


COLUMNS = ("process", "what", "first", "last", "per hour", "95 %", "bar", "")


def as_table(rows: Iterable[Row]) -> str:
    """Return the lines of the table, columns aligned."""
    cells = [COLUMNS, *map(_cells, rows)]
    widths = [max(len(row[place]) for row in cells) for place in range(len(COLUMNS))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells]
    return "\n".join([lines[0], "-" * max(map(len, lines)), *lines[1:]])


def _cells(row: Row) -> tuple[str, ...]:
    slope = row.slope
    bar = "" if row.bar is None else f"≤ {row.bar:.2f}"
    verdict = "" if row.bar is None else "ok" if row.ok else "MISSED"
    between = f"{slope.low:+.2f} … {slope.high:+.2f}"
    return (
        row.process, _UNITS.get(row.what, row.what), f"{row.first:,.1f}", f"{row.last:,.1f}", f"{slope.median:+.2f}",
        between, bar, verdict,
    )  # fmt: skip


_UNITS = {"rss": "RSS, MiB", "pss": "PSS, MiB", "qobjects": "Qt objects", "blocks": "blocks of Python"}
