"""The soaks of the past, kept in a JSON file: when, on which commit, and what was seen; starts nothing."""

import json
import os
import platform
import subprocess
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tests.soak.verdict import Row

ROOT = Path(__file__).parents[2]
FILE = Path(__file__).with_name("history.json")
FULL_MINUTES = 60.0
"""A shorter soak proves little: in its first ten minutes everything fills."""


@dataclass
class Soak:
    """How one soak went as a whole."""

    minutes: float
    cycles: int
    pictures: int
    takes: int
    runs: int
    """How often RUN had ended and was begun again."""
    interrupted: bool
    commit: str
    ok: bool = False

    @property
    def rate(self) -> float:
        """Cycles a second."""
        return self.cycles / (self.minutes * 60) if self.minutes else 0.0


def commit() -> str:
    """Return the commit of the checkout as a package names it, with `+` when files differ; "unknown" without git."""
    line = ["git", "describe", "--always", "--abbrev=12", "--dirty=+", "--exclude", "*"]
    told = subprocess.run(line, cwd=ROOT, check=False, capture_output=True, text=True, timeout=20)
    return told.stdout.strip() or "unknown"


def load(path: Path) -> list[dict[str, Any]]:
    """Return the entries of a history, oldest first; none where there is no file."""
    return list(json.loads(path.read_text("utf-8"))) if path.is_file() else []


def last_full(path: Path) -> dict[str, Any] | None:
    """Return the newest entry that was long enough to prove something."""
    return next((entry for entry in reversed(load(path)) if entry["minutes"] >= FULL_MINUTES), None)


def remember(path: Path, soak: Soak, rows: Sequence[Row]) -> None:
    """Add a soak to a history; the file is begun when there is none."""
    system = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    entry = {
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "machine": f"{system}, Python {platform.python_version()}",
        **asdict(soak),
        "rate": round(soak.rate, 3),
        "minutes": round(soak.minutes, 1),
        "rows": [_kept(row) for row in rows],
    }
    path.write_text(json.dumps([*load(path), entry], indent=1) + "\n", encoding="utf-8")


def _kept(row: Row) -> dict[str, Any]:
    slope = {name: round(value, 3) for name, value in asdict(row.slope).items()}
    return {"process": row.process, "what": row.what, "first": round(row.first, 2), "last": round(row.last, 2)} | {
        "per_hour": slope, "bar": row.bar, "ok": row.ok,
    }  # fmt: skip
