"""Real key events through a real window: the router's answers reach verbs and widgets, and typing reaches no wall."""

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QPlainTextEdit, QWidget

from tests.support import show_script as script
from textcraft_core import commands as cmd
from textcraft_core import events as ev
from textcraft_gui.keys.key_filter import chord_of, takes_text
from textcraft_gui.keys.router import BURST_GAP_SECONDS, Lamp

NONE, SHIFT, CTRL = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
)
SINGLE = [
    (Qt.Key.Key_Space, NONE), (Qt.Key.Key_Space, SHIFT), (Qt.Key.Key_H, NONE), (Qt.Key.Key_S, NONE),
    (Qt.Key.Key_Period, NONE), (Qt.Key.Key_P, NONE), (Qt.Key.Key_N, NONE), (Qt.Key.Key_M, NONE),
]  # fmt: skip


@pytest.fixture
def window(open_console, stage, tmp_path):
    made = open_console()
    paths = script.pictures(tmp_path, 3)
    for number, path in enumerate(paths):
        stage.emit(*script.candidate(number, path))
    stage.emit(script.taken(1), script.taken(2), *script.confirmed(2), ev.NextStaged(request_id="picture-0"))
    stage.emit(*script.services(), script.matrix())
    made.feed.flush()
    return made


@pytest.fixture
def stroke(window, stage):
    """Presses and releases a key of the native window; the fake clock goes on, so no two strokes are a burst."""

    def press(key, modifiers=NONE, pause=1.5):
        stage.clock.advance(pause)
        QTest.keyPress(window.windowHandle(), key, modifiers)
        QTest.keyRelease(window.windowHandle(), key, modifiers)
        QApplication.processEvents()
        if pause > BURST_GAP_SECONDS:
            stage.clock.advance(BURST_GAP_SECONDS)
            window.keys.settle()

    return press


def _type(stroke, text, pause=0.12):
    for letter in text:
        key = Qt.Key.Key_Space if letter == " " else Qt.Key(ord(letter.upper()))
        stroke(key, SHIFT if letter.isupper() else NONE, pause)


def _text_widgets(window):
    window.centre.open(window.personas)
    editor = window.personas.editor
    long = next(field for field in editor.form.findChildren(QPlainTextEdit) if not field.isHidden())
    return [window.flow.nudge, editor.list.findChild(QLineEdit), long]


def test_space_takes_and_shift_space_goes_back(window, stage, stroke):
    stroke(Qt.Key.Key_Space)
    stroke(Qt.Key.Key_Space, SHIFT)
    assert stage.handled == [cmd.Take(), cmd.Back()]


def test_stops_by_key(window, stage, stroke):
    for key in (Qt.Key.Key_H, Qt.Key.Key_S, Qt.Key.Key_Period, Qt.Key.Key_P, Qt.Key.Key_H):
        stroke(key)
    on = [cmd.Hold(on=True), cmd.SafeLook(on=True), cmd.Black(on=True), cmd.PauseAI(on=True), cmd.Hold(on=False)]
    assert stage.handled == on
    assert {how for _verb, _who, how in stage.verbs_used} == {"key"}


def test_a_tapped_stop_acts_by_itself_a_moment_later(window, stage, qtbot):
    stage.clock.advance(1.5)
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_H)
    assert stage.handled == []
    stage.clock.advance(BURST_GAP_SECONDS)
    qtbot.waitUntil(lambda: stage.handled == [cmd.Hold(on=True)])


@pytest.mark.parametrize("words", ["house", "so be it", "new", "map"])
def test_the_first_letter_typed_to_the_wall_fires_nothing(window, stage, stroke, words):
    stage.clock.advance(5)
    _type(stroke, words)
    stage.clock.advance(5)
    window.keys.settle()
    assert stage.handled == []


def test_capital_letters_by_caps_lock_are_the_same_keys(window, stage):
    event = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_H, NONE, "H")
    assert chord_of(event) == "H"
    event = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Semicolon, SHIFT, ".")
    assert chord_of(event) == "."  # where a full stop needs Shift
    event = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_P, CTRL | SHIFT, "\x10")
    assert chord_of(event) == "Ctrl+Shift+P"
    event = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_H, Qt.KeyboardModifier.AltModifier, "h")
    assert chord_of(event) == ""


