"""A held key on systems that send its repeats as strokes: it counts once, and what must be held can be held."""

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

from tests.support import show_script as script
from textcraft_bus.channel.messages import Mode
from textcraft_core import commands as cmd
from textcraft_core import events as ev
from textcraft_gui.keys.key_echo import ECHO_MS, Echo
from textcraft_gui.keys.router import BURST_GAP_SECONDS

NONE, CTRL = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier
REPEATS = 12


def test_only_the_same_key_a_moment_after_it_came_up_is_a_repeat():
    echo = Echo()
    assert not echo.is_repeat(43, 1000)
    echo.came_up(43, 1000)
    assert echo.is_repeat(43, 1000)
    assert echo.is_repeat(43, 1000 + ECHO_MS)
    assert not echo.is_repeat(43, 1001 + ECHO_MS)
    assert not echo.is_repeat(44, 1000)
    echo.came_up(0, 1000)
    assert not echo.is_repeat(0, 1000), "a key of a test or of another program has no place on the keyboard"


@pytest.fixture
def window(open_console, stage, tmp_path):
    made = open_console()
    for number, path in enumerate(script.pictures(tmp_path, 2)):
        stage.emit(*script.candidate(number, path))
    stage.emit(ev.NextStaged(request_id="picture-0"), *script.services())
    made.feed.flush()
    return made


@pytest.fixture
def hold(window, stage, qtbot):
    """Holds a key as such a system tells it, 40 ms of its clock for each repeat; returns when all of it was heard."""

    def send(kind, key, modifiers, code, at, text):
        event = QKeyEvent(kind, key, modifiers, code, 0, 0, text)
        event.setTimestamp(at)
        QApplication.sendEvent(window.windowHandle(), event)

    def held(key, code, modifiers=NONE, text="", seconds=1.2):
        at = 5000
        for _ in range(REPEATS):
            send(QEvent.Type.KeyPress, key, modifiers, code, at, text)
            stage.clock.advance(seconds / REPEATS)
            window.keys.settle()
            at += 40
            send(QEvent.Type.KeyRelease, key, modifiers, code, at, text)
        qtbot.waitUntil(lambda: not window.keys._rising)
        stage.clock.advance(BURST_GAP_SECONDS)
        window.keys.settle()

    return held


@pytest.mark.parametrize(
    ("key", "code", "text", "expected"),
    [
        (Qt.Key.Key_H, 43, "h", [cmd.Hold(on=True)]),
        (Qt.Key.Key_Period, 60, ".", [cmd.Black(on=True)]),
        (Qt.Key.Key_Space, 65, " ", [cmd.Take()]),
        (Qt.Key.Key_Escape, 9, "", []),
    ],
)
def test_a_held_key_acts_once_and_a_hand_on_esc_is_no_panic(window, stage, hold, key, code, text, expected):
    stage.clock.advance(5)
    hold(key, code, text=text)
    assert stage.handled == expected


def test_what_must_be_held_can_be_held(window, stage, hold):
    stage.emit(ev.ModeChanged(mode=Mode.SHOW), ev.AttendanceChanged(attended=False))
    window.feed.flush()
    stage.clock.advance(5)
    hold(Qt.Key.Key_L, 46, CTRL, "\x0c")
    assert len(stage.handled) == 1
    assert "Hold it" not in window.stops.said.text()
