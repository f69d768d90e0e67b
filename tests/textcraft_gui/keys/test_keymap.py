"""Which key is which verb: changed, refused, learned from a clicker, kept and read again."""

import json

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from textcraft_bus.channel.messages import Mode
from textcraft_core import commands as cmd
from textcraft_core import events as ev
from textcraft_gui.keys.keymap import Keymap, KeyRefused, cap_of
from textcraft_gui.verbs.actions import On
from textcraft_gui.verbs.verb import Verb


@pytest.fixture
def keymap():
    return Keymap()


def test_a_verb_gets_another_key_and_loses_the_old_one(keymap):
    keymap.give(Verb.HOLD, "X")
    assert keymap.at("x").verb is Verb.HOLD
    assert keymap.at("h") is None
    assert (keymap.action_of(Verb.HOLD).cap, keymap.is_own(Verb.HOLD)) == ("x", True)


def test_a_letter_acts_on_key_up_whatever_the_verb(keymap):
    keymap.give(Verb.STEP, "Z")
    assert keymap.at("Z").on is On.UP


@pytest.mark.parametrize(
    ("verb", "chord", "word"),
    [
        (Verb.HOLD, "S", "SAFE LOOK"), (Verb.HOLD, "Escape", "PANIC"), (Verb.HOLD, "F5", "clickers"),
        (Verb.HOLD, "Tab", "controls"), (Verb.PANIC, "X", "every house"), (Verb.AUTO, "X", "single key"),
    ],
)  # fmt: skip
def test_a_key_that_cannot_be_given_says_why(keymap, verb, chord, word):
    with pytest.raises(KeyRefused, match=word):
        keymap.give(verb, chord)


def test_a_clicker_is_learned_in_place_of_the_usual_one(keymap):
    assert keymap.at("PageDown").verb is Verb.TAKE
    keymap.learn(Verb.TAKE, "Right")
    assert (keymap.at("Right").verb, keymap.at("PageDown")) == (Verb.TAKE, None)
    assert keymap.is_clicker("right")
    keymap.reset()
    assert keymap.at("PageDown").verb is Verb.TAKE


def test_keys_are_kept_and_read_again(keymap, tmp_path):
    keymap.give(Verb.HOLD, "X")
    keymap.learn(Verb.BACK, "Left")
    keymap.save(tmp_path / "keys.json")
    again = Keymap()
    again.load(tmp_path / "keys.json")
    assert (again.at("X").verb, again.at("Left").verb) == (Verb.HOLD, Verb.BACK)


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{", '{"keys": 3}', '{"keys": {"hold": 7, "nobody": "x"}, "clicker": []}', '{"keys": {"hold": "S"}}'],
)
def test_a_file_nobody_can_use_leaves_the_usual_keys(keymap, tmp_path, text):
    path = tmp_path / "keys.json"
    path.write_text(text)
    keymap.load(path)
    assert keymap.at("H").verb is Verb.HOLD


@pytest.mark.parametrize(("chord", "cap"), [("H", "h"), ("Ctrl+Shift+P", "^ ⇧ P"), ("PageDown", "PgDn"), (".", ".")])
def test_a_chord_is_printed_short(chord, cap):
    assert cap_of(chord) == cap


@pytest.fixture
def press(window):
    return lambda key: QTest.keyClick(window.windowHandle(), key)


def _said(window):
    return window.overlays.keys.said.text()


def test_a_clicker_works_the_walls_and_leaves_texts_alone(stage, window, press, tmp_path):
    stage.emit(*_next())
    press(Qt.Key.Key_PageDown)
    assert stage.handled == [cmd.Take()]
    field = next(field for field in window.findChildren(QLineEdit) if field.isVisible())
    field.setFocus(Qt.FocusReason.MouseFocusReason)
    stage.clock.advance(5)
    press(Qt.Key.Key_PageDown)
    press(Qt.Key.Key_F5)
    assert stage.handled == [cmd.Take()]


def _next():
    added = {
        "path": "p",
        "sha256": "0" * 64,
        "caption": "c",
        "approved": True,
        "width": 9,
        "height": 9,
        "mime": "image/png",
    }
    return ev.CandidateAdded(request_id="r", **added), ev.NextStaged(request_id="r")


def test_a_key_is_changed_by_pressing_it_and_printed_on_its_button(qtbot, stage, window, press):
    window.overlays.toggle_keys()
    row = window.overlays.keys.rows[Verb.SAFE_LOOK]
    qtbot.mouseClick(row.change, Qt.MouseButton.LeftButton)
    assert "Press the new key" in _said(window)
    press(Qt.Key.Key_H)
    assert "HOLD already" in _said(window)
    qtbot.mouseClick(row.change, Qt.MouseButton.LeftButton)
    press(Qt.Key.Key_X)
    assert _said(window) == "safe look is x now."
    assert window.stops.controls.buttons[Verb.SAFE_LOOK].face.cap == "x"
    assert stage.handled == []


def test_esc_changes_no_key_and_panics_nobody(qtbot, stage, window, press):
    window.overlays.toggle_keys()
    qtbot.mouseClick(window.overlays.keys.rows[Verb.HOLD].change, Qt.MouseButton.LeftButton)
    press(Qt.Key.Key_Escape)
    assert _said(window) == ""
    assert window.keymap.at("H").verb is Verb.HOLD
    assert window.overlays.keys.isVisible()


def test_a_clicker_is_learned_by_pressing_it(qtbot, window, press):
    window.overlays.toggle_keys()
    qtbot.mouseClick(window.overlays.keys.clicker[Verb.TAKE], Qt.MouseButton.LeftButton)
    press(Qt.Key.Key_Right)
    assert window.overlays.keys.clicker[Verb.TAKE].text() == "TAKE: Right"


def test_in_show_the_keys_are_locked(qtbot, stage, window):
    stage.emit(ev.ModeChanged(mode=Mode.SHOW))
    window.feed.flush()
    window.overlays.toggle_keys()
    qtbot.mouseClick(window.overlays.keys.rows[Verb.HOLD].change, Qt.MouseButton.LeftButton)
    assert "locked" in _said(window)


def test_what_is_kept_is_plain_json(keymap, tmp_path):
    keymap.give(Verb.HOLD, "X")
    keymap.save(tmp_path / "keys.json")
    assert json.loads((tmp_path / "keys.json").read_text())["keys"] == {"hold": "X"}
