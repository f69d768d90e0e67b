"""Folders of pictures with their sidecars, as image servers leave them."""

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.support.show_script import paint

BEGAN = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)


def fill(folder: Path, count: int, *, painted: int = 5) -> list[Path]:
    """Put `count` pictures and sidecars into a folder; `painted` are unlike, the others links to them."""
    folder.mkdir(parents=True, exist_ok=True)
    originals = []
    for number in range(min(painted, count)):
        path = folder / f"{number:064x}.png"
        paint(path, number, (320, 180))
        originals.append(path)
    paths = [folder / f"{number:064x}.png" for number in range(count)]
    for number, path in enumerate(paths):
        if number >= painted:
            os.link(originals[number % painted], path)
        sidecar(path, number)
    return paths


def sidecar(path: Path, number: int, **more: object) -> None:
    """Write what is known of one picture."""
    told = {
        "sha256": path.stem,
        "prompt": f"a lamp over water, number {number}",
        "negative_prompt": "",
        "seed": 1000 + number,
        "width": 320,
        "height": 180,
        "backend": "procedural",
        "cost": 0.0,
        "cost_estimated": False,
        "painted_at": (BEGAN + timedelta(minutes=number)).isoformat(),
        "caption": f"lamp {number}",
        "target": f"ch{number % 7:02}_Part.md",
    }
    path.with_suffix(".json").write_text(json.dumps({**told, **more}), encoding="utf-8")
