"""The table people read, the history machines read, and the verdict of a whole run; knows no measure."""

import json
import os
import platform
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.bench.measure import Figure
from tests.soak.history import commit

COLUMNS = ("measure", "ours", "bare", "ratio", "difference", "since last", "bar", "")
Found = Sequence[tuple[str, Figure]]
"""Name of the measure and what it found."""


Before = Mapping[tuple[str, str], Mapping[str, Any]]
"""Figures of an earlier run, by the names of measure and figure."""


def as_table(found: Found, before: Before | None = None) -> str:
    """Return the lines of the table, columns aligned; with what changed since an earlier run."""
    rows = [COLUMNS, *(_row(name, figure, (before or {}).get((name, figure.what))) for name, figure in found)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(COLUMNS))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([lines[0], "-" * max(map(len, lines)), *lines[1:]])


def exit_code(found: Found) -> int:
    """Return 1 when a bar is missed by more than a fifth, or nothing was measured."""
    return int(not found or any(figure.failed for _, figure in found))


def busy() -> str:
    """Say how busy the machine was: with more work than cores, bars in ms say little; those beside a bare run do."""
    load = f"load {os.getloadavg()[0]:.1f} on " if hasattr(os, "getloadavg") else ""
    return f"{load}{os.cpu_count()} cores"


def remember(path: Path, found: Found, seconds: float) -> None:
    """Add this run to the history file, a list of runs; the file is begun when there is none."""
    runs = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
    figures = [
        {"measure": name, "what": figure.what, "unit": figure.unit, "ours": figure.ours, "bare": figure.bare}
        | {"bar": figure.bar, "rule": figure.rule, "ok": figure.kept}
        for name, figure in found
    ]
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    runs.append(
        {
            "at": at,
            "commit": commit(),
            "machine": _machine(),
            "busy": busy(),
            "seconds": round(seconds, 1),
            "figures": figures,
        }
    )
    path.write_text(json.dumps(runs, indent=1) + "\n", encoding="utf-8")


def last_time(path: Path) -> Before:
    """Return the newest figure of each kind that this machine has in a history; none where there is no file."""
    runs = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
    own = (run for run in runs if run["machine"] == _machine())
    return {(figure["measure"], figure["what"]): figure for run in own for figure in run["figures"]}


def change(figure: Figure, before: Mapping[str, Any] | None) -> float | None:
    """Return by which share a figure grew since an earlier one, both taken by their bare counterparts if they have any.

    None where there is nothing to compare with.
    """
    if before is None or (figure.bare is None) is not (before["bare"] is None):
        return None
    if figure.bare is None:
        return figure.ours / before["ours"] - 1 if before["ours"] else None
    if not (figure.bare and before["bare"] and before["ours"]):
        return None
    return float(figure.ours / figure.bare / (before["ours"] / before["bare"]) - 1)


def _machine() -> str:
    return f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"


def _row(name: str, figure: Figure, before: Mapping[str, Any] | None) -> tuple[str, ...]:
    ratio = difference = bare = ""
    if figure.bare is not None:
        bare, difference = _number(figure.bare), _number(figure.ours - figure.bare, sign="+")
        ratio = f"{figure.ours / figure.bare:.2f}" if figure.bare else ""
    unit, changed = figure.unit, change(figure, before)
    since = "" if changed is None else f"{changed * 100:+.0f} %"
    bar = f"{'≥' if figure.at_least else '≤'} {_number(figure.bar)} ({figure.rule})"
    return f"{name} {figure.what}, {unit}", _number(figure.ours), bare, ratio, difference, since, bar, _verdict(figure)


def _verdict(figure: Figure) -> str:
    return "ok" if figure.kept else f"missed by {figure.excess * 100:.0f} %"


def _number(value: float, *, sign: str = "") -> str:
    return f"{value:{sign},.0f}" if abs(value) >= 1000 else f"{value:{sign}.2f}"
