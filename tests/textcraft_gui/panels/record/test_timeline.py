"""The journal as the operator reads it: pages, words, kinds, a jump and an export."""

from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import Qt

from textcraft_core import events as ev
from textcraft_core.record.journal import Record
from textcraft_gui.models.timeline import Column
from textcraft_gui.words.event_words import words_of

BEGAN = datetime(2030, 1, 1, 20, 0, tzinfo=UTC)


def _records(count=500):
    pairs = [(ev.CycleStarted(cycle=n), ev.Warned(text=f"<b>note</b> {n}")) for n in range(count // 2)]
    events = [event for pair in pairs for event in pair]
    return [Record(seq + 1, BEGAN + timedelta(seconds=seq), event) for seq, event in enumerate(events)]


@pytest.fixture
def panel(stage, window):
    stage.records = _records()
    window.centre.open(window.timeline)
    return window.timeline


def _words(panel):
    model = panel.model
    return [model.index(row, Column.WORDS).data() for row in range(model.rowCount())]


def test_the_newest_page_is_there_and_older_ones_follow(panel):
    assert _words(panel)[:2] == ["<b>note</b> 249", "cycle 249 began"]
    assert panel.model.rowCount() == 200
    panel.model.fetchMore(panel.rows.rootIndex())
    panel.model.fetchMore(panel.rows.rootIndex())
    assert panel.model.rowCount() == 500
    assert not panel.model.canFetchMore(panel.rows.rootIndex())


def test_words_and_kind_narrow_it(qtbot, stage, panel):
    panel.search.setText("NOTE 24")
    qtbot.waitUntil(lambda: stage.queries[-1].text == "NOTE 24")
    panel.search.setText("249")
    qtbot.waitUntil(lambda: panel.model.rowCount() == 2)
    panel.kind.setCurrentIndex(panel.kind.findData("cycle"))
    assert _words(panel) == ["cycle 249 began"]
    panel.search.setText("nothing holds this")
    qtbot.waitUntil(panel.empty.isVisible)


def test_a_jump_shows_what_was_then_until_it_is_left(qtbot, panel, window):
    local = (BEGAN + timedelta(seconds=120)).astimezone()
    panel.jump.setText(f"{local:%H:%M}")
    qtbot.keyClick(panel.jump, Qt.Key.Key_Return)
    assert _words(panel)[0] == "<b>note</b> 59"
    qtbot.mouseClick(panel.newest, Qt.MouseButton.LeftButton)
    assert _words(panel)[0] == "<b>note</b> 249"
    panel.jump.setText("late")
    qtbot.keyClick(panel.jump, Qt.Key.Key_Return)
    assert "time of day" in window.feed.state.lane[-1].text


def test_a_row_shows_every_field_literally(panel):
    panel.rows.selectRow(0)
    assert '"text": "<b>note</b> 249"' in panel.details.toPlainText()


def test_new_events_come_in_while_the_newest_row_is_in_sight(qtbot, stage, panel, tell):
    stage.records.append(Record(501, BEGAN + timedelta(hours=1), ev.Marked(note="now")))
    tell(ev.Marked(note="now"))
    qtbot.waitUntil(lambda: _words(panel)[0] == "moment marked now")


def test_an_export_says_where_it_is(qtbot, panel, window):
    qtbot.mouseClick(panel.export, Qt.MouseButton.LeftButton)
    assert window.feed.state.lane[-1].text.startswith("500 events are in")


@pytest.mark.parametrize("name", sorted(ev.EVENTS))
def test_every_event_has_words(name):
    event = ev.EVENTS[name].model_construct(**dict.fromkeys(ev.EVENTS[name].model_fields, 1))
    assert words_of(event)
    assert ev.EVENTS[name].durability == "none" or not words_of(event).startswith(f"{name}:"), "plain words, no code"


def _request(number, target, prompt):
    return ev.RenderRequested(
        request_id=f"7f3c-{number}", prompt=prompt, seed=1, width=64, height=36, cycle=1, target=target
    )


def test_a_picture_is_called_by_chapter_time_and_first_words_not_by_its_id(stage, window):
    events = [
        _request(1, "ch04_Arrival.md", "a boat at dusk, seen from far above the harbour"),
        ev.CardAdded(request_id="card-9", kind="text", source="Back at nine"),
        *(ev.CycleStarted(cycle=n) for n in range(300)),
        ev.CandidateApproved(request_id="7f3c-1", by="operator"),
        ev.CandidateApproved(request_id="card-9", by="operator"),
        ev.CandidateApproved(request_id="preflight-1", by="operator"),
        ev.CandidateApproved(request_id="7f3c-99", by="operator"),
        ev.NextStaged(request_id="7f3c-1"),
    ]
    stage.records = [Record(seq + 1, BEGAN + timedelta(seconds=seq), event) for seq, event in enumerate(events)]
    window.centre.open(window.timeline)
    at = f"{BEGAN.astimezone():%H:%M}"
    staged, unknown, preflight, card, picture = _words(window.timeline)[:5]
    assert picture.startswith(f"approved by operator: Chapter 4, {at}, “a boat at dusk")
    assert staged.startswith(f"in NEXT: Chapter 4, {at}, “a boat at dusk")
    assert card == f"approved by operator: card, {at}, “Back at nine”"
    assert preflight == "approved by operator: the picture of the pre-flight"
    assert unknown == "approved by operator: an older picture"
    assert not any("7f3c" in words for words in _words(window.timeline))


def test_the_row_that_asks_for_a_picture_tells_its_prompt_once(stage, window):
    stage.records = [Record(1, BEGAN, _request(1, "ch04_Arrival.md", "a boat at dusk"))]
    window.centre.open(window.timeline)
    [words] = _words(window.timeline)
    assert words.count("a boat at dusk") == 1
    assert "Chapter 4" in words


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (ev.ChapterLocked(chapter_id="ch01", locked=True, by="editor"), "Chapter 1 was locked by editor"),
        (ev.ChapterLocked(chapter_id="ch01", locked=False, by="operator"), "Chapter 1 was unlocked by operator"),
        (ev.WallFollows(wall="brick", follow=False), "brick is pinned to a picture of its own"),
        (ev.CardTried(which=None), "no card is tried any more"),
        (ev.PreflightEnded(ready=False), "pre-flight ended: not ready"),
    ],
)
def test_what_is_or_is_not_is_said_in_words(event, words):
    assert words_of(event) == words
