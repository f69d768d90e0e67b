"""The engine at work: phases with their times, the queue, RUN, step and stop."""

import pytest
from PySide6.QtCore import QEvent, QPoint, QSize, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QApplication, QLineEdit

from tests.support import show_script as script
from textcraft_core import commands as cmd
from textcraft_core import events as ev
from textcraft_core.events import EngineState, Phase
from textcraft_gui.state.show_state import Area
from textcraft_gui.verbs.verb import Verb
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
    assert panel.picture.time.text() == ""  # all told at once, as of a show that is opened: nobody saw how long it took


def test_a_phase_of_an_instant_has_its_time_too(stage, panel, tell):
    tell(*script.cycle_until(1, Phase.SCAN))
    stage.clock.advance(0.004)
    tell(ev.PhaseEntered(cycle=1, phase=Phase.PLAN))
    assert panel.rows[0].time.text() == "0.00 s"


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
        "until a time, a sum or a chapter…",
    ]
    menu.actions()[0].trigger()
    menu.actions()[3].trigger()
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


class TestQueue:
    @pytest.fixture(autouse=True)
    def lines(self, tell):
        tell(ev.InputQueued(input_id="u", text="used", source="operator"), ev.InputUsed(input_id="u", cycle=1))
        tell(*(ev.InputQueued(input_id=key, text=f"line {key}", source="operator") for key in "abc"))

    def select(self, panel, row):
        panel.queue.setCurrentIndex(panel.queue.model().index(row, 0))

    def test_a_waiting_line_is_edited_in_its_place(self, qtbot, stage, panel, tell):
        self.select(panel, 2)
        qtbot.mouseClick(panel.lines.edit, Qt.MouseButton.LeftButton)
        field = panel.queue.findChild(QLineEdit)
        assert field.text() == "line b"
        tell(ev.InputQueued(input_id="d", text="line d", source="operator"))
        assert field.isVisible()
        field.setText("  other words ")
        QTest.keyClick(field, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: stage.handled == [cmd.EditInput(input_id="b", text="other words")])
        qtbot.waitUntil(lambda: len(_queued(panel)) == 5)

    def test_leaving_the_words_as_they_are_asks_for_nothing(self, qtbot, stage, panel):
        self.select(panel, 2)
        QTest.keyClick(panel.queue, Qt.Key.Key_Return)
        QTest.keyClick(panel.queue.findChild(QLineEdit), Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: panel.queue.state() is not QAbstractItemView.State.EditingState)
        assert stage.handled == []

    def test_lines_are_moved_by_key_and_button_among_those_that_wait(self, qtbot, stage, panel):
        self.select(panel, 2)
        QTest.keyClick(panel.queue, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
        qtbot.mouseClick(panel.lines.later, Qt.MouseButton.LeftButton)
        assert stage.handled == [cmd.MoveInput(input_id="b", index=0), cmd.MoveInput(input_id="b", index=2)]

    def test_a_line_is_moved_by_mouse_without_a_loop_of_its_own(self, qtbot, stage, panel):
        view, model = panel.queue.viewport(), panel.queue.model()
        first, last = (panel.queue.visualRect(model.index(row, 0)) for row in (1, 3))
        panel.queue.scrollTo(model.index(1, 0))
        first, last = (panel.queue.visualRect(model.index(row, 0)) for row in (1, 3))
        QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=first.center())
        QTest.mouseMove(view, last.center())
        move = QMouseEvent(
            QEvent.Type.MouseMove, last.bottomLeft().toPointF(), view.mapToGlobal(last.bottomLeft()).toPointF(),
            Qt.MouseButton.NoButton, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier,
        )  # fmt: skip
        QApplication.sendEvent(view, move)
        QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=last.bottomLeft())
        assert stage.handled == [cmd.MoveInput(input_id="a", index=2)]

    def test_what_a_plan_has_can_neither_be_moved_nor_edited(self, stage, panel):
        self.select(panel, 0)
        assert panel.lines._foot.isHidden()
        QTest.keyClick(panel.queue, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
        QTest.keyClick(panel.queue, Qt.Key.Key_Return)
        QTest.keyClick(panel.queue, Qt.Key.Key_Delete)
        assert stage.handled == []

    def test_the_depth_stands_on_the_tab_and_an_empty_queue_teaches(self, panel, tell):
        assert panel.queue_tab.text() == "QUEUE 3"
        tell(*(ev.InputWithdrawn(input_id=key) for key in "abc"))
        assert panel.queue_tab.text() == "QUEUE"
        panel.lines.show_lines([])
        assert "enters the next plan" in panel.lines.empty.text()


class TestVisitors:
    def hear(self, tell, *texts):
        tell(ev.AudienceRules(policy="ask"))
        tell(*(ev.AudienceHeard(story_id=f"s{n}", text=text, speaker="guest") for n, text in enumerate(texts)))

    def test_stories_come_to_the_front_while_nothing_else_waits(self, panel, tell):
        self.hear(tell, "the lamps")
        assert panel.visitors_tab.text() == "VISITORS 1 · ask"
        assert panel.lists.currentWidget() is panel.visitors

    def test_accept_ignore_and_other_words(self, qtbot, stage, panel, tell):
        self.hear(tell, "the lamps", "the glove")
        inbox = panel.visitors
        assert inbox.list.current.text == "the lamps"
        qtbot.mouseClick(inbox.accept, Qt.MouseButton.LeftButton)
        tell(ev.StoryDecided(story_id="s0", verdict="accept"))
        qtbot.mouseClick(inbox.edit, Qt.MouseButton.LeftButton)
        assert inbox.field.text() == "the glove"
        inbox.field.setText("a blue glove")
        QTest.keyClick(inbox.field, Qt.Key.Key_Return)
        qtbot.mouseClick(inbox.ignore, Qt.MouseButton.LeftButton)
        assert stage.handled == [
            cmd.DecideStory(story_id="s0", verdict="accept"),
            cmd.DecideStory(story_id="s1", verdict="accept", text="a blue glove"),
            cmd.DecideStory(story_id="s1", verdict="ignore"),
        ]

    def test_forget_is_held(self, qtbot, stage, panel, tell):
        self.hear(tell, "the lamps")
        forget = panel.visitors.forget
        qtbot.mouseClick(forget, Qt.MouseButton.LeftButton)
        assert stage.handled == []
        qtbot.mousePress(forget, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: stage.handled != [])
        qtbot.mouseRelease(forget, Qt.MouseButton.LeftButton)
        assert stage.handled == [cmd.DecideStory(story_id="s0", verdict="forget")]

    def test_a_story_that_is_decided_elsewhere_closes_its_field(self, qtbot, panel, tell):
        self.hear(tell, "the lamps")
        qtbot.mouseClick(panel.visitors.edit, Qt.MouseButton.LeftButton)
        assert panel.visitors.is_editing
        tell(ev.StoryDecided(story_id="s0", verdict="ignore"))
        assert not panel.visitors.is_editing

    def test_words_are_shown_literally(self, panel, tell):
        self.hear(tell, "<img src=file:///etc/passwd><b>bold</b>")
        assert panel.visitors.list.current.text.startswith("<img")
        assert "<b>" in panel.visitors.list.model().index(0, 0).data()

    @pytest.mark.parametrize(("policy", "says"), [
        ("ask", "for your answer"), ("auto", "by themselves"), ("ignore", "core.toml"), ("screened", "You are away"),
        ("ignored", "You are away"),
    ])  # fmt: skip
    def test_the_empty_inbox_says_the_rule(self, panel, tell, policy, says):
        tell(ev.AudienceRules(policy=policy, sensors=("PresenceStatus: run",)))
        tell(ev.StoryPassedOver(kind="StoryHeard", reason="it is too short"))
        text = panel.visitors.empty.text()
        assert says in text
        assert "1 passed over: it is too short" in text
        assert "PresenceStatus: run" in text


class TestForms:
    def test_a_plan_is_assigned_also_from_a_row_of_the_matrix(self, qtbot, stage, window, panel, tell):
        tell(script.matrix())
        window.matrix.assign_wanted.emit("data/manuscripts/ch03_Third.md")
        form = panel.assign_form
        assert panel.pages.currentWidget() is form
        assert form.chapter.currentText().startswith("ch03")
        assert [form.role.itemText(row) for row in range(form.role.count())] == ["narrator", "editor"]
        form.role.setCurrentIndex(1)
        form.action.setCurrentIndex(1)
        form.note.setText(" too long ")
        qtbot.mouseClick(form.go, Qt.MouseButton.LeftButton)
        payload = stage.handled[0].payload
        assert payload["assigned_agent"] == "editor"
        assert (payload["action_type"], payload["context_notes"]) == ("edit", "too long")
        assert payload["target_file"].startswith("ch03_")
        assert panel.pages.currentIndex() == 0

    def test_where_there_is_no_chapter_nothing_can_be_assigned(self, qtbot, stage, panel):
        qtbot.mouseClick(panel.assign, Qt.MouseButton.LeftButton)
        assert not panel.assign_form.go.isEnabled()
        QTest.keyClick(panel.assign_form.note, Qt.Key.Key_Return)
        qtbot.mouseClick(panel.assign_form.leave, Qt.MouseButton.LeftButton)
        assert (stage.handled, panel.pages.currentIndex()) == ([], 0)

    def test_run_takes_every_limit(self, qtbot, stage, panel, tell):
        tell(script.matrix())
        panel._open_run_form()
        form = panel.run_form
        form.cycles.setValue(4)
        form.minutes.setValue(30)
        form.spend.setValue(1.5)
        form.chapter.setCurrentIndex(form.chapter.findData("ch03"))
        qtbot.mouseClick(form.go, Qt.MouseButton.LeftButton)
        assert stage.handled == [cmd.Run(cycles=4, minutes=30, spend=1.5, until_chapter="ch03")]

    def test_limits_left_alone_are_none(self, qtbot, stage, panel):
        panel._open_run_form()
        qtbot.mouseClick(panel.run_form.go, Qt.MouseButton.LeftButton)
        assert stage.handled == [cmd.Run()]


def test_a_paid_button_carries_its_price(panel, tell):
    step = panel.controls.buttons[Verb.STEP]
    assert step.face.figure == ""
    for cycle, usd in ((1, 0.04), (2, 0.08)):
        tell(ev.CycleStarted(cycle=cycle), ev.SpendAdded(source="narrator", usd=usd, total=usd))
        tell(ev.CycleFinished(cycle=cycle, seconds=1))
    run = panel.controls.buttons[Verb.TOGGLE_RUN]
    assert (step.face.figure, run.face.figure) == ("≈$0.06", "≈$0.06")
    assert panel._priced("3 cycles", 3) == "3 cycles  ≈ $0.18"


class TestStatus:
    def say(self, panel):
        panel._show_status()
        return panel.status.text()

    def test_a_retry_counts_down(self, stage, panel, tell):
        tell(ev.CycleStarted(cycle=1), ev.BrainWaiting(seconds=12, reason="429"))
        stage.clock.advance(3)
        assert self.say(panel) == "▲ asked again in 0:09"
        assert "429" in panel.status.toolTip()

    def test_the_rest_before_the_next_cycle_counts_down(self, stage, panel, tell):
        waits = ev.EngineStateChanged(state=EngineState.WAITING, reason="next cycle in 20 s", seconds=20)
        tell(ev.RunStarted(cycles=10), waits)
        stage.clock.advance(5)
        assert self.say(panel) == "next cycle in 0:15"

    @pytest.mark.parametrize(("events", "says"), [
        ([ev.StuckDetected(cycles=3, reason="nothing changed"), ev.EngineStateChanged(state=EngineState.STUCK)],
         "▲ stuck: nothing changed"),
        ([ev.ReserveWanted(on=True, reason="down")], "■ no brain answers: reserve reel"),
        ([ev.BrainChanged(brain="local", place=1, of=2)], "▲ local stands in"),
        ([ev.EngineStateChanged(state=EngineState.PAUSED)], "‖ paused"),
        ([ev.EngineStateChanged(state=EngineState.WAITING, reason="PAUSE AI is on")], "‖ waits: PAUSE AI is on"),
        ([ev.RunStarted(minutes=5, until_chapter="ch02")], "RUN until 5 min or ch02 is locked"),
        ([ev.RunStarted(cycles=3)], "RUN until 3 cycles are done"),
        ([ev.RunStarted()], ""),
    ])  # fmt: skip
    def test_says_the_worst_first(self, panel, tell, events, says):
        tell(*events)
        assert self.say(panel) == says
        assert panel.status.isHidden() is (says == "")

    def test_a_step_after_being_stuck_clears_it(self, panel, tell):
        tell(ev.StuckDetected(cycles=3, reason="nothing changed"), ev.EngineStateChanged(state=EngineState.STUCK))
        tell(ev.EngineStateChanged(state=EngineState.RUNNING), ev.CycleStarted(cycle=9))
        assert self.say(panel) == ""


@pytest.mark.parametrize("size", [QSize(1280, 720), QSize(1920, 1080)])
def test_every_control_is_inside_the_panel_and_named(open_console, stage, size):
    window = open_console(size)
    stage.emit(*script.services(), script.matrix(), ev.AudienceRules(policy="ask"))
    stage.emit(ev.AudienceHeard(story_id="s", text="the lamps"))
    window.feed.flush()
    panel = window.flow
    for page in (lambda: None, lambda: panel.assign_to(""), panel._open_run_form):
        page()
        QApplication.processEvents()
        for child in panel.findChildren(QAbstractButton) + panel.findChildren(QLineEdit):
            if child.isVisible() and child.objectName() != "qt_spinbox_lineedit":
                box = child.geometry().translated(child.parentWidget().mapTo(panel, QPoint(0, 0)))
                assert panel.rect().contains(box), child.accessibleName()
                assert child.accessibleName(), child


def test_a_paid_step_never_looks_free(panel, tell):
    step = panel.controls.buttons[Verb.STEP]
    assert step.face.figure == ""
    tell(ev.BrainInUse(name="live", free=False))
    assert step.face.figure == "$ ?"
