"""The bundle that `dev.py package` made: size, libraries, and a rehearsal elsewhere with an empty environment."""

import os
import shutil
import subprocess
import sys
import tarfile
from fnmatch import fnmatch
from pathlib import Path

import numpy
import pytest
from PIL import Image

from textcraft_bus.processes import MODULES

ROOT = Path(__file__).parents[2]
BUNDLE = ROOT / "dist" / "textcraft"
MOST_MB, MOST_PACKED_MB = 260, 95
CYCLES = 3

pytestmark = [pytest.mark.bundle, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def moved(tmp_path_factory):
    """The bundle from its archive, in a folder that knows nothing of the checkout."""
    elsewhere = tmp_path_factory.mktemp("else where")
    with tarfile.open(next((ROOT / "dist").glob("textcraft-*.tar.gz"))) as packed:
        packed.extractall(elsewhere, filter="tar")
    return elsewhere / "textcraft"


@pytest.fixture(scope="module")
def rehearsed(moved, tmp_path_factory):
    """Screenshots of a rehearsal by the bundle, and by this checkout with the same seed."""
    return {
        "bundle": _rehearse([str(moved / "textcraft")], tmp_path_factory.mktemp("bundle")),
        "checkout": _rehearse([sys.executable, "-m", "textcraft_gui"], tmp_path_factory.mktemp("checkout")),
    }


def _start(program, environment, folder):
    """Run a program to its end, with nothing of our environment."""
    return subprocess.run(
        program, env=environment, cwd=folder, capture_output=True, text=True, timeout=240, check=False
    )


def _rehearse(program, folder):
    """Run three cycles and return the pictures by name."""
    shots, home = folder / "shots", folder / "home"
    home.mkdir()
    environment = {"HOME": str(home), "XDG_RUNTIME_DIR": str(home), "DISPLAY": os.environ["DISPLAY"]}
    told = ["--rehearse", "--run", str(CYCLES), "--quit-when-done", "--seed", "7", "--shots", str(shots)]
    ended = _start([*program, *told], environment, folder)
    assert ended.returncode == 0, ended.stderr[-4000:]
    return {path.name: numpy.asarray(Image.open(path).convert("RGB"), dtype=float) for path in shots.glob("*.png")}


def test_it_is_small_enough():
    taken = subprocess.run(["du", "-sm", str(BUNDLE)], capture_output=True, text=True, check=True).stdout.split()[0]
    packed = next((ROOT / "dist").glob("textcraft-*.tar.gz")).stat().st_size / 1e6
    told = f"P10: {taken} MB on disk (bar {MOST_MB}), {packed:.0f} MB packed (bar {MOST_PACKED_MB})"
    sys.stderr.write(told + "\n")
    assert int(taken) <= MOST_MB, told
    assert packed <= MOST_PACKED_MB * 1.1, told


def test_only_allowed_libraries_came_along():
    lines = (ROOT / "build" / "bundle_libraries.txt").read_text().splitlines()
    allowed = [line for line in lines if line and not line.startswith("#")]
    inside = BUNDLE / "_internal"
    libraries = [path.relative_to(inside) for path in inside.rglob("lib*.so*") if not path.is_dir()]
    of_qt = {path for path in libraries if path.parts[:2] == ("PySide6", "Qt") and "lib" not in path.parts}
    names = {path: path.as_posix() if path in of_qt else path.name for path in libraries}
    assert len(libraries) > 50
    assert [name for name in names.values() if not any(fnmatch(name, line) for line in allowed)] == []
    assert [path for path in inside.rglob("*") if path.is_symlink() and not path.exists()] == []


def test_every_program_starts_elsewhere_with_an_empty_environment(moved, tmp_path):
    for name in MODULES:
        told = _start([moved / name, "--version"], {"HOME": str(tmp_path)}, tmp_path)
        assert (told.returncode, told.stdout.split()[:1]) == (0, [name]), told.stderr


def test_it_plays_a_rehearsal_with_walls_elsewhere(rehearsed):
    walls = [picture for name, picture in rehearsed["bundle"].items() if name.startswith("wall")]
    assert len(walls) > CYCLES
    assert all(picture.std() > 5 for picture in rehearsed["bundle"].values())


def test_its_walls_look_as_those_of_the_checkout(rehearsed):
    of_bundle, of_checkout = rehearsed["bundle"], rehearsed["checkout"]
    walls = sorted(name for name in of_bundle if name.startswith("wall"))
    assert walls == sorted(name for name in of_checkout if name.startswith("wall"))
    far = {name: abs(of_bundle[name] - of_checkout[name]).mean() for name in walls}
    assert max(far.values()) < 3, far


def test_a_plain_copy_works_too(moved, tmp_path):
    """Hard links become files of their own: larger, and still four programs."""
    copied = tmp_path / "copied"
    shutil.copytree(moved, copied, symlinks=True)
    ended = _start([copied / "textcraft-display", "--version"], {"HOME": str(tmp_path)}, tmp_path)
    assert ended.returncode == 0, ended.stderr
