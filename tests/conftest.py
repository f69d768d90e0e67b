"""What every test has: folders of its own, so that no test reads or writes what belongs to the user."""

import pytest


@pytest.fixture(autouse=True)
def textcraft_home(tmp_path_factory, monkeypatch):
    """A machine of its own for each test."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("TEXTCRAFT_HOME", str(home))
    return home