@pytest.mark.parametrize("which", ["table", "thumbnails", "page", "roles", "button", "tab"])
def test_single_keys_act_whatever_else_has_the_focus(window, stage, stroke, which):
    window.centre.strip.choose({"table": 1, "roles": 2}.get(which, 0))
    focused = {
        "table": window.matrix.table, "thumbnails": window.candidates.list, "page": window.manuscript.page,
        "roles": window.personas.editor.list.list, "button": window.lane.acknowledge,
        "tab": window.centre.strip.buttons[0],
    }[which]  # fmt: skip
    focused.setEnabled(True)
    for number, (key, modifiers) in enumerate(SINGLE, start=1):
        focused.setFocus(Qt.FocusReason.MouseFocusReason)
        assert QApplication.focusWidget() is focused
        stroke(key, modifiers)
        assert len(stage.handled) == number, key


@pytest.mark.parametrize("number", range(3))
def test_a_text_keeps_every_single_key(window, stage, stroke, number):
    field = _text_widgets(window)[number]
    field.setFocus(Qt.FocusReason.MouseFocusReason)
    before = field.toPlainText() if isinstance(field, QPlainTextEdit) else field.text()
    _type(stroke, "hspnvm h s p", pause=1.0)
    stroke(Qt.Key.Key_Period)
    after = field.toPlainText() if isinstance(field, QPlainTextEdit) else field.text()
    assert stage.handled == []
    assert len(after) == len(before) + 13


def _tabs(window):
    """Every page of every dock, by opening it."""
    for dock in (window.left, window.centre, window.right):
        for index, tab in enumerate(dock.strip.buttons):
            if tab.isEnabled():
                dock.strip.choose(index)
                QApplication.processEvents()
                yield tab.accessibleName(), dock


def _can_have_the_keyboard(dock):
    for widget in dock.findChildren(QWidget):
        if widget.isVisible() and widget.isEnabled() and widget.focusPolicy() & Qt.FocusPolicy.ClickFocus:
            yield widget


def test_every_widget_of_every_page_keeps_to_the_rule_of_single_keys(window, stage, stroke):
    """Editors, tables, lists, combo boxes, sliders, spin boxes: a text keeps the letter, nothing else does."""
    texts, others = set(), set()
    for page, dock in _tabs(window):
        for widget in list(_can_have_the_keyboard(dock)):
            widget.setFocus(Qt.FocusReason.MouseFocusReason)
            if QApplication.focusWidget() is not widget or not widget.isVisible():
                continue
            stage.handled.clear()
            stroke(Qt.Key.Key_H)
            fired = [command for command in stage.handled if isinstance(command, cmd.Hold)]
            where = f"{page}: {type(widget).__name__} {widget.accessibleName()!r}"
            assert bool(fired) is not takes_text(widget), where
            # A draft typed before is kept by itself, whenever its five seconds are over.
            assert [done for done in stage.handled if not isinstance(done, cmd.SaveDraft)] == fired, where
            (texts if takes_text(widget) else others).add(type(widget).__name__)
    assert texts >= {"QLineEdit"}, texts
    assert others >= {"SteadyBox", "MatrixTable", "LogList"}, others


def test_the_palette_and_the_table_of_keys_let_no_letter_through_or_all(window, stage, stroke):
    window.overlays.palette.toggle()
    _type(stroke, "hsp", pause=0.6)
    assert stage.handled == []
    assert window.overlays.palette.search.text() == "hsp"
    window.overlays.palette.close_up()
    window.overlays.toggle_keys()
    stroke(Qt.Key.Key_H)
    assert stage.handled == [cmd.Hold(on=True)]


def _texts_in(dock):
    return [widget for widget in _can_have_the_keyboard(dock) if takes_text(widget)]


def test_a_sentence_after_a_forced_loss_of_focus_fires_nothing_in_any_page(window, stage, stroke):
    seen = set()
    for page, dock in _tabs(window):
        for field in _texts_in(dock)[:2]:
            stage.clock.advance(5)
            field.setFocus(Qt.FocusReason.MouseFocusReason)
            if QApplication.focusWidget() is not field:
                continue
            _type(stroke, "the ")
            field.setEnabled(False)
            QApplication.processEvents()
            window.setFocus(Qt.FocusReason.OtherFocusReason)
            _type(stroke, "ship hits stones")
            stroke(Qt.Key.Key_Period, pause=0.12)
            field.setEnabled(True)
            stage.clock.advance(5)
            window.keys.settle()
            walls = (cmd.Take, cmd.Back, cmd.Hold, cmd.SafeLook, cmd.Black, cmd.PauseAI, cmd.Panic, cmd.Stage, cmd.Mark)
            assert not [command for command in stage.handled if isinstance(command, walls)], page
            seen.add(dock.objectName())
    assert seen == {"left", "centre", "right"}


