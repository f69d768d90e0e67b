"""No key closes a wall by accident, and all of them reach the console."""

import asyncio
import time

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent

from tests.support.qt_loop import run_on_qt, until
from textcraft_display.keys import CLOSING, HOLD_MS, Keys

DOWN, UP = QEvent.Type.KeyPress, QEvent.Type.KeyRelease
NONE = Qt.KeyboardModifier.NoModifier


class Desk:
    def __init__(self):
        self.sent, self.closed = [], []
        self.keys = Keys(lambda *what: self.sent.append(what), lambda: self.closed.append(time.monotonic()))

    def press(self, key, modifiers=NONE, text="", *, again=False):
        self.keys.press(QKeyEvent(DOWN, key, modifiers, text, again))

    def release(self, key, modifiers=NONE, text="", *, again=False):
        self.keys.release(QKeyEvent(UP, key, modifiers, text, again))


def test_keys_are_forwarded_once_each_way():
    async def play():
        desk = Desk()
        desk.press(Qt.Key.Key_Space, text=" ")
        desk.press(Qt.Key.Key_Space, text=" ", again=True)
        desk.release(Qt.Key.Key_Space, text=" ", again=True)
        desk.release(Qt.Key.Key_Space, text=" ")
        desk.press(Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier)
        space = int(Qt.Key.Key_Space)
        assert desk.sent[:2] == [(space, 0, " ", True), (space, 0, " ", False)]
        assert desk.sent[2][0] == int(Qt.Key.Key_Q)
        assert len(desk.sent) == 3

    run_on_qt(play())


def test_a_key_that_is_down_when_the_keyboard_goes_comes_up_unseen_once():
    async def play():
        desk = Desk()
        desk.press(Qt.Key.Key_H, text="h")
        desk.press(Qt.Key.Key_V, text="v")
        desk.release(Qt.Key.Key_V, text="v")
        desk.sent.clear()
        desk.keys.let_go()
        desk.keys.let_go()
        assert desk.sent == [(int(Qt.Key.Key_H), 0, "", False, True)]

    run_on_qt(play())


def test_it_says_once_that_it_has_the_keyboard_and_once_that_it_lost_it():
    async def play():
        desk, said = Desk(), []
        desk.keys.keyboard_changed.connect(lambda: said.append(desk.keys.has_keyboard))
        for took in (True, True, False, False, True):
            (desk.keys.take_up if took else desk.keys.let_go)()
        assert said == [True, False, True]

    run_on_qt(play())


def test_the_closing_key_must_be_held_for_two_seconds():
    async def play():
        desk = Desk()
        for end in ("release", "let go", "other key"):
            desk.press(Qt.Key.Key_Q, CLOSING)
            await asyncio.sleep(0.05)
            if end == "release":
                desk.release(Qt.Key.Key_Q, CLOSING)
            elif end == "let go":
                desk.keys.let_go()
            else:
                desk.press(Qt.Key.Key_A, CLOSING)
        assert [sent[0] for sent in desk.sent] == [int(Qt.Key.Key_A)]
        began = time.monotonic()
        desk.press(Qt.Key.Key_Q, CLOSING)
        desk.press(Qt.Key.Key_Q, CLOSING, again=True)
        await until(lambda: bool(desk.closed))
        assert HOLD_MS / 1000 - 0.1 <= desk.closed[0] - began < 30
        assert len(desk.closed) == 1

    run_on_qt(play())
