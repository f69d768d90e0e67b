"""The bundle that `dev.py package` made, unpacked elsewhere and started with an empty environment, on each system."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.support.archives import unpack_tar

ROOT = Path(__file__).parents[2]
DIST = ROOT / "dist"
BUNDLE = DIST / "textcraft"
NEEDED_OF_WINDOWS = ("SYSTEMROOT", "TEMP", "TMP")


def told() -> dict:
    """What the build told of itself."""
    return json.loads((DIST / "package.json").read_text())


def archive() -> Path:
    """What is handed out."""
    return DIST / told()["archive"]


def unpack(folder: Path) -> Path:
    """Unpack it as its system does; returns where the programs lie. Windows and macOS: not run yet."""
    if sys.platform == "darwin":
        subprocess.run(["ditto", "-x", "-k", str(archive()), str(folder)], check=True)
        return folder / "TextCraft.app" / "Contents" / "MacOS"
    if sys.platform == "win32":
        shutil.unpack_archive(archive(), folder)
    else:
        unpack_tar(archive(), folder)
    return folder / "textcraft"


def environment(home: Path) -> dict[str, str]:
    """No more than a user has: a home, and on Windows what Windows itself needs."""
    home.mkdir(exist_ok=True)
    if sys.platform == "win32":
        return {"USERPROFILE": str(home), "LOCALAPPDATA": str(home), **{n: os.environ[n] for n in NEEDED_OF_WINDOWS}}
    return {"HOME": str(home), "XDG_RUNTIME_DIR": str(home)}


def start(line: list, folder: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a program to its end, with nothing of our environment but what is given."""
    return subprocess.run(
        list(map(str, line)),
        env={**environment(folder / "home"), **more},
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


def windowed(name: str) -> bool:
    """Whether a program has no console to print to: two of them, on Windows."""
    return sys.platform == "win32" and name in {"textcraft", "textcraft-display"}
