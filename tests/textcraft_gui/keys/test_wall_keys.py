"""A key pressed on a wall acts as at the console: the same verbs, the same guards, and the journal says which wall."""

import itertools

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.support import show_script as script
from textcraft_bus.channel.messages import Mode
from textcraft_core import commands as cmd
from textcraft_core import events as ev
from textcraft_gui.keys.router import BURST_GAP_SECONDS, Lamp
from textcraft_gui.keys.wall_keys import ECHO_MS, MOST_PER_SECOND
from textcraft_gui.verbs.verb import Verb

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
TEXTS = {Qt.Key.Key_Space: " ", Qt.Key.Key_Period: "."}


@pytest.fixture
def window(open_console, stage, tmp_path):
    made = open_console()
    for number, path in enumerate(script.pictures(tmp_path, 3)):
        stage.emit(*script.candidate(number, path))
    stage.emit(ev.ModeChanged(mode=Mode.SHOW))
    stage.emit(script.taken(1), script.taken(2), *script.confirmed(2), ev.NextStaged(request_id="picture-0"))
    made.feed.flush()
    return made


class Wall:
    """A keyboard before a wall; the fake clock goes on between two strokes."""

    def __init__(self, stage, window, qtbot, name="brick"):
        self.stage, self.window, self.qtbot, self.name = stage, window, qtbot, name

    def say(self, key, modifiers=Qt.KeyboardModifier.NoModifier, **more):
        text = TEXTS.get(key, chr(key).lower() if 0x20 < key < 0x7F else "")
        self.stage.emit(ev.WallKey(wall=self.name, key=int(key), modifiers=modifiers.value, text=text, **more))

    def stroke(self, key, modifiers=Qt.KeyboardModifier.NoModifier, pause=1.5):
        self.stage.clock.advance(pause)
        self.say(key, modifiers)
        self.say(key, modifiers, pressed=False)
        self.qtbot.wait(ECHO_MS + 20)
        if pause > BURST_GAP_SECONDS:
            self.stage.clock.advance(BURST_GAP_SECONDS)
            self.window.keys.settle()


@pytest.fixture
def wall(stage, window, qtbot):
    return Wall(stage, window, qtbot)


def test_a_clicker_on_a_wall_takes_goes_back_and_blacks_and_the_journal_names_the_wall(window, stage, wall):
    for key in (Qt.Key.Key_PageDown, Qt.Key.Key_PageUp, Qt.Key.Key_Period, Qt.Key.Key_Space):
        wall.stroke(key)
    wall.stroke(Qt.Key.Key_Space, SHIFT)
    assert stage.handled == [cmd.Take(), cmd.Back(), cmd.Black(on=True), cmd.Take(), cmd.Back()]
    assert {(who, how) for _verb, who, how in stage.verbs_used} == {("wall brick", "key")}
    stage.clock.advance(5)
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_PageDown)
    assert stage.verbs_used[-1][1] == "operator"


def test_f5_and_one_esc_do_nothing_and_two_are_panic(stage, wall):
    wall.stroke(Qt.Key.Key_F5)
    wall.stroke(Qt.Key.Key_Escape)
    assert stage.handled == []
    stage.clock.advance(5)
    wall.stroke(Qt.Key.Key_Escape)
    wall.stroke(Qt.Key.Key_Escape, pause=0.3)
    assert stage.handled == [cmd.Panic()]


def test_two_strokes_closer_than_the_guard_are_one_wherever_they_come_from(window, stage, wall):
    stage.clock.advance(2)
    for name in ("brick", "stairs"):
        wall.name = name
        wall.say(Qt.Key.Key_PageDown)
        stage.clock.advance(0.1)
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_PageDown)
    assert stage.handled == [cmd.Take()]


def test_a_sentence_typed_at_a_wall_fires_no_verb(stage, wall):
    for letter in "so be it please":
        key = Qt.Key.Key_Space if letter == " " else Qt.Key(ord(letter.upper()))
        wall.stroke(key, pause=0.12)
    stage.clock.advance(2)
    wall.window.keys.settle()
    assert stage.handled == []


def test_a_held_key_acts_once_even_where_its_repeats_come_as_strokes(window, stage, wall):
    stage.clock.advance(2)
    for _ in range(20):
        wall.say(Qt.Key.Key_H)
        wall.say(Qt.Key.Key_H, pressed=False)
    wall.qtbot.wait(ECHO_MS + 30)
    stage.clock.advance(1)
    window.keys.settle()
    assert stage.handled == [cmd.Hold(on=True)]


def test_leaving_show_must_be_held_there_too_and_a_key_lost_meanwhile_ends_it(window, stage, wall):
    for over in ({"pressed": False}, {"pressed": False, "unseen": True}, None):
        stage.clock.advance(3)
        wall.say(Qt.Key.Key_L, CTRL)
        stage.clock.advance(0.5)
        if over is None:
            stage.emit(ev.ServiceLost(service="wall.brick", silent_s=3.0))
        else:
            wall.say(Qt.Key.Key_L, CTRL, **over)
        wall.qtbot.wait(ECHO_MS + 20)
        stage.clock.advance(1.0)
        window.keys.settle()
    assert stage.handled == []
    wall.say(Qt.Key.Key_L, CTRL)
    stage.clock.advance(1.1)
    window.keys.settle()
    assert stage.handled == [cmd.ChangeMode(mode=Mode.EDIT)]


