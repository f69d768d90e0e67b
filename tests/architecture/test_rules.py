"""Rules of the house that no linter knows: what must not stand in the tree, and what each module says of itself."""

import ast
import re
import subprocess
from graphlib import TopologicalSorter
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = (
    "textcraft_gui",
    *(f"services/textcraft_{name}" for name in ("bus", "qt", "core", "image_server", "display")),
)
SOURCES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def test_every_module_says_its_purpose():
    silent = [path for path in SOURCES if ast.get_docstring(ast.parse(path.read_text())) is None]
    assert silent == []


def test_functions_and_files_stay_short():
    long_files = [path.name for path in SOURCES if path.read_text().count("\n") > 500]
    long_functions = [
        f"{path.name}:{node.name}"
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno - node.lineno >= 60
    ]
    assert (long_files, long_functions) == ([], [])


def test_test_files_stay_short_too():
    """One subject a file: who looks for the test of a rule finds it by the file's name."""
    assert [path.name for path in (ROOT / "tests").rglob("*.py") if path.read_text("utf-8").count("\n") > 450] == []


def test_no_two_modules_need_each_other():
    """There is an order to read all in, types included; a circle raises CycleError, which names it."""
    graph = grimp.build_graph(*(Path(package).name for package in PACKAGES), cache_dir=None)
    needs = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    order = list(TopologicalSorter(needs).static_order())
    assert order.index("textcraft_gui.verbs.verb") < order.index("textcraft_gui.verbs.facade")
    assert set(order) == graph.modules


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_a_lock_names_no_index_and_has_a_hash_for_everything(lock):
    text = (ROOT / "build" / lock).read_text()
    assert not re.search(r"https?://|--index|--find-links|file:", text)
    pinned = re.findall(r"^[a-z0-9][^ ]*==[^\n]*", text, re.MULTILINE)
    assert pinned
    assert all(line.endswith("\\") for line in pinned)


def test_the_build_folder_is_no_package_and_is_kept_in_git():
    assert not (ROOT / "build" / "__init__.py").exists()
    ignored = subprocess.run(["git", "check-ignore", "build/dev.py"], cwd=ROOT, capture_output=True, check=False)
    assert ignored.returncode == 1


def test_a_painter_on_a_widget_ends_with_its_block():
    """One that lives on in an exception or a frame ends in the middle of a later paint, and Qt crashes there."""
    open_end = re.compile(r"(?<!with )QPainter\((self|self\.viewport\(\))\)")
    assert [path.name for path in SOURCES if open_end.search(path.read_text())] == []


def test_no_frame_of_another_thread_is_held():
    """What such a frame holds, a painter say, would end in this thread: see textcraft_qt.stall."""
    assert [path.name for path in SOURCES if "_current_frames" in path.read_text()] == []


def test_a_modal_dialog_is_opened_nowhere():
    """exec() inside a coroutine stops every other task for good; ruff bans the classes, this the call."""
    modal = re.compile(r"\.exec_?\(|QFileDialog\.get|QMessageBox|QInputDialog")
    guards = {"guards.py", "event_loop.py"}  # the one forbids it, the other is the loop itself
    found = [path.name for path in SOURCES if path.name not in guards and modal.search(path.read_text())]
    assert found == []


def test_nothing_runs_on_the_render_thread():
    """A direct connection to a signal of the render thread deadlocks with quit and grabs."""
    direct = re.compile(r"DirectConnection|QQuickImageProvider|updatePaintNode|def event\(self")
    assert [path for path in SOURCES if "display" in str(path) and direct.search(path.read_text())] == []


def test_no_path_of_a_machine_stands_in_any_file():
    machine = re.compile(rb"/(?:home|Users|root)/[a-z]")
    found = [path for path in tracked() if path.suffix != ".lock" and machine.search(path.read_bytes())]
    assert [str(path.relative_to(ROOT)) for path in found if path != Path(__file__)] == []
