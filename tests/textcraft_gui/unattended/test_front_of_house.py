"""The view for gallery staff: what it shows, what it lets a hand do, and how somebody who comes back takes over."""

import asyncio
from datetime import UTC, datetime

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton

from tests.fakes.stage import InlineTasks
from tests.support import show_script as script
from tests.support.layout import inspect_window, settle
from textcraft_bus.channel.messages import Mode
from textcraft_core import commands as cmd
from textcraft_core import events as ev
from textcraft_core.events import DayState, StopName
from textcraft_gui.unattended.pin import REST_SECONDS, Pin
from textcraft_gui.verbs.facade import Refused
from textcraft_gui.verbs.verb import Verb
from textcraft_gui.window import LEAST

SIZES = [LEAST, QSize(1280, 720), QSize(1920, 1080)]
CLOSES = datetime(2030, 1, 1, 21, 0, tzinfo=UTC)


class RunTasks(InlineTasks):
    """Runs each coroutine to its end, threads and all; one that is started by another at once, as it waits for none."""

    def __init__(self):
        super().__init__()
        self._running = False

    def start(self, coro, *, name):
        if self._running:
            super().start(coro, name=name)
            return
        self._running = True
        asyncio.run(coro)
        self._running = False


@pytest.fixture
def pin(stage):
    return Pin(stage.clock)


@pytest.fixture
def evening(open_console, stage, tmp_path, pin):
    """A console in an open SHOW with a picture on the wall."""

    def begin(size=None):
        window = open_console(size, tasks=RunTasks(), pin=pin)
        paths = script.pictures(tmp_path)
        stage.emit(*script.services(), ev.ModeChanged(mode=Mode.SHOW))
        stage.emit(ev.DayChanged(state=DayState.OPEN, by="operator", closes_at=CLOSES))
        for number, path in enumerate(paths):
            stage.emit(*script.candidate(number, path))
        stage.emit(script.taken(1), *script.confirmed(1), ev.NextStaged(request_id="picture-0"))
        window.feed.flush()
        return window

    return begin


@pytest.fixture
def window(evening):
    return evening()


def _leave_alone(window, stage):
    stage.emit(ev.AttendanceChanged(attended=False))
    window.feed.flush()
    settle(window)


def _come_back(window, stage):
    stage.emit(ev.AttendanceChanged(attended=True))
    window.feed.flush()
    settle(window)


def _key(window, stage, chord, held=0.3):
    window.keys.key(chord, pressed=True)
    stage.clock.advance(held)
    window.keys.settle()
    window.keys.key(chord, pressed=False)
    stage.clock.advance(1)
    window.keys.settle()


def test_left_alone_it_shows_itself_and_goes_when_somebody_is_here(window, stage):
    assert not window.front_view.isVisible()
    _leave_alone(window, stage)
    assert window.front_view.isVisible()
    assert not window.program.isVisible()
    assert not window._docks.isVisible()
    assert isinstance(window.verbs.availability(Verb.FRONT_OF_HOUSE), Refused)
    _come_back(window, stage)
    assert not window.front_view.isVisible()
    assert window.program.isVisible()
    assert window._docks.isVisible()


def test_it_comes_and_goes_by_key_and_button(window, stage):
    _key(window, stage, "F9")
    assert window.front_view.isVisible()
    QTest.mouseClick(window.front_view.controls.buttons[Verb.FRONT_OF_HOUSE], Qt.MouseButton.LeftButton)
    assert not window.front_view.isVisible()
    QTest.mouseClick(window.status.modes.controls.buttons[Verb.FRONT_OF_HOUSE], Qt.MouseButton.LeftButton)
    assert window.front_view.isVisible()


def test_it_says_what_staff_need_to_know(window, stage):
    _leave_alone(window, stage)
    view = window.front_view
    assert view.house.words == "OPEN"
    assert "21:00" in view.until.words or "closes" in view.until.words
    assert "Nobody is here" in view.sentence.words
    assert view.live.picture.badge.startswith("LIVE")
    stage.emit(ev.DayChanged(state=DayState.CLOSED, by="clock"))
    window.feed.flush()
    assert view.house.words == "CLOSED"


