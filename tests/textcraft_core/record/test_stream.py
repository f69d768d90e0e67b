import logging
from pathlib import Path

import pytest

from tests.fakes.clock import FakeClock
from textcraft_core.errors import JournalError
from textcraft_core.events import CycleStarted, Event, Marked, RunEnded, TokensStreamed
from textcraft_core.record.journal import Journal
from textcraft_core.record.stream import EventStream

TOKENS = TokensStreamed(cycle=1, role="r", target="t", text="x")


@pytest.fixture
def journal(tmp_path: Path):
    made = Journal(tmp_path / "journal.sqlite", FakeClock())
    yield made
    made.close()


def test_emit_stores_first_and_tells_in_order_of_subscription(journal: Journal) -> None:
    stream, heard = EventStream(journal), []
    stream.subscribe(lambda event: heard.append(("first", event)))
    stream.subscribe(lambda event: heard.append(("second", event)))
    event = CycleStarted(cycle=1)
    stream.emit(event)
    assert heard == [("first", event), ("second", event)]
    assert [record.event for record in journal.last()] == [event]


def test_fleeting_events_are_told_but_not_stored(journal: Journal) -> None:
    stream, heard = EventStream(journal), []
    stream.subscribe(heard.append)
    stream.emit(TOKENS)
    assert heard == [TOKENS]
    assert journal.last() == []


def test_emit_refuses_what_must_be_committed_first(journal: Journal) -> None:
    stream, heard = EventStream(journal), []
    stream.subscribe(heard.append)
    with pytest.raises(TypeError, match="RunEnded"):
        stream.emit(RunEnded(reason="r"))
    assert heard == []


async def test_commit_tells_only_what_is_on_disk(journal: Journal) -> None:
    stream, heard = EventStream(journal), []
    stream.subscribe(heard.append)
    await stream.commit(RunEnded(reason="r"))
    assert heard == [RunEnded(reason="r")]
    journal.close()
    with pytest.raises(JournalError):
        await stream.commit(RunEnded(reason="late"))
    assert heard == [RunEnded(reason="r")]


async def test_without_a_journal_everything_is_told() -> None:
    stream, heard = EventStream(None), []
    stream.subscribe(heard.append)
    stream.emit(Marked(note="n"))
    await stream.commit(RunEnded(reason="r"))
    assert [type(event) for event in heard] == [Marked, RunEnded]


def test_a_failing_subscriber_is_logged_and_stops_nobody(caplog: pytest.LogCaptureFixture) -> None:
    stream, heard = EventStream(None), []

    def fail(event: Event) -> None:
        raise RuntimeError("broken listener")

    stream.subscribe(fail)
    stream.subscribe(heard.append)
    with caplog.at_level(logging.ERROR):
        stream.emit(Marked(note="n"))
    assert heard == [Marked(note="n")]
    assert "Marked" in caplog.text


def test_unsubscribing_works_during_an_event_and_twice() -> None:
    stream, heard = EventStream(None), []
    ends = []

    def once(event: Event) -> None:
        ends[1]()

    ends.append(stream.subscribe(once))
    ends.append(stream.subscribe(heard.append))
    stream.emit(Marked(note="n"))
    assert heard == []
    ends[1]()
    ends[0]()
    stream.emit(Marked(note="n"))
    assert heard == []
