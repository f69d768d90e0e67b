"""What every test has: folders of its own, so that no test reads or writes what belongs to the user, and patience.

A test that fails tells what its programs said last.

Hypothesis tries the same examples on every run, however long one takes, so that a run ends as the one before did;
`--hypothesis-profile=search` looks for new ones.
"""

import functools
from pathlib import Path

import hypothesis
import pytest

from tests.support.last_words import last_words
from tests.support.waiting import SHARED
from textcraft_bus import garbage

PATIENT_MS = 60_000
"""What comes in an instant may take so long on a machine that does something else."""

hypothesis.settings.register_profile("steady", deadline=None, derandomize=True)
hypothesis.settings.register_profile("search", deadline=None)
hypothesis.settings.load_profile("steady")


@pytest.fixture(autouse=True)
def textcraft_home(tmp_path_factory, monkeypatch):
    """A machine of its own for each test."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("TEXTCRAFT_HOME", str(home))
    return home


def pytest_collection_modifyitems(items):
    """The end of a whole test is as patient as its waits are."""
    for item in items:
        if mark := item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(mark.args[0] * SHARED), append=False)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Before anything is put away."""
    report = yield
    home = item.funcargs.get("textcraft_home") if hasattr(item, "funcargs") else None
    if report.failed and isinstance(home, Path):
        folders = [folder for name in ("tmp_path", "textcraft_home") if (folder := item.funcargs.get(name))]
        if words := last_words(folders, home):
            report.sections.append(("What its programs said last", words))
    return report


@pytest.fixture
def garbage_stays_here():
    """No thread of a test frees a window or a timer of this one's, as in the programs: Qt would not survive it."""
    look = garbage.keep_to_this_thread()
    yield
    look()
    garbage.let_go()


@pytest.fixture
def qtbot(qtbot):
    """A bot that waits longer than its five seconds for what a test waits for."""
    for name in ("waitUntil", "waitSignal", "waitExposed", "waitActive"):
        setattr(qtbot, name, functools.partial(getattr(qtbot, name), timeout=PATIENT_MS))
    return qtbot
