"""Two pictures side by side."""

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtTest import QTest

from tests.support import show_script as script
from tests.support.layout import inspect_window
from textcraft_core import commands as cmd
from textcraft_core import events as ev
from textcraft_gui.verbs.verb import Verb


@pytest.fixture
def panel(qtbot, window, tell, tmp_path):
    for number, path in enumerate(script.pictures(tmp_path, 4)):
        tell(*script.candidate(number, path))
    tell(ev.NextStaged(request_id="picture-0"))
    return window.candidates


def _choose(panel, *rows):
    panel.list.clearSelection()
    for row in rows:
        panel.list.selectionModel().select(panel.model.index(row), QItemSelectionModel.SelectionFlag.Select)


def test_two_chosen_ones_stand_side_by_side_and_one_is_staged(qtbot, window, stage, panel):
    _choose(panel, 1, 2)
    qtbot.mouseClick(panel.buttons[Verb.COMPARE], Qt.MouseButton.LeftButton)
    sheet = window.rooms.compare
    assert sheet.isVisible()
    assert [view.picture.path[-5:] for view in sheet.views] == ["1.png", "2.png"]
    assert inspect_window(window) == []
    qtbot.mouseClick(sheet.buttons[1], Qt.MouseButton.LeftButton)
    assert stage.handled == [cmd.Stage(request_id="picture-2")]
    assert not sheet.isVisible()


def test_one_alone_stands_beside_next(qtbot, window, panel):
    _choose(panel, 3)
    qtbot.mouseClick(panel.buttons[Verb.COMPARE], Qt.MouseButton.LeftButton)
    sheet = window.rooms.compare
    assert sheet.views[1].picture.badge == "NEXT"
    assert not sheet.buttons[1].isVisible()


def test_escape_puts_it_away_and_is_no_panic(qtbot, window, stage, panel):
    _choose(panel, 1, 2)
    qtbot.mouseClick(panel.buttons[Verb.COMPARE], Qt.MouseButton.LeftButton)
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_Escape)
    assert not window.rooms.compare.isVisible()
    assert stage.handled == []


def test_it_needs_two(panel, tell):
    _choose(panel)
    assert not panel.buttons[Verb.COMPARE].isEnabled()
    _choose(panel, 1)
    assert panel.buttons[Verb.COMPARE].isEnabled()
    tell(ev.NextStaged(request_id=None))
    assert not panel.buttons[Verb.COMPARE].isEnabled()