def test_escape_leaves_the_text_and_is_no_panic(window, stage, stroke):
    window.flow.nudge.setFocus(Qt.FocusReason.MouseFocusReason)
    stroke(Qt.Key.Key_Escape, pause=0.1)
    assert QApplication.focusWidget() is not window.flow.nudge
    stroke(Qt.Key.Key_Escape, pause=0.1)
    assert stage.handled == []
    stroke(Qt.Key.Key_Escape, pause=0.1)
    assert stage.handled == [cmd.Panic()]
    assert window.isVisible()


def test_the_offer_of_a_panic_goes_with_its_time(window, stage, qtbot):
    stage.clock.advance(1.5)
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_Escape)  # no timer of the window goes off meanwhile
    assert window.stops.said.text() == "Esc again: PANIC"
    qtbot.waitUntil(lambda: window.stops.said.text() == "")


def test_a_panic_is_no_longer_offered_when_it_is_there(window, stage, stroke):
    stroke(Qt.Key.Key_Escape)
    stroke(Qt.Key.Key_Escape, pause=0.1)
    assert stage.handled == [cmd.Panic()]
    assert window.stops.said.text() == ""


def test_after_escape_keys_act_at_once(window, stage, stroke):
    window.flow.nudge.setFocus(Qt.FocusReason.MouseFocusReason)
    stroke(Qt.Key.Key_Escape, pause=0.1)
    stroke(Qt.Key.Key_Space, pause=0.3)
    assert stage.handled == [cmd.Take()]


@pytest.mark.parametrize("how", ["hidden", "disabled", "cleared", "given away"])
def test_a_sentence_typed_after_a_forced_loss_of_focus_fires_nothing(window, stage, stroke, how):
    field = window.flow.nudge
    field.setFocus(Qt.FocusReason.MouseFocusReason)
    _type(stroke, "the ")
    {
        "hidden": field.hide,
        "disabled": lambda: field.setEnabled(False),
        "cleared": field.clearFocus,
        "given away": lambda: window.matrix.table.setFocus(Qt.FocusReason.OtherFocusReason),
    }[how]()
    QApplication.processEvents()
    window.setFocus(Qt.FocusReason.OtherFocusReason)
    _type(stroke, "ship hits mossy stones and sinks")
    stroke(Qt.Key.Key_Period, pause=0.12)
    assert stage.handled == []


def test_leaving_by_tab_lets_keys_act(window, stage, stroke):
    window.flow.nudge.setFocus(Qt.FocusReason.MouseFocusReason)
    stroke(Qt.Key.Key_Tab, pause=0.1)
    assert QApplication.focusWidget() in window.flow.findChildren(QAbstractButton)
    stroke(Qt.Key.Key_Space, pause=0.3)
    assert stage.handled == [cmd.Take()]


def test_leaving_by_a_click_lets_keys_act(window, stage, stroke):
    window.flow.nudge.setFocus(Qt.FocusReason.MouseFocusReason)
    QTest.mouseClick(window.manuscript.page.viewport(), Qt.MouseButton.LeftButton)
    assert QApplication.focusWidget() is window.manuscript.page
    stroke(Qt.Key.Key_Space, pause=0.3)
    assert stage.handled == [cmd.Take()]


def test_the_lamp_follows_the_keyboard(window, stage):
    lamps = []
    window.keys.lamp_changed.connect(lamps.append)
    window.flow.nudge.setFocus(Qt.FocusReason.MouseFocusReason)
    window.setFocus(Qt.FocusReason.MouseFocusReason)
    window.flow.nudge.setFocus(Qt.FocusReason.MouseFocusReason)
    window.flow.nudge.clearFocus()
    window.keys.look()
    assert lamps == [Lamp.TEXT, Lamp.WALL, Lamp.TEXT, Lamp.OFF]
    assert window.stops.keys.text() == "KEYS OFF"
    stage.clock.advance(2.1)
    window.keys.look()
    assert lamps[-1] is Lamp.WALL


