import hashlib
import threading
from pathlib import Path

import pytest

from textcraft_bus.errors import SecurityError, WriteFailed
from textcraft_core.errors import JournalError
from textcraft_core.record.changes import ChangeKind, NewChange
from textcraft_core.record.journal import Journal
from textcraft_core.show.folder import ShowFolder
from textcraft_core.show.writer import OUTSIDE, ShowWriter


def test_a_write_keeps_the_old_content_and_tells(show: ShowFolder, journal: Journal, writer: ShowWriter) -> None:
    event = writer.write("manuscripts/ch01.md", b"new", "narrator")
    assert (show.manuscripts / "ch01.md").read_bytes() == b"new"
    assert (event.path, event.size, event.by) == ("data/manuscripts/ch01.md", 3, "narrator")
    assert event.sha256 == hashlib.sha256(b"new").hexdigest() == journal.last_hash(event.path)
    assert event.revision is not None
    assert journal.revision_content(event.revision) == b"old"


def test_a_new_file_has_a_revision_without_content(journal: Journal, writer: ShowWriter) -> None:
    event = writer.write("manuscripts/part/ch02.md", b"new", "narrator")
    (revision,) = journal.revisions(event.path)
    assert revision.sha256 is None
    assert revision.new_sha256 == event.sha256


def test_append_adds(show: ShowFolder, writer: ShowWriter) -> None:
    writer.append("manuscripts/ch01.md", b" more", "by")
    writer.append("manuscripts/ch02.md", b"begun", "by")
    assert (show.manuscripts / "ch01.md").read_bytes() == b"old more"
    assert (show.manuscripts / "ch02.md").read_bytes() == b"begun"


def test_a_change_that_fails_changes_nothing(show: ShowFolder, journal: Journal, writer: ShowWriter) -> None:
    def refuse(old: bytes | None) -> bytes:
        raise KeyError(old)

    with pytest.raises(KeyError):
        writer.update("manuscripts/ch01.md", refuse, "by")
    assert (show.manuscripts / "ch01.md").read_bytes() == b"old"
    assert journal.revisions("data/manuscripts/ch01.md") == []
    assert writer._locks == {}


def test_without_a_revision_nothing_is_written(show: ShowFolder, journal: Journal, writer: ShowWriter) -> None:
    journal.close()
    with pytest.raises(JournalError):
        writer.write("manuscripts/ch01.md", b"new", "by")
    assert (show.manuscripts / "ch01.md").read_bytes() == b"old"


def test_what_leaves_the_sandbox_is_refused(writer: ShowWriter, tmp_path: Path) -> None:
    with pytest.raises(SecurityError):
        writer.write("../outside.md", b"x", "by")
    assert not (tmp_path / "show" / "outside.md").exists()


def test_appends_from_many_threads_lose_nothing(show: ShowFolder, writer: ShowWriter) -> None:
    spellings = ["manuscripts/ch05.md", "manuscripts\\ch05.md", "./manuscripts/ch05.md"]

    def add(number: int) -> None:
        for _ in range(5):
            writer.append(spellings[number % 3], b"%d\n" % number, "by")

    threads = [threading.Thread(target=add, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lines = (show.manuscripts / "ch05.md").read_bytes().split()
    assert sorted(lines) == sorted(b"%d" % number for number in range(6) for _ in range(5))
    assert writer._locks == {}


def test_what_changed_outside_becomes_a_revision_once(show: ShowFolder, journal: Journal, writer: ShowWriter) -> None:
    writer.write("manuscripts/ch02.md", b"ours", "by")
    noted = {event.path for event in writer.note_outside_changes()}
    assert "data/manuscripts/ch01.md" in noted
    assert "data/story_bible/personas.json" in noted
    assert "data/manuscripts/ch02.md" not in noted
    assert writer.note_outside_changes() == []
    (show.manuscripts / "ch02.md").write_bytes(b"theirs")
    (event,) = writer.note_outside_changes("manuscripts")
    assert (event.path, event.by) == ("data/manuscripts/ch02.md", OUTSIDE)
    assert event.revision is not None
    assert journal.revision_content(event.revision) == b"theirs"


def test_a_change_outside_at_the_same_moment_is_built_upon(
    show: ShowFolder, journal: Journal, writer: ShowWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, keep = show.manuscripts / "ch01.md", journal.keep_change
    seen: list[bytes | None] = []

    def keep_slowly(change: NewChange) -> int:
        kept = keep(change)
        if len(seen) == 1:
            path.write_bytes(b"theirs")  # between what we read and what we write
        return kept

    def add(old: bytes | None) -> bytes:
        seen.append(old)
        return (old or b"") + b" and ours"

    monkeypatch.setattr(journal, "keep_change", keep_slowly)
    event = writer.update("manuscripts/ch01.md", add, "operator")
    assert seen == [b"old", b"theirs"]
    assert path.read_bytes() == b"theirs and ours"
    kinds = [change.kind for change in journal.changes(event.path)][1:]  # the first: how the file was found
    assert kinds == [ChangeKind.WRITE, ChangeKind.VOID, ChangeKind.OUTSIDE, ChangeKind.WRITE]


def test_a_file_that_never_stands_still_is_left_alone(
    show: ShowFolder, journal: Journal, writer: ShowWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, keep = show.manuscripts / "ch01.md", journal.keep_change
    turns = iter(range(1000))

    def keep_slowly(change: NewChange) -> int:
        kept = keep(change)
        path.write_bytes(b"theirs %d" % next(turns))
        return kept

    monkeypatch.setattr(journal, "keep_change", keep_slowly)
    with pytest.raises(WriteFailed, match="close it there"):
        writer.write("manuscripts/ch01.md", b"ours", "operator")
    assert path.read_bytes().startswith(b"theirs")