def test_every_stop_stays_and_grows(window, stage):
    before = {verb: button.height() for verb, button in window.stops.controls.buttons.items()}
    _leave_alone(window, stage)
    for verb, button in window.stops.controls.buttons.items():
        assert button.isVisible(), verb
        assert button.visibleRegion().boundingRect().size() == button.size(), verb
        assert button.height() > before[verb] * 1.5, verb
    QTest.mouseClick(window.stops.controls.buttons[Verb.BLACK], Qt.MouseButton.LeftButton)
    assert stage.handled == [cmd.Black(on=True)]
    _come_back(window, stage)
    assert {verb: button.height() for verb, button in window.stops.controls.buttons.items()} == before


SAFE_BUTTONS = {
    Verb.HOLD, Verb.SAFE_LOOK, Verb.BLACK, Verb.PAUSE_AI, Verb.PANIC, Verb.RESTORE,
    Verb.OPEN_DAY, Verb.CLOSE_DAY, Verb.EXTEND_DAY,
}  # fmt: skip


def test_nothing_dangerous_can_be_clicked(window, stage):
    _leave_alone(window, stage)
    controls = [window.stops.controls, window.front_view.controls]
    known = [button for part in controls for button in part.buttons.values()]
    known += [window.front_view.here_button, window.stops.keys, window.lane.details, window.lane.acknowledge]
    in_sight = [b for b in window.findChildren(QAbstractButton) if b.isVisible() and b.window() is window]
    assert [button for button in in_sight if button not in known] == []
    shown = {verb for part in controls for verb, button in part.buttons.items() if button.isVisible()}
    assert shown <= SAFE_BUTTONS


STEERING = ["Space", "Shift+Space", "N", "V", "F2", "F1", "Ctrl+Return", "Ctrl+Shift+P", "PageDown", "PageUp"]


def test_on_demand_a_key_cannot_steer_the_show(window, stage):
    _key(window, stage, "F9")
    for chord in STEERING:
        _key(window, stage, chord)
        assert stage.handled == [], chord
        assert window.front_view.isVisible(), chord
        assert not window.overlays.is_open(), chord


def test_on_demand_the_stops_still_have_their_keys(window, stage):
    _key(window, stage, "F9")
    _key(window, stage, "H")
    assert stage.handled == [cmd.Hold(on=True)]
    _key(window, stage, "Escape", held=0.1)
    window.keys.key("Escape", pressed=True)
    stage.clock.advance(0.3)
    window.keys.key("Escape", pressed=True)
    assert stage.handled[-1] == cmd.Panic()


def test_on_demand_ctrl_l_does_not_leave_show(window, stage):
    _key(window, stage, "F9")
    _key(window, stage, "Ctrl+L", held=1.2)
    assert stage.handled == []
    assert "only the stops" in window.front_view.said.text()


def test_i_am_here_is_held(window, stage, qtbot):
    _leave_alone(window, stage)
    here = window.front_view.here_button
    QTest.mouseClick(here, Qt.MouseButton.LeftButton)
    assert stage.handled == []
    QTest.mousePress(here, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: stage.handled == [cmd.Attend()])
    QTest.mouseRelease(here, Qt.MouseButton.LeftButton)


def test_the_day_is_closed_by_holding_and_opened_by_a_press(window, stage, qtbot):
    _leave_alone(window, stage)
    buttons = window.front_view.controls.buttons
    QTest.mousePress(buttons[Verb.CLOSE_DAY], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: stage.handled == [cmd.CloseDay()])
    QTest.mouseRelease(buttons[Verb.CLOSE_DAY], Qt.MouseButton.LeftButton)
    stage.emit(ev.DayChanged(state=DayState.CLOSED, by="operator"))
    window.feed.flush()
    assert not buttons[Verb.CLOSE_DAY].isVisible()
    QTest.mouseClick(buttons[Verb.OPEN_DAY], Qt.MouseButton.LeftButton)
    assert stage.handled[-1] == cmd.OpenDay()


