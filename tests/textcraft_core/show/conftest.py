"""A show of one chapter with its journal and the one way to write into it; a file that needs another has its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.clock import FakeClock
from tests.fakes.show import make_show
from textcraft_core.record.journal import Journal
from textcraft_core.show.folder import ShowFolder
from textcraft_core.show.writer import ShowWriter


@pytest.fixture
def show(tmp_path: Path) -> ShowFolder:
    return make_show(tmp_path, {"ch01": "old"})


@pytest.fixture
def journal(show: ShowFolder) -> Iterator[Journal]:
    made = Journal(show.journal, FakeClock())
    yield made
    made.close()


@pytest.fixture
def writer(show: ShowFolder, journal: Journal) -> ShowWriter:
    return ShowWriter(show, journal)
