import hashlib
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.fakes.clock import FakeClock
from textcraft_core.errors import JournalError
from textcraft_core.events import CycleStarted, Marked, RunEnded, RunStarted, TokensStreamed
from textcraft_core.record.journal import CallRecord, Journal
from textcraft_core.record.journal_schema import MIGRATIONS

CALL = CallRecord("c1", 2, "narrator", "ch01.md", 1, "m", {"messages": [{"role": "user"}]}, {"data": {"n": 1}}, 0.5)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.sqlite"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def journal(path: Path, clock: FakeClock):
    made = Journal(path, clock)
    yield made
    made.close()


def stored(path: Path) -> list[tuple[int, str]]:
    connection = sqlite3.connect(path)
    rows = connection.execute("SELECT seq, name FROM events ORDER BY seq").fetchall()
    connection.close()
    return rows


def test_a_before_event_is_on_disk_with_all_before_it_when_its_future_is_done(journal: Journal, path: Path) -> None:
    first = journal.write(CycleStarted(cycle=1))
    second = journal.write(RunStarted())
    assert (second.result(5), first.result(5)) == (2, 1)
    assert stored(path) == [(1, "CycleStarted"), (2, "RunStarted")]


def test_a_group_event_reaches_the_disk_by_itself(journal: Journal, path: Path) -> None:
    assert journal.write(Marked(note="n")).result(5) == 1
    assert stored(path) == [(1, "Marked")]


def test_fleeting_events_are_refused(journal: Journal) -> None:
    with pytest.raises(ValueError, match="never stored"):
        journal.write(TokensStreamed(cycle=1, role="r", target="t", text="x"))


def test_last_gives_the_newest_oldest_first(journal: Journal, clock: FakeClock) -> None:
    for number in range(5):
        journal.write(CycleStarted(cycle=number))
        clock.advance(1)
    records = journal.last(2)
    assert [record.event for record in records] == [CycleStarted(cycle=3), CycleStarted(cycle=4)]
    assert [record.seq for record in records] == [4, 5]
    assert (records[1].at - records[0].at).total_seconds() == 1


def test_order_is_by_sequence_when_the_date_jumps_back(journal: Journal, clock: FakeClock) -> None:
    journal.write(Marked(note="first"))
    clock.jump(-31_536_000)
    journal.write(Marked(note="second"))
    assert [record.event.note for record in journal.last()] == ["first", "second"]


