"""Hostile words in every place words come from: a picture they name is never painted, a mark never turns a line."""

import pytest
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication, QTextEdit

from tests.support.canary import LABEL, TURNING, all_events, fill, hostile_words, looks, obeyed, painted, tell
from textcraft_qt.labels import PlainLabel


@pytest.fixture
def hostile(tmp_path):
    return hostile_words(tmp_path)


@pytest.fixture
def window(open_console, stage, tmp_path, hostile):
    fill(stage, hostile, tmp_path)
    made = open_console(QSize(1920, 1080))
    tell(stage, made, hostile, tmp_path)
    return made


def test_no_page_paints_what_words_name(window):
    seen = [(where, painted(window), list(obeyed(window))) for where in looks(window)]
    assert [look for look in seen if look[1] or look[2]] == []
    assert len(seen) > 20
    assert not TURNING & set(window.windowTitle())


def test_no_event_of_any_kind_paints_what_its_words_name(window, stage, hostile):
    told = 0
    for event in all_events(hostile):
        stage.emit(event)
        told += 1
    window.feed.flush()
    assert told > 120
    assert not painted(window)
    assert list(obeyed(window)) == []
    assert "<img" in window.lane.text.text() or "<img" in "".join(line.text for line in window.feed.state.lane)


def test_the_canary_is_seen_where_words_are_obeyed(qtbot, fonts, hostile):
    """What the tests above look for is there when a label takes words for a page."""
    page = QTextEdit()
    page.setHtml(hostile)
    label = PlainLabel("x", page)
    LABEL.setText(label, f"\u202e{label.text()}")
    qtbot.addWidget(page)
    page.resize(300, 200)
    page.show()
    qtbot.waitExposed(page)
    QApplication.processEvents()
    assert painted(page)
    assert len(list(obeyed(page))) == 1
