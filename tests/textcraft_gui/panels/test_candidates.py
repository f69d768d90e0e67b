"""Thumbnails of what may go up: a click stages, approve and reject work on the chosen one."""

import pytest
from PySide6.QtCore import Qt

from tests.support import show_script as script
from textcraft_core import commands as cmd
from textcraft_core import events as ev
from textcraft_gui.verbs import Verb


@pytest.fixture
def panel(qtbot, window, tell, tmp_path):
    for number, path in enumerate(script.pictures(tmp_path, 4)):
        tell(*script.candidate(number, path, approved=number != 3))
    tell(ev.NextStaged(request_id="picture-0"))
    qtbot.waitUntil(lambda: window.candidates.list.visualRect(window.candidates.model.index(3)).isValid())
    return window.candidates


def _click(qtbot, panel, row):
    at = panel.list.visualRect(panel.model.index(row)).center()
    qtbot.mouseClick(panel.list.viewport(), Qt.MouseButton.LeftButton, pos=at)


def test_it_teaches_when_there_is_none(window):
    assert window.candidates.empty.isVisible()
    assert not window.candidates.list.isVisible()


def test_the_tab_counts(window, panel):
    assert window.right.strip.buttons[0].text() == "CANDIDATES 4"


def test_three_stand_in_a_row(panel):
    tops = [panel.list.visualRect(panel.model.index(row)).top() for row in range(4)]
    assert tops[0] == tops[1] == tops[2] < tops[3]


def test_a_click_stages_an_approved_one(qtbot, stage, panel):
    _click(qtbot, panel, 2)
    assert stage.handled == [cmd.Stage(request_id="picture-2")]


def test_a_click_on_one_that_waits_only_chooses_it(qtbot, stage, panel):
    _click(qtbot, panel, 3)
    assert stage.handled == []
    assert panel.buttons[Verb.APPROVE].isEnabled()
    qtbot.mouseClick(panel.buttons[Verb.APPROVE], Qt.MouseButton.LeftButton)
    assert stage.handled == [cmd.Approve(request_id="picture-3")]


def test_reject_works_on_the_chosen_one(qtbot, stage, window, panel, tell):
    assert not panel.buttons[Verb.REJECT].isEnabled()
    _click(qtbot, panel, 1)
    qtbot.mouseClick(panel.buttons[Verb.REJECT], Qt.MouseButton.LeftButton)
    assert stage.handled[-1] == cmd.Reject(request_id="picture-1")
    tell(ev.CandidateDropped(request_id="picture-1", reason="rejected"))
    assert panel.model.rowCount() == 3
    assert not panel.list.currentIndex().isValid()
    assert not panel.buttons[Verb.REJECT].isEnabled()


def test_the_chosen_one_stays_chosen_when_others_come(qtbot, panel, tell, tmp_path):
    _click(qtbot, panel, 2)
    tell(*script.candidate(9, str(tmp_path / "later.png")))
    assert panel.list.currentIndex().row() == 2


def test_thumbnails_are_painted_when_they_were_read(qtbot, panel):
    def sky():
        box = panel.list.visualRect(panel.model.index(2))
        image = panel.list.viewport().grab().toImage()
        return image.pixelColor(box.left() + box.width() * 8 // 10, box.top() + box.height() * 3 // 10)

    # The third sky is red; the ground of a thumbnail not yet read is grey.
    qtbot.waitUntil(lambda: sky().red() > sky().blue() + 30, timeout=3000)