def test_order_holds_over_threads(journal: Journal) -> None:
    def write(kind: int) -> None:
        for number in range(200):
            journal.write(CycleStarted(cycle=kind * 1000 + number))

    threads = [threading.Thread(target=write, args=(kind,)) for kind in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    cycles = [record.event.cycle for record in journal.last()]
    assert len(cycles) == 400
    assert [cycle for cycle in cycles if cycle < 2000] == list(range(1000, 1200))


def test_everything_survives_closing(path: Path, clock: FakeClock) -> None:
    journal = Journal(path, clock)
    journal.write(CycleStarted(cycle=7))
    journal.save_call(CALL)
    revision = journal.keep_revision("data/a.md", b"old", "by", "new")
    journal.close()
    again = Journal(path, clock)
    assert again.last_cycle() == 7
    assert again.calls() == [CALL]
    assert again.revision_content(revision) == b"old"
    again.close()


def test_select_gives_kinds_after_a_number(journal: Journal) -> None:
    for event in (Marked(note="a"), RunStarted(), Marked(note="b"), RunEnded(reason="r")):
        journal.write(event)
    assert [record.event for record in journal.select(["Marked", "RunEnded"], after=1)] == [
        Marked(note="b"),
        RunEnded(reason="r"),
    ]


def test_unknown_and_misspelt_events_are_skipped_and_counted(path: Path, clock: FakeClock) -> None:
    Journal(path, clock).close()
    connection = sqlite3.connect(path)
    rows = [("FromTheFuture", "{}"), ("CycleStarted", '{"cycle": "many"}'), ("Marked", '{"note": "n", "more": 1}')]
    connection.executemany("INSERT INTO events (at, name, body) VALUES (0, ?, ?)", rows)
    connection.commit()
    connection.close()
    journal = Journal(path, clock)
    assert [record.event for record in journal.last()] == [Marked(note="n")]
    assert journal.skipped == 2
    journal.close()


def test_revisions_keep_contents_once_and_in_order(journal: Journal, path: Path) -> None:
    journal.keep_revision("data/a.md", None, "one", "h1")
    journal.keep_revision("data/a.md", b"text", "two", "h2")
    third = journal.keep_revision("data/a.md", b"text", "three")
    journal.keep_revision("data/b.md", b"other", "four", "h4")
    revisions = journal.revisions("data/a.md")
    assert [(revision.by, revision.size) for revision in revisions] == [("one", 0), ("two", 4), ("three", 4)]
    assert revisions[1].sha256 == hashlib.sha256(b"text").hexdigest()
    assert journal.revision_content(third) == b"text"
    assert journal.last_hash("data/a.md") == "h2"
    assert journal.last_hashes() == {"data/a.md": "h2", "data/b.md": "h4"}
    assert sqlite3.connect(path).execute("SELECT count(*) FROM contents").fetchone() == (2,)


def test_a_revision_without_content_says_so(journal: Journal) -> None:
    nothing = journal.keep_revision("data/a.md", None, "by")
    for revision in (nothing, 999):
        with pytest.raises(JournalError, match="no content"):
            journal.revision_content(revision)
    assert journal.last_hash("data/a.md") is None


def test_calls_can_be_asked_for_by_cycle(journal: Journal) -> None:
    journal.save_call(CALL)
    assert journal.calls(2) == [CALL]
    assert journal.calls(3) == []


def test_last_cycle_of_a_new_journal_is_zero(journal: Journal) -> None:
    assert journal.last_cycle() == 0


@pytest.mark.parametrize("content", [b"this is no database at all, not even nearly" * 50, b"\0" * 8192])
def test_an_unreadable_file_is_set_aside_and_a_new_one_begun(path: Path, clock: FakeClock, content: bytes) -> None:
    path.write_bytes(content)
    journal = Journal(path, clock)
    assert journal.set_aside is not None
    assert journal.set_aside.read_bytes() == content
    assert journal.write(RunStarted()).result(5) == 1
    journal.close()


def test_a_file_of_a_later_version_or_another_program_is_set_aside(path: Path, clock: FakeClock) -> None:
    for pragma in (f"PRAGMA user_version = {len(MIGRATIONS) + 1}", "PRAGMA application_id = 7"):
        Journal(path, clock).close()
        connection = sqlite3.connect(path)
        connection.execute(pragma)
        connection.close()
        journal = Journal(path, clock)
        assert journal.set_aside is not None
        assert journal.last() == []
        journal.close()


def test_a_healthy_file_is_not_set_aside(path: Path, clock: FakeClock) -> None:
    Journal(path, clock).close()
    journal = Journal(path, clock)
    assert journal.set_aside is None
    journal.close()


def test_a_folder_that_is_missing_is_told_and_nothing_is_made(tmp_path: Path, clock: FakeClock) -> None:
    with pytest.raises(JournalError, match="folder"):
        Journal(tmp_path / "missing" / "journal.sqlite", clock)


def test_while_the_disk_takes_nothing_urgent_events_fail_and_others_wait(
    journal: Journal, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("textcraft_core.record.journal_writer.RETRY_SECONDS", 0.05)
    journal.flush()
    blocker = sqlite3.connect(path, isolation_level=None)
    journal._writer._connection.execute("PRAGMA busy_timeout = 10")
    blocker.execute("BEGIN EXCLUSIVE")
    waiting = journal.write(Marked(note="waits"))
    urgent = journal.write(RunStarted())
    with pytest.raises(JournalError):
        urgent.result(5)
    assert journal.fault
    blocker.execute("ROLLBACK")
    blocker.close()
    assert waiting.result(5) == 1
    assert [record.event for record in journal.last()] == [Marked(note="waits")]
    assert journal.fault == ""


def test_a_row_that_cannot_be_made_harms_no_other(journal: Journal) -> None:
    bad = journal.write(Marked(note="\ud800"))
    good = journal.write(RunStarted())
    assert good.result(5) == 1
    with pytest.raises(JournalError):
        bad.result(5)


def test_closing_twice_is_harmless_and_writing_afterwards_is_refused(path: Path, clock: FakeClock) -> None:
    journal = Journal(path, clock)
    journal.close()
    journal.close()
    with pytest.raises(JournalError, match="closed"):
        journal.write(RunStarted())


def test_a_file_that_breaks_while_open_is_set_aside_and_what_waited_is_kept(journal: Journal) -> None:
    journal.write(Marked(note="in the old file")).result(5)

    def find_it_broken(connection: sqlite3.Connection) -> None:
        raise sqlite3.DatabaseError("database disk image is malformed")

    waiting = journal.write(Marked(note="waits"))
    with pytest.raises(JournalError, match="malformed"):
        journal._writer.post(find_it_broken, urgent=True).result(5)
    assert waiting.result(5) == 1
    assert [record.event for record in journal.last()] == [Marked(note="waits")]
    assert journal.set_aside is not None
    rows = stored(journal.set_aside)
    assert rows == [(1, "Marked")]


WRITE_FOREVER = """
import sys
from pathlib import Path
from textcraft_bus.clock import SystemClock
from textcraft_core.events import CycleStarted, RunStarted
from textcraft_core.record.journal import Journal

journal = Journal(Path(sys.argv[1]), SystemClock())
while True:
    journal.write(CycleStarted(cycle=1))
    print(journal.write(RunStarted()).result(), flush=True)
"""


def test_a_kill_loses_nothing_that_was_acknowledged(path: Path, clock: FakeClock) -> None:
    process = subprocess.Popen([sys.executable, "-c", WRITE_FOREVER, str(path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    acknowledged = [int(process.stdout.readline()) for _ in range(50)]
    process.kill()
    acknowledged += [int(line) for line in process.stdout.read().split("\n")[:-1]]
    process.stdout.close()
    process.wait(10)
    journal = Journal(path, clock)
    assert journal.set_aside is None
    records = journal.last(1_000_000)
    journal.close()
    assert {record.seq for record in records} >= set(range(1, acknowledged[-1] + 1))
    assert all(isinstance(record.event, RunStarted) for record in records if record.seq in set(acknowledged))
