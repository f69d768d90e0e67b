"""The bundle that `dev.py package` made: its size, and a rehearsal elsewhere with an empty environment."""

import asyncio
import json
import os
import shutil
import sys

import numpy
import pytest
from PIL import Image
from PyInstaller.archive.readers import CArchiveReader

from tests.fakes import llm_server as llm
from tests.fakes.llm_server import LlmServer
from tests.support import bundle
from tests.support.bundle import BUNDLE, start, told
from tests.support.left_out import left_out
from textcraft_bus.processes import MODULES
from textcraft_core.show.folder import new_show

MOST_MB, MOST_PACKED_MB = 260, 95
CYCLES = 3

pytestmark = [pytest.mark.bundle, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def moved(tmp_path_factory):
    """The programs from their archive, in a folder that knows nothing of the checkout."""
    return bundle.unpack(tmp_path_factory.mktemp("else where"))


@pytest.fixture(scope="module")
def rehearsed(moved, tmp_path_factory):
    """Screenshots of a rehearsal by the bundle, and by this checkout with the same seed."""
    return {
        "bundle": _rehearse([moved / "textcraft"], tmp_path_factory.mktemp("bundle")),
        "checkout": _rehearse([sys.executable, "-m", "textcraft_gui"], tmp_path_factory.mktemp("checkout")),
    }


def _rehearse(program, folder):
    """Run three cycles and return the pictures by name."""
    shots = folder / "shots"
    words = ["--rehearse", "--run", str(CYCLES), "--quit-when-done", "--seed", "7", "--shots", str(shots)]
    screen = {"DISPLAY": os.environ["DISPLAY"]} if sys.platform.startswith("linux") else {}
    ended = start([*program, *words], folder, **screen)
    assert ended.returncode == 0, ended.stderr[-4000:]
    return {path.name: numpy.asarray(Image.open(path).convert("RGB"), dtype=float) for path in shots.glob("*.png")}


def test_it_is_small_enough():
    said = (
        f"P10: {told()['disk_mb']} MB on disk (bar {MOST_MB}), {told()['packed_mb']} MB packed (bar {MOST_PACKED_MB})"
    )
    sys.stderr.write(said + "\n")
    assert told()["disk_mb"] <= MOST_MB, said
    assert told()["packed_mb"] <= MOST_PACKED_MB, said


def test_what_is_told_of_it_is_so():
    assert abs(bundle.archive().stat().st_size / 1e6 - told()["packed_mb"]) < 0.1
    assert sum(packed for _, packed in told()["by_package"].values()) == pytest.approx(told()["packed_mb"], rel=0.05)
    assert {"commit", "build_seconds", "pack_seconds"} <= set(told())


def test_every_module_of_ours_is_in_it_and_none_that_is_left_out():
    program = BUNDLE / ("textcraft.exe" if sys.platform == "win32" else "textcraft")
    inside = set(CArchiveReader(str(program)).open_embedded_archive("PYZ.pyz").toc)
    folders = [bundle.ROOT / "textcraft_gui", *(bundle.ROOT / "services").glob("textcraft_*")]
    ours = {path.relative_to(folder.parent).with_suffix("") for folder in folders for path in folder.rglob("*.py")}
    names = {".".join(path.parts).removesuffix(".__init__") for path in ours}
    assert len(names) > 500
    assert names - inside == set()
    assert inside & left_out() == set()


def test_what_only_tools_read_stays_out():
    endings = {path.suffix for path in BUNDLE.rglob("*") if path.is_file()}
    assert endings & {".pyi", ".pyx", ".pxd", ".h", ".qmltypes", ".qm", ".a", ".pyc"} == set()


def test_every_program_starts_elsewhere_with_an_empty_environment(moved, tmp_path):
    for name in MODULES:
        ended = start([moved / name, "--version"], tmp_path)
        said = [] if bundle.windowed(name) else [name]
        assert (ended.returncode, ended.stdout.split()[:1]) == (0, said), ended.stderr


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
    ended = start([copied / "textcraft-display", "--version"], tmp_path)
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
        line = [moved / "textcraft-core", "--project", show.root, "--brain", "live", "--run", "1"]
        access = {"LLM_API_KEY": "k", "LLM_API_BASE_URL": server.url}
        ended = await asyncio.to_thread(start, line, tmp_path, **access)
    assert ended.returncode == 0, ended.stderr
    (cycle,) = [json.loads(said) for said in ended.stdout.splitlines() if said.startswith("{")]
    assert cycle["ok"], ended.stdout
    assert "one two three" in (show.manuscripts / "ch01_The_Casting.md").read_text()
