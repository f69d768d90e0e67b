"""A show that is left alone: every key is off but the one that arms, and nobody's touch means somebody's."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QListWidget

from textcraft_bus.channel.messages import Mode
from textcraft_core import commands as cmd
from textcraft_core import events as ev
from textcraft_gui.keys.router import Lamp
from textcraft_gui.machine.wakeful import must_stay_awake
from textcraft_gui.unattended.idle import IDLE_SECONDS
from textcraft_gui.verbs.actions import ACTIONS

KEYED = sorted({action.key for action in ACTIONS if action.key and " " not in action.key} - {"Ctrl+L"})


@pytest.fixture
def alone(open_console, stage):
    window = open_console()
    stage.emit(ev.ModeChanged(mode=Mode.SHOW), ev.AttendanceChanged(attended=False))
    window.feed.flush()
    return window


def test_every_key_but_the_arming_one_is_off(alone, stage):
    for chord in [*KEYED, "Escape", "A"]:
        alone.stops.say("")
        assert alone.keys.key(chord, pressed=True), chord
        alone.keys.key(chord, pressed=False)
        stage.clock.advance(2)
        alone.keys.settle()
        assert stage.handled == [], chord
        assert "Ctrl+L" in alone.stops.said.text(), chord


def test_the_lamp_says_that_keys_are_off(alone):
    alone.keys.look()
    assert alone.keys._lamp is Lamp.OFF


def test_ctrl_l_held_for_a_second_arms(alone, stage):
    alone.keys.key("Ctrl+L", pressed=True)
    stage.clock.advance(1.1)
    alone.keys.settle()
    assert stage.handled == [cmd.Attend()]


def test_ctrl_l_held_in_an_attended_show_leaves_it(open_console, stage):
    window = open_console()
    stage.emit(ev.ModeChanged(mode=Mode.SHOW))
    window.keys.key("Ctrl+L", pressed=True)
    stage.clock.advance(1.1)
    window.keys.settle()
    assert stage.handled == [cmd.ChangeMode(mode=Mode.EDIT)]


@pytest.mark.parametrize("mode", [Mode.EDIT, Mode.REHEARSE])
def test_elsewhere_ctrl_l_asks_nothing(open_console, stage, mode):
    window = open_console()
    stage.emit(ev.ModeChanged(mode=mode))
    window.keys.key("Ctrl+L", pressed=True)
    stage.clock.advance(1.1)
    window.keys.settle()
    assert stage.handled == []


def test_after_a_quarter_of_an_hour_show_is_left_alone(open_console, stage):
    window = open_console()
    stage.emit(ev.ModeChanged(mode=Mode.SHOW))
    window.idle.look()
    stage.clock.advance(IDLE_SECONDS - 1)
    window.idle.look()
    assert stage.handled == []
    stage.clock.advance(2)
    window.idle.look()
    assert stage.handled == [cmd.LeaveAlone()]


def test_a_touch_begins_the_quarter_of_an_hour_anew(open_console, stage):
    window = open_console()
    stage.emit(ev.ModeChanged(mode=Mode.SHOW))
    window.idle.look()
    stage.clock.advance(IDLE_SECONDS - 1)
    QTest.mouseClick(window.windowHandle(), Qt.MouseButton.LeftButton, pos=window.status.geometry().center())
    stage.clock.advance(IDLE_SECONDS - 1)
    window.idle.look()
    assert stage.handled == []


def test_a_touch_of_another_window_of_the_console_counts(open_console, stage, qtbot):
    window = open_console()
    stage.emit(ev.ModeChanged(mode=Mode.SHOW))
    other = QLineEdit()
    qtbot.addWidget(other)
    other.show()
    other.activateWindow()
    qtbot.waitUntil(other.isActiveWindow)
    window.idle.look()
    for touch in (
        lambda: QTest.keyClick(other.windowHandle(), Qt.Key.Key_A),
        lambda: QTest.mouseClick(other.windowHandle(), Qt.MouseButton.LeftButton, pos=other.rect().center()),
    ):
        stage.clock.advance(IDLE_SECONDS - 1)
        touch()
        assert window.idle.untouched == 0
    assert other.text() == "a"
    window.shut()
    stage.clock.advance(1)
    QTest.keyClick(other.windowHandle(), Qt.Key.Key_A)
    assert window.idle.untouched == 1


def test_a_window_that_never_had_the_keyboard_counts_too(open_console, stage, qtbot):
    window, popup = open_console(), QListWidget()
    popup.setWindowFlag(Qt.WindowType.Popup)
    qtbot.addWidget(popup)
    popup.show()
    window.idle.look()
    stage.clock.advance(9)
    QTest.mouseClick(popup.windowHandle(), Qt.MouseButton.LeftButton, pos=popup.rect().center())
    assert window.idle.untouched == 0


def test_a_rehearsal_is_never_left_alone(open_console, stage):
    window = open_console()
    stage.clock.advance(IDLE_SECONDS * 2)
    window.idle.look()
    assert stage.handled == []


@pytest.mark.parametrize(
    ("mode", "walls_open", "wanted"),
    [
        (None, False, False),
        (Mode.EDIT, False, False),
        (Mode.EDIT, True, True),
        (Mode.REHEARSE, False, True),
        (Mode.SHOW, False, True),
    ],
)
def test_the_computer_stays_awake_with_a_wall_or_outside_edit(mode, walls_open, wanted):
    assert must_stay_awake(mode, walls_open=walls_open) is wanted


def test_a_computer_that_may_sleep_is_told_once(open_console, stage):
    window = open_console()
    stage.emit(ev.AwakeKept(wanted=True, granted=False, words="no D-Bus"))
    assert window.feed.state.awake == "may sleep"
    assert "fall asleep" in window.feed.state.lane[-1].text
