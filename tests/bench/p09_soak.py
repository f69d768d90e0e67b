"""P9: what grows while a show is played for an hour. Told from the last full soak: this run has ten minutes for all."""

from typing import Any

from tests.bench.measure import Figure, Measure, Note, Run
from tests.soak.history import FILE, commit, last_full
from tests.soak.verdict import FLAT, RSS_MB_PER_HOUR

HOW = "`python3 build/dev.py soak` plays one, 75 min"


def soaked(_run: Run) -> list[Figure | Note]:
    """Return the steepest growth of memory and of each count, by the upper ends of their 95 % intervals."""
    last = last_full(FILE)
    if last is None:
        return [Note(f"no full soak is on record: {HOW}")]
    return [*figures(last), Note(words(last, commit()))]


def figures(soak: dict[str, Any]) -> list[Figure]:
    """Return the process whose memory grew most, and the count that came nearest to its bar."""
    memory = max((row for row in soak["rows"] if row["what"] == "rss"), key=_high)
    counted = max((row for row in soak["rows"] if row["what"] in FLAT), key=lambda row: _high(row) / row["bar"])
    return [
        Figure(f"memory, {memory['process']}, at most", _high(memory), RSS_MB_PER_HOUR, "absolute", unit="MiB/h"),
        Figure(
            f"{counted['what']}, {counted['process']}, at most",
            _high(counted),
            counted["bar"],
            "flat",
            unit="1/h",
        ),
    ]


def words(soak: dict[str, Any], now: str) -> str:
    """Say when and on what the figures were seen."""
    same = "this commit" if soak["commit"] == now else f"commit {soak['commit']}, this one is {now}"
    kept = "all held" if soak["ok"] else "not all held"
    return (
        f"not of this run: the last full soak, {soak['at']}, {same}; {soak['minutes']:.0f} min at "
        f"{soak['rate']:.2f} cycles/s, {kept}; {HOW}"
    )


def _high(row: dict[str, Any]) -> float:
    return float(row["per_hour"]["high"])


MEASURE = Measure("P9", "the last full soak", "memory ≤ 2 MB/h for each process, all counts flat", soaked)
