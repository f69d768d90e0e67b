"""Thumbnails of what may go up: a click stages, approve and reject work on the chosen one."""

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtTest import QTest

from tests.support import show_script as script
from textcraft_core import commands as cmd
from textcraft_core import events as ev
from textcraft_gui.verbs.verb import Verb
from textcraft_gui.widgets.thumb_list import THUMB_ROLE


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
    qtbot.waitUntil(lambda: sky().red() > sky().blue() + 30)


def _choose(panel, *rows):
    panel.list.clearSelection()
    for row in rows:
        panel.list.selectionModel().select(panel.model.index(row), QItemSelectionModel.SelectionFlag.Select)


def _press(qtbot, panel, verb):
    qtbot.mouseClick(panel.buttons[verb], Qt.MouseButton.LeftButton)


def test_arrows_choose_enter_stages_and_delete_rejects(qtbot, window, stage, panel):
    panel.list.setFocus()
    panel.list.setCurrentIndex(panel.model.index(0))
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Return, Qt.Key.Key_Right, Qt.Key.Key_Delete):
        QTest.keyClick(window.windowHandle(), key)
    assert stage.handled == [cmd.Stage(request_id="picture-1"), cmd.Reject(request_id="picture-2")]


def test_pin_and_unpin_and_the_reel_keeps_it(qtbot, stage, panel, tell):
    _choose(panel, 1)
    _press(qtbot, panel, Verb.PIN)
    assert stage.handled == [cmd.Pin(request_id="picture-1", on=True)]
    tell(ev.CandidatePinned(request_id="picture-1", on=True))
    assert panel.buttons[Verb.PIN].text() == "unpin"
    tell(ev.CandidateDropped(request_id="picture-1", reason="older than the newest twelve"))
    assert [candidate.request_id for candidate in panel.reel.pinned] == ["picture-1"]
    tell(ev.CandidatePinned(request_id="picture-1", on=False))
    assert panel.reel.pinned == []


def test_again_opens_a_form_with_the_prompt_and_the_price(qtbot, stage, panel, tell, tmp_path):
    tell(
        ev.RenderRequested(
            request_id="picture-1", prompt="a lamp", seed=7, width=64, height=64, cycle=1, target="ch04_x.md"
        ),
        ev.ImageArrived(
            request_id="picture-1", path=str(tmp_path / "x.png"), sha256=script.sha(1), width=64, height=64,
            worker="painter", backend="b", seconds=1, cost=0.04,
        ),
    )  # fmt: skip
    _choose(panel, 1)
    assert panel.buttons[Verb.AGAIN].text() == "again ≈ $0.04"
    _press(qtbot, panel, Verb.AGAIN)
    assert panel.form.prompt.toPlainText() == "a lamp"
    assert "$0.04" in panel.form.go.text()
    panel.form.prompt.setPlainText("a lamp, red")
    qtbot.keyClicks(panel.form.seed, "12")
    qtbot.mouseClick(panel.form.go, Qt.MouseButton.LeftButton)
    assert stage.handled == [cmd.Rerender(request_id="picture-1", prompt="a lamp, red", seed=12)]
    assert not panel.form.isVisible()


def test_escape_leaves_the_form_and_asks_for_nothing(qtbot, window, stage, panel):
    _choose(panel, 1)
    _press(qtbot, panel, Verb.AGAIN)
    assert panel.form.isVisible()
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_Escape)
    assert not panel.form.isVisible()
    assert stage.handled == []


def test_without_words_nothing_is_painted(qtbot, panel):
    _choose(panel, 1)
    _press(qtbot, panel, Verb.AGAIN)
    panel.form.prompt.setPlainText("  ")
    assert not panel.form.go.isEnabled()
    assert "needs words" in panel.form.go.toolTip()


def test_what_is_painted_shows_how_far_and_may_be_cancelled(qtbot, stage, panel, tell):
    for number in range(3):
        tell(
            ev.RenderRequested(
                request_id=f"r{number}", prompt="p", seed=1, width=64, height=64, cycle=1, target="ch05_x"
            )
        )
    tell(ev.RenderAccepted(request_id="r0", worker="w", attempt=1), ev.RenderProgressed(request_id="r0", fraction=0.4))
    first, second = panel.renders.rows[:2]
    assert first.words.text() == "Chapter 5 is being painted, 40% · +2"
    assert not second.isVisible()
    qtbot.mouseClick(first.cancel, Qt.MouseButton.LeftButton)
    assert stage.handled == [cmd.CancelRender(request_id="r0")]
    for number in range(3):
        tell(ev.RenderFailed(request_id=f"r{number}", reason="cancelled"))
    assert not panel.renders.isVisible()


def test_a_refused_picture_says_why_and_is_overruled_by_a_hold(qtbot, stage, panel, tell, tmp_path):
    tell(*script.candidate(4, str(tmp_path / "x.png"), passed=False))
    _choose(panel, 4)
    overrule = panel.buttons[Verb.OVERRULE]
    assert overrule.isVisible()
    assert not panel.buttons[Verb.APPROVE].isVisible()
    assert "almost one colour" in panel.model.index(4).data(THUMB_ROLE).hint
    qtbot.mouseClick(overrule, Qt.MouseButton.LeftButton)
    assert stage.handled == []
    qtbot.mousePress(overrule, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(stage.handled))
    qtbot.mouseRelease(overrule, Qt.MouseButton.LeftButton)
    assert stage.handled == [cmd.Overrule(request_id="picture-4", take=False)]


def test_undo_takes_a_reject_back(qtbot, stage, panel, tell):
    assert not panel.buttons[Verb.UNDO].isEnabled()
    tell(ev.CandidateDropped(request_id="picture-1", reason="rejected"))
    assert panel.buttons[Verb.UNDO].text() == "undo reject"
    _press(qtbot, panel, Verb.UNDO)
    assert stage.handled == [cmd.Readmit(request_id="picture-1")]
    tell(*script.candidate(1, "a.png"))
    assert not panel.buttons[Verb.UNDO].isEnabled()


def test_undo_takes_a_take_back(qtbot, stage, panel, tell):
    tell(script.taken(0))
    assert not panel.buttons[Verb.UNDO].isEnabled()
    tell(script.taken(1))
    assert panel.buttons[Verb.UNDO].text() == "undo take"
    _press(qtbot, panel, Verb.UNDO)
    assert stage.handled == [cmd.Back(), cmd.Stage(request_id="picture-1")]


def test_what_fell_out_by_itself_is_no_reject(panel, tell):
    tell(ev.CandidateDropped(request_id="picture-1", reason="older than the newest twelve"))
    assert not panel.buttons[Verb.UNDO].isEnabled()


def test_verbs_without_a_button_work_on_what_is_chosen_and_say_when_nothing_is(window, stage, panel):
    panel.list.clearSelection()
    assert window.verbs.fire(Verb.REJECT, "palette")
    assert stage.handled == []
    assert any("Choose a candidate first" in message.text for message in window.feed.state.lane)
    _choose(panel, 1)
    window.verbs.fire(Verb.REJECT, "palette")
    assert stage.handled == [cmd.Reject(request_id="picture-1")]
