"""The docks of each mode: kept, brought back, reset by one key, and locked before an audience."""

import asyncio
import json

import pytest
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtTest import QTest

from tests.support.layout import settle
from tests.support.waiting import until
from textcraft_bus.channel.messages import Mode
from textcraft_bus.tasks import Tasks
from textcraft_core import events as ev
from textcraft_gui import layouts as module
from textcraft_gui.layouts import SHARES, save
from textcraft_gui.pictures.latest import Latest
from textcraft_gui.verbs.facade import Refused
from textcraft_gui.verbs.verb import Verb

WIDE = QSize(1800, 900)
"""Room for every share; in a small window a dock's own least width counts more."""


@pytest.fixture
def window(open_console):
    return open_console(WIDE)


@pytest.fixture
def enter(window, stage):
    def change(mode):
        stage.emit(ev.ModeChanged(mode=mode))
        window.feed.flush()
        settle(window)

    return change


def _docks(window):
    return window.left, window.centre, window.right


def _widths(window):
    return [dock.width() for dock in _docks(window)]


def _drag_the_first_edge(window, by):
    """With a real mouse on the edge between FLOW and SCRIPT."""
    docks = window._docks
    edge = QPoint(window.left.geometry().right() + 4, docks.height() // 2)
    QTest.mousePress(docks, Qt.MouseButton.LeftButton, pos=edge)
    QTest.mouseMove(docks, edge + QPoint(by, 0))
    settle(window)  # Qt moves the edge a moment later
    QTest.mouseRelease(docks, Qt.MouseButton.LeftButton, pos=edge + QPoint(by, 0))
    settle(window)


def _near(widths, wanted):
    return all(abs(one - other) <= 12 for one, other in zip(widths, wanted, strict=True))


def test_each_mode_begins_with_its_usual_shares(window, enter):
    for mode in (Mode.EDIT, Mode.REHEARSE, Mode.SHOW):
        enter(mode)
        room = sum(_widths(window))
        assert _near(_widths(window), [room * share / 100 for share in SHARES[mode]]), mode


def test_each_mode_keeps_its_docks_and_its_tabs(window, enter):
    enter(Mode.EDIT)
    _drag_the_first_edge(window, 70)
    edit = _widths(window)
    window.centre.show_page("PERSONAS")
    enter(Mode.REHEARSE)
    assert not _near(_widths(window), edit)
    assert window.centre.page == "MANUSCRIPT"
    window.right.show_page("WALLS + LOOK")
    enter(Mode.EDIT)
    assert _near(_widths(window), edit)
    assert (window.centre.page, window.right.page) == ("PERSONAS", "CANDIDATES")
    enter(Mode.REHEARSE)
    assert window.right.page == "WALLS + LOOK"


def test_one_key_brings_the_usual_layout_back(window, enter, stage):
    enter(Mode.EDIT)
    usual = _widths(window)
    _drag_the_first_edge(window, 70)
    window.centre.show_page("LOG")
    assert not _near(_widths(window), usual)
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_0, Qt.KeyboardModifier.ControlModifier)
    settle(window)
    assert _near(_widths(window), usual)
    assert window.centre.page == "MANUSCRIPT"
    assert stage.handled == []


def test_a_dock_that_was_moved_below_another_comes_back_beside_it(window, enter):
    enter(Mode.EDIT)
    window._docks.splitDockWidget(window.left, window.right, Qt.Orientation.Vertical)
    settle(window)
    assert window.right.y() > window.left.y()
    window.verbs.fire(Verb.RESET_LAYOUT)
    settle(window)
    assert {dock.y() for dock in _docks(window)} == {0}
    assert window.right.x() > window.centre.x() > window.left.x()


def test_in_show_the_docks_give_way_to_nobody(window, enter):
    enter(Mode.SHOW)
    before = _widths(window)
    _drag_the_first_edge(window, 70)
    assert _widths(window) == before
    assert all(not dock.features() & dock.DockWidgetFeature.DockWidgetMovable for dock in _docks(window))
    enter(Mode.REHEARSE)
    assert all(dock.features() & dock.DockWidgetFeature.DockWidgetMovable for dock in _docks(window))


