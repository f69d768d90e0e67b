"""P10: how large the bundle is. Told from the last package when it is of this commit: building one takes minutes."""

import json
from pathlib import Path
from typing import Any

from tests.bench.measure import Figure, Measure, Note, Run
from tests.soak.history import ROOT, commit

TOLD = ROOT / "dist" / "package.json"
MOST_MB, MOST_PACKED_MB = 260.0, 95.0
HOW = "`python3 build/dev.py package` makes one, some minutes"


def bundle(_run: Run) -> list[Figure | Note]:
    """Return the sizes on disk and packed."""
    return sizes(TOLD, commit())


def sizes(told: Path, now: str) -> list[Figure | Note]:
    """Return what `told` says, if it is of the commit `now`; else how to make it."""
    if not told.is_file():
        return [Note(f"there is no package: {HOW}")]
    made: dict[str, Any] = json.loads(told.read_text("utf-8"))
    if made["commit"] != now:
        return [Note(f"the package in dist/ is of commit {made['commit']}, this one is {now}: {HOW}")]
    return [
        Figure("bundle on disk", float(made["disk_mb"]), MOST_MB, "absolute", unit="MB"),
        Figure("bundle packed", float(made["packed_mb"]), MOST_PACKED_MB, "absolute", unit="MB"),
    ]


MEASURE = Measure("P10", "the bundle of this commit", "≤ 260 MB on disk, ≤ 95 MB packed", bundle)
