"""What is plotted: a few bounded series of figures, read from events and from this process; knows no widget."""

import bisect
from array import array
from collections.abc import Mapping
from typing import Final

import psutil
from PySide6.QtCore import QObject, QTimer

from textcraft_bus.records import dataclass
from textcraft_core import events as ev
from textcraft_core.events import Event
from textcraft_gui.projection.walls import service_title
from textcraft_gui.state.feed import Feed
from textcraft_gui.words.i18n import later, translated

MOST_POINTS: Final = 4000
"""Kept of each series; a longer evening loses its oldest points."""
DRAWN_POINTS: Final = 600
"""At most so many are drawn: 5,000 cost 8 ms a repaint."""
CONSOLE: Final = "console"
MEBIBYTE: Final = 1 << 20


class Series:
    """Points in the order they came: monotonic seconds and a value.

    Their room is taken at once, 64 KB: what fills for an hour would look like something that leaks.
    """

    def __init__(self, most: int = MOST_POINTS) -> None:
        self._most = most
        self._times = array("d", [0.0]) * most
        self._values = array("d", [0.0]) * most
        self._added = 0

    def __len__(self) -> int:
        return min(self._added, self._most)

    def add(self, at: float, value: float) -> None:
        """Add a point; the oldest goes where there is no room."""
        place = self._added % self._most
        self._times[place], self._values[place] = at, value
        self._added += 1

    @property
    def times(self) -> list[float]:
        """Return when each point came, the oldest first."""
        return self._in_order(self._times)

    @property
    def values(self) -> list[float]:
        """Return the points' values in the same order."""
        return self._in_order(self._values)

    def _in_order(self, kept: "array[float]") -> list[float]:
        oldest = self._added % self._most if self._added > self._most else 0
        return [*kept[oldest : len(self)], *kept[:oldest]]

    def since(self, begin: float) -> tuple[list[float], list[float]]:
        """Return the points from a time on, thinned to what is drawn; of each stretch its largest value stays."""
        times, values = self.times, self.values
        first = bisect.bisect_left(times, begin)
        times, values = times[first:], values[first:]
        stride = -(-len(times) // DRAWN_POINTS) if times else 1
        if stride <= 1:
            return times, values
        picks = [
            max(range(at, min(at + stride, len(times))), key=values.__getitem__) for at in range(0, len(times), stride)
        ]
        return [times[pick] for pick in picks], [values[pick] for pick in picks]


@dataclass(frozen=True)
class Chart:
    """One plot: its title, the unit of its values, and whether its lines are steps."""

    key: str
    title: str
    unit: str
    steps: bool = False


CHARTS: Final = (
    Chart("cycle", later("cycle time"), "s"),
    Chart("tokens", "tokens", "/s"),
    Chart("spend", later("spend"), "USD", steps=True),
    Chart("render", later("picture latency"), "s"),
    Chart("queue", later("open pictures"), "", steps=True),
    Chart("memory", "memory", "MiB"),
)


class Metrics:
    """The series of each chart, by the name of their line; fed with every event and once a second."""

    def __init__(self) -> None:
        self.series: dict[str, dict[str, Series]] = {chart.key: {} for chart in CHARTS}
        self._process = psutil.Process()
        self._open: set[str] = set()

    def take_in(self, event: Event, now: float) -> None:
        """Let one event add its point."""
        match event:
            case ev.CycleFinished(seconds=seconds):
                self._add("cycle", "", now, seconds)
            case ev.BrainAnswered(role=role, seconds=seconds, completion_tokens=tokens) if seconds > 0:
                self._add("tokens", role, now, tokens / seconds)
            case ev.SpendAdded(total=total):
                self._add("spend", "", now, total)
            case ev.ImageArrived(request_id=request_id, seconds=seconds):
                self._add("render", "", now, seconds)
                self._close(request_id, now)
            case ev.RenderRequested(request_id=request_id):
                self._open.add(request_id)
                self._add("queue", "", now, len(self._open))
            case ev.RenderFailed(request_id=request_id):
                self._close(request_id, now)

    def tick(self, now: float, services: Mapping[str, int]) -> None:
        """Note the memory of this process and of services (name → bytes) that said theirs; about once a second."""
        self._add("memory", CONSOLE, now, self._process.memory_info().rss / MEBIBYTE)
        for name, rss in services.items():
            self._add("memory", name, now, rss / MEBIBYTE)

    def _close(self, request_id: str, now: float) -> None:
        self._open.discard(request_id)
        self._add("queue", "", now, len(self._open))

    def _add(self, chart: str, line: str, now: float, value: float) -> None:
        lines = self.series[chart]
        if line not in lines:
            lines[line] = Series()
        lines[line].add(now, value)

    def rows(self) -> list[tuple[str, str, float, float]]:
        """Return every point as (chart, line, seconds, value), for an export."""
        return [
            (chart, line, at, value)
            for chart, lines in self.series.items()
            for line, series in lines.items()
            for at, value in zip(series.times, series.values, strict=True)
        ]


class Recorder(QObject):
    """Fills the metrics of one window from its first event on, whether anybody looks at them or not."""

    def __init__(self, feed: Feed, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.metrics = Metrics()
        self._feed = feed
        self._second = QTimer(self, interval=1000)
        self._second.timeout.connect(self._on_second)
        self._second.start()
        feed.hear(self._on_event)

    def _on_event(self, event: Event) -> None:
        self.metrics.take_in(event, self._feed.now().mono)

    def _on_second(self) -> None:
        services = self._feed.state.services.values()
        there = {service_title(service.name): service.rss for service in services if service.rss and not service.lost}
        self.metrics.tick(self._feed.now().mono, there)


def title_of(chart: Chart) -> str:
    """Return what stands above a plot."""
    unit = f" ({chart.unit})" if chart.unit else ""
    return translated(chart.title) + unit
