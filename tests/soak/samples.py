"""What each process of a show holds: seen by the system, and told by its own health file; judges nothing."""

import contextlib
import json
import time
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from textcraft_bus.disk.folders import log_folder

MIB = 1 << 20
FROM_OUTSIDE = ("rss", "pss", "handles", "threads")
FROM_INSIDE = ("tasks", "timers", "qobjects", "blocks")


@dataclass
class Series:
    """One process: for each thing that is counted, when (s since the first look) it was how many."""

    name: str
    pid: int
    values: dict[str, list[tuple[float, float]]] = field(default_factory=dict)
    other_pids: int = 0
    """How often another process had taken its place."""

    def add(self, what: str, when: float, value: float) -> None:
        """Note one count."""
        self.values.setdefault(what, []).append((when, value))


class Sampler:
    """Looks at processes by name; `look` is blocking, some 20 ms."""

    def __init__(self) -> None:
        self.series: dict[str, Series] = {}
        self._began = time.monotonic()
        self._told: dict[int, str] = {}

    @property
    def seconds(self) -> float:
        """How long ago the first look could have been."""
        return time.monotonic() - self._began

    def look(self, processes: dict[str, int]) -> None:
        """Take one sample of each; what is gone in this moment is left out."""
        inside = _counts_inside()
        for name, pid in processes.items():
            series = self.series.setdefault(name, Series(name, pid))
            if series.pid != pid:
                series.pid, series.other_pids = pid, series.other_pids + 1
            with contextlib.suppress(psutil.Error):
                self._look_outside(series)
            self._look_inside(series, inside.get(pid))

    def as_json(self) -> str:
        """Return every sample, for whoever wants to draw them."""
        return json.dumps({name: series.values for name, series in self.series.items()})

    def _look_outside(self, series: Series) -> None:
        process, when = psutil.Process(series.pid), self.seconds
        memory = process.memory_full_info()
        found = {
            "rss": memory.rss / MIB,
            "pss": getattr(memory, "pss", memory.rss) / MIB,
            "handles": process.num_handles() if hasattr(process, "num_handles") else process.num_fds(),
            "threads": process.num_threads(),
        }
        for what, value in found.items():
            series.add(what, when, float(value))

    def _look_inside(self, series: Series, said: tuple[str, dict[str, int]] | None) -> None:
        """A file that was not written anew since the last look says nothing new."""
        if said is None or self._told.get(series.pid) == said[0]:
            return
        self._told[series.pid] = said[0]
        for what in FROM_INSIDE:
            if what in said[1]:
                series.add(what, self.seconds, float(said[1][what]))


def _counts_inside() -> dict[int, tuple[str, dict[str, int]]]:
    """By process id: when it was written, and the counts."""
    found: dict[int, tuple[str, dict[str, int]]] = {}
    for path in sorted(Path(log_folder() / "health").glob("*.json")):
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            data = json.loads(path.read_text("utf-8"))
            found[int(data["pid"])] = (str(data["last_updated"]), dict(data["details"]["counts"]))
    return found
