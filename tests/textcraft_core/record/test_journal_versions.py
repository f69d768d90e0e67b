"""Journals of earlier versions are brought up, whole; `journal_v1.sql` is the dump of one that version 1 wrote."""

import sqlite3
from pathlib import Path

import pytest

from tests.fakes.clock import FakeClock
from textcraft_core.errors import JournalError
from textcraft_core.events import CycleStarted, InputQueued
from textcraft_core.record.changes import OUTSIDE, ChangeKind
from textcraft_core.record.history import History
from textcraft_core.record.journal import Journal
from textcraft_core.record.journal_schema import APPLICATION_ID, MIGRATIONS

PATH = "data/manuscripts/ch01_One.md"
DUMP = Path(__file__).with_name("journal_v1.sql")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "journal.sqlite"
    connection = sqlite3.connect(made)
    connection.executescript(DUMP.read_text(encoding="utf-8"))
    connection.executescript(f"PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = 1;")
    connection.close()
    return made


def versions(path: Path) -> tuple[int, list[int]]:
    connection = sqlite3.connect(path)
    noted = [row[0] for row in connection.execute("SELECT version FROM migrations ORDER BY version")]
    found = connection.execute("PRAGMA user_version").fetchone()[0], noted
    connection.close()
    return found


def test_a_journal_of_version_1_is_brought_up_with_all_it_holds(path: Path) -> None:
    assert versions(path) == (1, [1])
    journal = Journal(path, FakeClock())
    assert journal.set_aside is None
    assert versions(path) == (len(MIGRATIONS), list(range(1, len(MIGRATIONS) + 1)))
    assert journal.last_cycle() == 2
    assert len(journal.select([CycleStarted.__name__])) == 2
    assert len(journal.select([InputQueued.__name__])) == 1
    calls = journal.calls()
    assert [call.role for call in calls] == ["architect", "narrator", "narrator"] * 2
    assert {call.persona_hash for call in calls} == {""}
    journal.close()


def test_its_history_is_readable(path: Path) -> None:
    journal = Journal(path, FakeClock())
    history = History(journal)
    found = [(each.by, each.kind, each.cycle, each.words) for each in reversed(history.versions(PATH))]
    assert found == [
        (OUTSIDE, ChangeKind.OUTSIDE, 0, 10),
        ("narrator", ChangeKind.WRITE, 1, 40),
        ("narrator", ChangeKind.WRITE, 2, 70),
        ("operator", ChangeKind.WRITE, 2, 0),  # version 1 kept a content only when the next one came
        (OUTSIDE, ChangeKind.OUTSIDE, 2, 1),
    ]
    newest = history.versions(PATH)[0]
    assert history.text(PATH, newest.revision) == "outside"
    with pytest.raises(JournalError, match="not kept"):
        history.text(PATH, history.versions(PATH)[1].revision)
    standing = history.standing(PATH)
    assert [step.change.by for step in standing.done] == ["narrator", "narrator", "operator", OUTSIDE]
    journal.close()


def test_a_migration_that_is_cut_short_leaves_the_old_version(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = (MIGRATIONS[0], MIGRATIONS[1] + "SELECT no_such_function();")
    monkeypatch.setattr("textcraft_core.record.journal_schema.MIGRATIONS", broken)
    with pytest.raises(JournalError):
        Journal(path, FakeClock())
    monkeypatch.undo()
    assert versions(path) == (1, [1])
    journal = Journal(path, FakeClock())
    assert (journal.set_aside, journal.last_cycle()) == (None, 2)
    journal.close()


def test_a_content_that_has_decayed_stops_nothing(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("UPDATE contents SET packed = x'00'")
    connection.commit()
    connection.close()
    journal = Journal(path, FakeClock())
    assert journal.set_aside is None
    history = History(journal)
    with pytest.raises(JournalError, match="decayed"):
        history.text(PATH, history.versions(PATH)[0].revision)
    journal.close()