def test_show_takes_the_docks_that_were_rehearsed_unless_it_has_its_own(window, enter):
    enter(Mode.REHEARSE)
    _drag_the_first_edge(window, 70)
    rehearsed = _widths(window)
    enter(Mode.SHOW)
    assert _near(_widths(window), rehearsed)
    enter(Mode.EDIT)
    _drag_the_first_edge(window, 40)
    own = _widths(window)
    assert window.verbs.fire(Verb.LAYOUT_FOR_SHOW)
    enter(Mode.SHOW)
    assert _near(_widths(window), own)
    assert isinstance(window.verbs.availability(Verb.LAYOUT_FOR_SHOW), Refused)
    window.verbs.fire(Verb.RESET_LAYOUT)
    settle(window)
    room = sum(_widths(window))
    assert _near(_widths(window), [room * share / 100 for share in SHARES[Mode.SHOW]])


def test_what_was_kept_is_there_in_the_next_console(open_console, stage, tmp_path):
    first = open_console(WIDE)
    stage.emit(ev.ModeChanged(mode=Mode.EDIT))
    first.feed.flush()
    _drag_the_first_edge(first, 70)
    first.centre.show_page("TIMELINE")
    path = tmp_path / "layouts.json"
    save(path, first.layouts.written())
    stage.opening.append(ev.ModeChanged(mode=Mode.EDIT))
    second = open_console(WIDE, load=path)
    settle(second)
    assert _near(_widths(second), _widths(first))
    assert second.centre.page == "TIMELINE"


BROKEN = {
    "cut off": '{"version": 1, "modes": {"edit"',
    "no object": "[1, 2]",
    "another version": '{"version": 99, "modes": {}}',
    "no base64": '{"version": 1, "modes": {"edit": {"docks": "***", "tabs": {"centre": "LOG"}}}}',
    "no docks": '{"version": 1, "modes": {"edit": {"docks": "AAAA", "tabs": {"centre": "NOWHERE", "left": 3}}}}',
    "not text": "\x00\x00\x00",
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_file_means_the_usual_layout(open_console, stage, tmp_path, what):
    path = tmp_path / "layouts.json"
    path.write_text(BROKEN[what], "utf-8")
    stage.opening.append(ev.ModeChanged(mode=Mode.EDIT))
    window = open_console(WIDE, load=path)
    settle(window)
    room = sum(_widths(window))
    assert _near(_widths(window), [room * share / 100 for share in SHARES[Mode.EDIT]])
    assert window.centre.page == ("LOG" if what == "no base64" else "MANUSCRIPT")
    save(path, window.layouts.written())
    assert json.loads(path.read_text("utf-8"))["version"] == module.VERSION


def test_the_latest_is_written_and_what_was_overtaken_is_not():
    async def play():
        written, tasks = [], Tasks(on_error=lambda _name, _error: None)
        keeper = Latest(written.append)
        for value in range(50):
            keeper.put(value, tasks)
        await until(lambda: written and written[-1] == 49)
        await tasks.stop()
        return written

    written = asyncio.run(play())
    assert written[-1] == 49
    assert len(written) < 10


def test_a_window_that_grows_shares_what_is_new_as_the_hand_had_shared_it(window, enter):
    enter(Mode.EDIT)
    _drag_the_first_edge(window, 70)
    before, room = _widths(window), sum(_widths(window))
    enter(Mode.REHEARSE)
    enter(Mode.EDIT)
    window.resize(QSize(2400, 900))
    settle(window)
    grown = sum(_widths(window))
    assert grown > room + 500
    assert _near(_widths(window), [width * grown / room for width in before])


def test_docks_that_come_back_to_sight_have_the_shares_of_the_mode_that_came_meanwhile(window, enter):
    """Behind front of house a mode changed and the window shrank: a dock then lay over the one beside it."""
    enter(Mode.SHOW)
    window._docks.hide()
    enter(Mode.EDIT)
    window.resize(QSize(1500, 900))
    window._docks.show()
    settle(window)
    room = sum(_widths(window))
    assert _near(_widths(window), [room * share / 100 for share in SHARES[Mode.EDIT]])
    boxes = [dock.geometry() for dock in _docks(window)]
    assert boxes[0].right() < boxes[1].left() and boxes[1].right() < boxes[2].left()
