"""A wheel holds every file the programs read, and plays a rehearsal where it is installed; so does the sdist's."""

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from tests.support.archives import unpack_tar
from textcraft_bus.processes import MODULES

ROOT = Path(__file__).parents[2]
SOURCE_ROOTS = {"services": "", "textcraft_gui": "textcraft_gui/", "resources": "textcraft_gui/resources/"}
PACKAGES = (*MODULES.values(), "textcraft_bus", "textcraft_qt")

pytestmark = pytest.mark.timeout(240)


def tracked(folder: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", folder], cwd=ROOT, capture_output=True, check=True, text=True
    ).stdout
    return [Path(name).relative_to(folder) for name in listed.split("\0") if name and (ROOT / name).is_file()]


def built(target: str, folder: Path, source: Path = ROOT) -> Path:
    line = [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", str(folder)]
    subprocess.run(line, cwd=source, check=True, capture_output=True)
    return next(folder.glob("*.whl" if target == "wheel" else "*.tar.gz"))


def names_in(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as opened:
        return set(opened.namelist())


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    return built("wheel", tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """Where the programs lie in an environment of its own: this wheel, and what it needs from that of the tests."""
    environment = tmp_path_factory.mktemp("installed")
    venv.create(environment, with_pip=False)
    python = environment / "bin" / "python"
    line = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        str(python),
        "install",
        "--quiet",
        "--no-deps",
        "--no-index",
        wheel,
    ]
    subprocess.run(line, check=True, capture_output=True)
    (place,) = environment.glob("lib/python*/site-packages")
    # A line of a .pth adds a folder and reads none of its own, so the checkout of the editable install stays unseen.
    (place / "needs.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return environment / "bin"


def test_nothing_that_is_in_the_tree_is_missing_from_the_wheel(wheel):
    wanted = {prefix + path.as_posix() for folder, prefix in SOURCE_ROOTS.items() for path in tracked(folder)}
    assert len(wanted) > 200
    assert wanted - names_in(wheel) == set()


def test_every_package_says_that_it_is_typed(wheel):
    assert {f"{package}/py.typed" for package in PACKAGES} <= names_in(wheel)


def test_the_sdist_makes_the_same_wheel(wheel, tmp_path):
    unpack_tar(built("sdist", tmp_path / "sdist"), tmp_path)
    (source,) = tmp_path.glob("textcraft-*")
    assert names_in(built("wheel", tmp_path / "again", source)) == names_in(wheel)


def test_what_is_installed_is_the_wheel_and_not_the_checkout(installed, tmp_path):
    words = f"from importlib.util import find_spec\nfor n in {PACKAGES!r}: print(find_spec(n).origin)"
    line = [installed / "python", "-c", words]
    told = subprocess.run(line, cwd=tmp_path, capture_output=True, text=True, check=True).stdout.splitlines()
    assert len(told) == len(PACKAGES)
    assert all(Path(path).is_relative_to(installed.parent) for path in told)


@pytest.mark.parametrize("name", MODULES)
def test_every_program_starts_from_the_wheel(installed, tmp_path, name):
    told = subprocess.run([installed / name, "--version"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (told.returncode, told.stdout.split()[:1]) == (0, [name]), told.stderr


def test_a_rehearsal_with_walls_plays_from_the_wheel(installed, tmp_path):
    shots = tmp_path / "shots"
    line = [installed / "textcraft", "--rehearse", "--run", "1", "--quit-when-done", "--seed", "7", "--shots", shots]
    home = {"HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path), "TEXTCRAFT_HOME": str(tmp_path / "home")}
    screen = {name: os.environ[name] for name in ("DISPLAY", "QT_QPA_PLATFORM") if name in os.environ}
    ended = subprocess.run(
        line, cwd=tmp_path, env={**home, **screen}, capture_output=True, text=True, timeout=200, check=False
    )
    assert ended.returncode == 0, ended.stderr[-4000:]
    assert len(list(shots.glob("wall*.png"))) > 1
