"""The engine at work: phases with their times, the queue, RUN, step and stop."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.support import show_script as script
from textcraft_core import commands as cmd
from textcraft_core import events as ev
from textcraft_core.events import Phase
from textcraft_gui.state import Area
from textcraft_gui.verbs import Verb
from textcraft_gui.widgets.signs import ACTIVE, NOT_YET, OK


@pytest.fixture
def panel(window):
    return window.flow


def test_phases_are_done_now_or_not_yet(stage, window, panel, tell):
    tell(ev.CycleStarted(cycle=4), ev.PhaseEntered(cycle=4, phase=Phase.SCAN))
    stage.clock.advance(0.3)
    tell(ev.PhaseEntered(cycle=4, phase=Phase.PLAN))
    stage.clock.advance(2.8)
    tell(ev.PhaseEntered(cycle=4, phase=Phase.EXECUTE, role="narrator", target="ch04.md"))
    stage.clock.advance(9)
    window.feed.refreshed.emit(Area.TIME)
    rows = [*panel.rows, panel.picture]
    assert [row.lamp.sign for row in rows] == [OK, OK, ACTIVE, NOT_YET, NOT_YET]
    assert [row.name.text() for row in rows] == ["scan", "plan", "narrator", "verify", "picture"]
    assert [row.time.text() for row in rows] == ["0.3 s", "2.8 s", "9.0 s", "", ""]
    assert [row.bar.fraction for row in rows] == [1.0, 1.0, 0.5, None, None]
    assert panel.task.text() == "work Chapter 4"


def test_a_bar_measures_against_the_last_time(stage, window, panel, tell):
    tell(*script.cycle_until(1, Phase.EXECUTE))
    stage.clock.advance(10)
    tell(ev.CycleFinished(cycle=1, seconds=10), *script.cycle_until(2, Phase.EXECUTE))
    stage.clock.advance(4)
    window.feed.refreshed.emit(Area.TIME)
    assert panel.rows[2].bar.fraction == pytest.approx(0.4)
    stage.clock.advance(60)
    window.feed.refreshed.emit(Area.TIME)
    assert panel.rows[2].bar.fraction == 0.96


def test_the_picture_row_follows_the_worker(panel, tell):
    asked = ev.RenderRequested(request_id="r", prompt="p", seed=1, width=9, height=9, cycle=1, target="ch01.md")
    tell(asked, ev.RenderProgressed(request_id="r", fraction=0.25))
    assert (panel.picture.lamp.sign, panel.picture.bar.fraction) == (ACTIVE, 0.25)
    tell(ev.RenderFailed(request_id="r", reason="no memory"))
    assert panel.picture.lamp.sign == OK


def test_attempts_are_shown(panel, tell):
    called = ev.BrainCalled(cycle=4, role="narrator", attempt=2, model="m", prompt_hash="0")
    tell(*script.cycle_until(4, Phase.EXECUTE), called)
    assert panel.task.text() == "generate Chapter 4 · attempt 2"


def test_run_is_toggled_and_limited(qtbot, stage, panel, tell):
    run = panel.controls.buttons[Verb.TOGGLE_RUN]
    qtbot.mouseClick(run, Qt.MouseButton.LeftButton)
    tell(ev.RunStarted())
    assert run.face.lit
    qtbot.mouseClick(run, Qt.MouseButton.LeftButton)
    assert stage.handled == [cmd.Run(), cmd.Pause()]
    qtbot.mouseClick(panel.controls.buttons[Verb.RUN_LIMITS], Qt.MouseButton.LeftButton)
    menu = QApplication.activePopupWidget()
    assert [action.text() for action in menu.actions()] == [
        "3 cycles",
        "10 cycles",
        "50 cycles",
        "until it is switched off",
    ]
    menu.actions()[0].trigger()
    menu.actions()[-1].trigger()
    menu.close()
    assert stage.handled[2:] == [cmd.Run(cycles=3), cmd.Run()]


def test_step_and_stop(qtbot, stage, panel, tell):
    qtbot.mouseClick(panel.controls.buttons[Verb.STEP], Qt.MouseButton.LeftButton)
    tell(*script.cycle_until(1, Phase.PLAN))
    qtbot.mouseClick(panel.controls.buttons[Verb.STEP], Qt.MouseButton.LeftButton)
    qtbot.mouseClick(panel.controls.buttons[Verb.STOP], Qt.MouseButton.LeftButton)
    assert stage.handled == [cmd.Step(), cmd.Stop()]


def _queued(panel):
    model = panel.queue.model()
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def test_lines_are_listed_with_what_became_of_them(panel, tell):
    tell(*(ev.InputQueued(input_id=key, text=f"line {key}", source="operator") for key in "ab"))
    tell(ev.InputUsed(input_id="a", cycle=7))
    assert _queued(panel) == ["line a", "line b"]


def test_delete_takes_a_waiting_line_back(stage, panel, tell):
    tell(*(ev.InputQueued(input_id=key, text=f"line {key}", source="operator") for key in "ab"))
    tell(ev.InputUsed(input_id="a", cycle=7))
    for row in (0, 1):
        panel.queue.setCurrentIndex(panel.queue.model().index(row, 0))
        QTest.keyClick(panel.queue, Qt.Key.Key_Delete)
    assert stage.handled == [cmd.WithdrawInput(input_id="b")]
