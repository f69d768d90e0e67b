"""The command palette: found by a part of its name, done by Enter, refused with a reason, left by Esc."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from textcraft_core import commands as cmd
from textcraft_core import events as ev
from textcraft_core.events import StopName
from textcraft_gui.overlays.palette import CHOICE_ROLE, can_be_chosen, score
from textcraft_gui.verbs.actions import ACTIONS
from textcraft_gui.verbs.verb import Verb

CONTROL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def palette(window):
    return window.overlays.palette


@pytest.fixture
def press(window):
    def press(key, modifiers=Qt.KeyboardModifier.NoModifier):
        QTest.keyClick(window.windowHandle(), key, modifiers)

    return press


def _verbs(palette):
    model = palette.model
    return [model.index(row).data(CHOICE_ROLE).action.verb for row in range(model.rowCount())]


def test_it_opens_by_its_key_and_esc_leaves_it(window, palette, press):
    press(Qt.Key.Key_P, CONTROL_SHIFT)
    assert palette.isVisible()
    assert palette.geometry().top() >= window.stops.geometry().bottom()
    assert QApplication.focusWidget() is palette.search
    press(Qt.Key.Key_Escape)
    assert palette.isHidden()
    assert QApplication.focusWidget() is window


def test_typing_finds_and_enter_does_it_once(stage, palette, press, window):
    press(Qt.Key.Key_P, CONTROL_SHIFT)
    QTest.keyClicks(palette.search, "safe")
    assert _verbs(palette)[0] is Verb.SAFE_LOOK
    QTest.keyClick(palette.search, Qt.Key.Key_Return)
    assert stage.handled == [cmd.SafeLook(on=True)]
    assert stage.verbs_used[-1] == (Verb.SAFE_LOOK.value, "operator", "palette")
    assert palette.isHidden()


@pytest.mark.parametrize(("words", "verb"), [("PIN", Verb.SET_PIN), ("pin", Verb.PIN), ("OSC on", Verb.OSC_ON)])
def test_the_very_words_of_a_verb_find_it_first(palette, press, words, verb):
    press(Qt.Key.Key_P, CONTROL_SHIFT)
    QTest.keyClicks(palette.search, words)
    assert _verbs(palette)[0] is verb


def test_arrows_move_in_the_list(stage, palette, press):
    press(Qt.Key.Key_P, CONTROL_SHIFT)
    QTest.keyClicks(palette.search, "candidate")
    press(Qt.Key.Key_Down)
    assert palette.list.currentIndex().row() == 1
    press(Qt.Key.Key_Up)
    press(Qt.Key.Key_Up)
    assert palette.list.currentIndex().row() == 0


def test_what_is_refused_now_says_why_and_does_nothing(stage, tell, palette, press, window):
    tell(ev.StopChanged(stop=StopName.HOLD, on=True))
    press(Qt.Key.Key_P, CONTROL_SHIFT)
    QTest.keyClicks(palette.search, "take")
    choice = palette.list.currentIndex().data(CHOICE_ROLE)
    assert (choice.action.verb, choice.refused) == (Verb.TAKE, "HOLD is on")
    QTest.keyClick(palette.search, Qt.Key.Key_Return)
    assert stage.handled == []


def test_what_must_be_held_is_not_in_the_list():
    listed = {action.verb for action in ACTIONS if can_be_chosen(action)}
    assert Verb.RESTORE not in listed
    assert Verb.PEEK not in listed
    assert Verb.TAKE in listed


@pytest.mark.parametrize(
    ("words", "verb"), [("bla", Verb.BLACK), ("pause a", Verb.PAUSE_AI), ("full scr", Verb.FULL_SCREEN)]
)
def test_the_best_fit_is_the_one_meant(words, verb):
    fitting = [(score(action, words), action.verb) for action in ACTIONS if score(action, words) is not None]
    assert min(fitting, key=lambda pair: pair[0])[1] is verb