def test_enter_in_the_nudge_line_queues(window, stage, stroke):
    window.flow.nudge.setFocus(Qt.FocusReason.MouseFocusReason)
    QTest.keyClicks(window.flow.nudge, "more sea")
    stroke(Qt.Key.Key_Return)
    assert stage.handled == [cmd.QueueInput(text="more sea")]
    assert window.flow.nudge.text() == ""
    assert QApplication.focusWidget() is window.flow.nudge


def test_ctrl_enter_in_the_nudge_line_queues_and_steps(window, stage, stroke):
    window.flow.nudge.setFocus(Qt.FocusReason.MouseFocusReason)
    QTest.keyClicks(window.flow.nudge, "more sea")
    stroke(Qt.Key.Key_Return, CTRL)
    assert stage.handled == [cmd.QueueInput(text="more sea"), cmd.Step()]


def test_ctrl_enter_outside_text_steps_and_inside_another_does_not(window, stage, stroke):
    stroke(Qt.Key.Key_Return, CTRL)
    _text_widgets(window)[2].setFocus(Qt.FocusReason.MouseFocusReason)
    stroke(Qt.Key.Key_Return, CTRL)
    assert stage.handled == [cmd.Step()]


def test_enter_works_the_focused_button(window, stage, stroke):
    window.flow.controls.buttons["step"].setFocus(Qt.FocusReason.TabFocusReason)
    stroke(Qt.Key.Key_Return)
    assert stage.handled == [cmd.Step()]


def test_holding_v_shows_next_until_it_is_let_go(window, stage):
    handle = window.windowHandle()
    stage.clock.advance(2)
    QTest.keyPress(handle, Qt.Key.Key_V)
    assert window.overlays.peek.isVisible()
    QTest.keyRelease(handle, Qt.Key.Key_V)
    assert not window.overlays.peek.isVisible()


def test_f1_shows_the_keys_and_escape_puts_them_away_without_panic(window, stage, stroke):
    stroke(Qt.Key.Key_F1)
    assert window.overlays.keys.isVisible()
    stroke(Qt.Key.Key_Escape, pause=0.1)
    assert not window.overlays.keys.isVisible()
    stroke(Qt.Key.Key_Escape, pause=0.1)
    assert stage.handled == []


def test_f2_edits_the_caption_and_enter_keeps_it(window, stage, stroke):
    stroke(Qt.Key.Key_F2)
    field = window.program.caption_field
    assert QApplication.focusWidget() is field
    assert field.text() == script.CAPTIONS[0]
    field.setText("new words")
    stroke(Qt.Key.Key_Return)
    assert stage.handled == [cmd.EditCaption(request_id="picture-0", text="new words")]
    assert not field.isVisible()
    stroke(Qt.Key.Key_Space, pause=0.3)
    assert stage.handled[-1] == cmd.Take()


def test_f2_and_escape_leave_the_words_as_they_were(window, stage, stroke):
    stroke(Qt.Key.Key_F2)
    window.program.caption_field.setText("never")
    stroke(Qt.Key.Key_Escape)
    assert stage.handled == []
    assert not window.program.caption_field.isVisible()


def test_a_popup_has_its_own_keys(window, stage, qtbot):
    window.flow.controls.buttons["run limits"].click()
    qtbot.waitUntil(lambda: QApplication.activePopupWidget() is not None)
    popup = QApplication.activePopupWidget()
    QTest.keyClick(popup, Qt.Key.Key_Escape)
    QApplication.processEvents()
    assert QApplication.activePopupWidget() is None
    assert stage.handled == []


def test_typing_to_the_wall_is_swallowed_and_said(window, stage, stroke):
    _type(stroke, "oh my ship", pause=0.1)
    assert stage.handled == []
    assert "typing to the wall" in window.stops.said.text()


def test_a_key_of_a_wall_goes_the_same_way(window, stage):
    assert window.keys.key("Space", pressed=True)
    assert stage.handled == [cmd.Take()]


def test_a_click_beside_everything_leaves_the_text(window):
    window.flow.nudge.setFocus(Qt.FocusReason.MouseFocusReason)
    QTest.mouseClick(window.status, Qt.MouseButton.LeftButton, pos=QPoint(700, 60))
    assert not isinstance(QApplication.focusWidget(), QLineEdit)
