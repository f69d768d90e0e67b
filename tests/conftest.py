"""What every test has: folders of its own, so that no test reads or writes what belongs to the user."""

import pytest

from textcraft_bus import garbage


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
