"""The bundle that `dev.py package` made: size, libraries, and a rehearsal elsewhere with an empty environment."""

import asyncio
import configparser
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tarfile
from fnmatch import fnmatch
from pathlib import Path

import numpy
import pytest
from PIL import Image

from tests.fakes import llm_server as llm
from tests.fakes.llm_server import LlmServer
from textcraft_bus.processes import MODULES
from textcraft_core.show.folder import new_show

ROOT = Path(__file__).parents[2]
BUNDLE = ROOT / "dist" / "textcraft"
TOLD = ROOT / "dist" / "package.json"
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
    told = json.loads(TOLD.read_text())
    said = f"P10: {told['disk_mb']} MB on disk (bar {MOST_MB}), {told['packed_mb']} MB packed (bar {MOST_PACKED_MB})"
    sys.stderr.write(said + "\n")
    assert told["disk_mb"] <= MOST_MB, said
    assert told["packed_mb"] <= MOST_PACKED_MB, said


def test_what_is_told_of_it_is_so():
    told = json.loads(TOLD.read_text())
    taken = subprocess.run(["du", "-sm", str(BUNDLE)], capture_output=True, text=True, check=True).stdout.split()[0]
    assert abs(int(taken) - told["disk_mb"]) < 3
    assert abs((ROOT / "dist" / told["archive"]).stat().st_size / 1e6 - told["packed_mb"]) < 0.1
    assert sum(packed for _, packed in told["by_package"].values()) == pytest.approx(told["packed_mb"], rel=0.05)


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


def test_nothing_lies_there_twice_or_for_developers():
    """The four programs are one file with all modules in it; what only tools read stays out."""
    assert len({(BUNDLE / name).stat().st_ino for name in MODULES}) == 1
    endings = {path.suffix for path in BUNDLE.rglob("*") if path.is_file()}
    assert endings & {".pyi", ".pyx", ".pxd", ".h", ".qmltypes", ".qm", ".a", ".pyc"} == set()


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


async def test_a_live_brain_writes_with_what_came_along_of_its_library(moved, tmp_path):
    show = new_show(tmp_path / "show")
    plan = {"action_type": "generate", "target_file": "ch01_The_Casting.md", "assigned_agent": "narrator"}
    written = {"path": "manuscripts/ch01_The_Casting.md", "content": "one two three " * 30}
    async with LlmServer() as server:
        server.say(
            llm.says(json.dumps(plan)),
            llm.stream(llm.tool_chunks(("write_file", json.dumps(written)))),
            llm.says("done"),
            llm.says(json.dumps({"prompt": "p", "negative_prompt": "", "caption": "c", "alt": "a"})),
        )
        environment = {"HOME": str(tmp_path), "LLM_API_KEY": "k", "LLM_API_BASE_URL": server.url}
        line = [moved / "textcraft-core", "--project", show.root, "--brain", "live", "--run", "1"]
        ended = await asyncio.to_thread(_start, line, environment, tmp_path)
    assert ended.returncode == 0, ended.stderr
    (told,) = [json.loads(said) for said in ended.stdout.splitlines() if said.startswith("{")]
    assert told["ok"], ended.stdout
    assert "one two three" in (show.manuscripts / "ch01_The_Casting.md").read_text()


def test_the_readme_puts_it_into_the_menu_by_three_commands(tmp_path):
    """What README says is typed here, in a home of its own; then the menu's own line starts the console."""
    section = (ROOT / "README.md").read_text(encoding="utf-8").split("## From the bundle", 1)[1]
    commands = re.search(r"^```\n(.*?)^```", section, re.MULTILINE | re.DOTALL)[1]
    home = tmp_path / "home"
    home.mkdir()
    shutil.copy(next((ROOT / "dist").glob("textcraft-*.tar.gz")), home)
    environment = {"HOME": str(home), "PATH": "/usr/bin:/bin"}
    subprocess.run(["sh", "-eu", "-c", commands], cwd=home, env=environment, check=True, capture_output=True)
    entry = configparser.ConfigParser(interpolation=None, delimiters=("=",))
    entry.read(home / ".local/share/applications/textcraft.desktop", encoding="utf-8")
    told = entry["Desktop Entry"]
    assert list((home / ".local/share/icons/hicolor").rglob(f"{told['icon']}.png"))
    program = shutil.which(shlex.split(told["exec"])[0], path=str(home / ".local/bin"))
    assert program is not None
    ended = _start([program, "--version"], {"HOME": str(home)}, tmp_path)
    assert (ended.returncode, ended.stdout.split()[0]) == (0, "textcraft"), ended.stderr