def _type(window, text):
    for letter in text:
        QTest.keyClick(window.windowHandle(), Qt.Key(ord(letter)))
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_Return)


def test_with_a_pin_ctrl_l_asks_for_it_and_the_keyboard_is_enough(window, stage, pin):
    pin.choose("2468")
    _leave_alone(window, stage)
    _key(window, stage, "Ctrl+L", held=1.2)
    assert stage.handled == []
    assert window.front_view.pin.hasFocus()
    _type(window, "1111")
    assert window.front_view.said.text() == "Wrong PIN"
    assert stage.handled == []
    _type(window, "2468")
    assert stage.handled == [cmd.Attend()]
    assert window.front_view.pin.isHidden()


def test_three_wrong_pins_rest_half_a_minute(window, stage, pin):
    pin.choose("2468")
    _leave_alone(window, stage)
    _key(window, stage, "Ctrl+L", held=1.2)
    for _ in range(3):
        _type(window, "0000")
    assert "30 s" in window.front_view.said.text()
    _type(window, "2468")
    assert stage.handled == []
    assert "wait" in window.front_view.said.text()
    stage.clock.advance(REST_SECONDS + 1)
    _type(window, "2468")
    assert stage.handled == [cmd.Attend()]


def test_while_the_pin_is_typed_no_key_reaches_the_walls_and_esc_leaves_it(window, stage, pin):
    pin.choose("2468")
    _leave_alone(window, stage)
    _key(window, stage, "Ctrl+L", held=1.2)
    for key in (Qt.Key.Key_H, Qt.Key.Key_Space, Qt.Key.Key_Period):
        QTest.keyClick(window.windowHandle(), key)
        stage.clock.advance(1)
        window.keys.settle()
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_Escape)
    assert window.front_view.pin.isHidden()
    assert window.front_view.here_button.isVisible()
    _key(window, stage, "H")
    assert stage.handled == []


def test_the_pin_is_chosen_twice_and_not_in_show(window, stage, pin):
    assert not window.verbs.fire(Verb.SET_PIN)
    stage.emit(ev.ModeChanged(mode=Mode.EDIT))
    window.feed.flush()
    form = window.pin_form
    for first, again, said in (("2468", "2469", "not the same"), ("12", "12", "digits"), ("2468", "2468", "is set")):
        assert window.verbs.fire(Verb.SET_PIN)
        form.first.setText(first)
        form.again.setText(again)
        form.again.returnPressed.emit()
        assert said in form.said.text()
    assert pin.check("2468")
    assert (form.first.text(), form.again.text()) == ("", "")
    settle(window)
    assert inspect_window(window) == []


@pytest.mark.parametrize("size", SIZES, ids=["least", "1280x720", "1920x1080"])
def test_it_fits(evening, stage, pin, size, qtbot):
    window = evening(size)
    pin.choose("2468")
    _leave_alone(window, stage)
    _looks_right(window)
    _key(window, stage, "Ctrl+L", held=1.2)
    window.front_view.say("Wrong PIN")
    _looks_right(window)
    stage.emit(*(ev.StopChanged(stop=stop, on=True) for stop in StopName))
    stage.emit(ev.DayChanged(state=DayState.CLOSED, by="clock", opens_at=CLOSES.replace(day=3)))
    window.feed.flush()
    _looks_right(window)
    _come_back(window, stage)
    _looks_right(window)
    _key(window, stage, "F9")
    _looks_right(window)


def _looks_right(window):
    settle(window)
    assert inspect_window(window) == []
    if window.front.shown:
        for words in (window.front_view.house, window.front_view.until, window.front_view.sentence):
            assert words.fits(), words.words
        assert window.front_view.live.width() >= 0.3 * window.width()
