"""P4 and P8: how the console's main loop stalls under load, and how soon it can be used; a bare window beside it."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

from PIL import Image

from tests.bench.measure import Figure, Measure, Run, p50, p99
from textcraft_core.show.folder import new_show

USABLE = "the console can be used"
"""What the console logs when its window stands and hears keys."""
PICTURES = 40


def stalls(run: Run) -> list[Figure]:
    """Load the console while a bare window idles beside it."""
    show = _show(run.folder / "loaded")
    seconds = run.rounds(60, 12)
    environment = _environment(run.folder / "home-4")
    bare = _start("bare_window", str(seconds + 5), environment=environment)
    ours = _start("loaded_console", str(show), str(seconds), environment=environment)
    mine, theirs = _late(ours, seconds + 90), _late(bare, 60)
    return [
        Figure(
            f"main-loop stall under load, p99, {seconds} s", p99(mine), p99(theirs) + 12, "bare + 12 ms", p99(theirs)
        ),
        Figure("the same, longest", max(mine), max(theirs) + 42, "bare + 42 ms", max(theirs)),
    ]


def start(run: Run) -> list[Figure]:
    """Start the console and the bare window in turns."""
    show = new_show(run.folder / "started").root
    program = str(Path(sys.executable).with_name("textcraft"))
    ours, bare = [], []
    for number in range(run.rounds(10, 4)):
        environment = _environment(run.folder / f"home-8-{number}")
        ours.append(_until_usable([program, "--project", str(show)], USABLE, environment))
        bare.append(_until_usable([sys.executable, "-m", "tests.bench.bare_window", "0"], "usable", environment))
    return [
        Figure(
            "start → usable console", p50(ours[1:]), 1.5 * p50(bare[1:]), "1.5 × bare window with a plot", p50(bare[1:])
        )
    ]


def _show(folder: Path) -> Path:
    show = new_show(folder).root
    pictures = folder.parent / "pictures"
    pictures.mkdir(exist_ok=True)
    for number in range(PICTURES):
        Image.effect_noise((1024, 1024), 40 + number).convert("RGB").save(pictures / f"{number}.jpg", quality=85)
    settings = f'generator = "folder"\n[folder]\npath = "{pictures}"\norder = "sequence"\n'
    (show / "image_server.toml").write_text(settings, encoding="utf-8")
    return show


def _environment(home: Path) -> dict[str, str]:
    """As on a user's machine: compiled files are kept, so that only the first start compiles."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "TEXTCRAFT_HOME": str(home)}


def _start(module: str, *arguments: str, environment: dict[str, str]) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", f"tests.bench.{module}", *arguments]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)


def _late(process: subprocess.Popen[str], seconds: float) -> list[float]:
    out, _ = process.communicate(timeout=seconds)
    line = next((line for line in out.splitlines() if line.startswith("{")), None)
    if line is None:
        raise RuntimeError(f"{process.args} counted nothing")
    return [float(late) for late in json.loads(line)["late_ms"]]


def _until_usable(command: list[str], word: str, environment: dict[str, str]) -> float:
    began = time.perf_counter()
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        try:
            found = next((line for line in process.stdout or () if word in line), None)
            took = (time.perf_counter() - began) * 1000
            if found is None:
                raise RuntimeError(f"{command[0]} never said {word!r}")
            return took
        finally:
            process.terminate()


STALLS = Measure("P4", "the console under load", "p99 ≤ bare + 12 ms, max ≤ bare + 42 ms", stalls, needs_screen=True)
START = Measure("P8", "start to a usable console", "≤ 1.5 × bare window", start, needs_screen=True)
