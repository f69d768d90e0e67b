"""Walks every action as data, and the control each has in the window."""

import pytest

from textcraft_gui.keys.router import is_single
from textcraft_gui.verbs.actions import ACTIONS, Place, action_of
from textcraft_gui.verbs.verb import Verb

LOCAL = {Verb.PEEK, Verb.EDIT_CAPTION, Verb.HELP, Verb.FULL_SCREEN, Verb.RUN_LIMITS}
WITH_WORDS = {Verb.NUDGE, Verb.WITHDRAW, Verb.STAGE, Verb.CAPTION, Verb.SAVE_PERSONA, Verb.RUN, Verb.PAUSE}
WITH_WORDS |= {Verb.KEEP_REHEARSAL, Verb.DROP_REHEARSAL, Verb.PRUNE_REHEARSALS, Verb.SET_BENCH}
WITH_WORDS |= {Verb.CANCEL_BENCH_WORK, Verb.START_REPLAY, Verb.PLAY_REPLAY, Verb.SEEK_REPLAY}
WITH_WORDS |= {Verb.REPLAY_SPEED, Verb.LEAVE_REPLAY}
WITH_WORDS |= {Verb.FORGET_NOTES, Verb.FORCE_TARGET, Verb.LOCK_CHAPTER}
WITH_WORDS |= {Verb.CANCEL_RENDER, Verb.FOLLOW_WALL, Verb.WALL_MAP, Verb.TRANSITION, Verb.NAME_WALL, Verb.ASSIGN_SCREEN}
WITH_WORDS |= {
    Verb.CHOOSE_SAFE_LOOK,
    Verb.IDENTIFY,
    Verb.TEST_CARD,
    Verb.BLACK_WALL,
    Verb.SEND_AGAIN,
    Verb.RELEASE_WALL,
}
WITH_WORDS |= {Verb.EDIT_LINE, Verb.MOVE_LINE, Verb.ASSIGN, Verb.DECIDE_STORY}
WITH_WORDS |= {Verb.WAIVE, Verb.SAVE_TEXT, Verb.SAVE_DRAFT, Verb.APPLY_DRAFT, Verb.DISCARD_DRAFT, Verb.UNDO_FILE}
WITH_WORDS |= {Verb.CAPTION_STYLE, Verb.CHOOSE_CARD, Verb.TRY_CARD, Verb.TRUST_PROJECT}
WITH_WORDS |= {Verb.START_PARKED, Verb.CANCEL_BUNDLE}
WITH_WORDS |= {Verb.REDO_FILE, Verb.RESTORE_FILE, Verb.TRY_PERSONA, Verb.STOP_TRIAL}
"""Verbs that need an id or words, or have a toggle for a control."""


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.verb.value)
def test_an_action_has_words_a_hint_and_a_printed_key(action):
    assert action.text.strip()
    assert action.tooltip.strip()
    assert action.hint.strip()
    assert bool(action.cap) >= bool(action.key)
    if action.key:
        assert action.cap in action.hint


def test_every_verb_has_one_action_or_needs_words():
    verbs = [action.verb for action in ACTIONS]
    assert len(verbs) == len(set(verbs))
    assert set(verbs) | WITH_WORDS == set(Verb)


def test_no_key_has_two_meanings():
    keys = [action.key.upper() for action in ACTIONS if action.key]
    assert len(keys) == len(set(keys))


def test_run_and_auto_have_no_single_key():
    for verb in (Verb.TOGGLE_RUN, Verb.RUN_LIMITS, Verb.AUTO):
        assert not is_single(action_of(verb).key or "F1")


def _controls(window):
    return {
        Place.STATUS: window.status.modes.controls.buttons,
        Place.PROGRAM: window.program.controls.buttons,
        Place.STOPS: window.stops.controls.buttons,
        Place.FLOW: window.flow.controls.buttons,
        Place.CANDIDATES: window.candidates.buttons,
    }


def test_every_action_stands_where_it_says(open_console):
    window = open_console()
    for place, buttons in _controls(window).items():
        assert set(buttons) == {action.verb for action in ACTIONS if action.place is place}


def test_every_control_has_a_name_and_a_description(open_console):
    window = open_console()
    for buttons in _controls(window).values():
        for verb, button in buttons.items():
            assert button.accessibleName(), verb
            assert button.accessibleDescription(), verb
            assert button.toolTip(), verb


def test_the_bands_never_take_the_focus(open_console):
    from PySide6.QtCore import Qt
    from PySide6.QtWidgets import QLineEdit, QWidget

    window = open_console()
    for band in (window.program, window.stops):
        for widget in band.findChildren(QWidget):
            if not isinstance(widget, QLineEdit):
                assert widget.focusPolicy() is Qt.FocusPolicy.NoFocus, widget


def test_tab_reaches_every_control_that_may_have_the_focus(open_console):
    from PySide6.QtCore import Qt
    from PySide6.QtWidgets import QWidget

    window = open_console()
    reached, widget = set(), window.nextInFocusChain()
    while widget is not window and widget not in reached:
        reached.add(widget)
        widget = widget.nextInFocusChain()
    wanted = [w for w in window.findChildren(QWidget) if w.focusPolicy() & Qt.FocusPolicy.TabFocus and w.isVisible()]
    assert wanted
    assert all(widget in reached for widget in wanted)
    assert all(widget.accessibleName() for widget in wanted), [w for w in wanted if not w.accessibleName()]


def test_the_key_table_shows_every_key_that_works(open_console):
    from textcraft_gui.widgets.lamp import KeyCap

    window = open_console()
    caps = window.overlays.keys.findChildren(KeyCap)
    working = [action for action in ACTIONS if action.key]
    assert len(caps) == len(working)
    assert LOCAL - {Verb.RUN_LIMITS} <= {action.verb for action in working}
