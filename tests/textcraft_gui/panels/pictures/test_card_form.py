"""Words or a picture of one's own, typed or dropped."""

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog

from tests.support.layout import inspect_window
from textcraft_bus.channel.messages import Mode
from textcraft_core import commands as cmd
from textcraft_core import events as ev
from textcraft_gui.verbs.verb import Verb


@pytest.fixture
def form(qtbot, window):
    qtbot.mouseClick(window.program.controls.buttons[Verb.CARD], Qt.MouseButton.LeftButton)
    assert window.rooms.card.isVisible()
    return window.rooms.card


def _drop(form, *urls):
    data = QMimeData()
    data.setUrls(list(urls))
    move, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    form.dropEvent(QDropEvent(QPointF(5, 5), move, data, left, Qt.KeyboardModifier.NoModifier))


def test_words_become_a_card(qtbot, window, stage, form):
    assert form.words.hasFocus()
    assert not form.add_words.isEnabled()
    qtbot.keyClicks(form.words, "We begin again")
    qtbot.mouseClick(form.add_words, Qt.MouseButton.LeftButton)
    assert stage.handled == [cmd.AddCard(text="We begin again")]
    assert not form.isVisible()


def test_a_dropped_picture_waits_for_its_words_and_is_brought_in(qtbot, stage, form, tmp_path):
    path = tmp_path / "own.png"
    _drop(form, QUrl.fromLocalFile(str(path)))
    assert form.path.text() == str(path)
    assert stage.handled == []
    qtbot.keyClicks(form.caption, "our own")
    QTest.keyClick(form.caption, Qt.Key.Key_Return)
    assert stage.handled == [cmd.AddCard(path=str(path), caption="our own")]


def test_what_is_no_picture_of_this_machine_is_not_taken(qtbot, stage, form):
    for urls in ([QUrl("https://example.org/a.png")], [QUrl.fromLocalFile("/a.svg")], [], [QUrl("file:///a.png")] * 2):
        _drop(form, *urls)
        assert form.path.text() == ""
    qtbot.keyClicks(form.path, "/a/notes.txt")
    qtbot.mouseClick(form.add_picture, Qt.MouseButton.LeftButton)
    assert "PNG, JPEG or WebP" in form.told.text()
    assert stage.handled == []


def test_escape_puts_it_away_and_keeps_the_words(qtbot, window, stage, form):
    qtbot.keyClicks(form.words, "half a thought")
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_Escape)
    assert not form.isVisible()
    assert stage.handled == []
    assert form.words.toPlainText() == "half a thought"


def test_the_chooser_is_for_edit_and_is_opened_not_waited_for(qtbot, form, tell):
    assert not form.choose.isEnabled()
    assert "Only in EDIT" in form.choose.toolTip()
    tell(ev.ModeChanged(mode=Mode.EDIT))
    qtbot.mouseClick(form.choose, Qt.MouseButton.LeftButton)
    dialog = form._dialog
    assert isinstance(dialog, QFileDialog)
    dialog.fileSelected.emit("/pictures/a.png")
    assert form.path.text() == "/pictures/a.png"
    dialog.close()


def test_too_many_words_say_so(form):
    form.words.setPlainText("x" * 601)
    assert not form.add_words.isEnabled()
    assert "601 of 600" in form.add_words.toolTip()


def test_it_fits(qtbot, window, form):
    assert inspect_window(window) == []
