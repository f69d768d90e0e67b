"""A journal is read beside whoever writes it: every row is seen, and no file changes by that."""

import subprocess
import sys

import pytest

from tests.fakes.clock import FakeClock
from tests.support.footprint import changed, footprint
from textcraft_core import events as ev
from textcraft_core.errors import JournalError
from textcraft_core.record.journal import Journal
from textcraft_core.record.journal_reader import JournalOfOthers

WRITES = """
import sys
from pathlib import Path
from textcraft_bus.clock import SystemClock
from textcraft_core import events as ev
from textcraft_core.record.journal import Journal
journal = Journal(Path(sys.argv[1]), SystemClock())
for line in sys.stdin:
    journal.write(ev.Marked(note=line.strip()))
    journal.flush()
    print(line.strip(), flush=True)
journal.close()
"""


@pytest.fixture
def path(tmp_path):
    return tmp_path / "a show, 100 % \u00e9" / "journal.sqlite"


@pytest.fixture
def journal(path):
    path.parent.mkdir()
    made = Journal(path, FakeClock())
    yield made
    made.close()


def notes(records):
    return [record.event.note for record in records]


def write(journal, *said):
    for note in said:
        journal.write(ev.Marked(note=note))
    journal.flush()


@pytest.fixture
def writer(path):
    """Another process that writes the journal: each line of its input becomes a row."""
    path.parent.mkdir()
    line = [sys.executable, "-c", WRITES, str(path)]
    process = subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def write(*said):
        for note in said:
            process.stdin.write(f"{note}\n")
            process.stdin.flush()
            assert process.stdout.readline().strip() == note

    yield write
    process.communicate()


def test_rows_are_seen_while_another_process_writes_them_and_nothing_is_touched(writer, path):
    other = JournalOfOthers(path)
    writer("one", "two")
    before = footprint(path.parent)
    assert sorted(before) == ["journal.sqlite", "journal.sqlite-shm", "journal.sqlite-wal"]
    assert notes(other.last()) == ["one", "two"]
    assert other.end() == 2
    assert changed(before, footprint(path.parent)) == []
    writer("three")
    before = footprint(path.parent)
    assert notes(other.between(2, other.end())) == ["three"]
    assert changed(before, footprint(path.parent)) == []


def test_a_journal_that_was_closed_is_read_as_it_lies_there(journal, path):
    write(journal, "one")
    journal.close()
    before = footprint(path.parent)
    assert sorted(before) == ["journal.sqlite"]
    assert notes(JournalOfOthers(path).last()) == ["one"]
    assert changed(before, footprint(path.parent)) == []


def test_what_a_crash_left_in_the_log_is_seen(journal, path, tmp_path):
    write(journal, "one", "two")
    crashed = tmp_path / "crashed"
    crashed.mkdir()
    for file in path.parent.iterdir():
        (crashed / file.name).write_bytes(file.read_bytes())
    assert (crashed / "journal.sqlite-wal").stat().st_size
    before = footprint(crashed)
    assert notes(JournalOfOthers(crashed / "journal.sqlite").last()) == ["one", "two"]
    assert changed(before, footprint(crashed)) == []


def test_the_newest_of_each_kind_is_found_however_far_back(journal, path):
    write(journal, "one", *("more" for _ in range(30)), "last")
    journal.write(ev.Warned(text="careful", source="test"))
    journal.flush()
    found = JournalOfOthers(path).newest_of(("Marked", "Warned", "TakenLive"))
    assert [type(record.event).__name__ for record in found] == ["Marked", "Warned"]
    assert found[0].event.note == "last"


def test_what_is_no_journal_is_said_to_be_none(tmp_path):
    (tmp_path / "journal.sqlite").write_bytes(b"no database" * 100)
    with pytest.raises(JournalError):
        JournalOfOthers(tmp_path / "journal.sqlite").last()
    with pytest.raises(JournalError):
        JournalOfOthers(tmp_path / "none.sqlite").last()
