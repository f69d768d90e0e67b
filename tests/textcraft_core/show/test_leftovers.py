"""At a start: what a kill took out of a file, another program's edit, is back in it or in its history, and told."""

from pathlib import Path

import pytest

from textcraft_bus.disk.temps import digest, swap_name
from textcraft_core.events import FileWritten, Warned
from textcraft_core.record.changes import ChangeKind, NewChange
from textcraft_core.record.journal import Journal
from textcraft_core.show.folder import ShowFolder
from textcraft_core.show.leftovers import take_up_leftovers
from textcraft_core.show.writer import OUTSIDE, ShowWriter

NAME = "data/manuscripts/ch01.md"
NOBODY = 4194304
"""One more than any process has for a number."""
TEMP = f".ch01.md.{NOBODY}-00000000-1.tmp"


def killed_save(show: ShowFolder, journal: Journal, came_out: bytes, is_there: bytes | None = b"ours") -> Path:
    """Leave a show as a save does that is killed between exchange and judgement."""
    journal.keep_change(NewChange(NAME, b"old", b"ours", "narrator"))
    temp = show.manuscripts / swap_name(TEMP, digest([b"ours"]), digest([b"old"]))
    temp.write_bytes(came_out)
    (show.manuscripts / "ch01.md").unlink()
    if is_there is not None:
        (show.manuscripts / "ch01.md").write_bytes(is_there)
    return temp


def contents(journal: Journal) -> list[bytes | None]:
    return [None if each.after is None else journal.content(each.after) for each in journal.changes(NAME)]


def test_a_whole_save_is_only_swept(show: ShowFolder, journal: Journal, writer: ShowWriter) -> None:
    temp = killed_save(show, journal, b"old")
    assert take_up_leftovers(show, writer) == []
    assert not temp.exists()
    assert (show.root / NAME).read_bytes() == b"ours"


def test_an_edit_goes_back_and_ours_is_in_the_history(show: ShowFolder, journal: Journal, writer: ShowWriter) -> None:
    temp = killed_save(show, journal, b"theirs")
    warned, written = take_up_leftovers(show, writer)
    assert isinstance(warned, Warned)
    assert "ch01.md: it is back" in warned.text
    assert isinstance(written, FileWritten)
    assert (written.path, written.by) == (NAME, OUTSIDE)
    assert (show.root / NAME).read_bytes() == b"theirs"
    assert contents(journal) == [b"old", b"ours", b"theirs"]
    assert not temp.exists()
    assert NAME not in {event.path for event in writer.note_outside_changes()}


@pytest.mark.parametrize("newer", [b"newer", None])
def test_an_edit_of_a_file_that_changed_since_is_in_its_history(
    show: ShowFolder, journal: Journal, writer: ShowWriter, newer: bytes | None
) -> None:
    temp = killed_save(show, journal, b"theirs", newer)
    warned, _changed = take_up_leftovers(show, writer)
    assert isinstance(warned, Warned)
    assert "it is in its history" in warned.text
    assert contents(journal) == [b"old", b"ours", b"theirs", newer]
    assert [each.kind for each in journal.changes(NAME)][2:] == [ChangeKind.OUTSIDE] * 2
    assert not temp.exists()
    assert (show.root / NAME).exists() is (newer is not None)


def test_without_a_journal_nothing_is_dropped(show: ShowFolder, journal: Journal, writer: ShowWriter) -> None:
    temp = killed_save(show, journal, b"theirs", b"newer")
    journal.close()
    with pytest.raises(Exception, match="journal is closed"):
        take_up_leftovers(show, writer)
    assert temp.read_bytes() == b"theirs"


def test_what_was_left_outside_the_texts_is_told_each_time(
    show: ShowFolder, journal: Journal, writer: ShowWriter
) -> None:
    temp = killed_save(show, journal, b"theirs").rename(
        show.root / ".a.4194304-00000000-1-{0}-{0}.tmp".format("1" * 24)
    )
    for _ in range(2):
        (warned,) = take_up_leftovers(show, writer)
        assert isinstance(warned, Warned)
        assert "look at it" in warned.text
    assert temp.read_bytes() == b"theirs"
