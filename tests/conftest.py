"""What every test has: folders of its own, so that no test reads or writes what belongs to the user, and patience.

Hypothesis tries the same examples on every run, however long one takes, so that a run ends as the one before did;
`--hypothesis-profile=search` looks for new ones.
"""

import functools

import hypothesis
import pytest

from textcraft_bus import garbage

PATIENT_MS = 30_000
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