def test_a_wall_that_lost_the_keyboard_shows_no_next_full_size_any_longer(window, stage, wall):
    peeks = []
    window.keys.released.connect(peeks.append)
    stage.clock.advance(2)
    wall.say(Qt.Key.Key_V)
    wall.say(Qt.Key.Key_V, pressed=False, unseen=True)
    assert peeks == [Verb.PEEK]


def test_while_nobody_is_here_keys_of_a_wall_are_off(window, stage, wall):
    stage.emit(ev.AttendanceChanged(attended=False))
    window.feed.flush()
    for key in (Qt.Key.Key_PageDown, Qt.Key.Key_Space, Qt.Key.Key_H):
        wall.stroke(key)
    assert stage.handled == []


def test_no_text_of_the_console_gets_a_key_of_a_wall_and_none_is_left_by_it(window, stage, wall):
    window.flow.nudge.setFocus()
    assert QApplication.focusWidget() is window.flow.nudge
    wall.stroke(Qt.Key.Key_H)
    wall.stroke(Qt.Key.Key_Escape)
    assert window.flow.nudge.text() == ""
    assert QApplication.focusWidget() is window.flow.nudge
    assert stage.handled == [cmd.Hold(on=True)]


@pytest.mark.parametrize(
    ("mode", "key", "means"), [(Mode.EDIT, Qt.Key.Key_Space, [cmd.Take()]), (Mode.SHOW, Qt.Key.Key_Return, [])]
)
def test_no_button_of_the_console_is_pressed_from_a_wall(window, stage, wall, mode, key, means):
    stage.emit(ev.ModeChanged(mode=mode))
    window.feed.flush()
    button = window.lane.findChildren(type(window.overlays.question.away))[0]
    pressed = []
    button.clicked.connect(lambda: pressed.append(1))
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    button.setVisible(True)
    button.setFocus()
    wall.stroke(key)
    assert (pressed, stage.handled) == ([], means)


def test_a_clicker_is_learned_by_pressing_it_on_a_wall(window, stage, wall):
    learned = []
    window.keys.learn(learned.append)
    wall.stroke(Qt.Key.Key_F7)
    assert (learned, stage.handled) == (["F7"], [])


def test_a_flood_of_keys_is_cut_short(window, stage, wall):
    stage.clock.advance(10)
    keys = itertools.cycle([Qt.Key.Key_PageDown, Qt.Key.Key_PageUp])
    for _ in range(MOST_PER_SECOND * 10):
        wall.say(next(keys))
    assert len(stage.verbs_used) <= 2
    for strange in (-1, 0, 1 << 40):
        wall.name = "stairs"
        wall.say(Qt.Key.Key_F1, pressed=False)
        stage.emit(ev.WallKey(wall="stairs", key=strange, modifiers=-1, text="\0" * 500))
    assert len(stage.verbs_used) <= 2


def test_somebody_at_a_wall_is_somebody(window, stage, wall, monkeypatch):
    touched = []
    monkeypatch.setattr(window.wall_keys, "_touched", lambda: touched.append(1))
    wall.stroke(Qt.Key.Key_A)
    assert touched == [1]


def test_the_lamp_says_where_the_keys_go_while_a_wall_has_the_keyboard(window, stage, tell, monkeypatch):
    lamps = []
    window.keys.lamp_changed.connect(lamps.append)

    def lamp(*events):
        tell(*events)
        window.keys.look()
        return lamps[-1]

    window.flow.nudge.setFocus()
    monkeypatch.setattr(window, "isActiveWindow", lambda: False)
    assert lamp() is Lamp.OFF
    assert lamp(ev.WallPlaced(wall="brick", keyboard=True)) is Lamp.WALL
    assert window.stops.keys.text() == "KEYS→WALL"
    assert lamp(ev.AttendanceChanged(attended=False)) is Lamp.OFF
    stage.clock.advance(3)  # the line lost the keyboard when it was hidden: keys rest for a moment
    assert lamp(ev.AttendanceChanged(attended=True)) is Lamp.WALL
    assert lamp(ev.ServiceLost(service="wall.brick", silent_s=3.0)) is Lamp.OFF
    monkeypatch.undo()
    window.flow.nudge.setFocus()
    assert lamp(ev.WallPlaced(wall="brick", keyboard=False)) is Lamp.TEXT


def test_a_key_of_a_wall_does_not_hide_that_the_console_types(window, stage, wall):
    window.flow.nudge.setFocus()
    wall.stroke(Qt.Key.Key_H)
    window.keys.look()
    assert window.stops.keys.text() == "KEYS→TEXT"
