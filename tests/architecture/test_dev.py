"""build/dev.py on a machine as it may be: an older Python, an environment that was spoilt."""

import ast
from pathlib import Path

import pytest

from tests.support.build_modules import load

FILE = Path(__file__).parents[2] / "build" / "dev.py"


@pytest.fixture
def dev(tmp_path, monkeypatch):
    """The helper with an environment of its own to make, and what it was asked to install."""
    monkeypatch.syspath_prepend(str(FILE.parent))
    module = load("dev")
    module.made, module.installed = [], []
    monkeypatch.setattr(module, "VENV", tmp_path / "venv")
    monkeypatch.setattr(module, "BIN", tmp_path / "venv" / "bin")
    monkeypatch.setattr(module, "pip", lambda *words: module.installed.append(words))

    def make(folder, **_options):
        module.made.append(folder)
        (folder / "bin").mkdir(parents=True)
        (folder / "bin" / "python").touch()

    monkeypatch.setattr(module.venv, "create", make)
    return module


def test_an_older_python_can_read_it_and_is_told(dev, monkeypatch):
    tree = ast.parse(FILE.read_text(encoding="utf-8"), feature_version=(3, 8))
    assert any(isinstance(node, ast.ImportFrom) and node.module == "__future__" for node in tree.body)
    monkeypatch.setattr(dev.sys, "version_info", (3, 8, 18))
    with pytest.raises(SystemExit, match="or newer is needed"):
        dev.make_venv()


def test_what_was_installed_is_not_installed_again(dev):
    dev.prepare(dev.RUN_LOCK)
    dev.prepare(dev.RUN_LOCK)
    assert (len(dev.made), len(dev.installed)) == (1, 2)


def test_an_environment_whose_python_is_gone_is_made_anew(dev):
    dev.prepare(dev.RUN_LOCK)
    (dev.BIN / "python").unlink()
    (dev.BIN).rmdir()
    dev.prepare(dev.RUN_LOCK)
    assert (len(dev.made), len(dev.installed)) == (2, 4)


def test_a_file_in_its_place_is_taken_away(dev):
    dev.VENV.touch()
    dev.prepare(dev.RUN_LOCK)
    assert dev.made == [dev.VENV]
