"""What a console that comes back is told of the past."""

import pytest

from tests.fakes.clock import FakeClock
from textcraft_core import events as ev
from textcraft_core.record.journal import Journal
from textcraft_core.stage.opening import JOURNAL_ROWS, past_events


@pytest.fixture
def journal(tmp_path):
    made = Journal(tmp_path / "journal.db", FakeClock())
    yield made
    made.close()


def reports(journal):
    return [event for event in past_events(journal) if isinstance(event, ev.ReportWritten)]


def test_the_report_of_last_night_is_told_in_the_morning_however_much_happened_since(journal, tmp_path):
    for name in ("monday", "tuesday"):
        (tmp_path / name).write_text("the report")
        journal.write(ev.ReportWritten(path=str(tmp_path / name), takes=3, spend=0.5))
    for number in range(JOURNAL_ROWS + 10):
        journal.write(ev.Warned(text=f"night {number}", source="test"))
    journal.flush()
    assert reports(journal) == [ev.ReportWritten(path=str(tmp_path / "tuesday"), takes=3, spend=0.5)]


def test_a_report_that_is_gone_is_not_told(journal, tmp_path):
    journal.write(ev.ReportWritten(path=str(tmp_path / "gone"), takes=3, spend=0.5))
    journal.flush()
    assert reports(journal) == []
