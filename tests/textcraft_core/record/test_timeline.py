"""Pages of the journal by kind, words and place, and what an export holds."""

import csv
import json
from datetime import timedelta

import pytest

from tests.fakes.clock import FakeClock
from textcraft_core import events as ev
from textcraft_core.record.journal import Journal
from textcraft_core.record.timeline import Query, export, page


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture
def journal(tmp_path, clock):
    made = Journal(tmp_path / "journal.sqlite", clock)
    for cycle in range(1, 6):
        made.write(ev.CycleStarted(cycle=cycle))
        made.write(ev.Warned(text=f'100% of "{cycle}" at_least'))
        clock.advance(60)
    yield made
    made.close()


def _cycles(records):
    return [record.event.cycle for record in records]


def test_the_newest_come_first_and_pages_follow_one_another(journal):
    first = page(journal, Query(names=("CycleStarted",), count=2))
    second = page(journal, Query(names=("CycleStarted",), count=2, before=first[-1].seq))
    assert (_cycles(first), _cycles(second)) == ([5, 4], [3, 2])


@pytest.mark.parametrize(
    ("text", "count"), [("100%", 5), ('"3"', 1), ("AT_LEAST", 5), ("atXleast", 0), ("%", 5), ("warned", 5)]
)
def test_words_are_looked_for_as_they_stand(journal, text, count):
    assert len(page(journal, Query(text=text))) == count


def test_a_time_is_a_place_in_the_timeline(journal, clock):
    third = journal.select(["CycleStarted"])[2]
    assert journal.seq_at(third.at) == third.seq
    assert journal.seq_at(clock.now() + timedelta(days=1)) == 11


def test_an_export_holds_every_event_of_the_query_oldest_first(journal, tmp_path):
    path = tmp_path / "out.csv"
    assert export(journal, Query(names=("Warned",)), path) == (5, False)
    rows = list(csv.reader(path.read_text().splitlines()))
    assert rows[0] == ["seq", "at", "event", "fields"]
    assert [json.loads(row[3])["text"][9] for row in rows[1:]] == ["1", "2", "3", "4", "5"]


def test_json_lines_hold_the_fields_of_each_event(journal, tmp_path):
    path = tmp_path / "out.jsonl"
    export(journal, Query(), path)
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert lines[0]["event"] == "CycleStarted"
    assert lines[0]["cycle"] == 1
    assert len(lines) == 10


def test_a_cancelled_export_writes_nothing(journal, tmp_path):
    path = tmp_path / "out.csv"
    assert export(journal, Query(), path, lambda _rows: False) == (0, False)
    assert not path.exists()
