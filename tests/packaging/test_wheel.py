"""A wheel holds every file the programs read, data as well as code."""

import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCE_ROOTS = {"services": "", "textcraft_gui": "textcraft_gui/", "resources": "textcraft_gui/resources/"}


def tracked(folder: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", folder], cwd=ROOT, capture_output=True, check=True, text=True
    ).stdout
    return [Path(name).relative_to(folder) for name in listed.split("\0") if name and (ROOT / name).is_file()]


def test_nothing_that_is_in_the_tree_is_missing_from_the_wheel(tmp_path):
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    names = set(zipfile.ZipFile(next(tmp_path.glob("*.whl"))).namelist())
    wanted = {prefix + path.as_posix() for folder, prefix in SOURCE_ROOTS.items() for path in tracked(folder)}
    assert len(wanted) > 200
    assert wanted - names == set()
