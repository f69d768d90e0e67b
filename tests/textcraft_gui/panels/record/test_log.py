"""The log in the console: literal, batched, filtered, and following the newest line."""

import logging
import threading

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from textcraft_gui.models.log_lines import MOST, Line, LogModel, LogSink


def _line(text, level=logging.INFO):
    return logging.makeLogRecord({"msg": text, "levelno": level})


@pytest.fixture
def panel(window):
    window.centre.open(window.log)
    return window.log


def _shown(panel):
    return [panel.model.index(row).data() for row in range(panel.model.rowCount())]


def test_lines_come_within_a_batch_and_are_narrowed(qtbot, panel):
    for text, level in (("a <img src=x> line", 20), ("loud", 40), ("quiet", 10)):
        panel.sink.handle(_line(text, level))
    qtbot.waitUntil(lambda: _shown(panel) == ["a <img src=x> line", "loud"])
    panel.level.setCurrentIndex(3)
    assert _shown(panel) == ["loud"]
    panel.level.setCurrentIndex(0)
    panel.search.setText("QUIET")
    assert _shown(panel) == ["quiet"]
    assert panel.count.text() == "1 of 3"


def test_the_newest_line_stays_in_sight_unless_somebody_scrolled_away(qtbot, panel):
    panel.sink.handle(_line("first"))
    for number in range(300):
        panel.sink.handle(_line(f"line {number}"))
    panel.take_in()
    qtbot.waitUntil(panel.lines.at_newest)
    panel.lines.scrollToTop()
    panel.sink.handle(_line("one more"))
    panel.take_in()
    assert panel.lines.verticalScrollBar().value() == 0


def test_a_window_that_shrinks_or_a_page_that_was_away_leaves_the_newest_line_in_sight(qtbot, panel, window):
    for number in range(200):
        panel.sink.handle(_line(f"line {number}"))
    panel.take_in()
    qtbot.waitUntil(panel.lines.at_newest)
    window.resize(window.width(), window.height() + 300)
    qtbot.waitUntil(panel.lines.at_newest)
    window.resize(window.width(), window.height() - 300)
    qtbot.waitUntil(panel.lines.at_newest)
    window.centre.strip.choose(0)
    for number in range(200):
        panel.sink.handle(_line(f"later {number}"))
    window.resize(window.width(), window.height() + 200)
    window.centre.open(panel)
    qtbot.waitUntil(lambda: panel.lines.at_newest() and panel.model.rowCount() == 400)


def test_copy_takes_whole_lines(qtbot, panel):
    panel.sink.handle(_line("one " * 100))
    panel.take_in()
    panel.lines.selectAll()
    qtbot.keyClick(panel.lines, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "one " * 100


def test_a_flood_from_many_threads_keeps_the_newest(qapp):
    sink, model = LogSink(), LogModel()
    threads = [threading.Thread(target=lambda: [sink.handle(_line("x")) for _ in range(4000)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    model.take_in(sink.take())
    model.take_in([Line(logging.INFO, "last")])
    assert model.rowCount() == MOST
    assert model.index(MOST - 1).data() == "last"
