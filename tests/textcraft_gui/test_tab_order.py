"""Tab through the whole window: every control once, in the order one reads, with no way in that has no way out."""

from itertools import pairwise

import pytest
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QScrollArea, QWidget

from tests.support import show_script as script
from tests.support.layout import name_of, settle
from textcraft_bus.channel.messages import Mode
from textcraft_core import events as ev
from textcraft_gui.verbs.verb import Verb
from textcraft_gui.widgets.verb_button import VerbButton

SAME_ROW = 14
"""Controls whose middles are as near as this stand in one row, whatever their height."""
LIMIT = 400
WALKS = pytest.mark.timeout(240)  # some thousand keys, each with a look at all that is shown


@pytest.fixture
def window(open_console, stage, tmp_path):
    made = open_console(QSize(1920, 1080))
    stage.emit(*script.services(), script.matrix(), ev.ModeChanged(mode=Mode.EDIT))
    for number, path in enumerate(script.pictures(tmp_path)):
        stage.emit(*script.candidate(number, path, approved=number != 4, passed=number != 3))
    stage.emit(script.taken(1), *script.confirmed(1), ev.NextStaged(request_id="picture-0"))
    made.feed.flush()
    return made


def _walk(window, key=Qt.Key.Key_Tab, modifiers=Qt.KeyboardModifier.NoModifier):
    """Every widget that gets the focus, from the window's first until it comes round."""
    window.setFocus()
    walked = []
    for _ in range(LIMIT):
        QTest.keyClick(window.windowHandle(), key, modifiers)
        QApplication.processEvents()
        focus = QApplication.focusWidget()
        if focus is window or (walked and focus is walked[0]):
            return walked
        walked.append(focus)
    told = [name_of(each) if each else None for each in walked[-4:]]
    raise AssertionError(f"Tab never comes round: {told}")


def _wanted(window):
    """Every control that is there for Tab."""
    return {
        each for each in window.findChildren(QWidget)
        if each.isVisible() and each.isEnabled() and each.focusPolicy() & Qt.FocusPolicy.TabFocus
        and each.focusProxy() is None and each.window() is window and each is not window
    }  # fmt: skip


def _scrolled_by(widget):
    """The nearest area that scrolls it; None."""
    parent = widget.parentWidget()
    while parent is not None and not isinstance(parent, QScrollArea):
        parent = parent.parentWidget()
    return parent


def _places(window, one, other):
    """Where two controls stand; one in an area that scrolls stands, for those outside, where the area does."""
    areas = [_scrolled_by(one), _scrolled_by(other)]
    shown = (
        [one, other] if areas[0] is areas[1] else [area or each for area, each in zip(areas, (one, other), strict=True)]
    )
    return [QRect(each.mapTo(window, QPoint(0, 0)), each.size()) for each in shown]


def _against_reading(window, walked):
    """Steps that go back: up, or to the left in one row. A column that begins further to the right is read on."""
    told = []
    for one, other in pairwise(walked):
        here, there = _places(window, one, other)
        if _region(window, one) is not _region(window, other):
            continue
        down = there.center().y() - here.center().y()
        beside = here.top() <= there.center().y() <= here.bottom() and there.left() > here.left()
        same_row = abs(down) <= SAME_ROW or beside
        onward = there.left() > here.left() if same_row else down > 0 or there.left() >= here.right() - 2
        if not onward:
            told.append(f"{name_of(one)} {here.getRect()} → {name_of(other)} {there.getRect()}")
    return told


def _regions(window):
    """Bands and docks, in the order they follow each other: from top to bottom, from left to right."""
    return (window.status, window.program, window.stops, window.left, window.centre, window.right, window.lane)


def _region(window, widget):
    return next((each for each in _regions(window) if each.isAncestorOf(widget)), None)


def _complaints(window):
    """What is wrong with Tab as the window stands now."""
    settle(window)
    walked = _walk(window)
    told = [f"{name_of(each)} is met {walked.count(each)}×" for each in _wanted(window) if walked.count(each) != 1]
    told += _against_reading(window, walked)
    order = [_regions(window).index(found) for each in walked if (found := _region(window, each))]
    told += [] if order == sorted(order) else [f"bands and docks are mixed: {order}"]
    back = _walk(window, Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
    return told + ([] if back == walked[::-1] else ["Shift+Tab goes another way"])


@WALKS
def test_every_page_is_walked_once_in_the_order_one_reads_and_left_again(window):
    told, pages = [], 0
    for dock in (window.left, window.centre, window.right):
        for index, tab in enumerate(dock.strip.buttons):
            dock.strip.choose(index)
            pages += 1
            told += [f"{tab.accessibleName()}: {complaint}" for complaint in _complaints(window)]
        dock.strip.choose(0)
    assert told == []
    assert pages >= 13


@WALKS
def test_every_form_that_opens_in_a_page_is_walked_too(window):
    told = []
    for name, begin in _forms(window):
        begin()
        told += [f"{name}: {complaint}" for complaint in _complaints(window)]
    assert told == []


def _forms(window):
    yield "how far RUN goes", window.flow._open_run_form
    yield "assign", lambda: window.flow.assign_to("")
    yield "versions of the bible", lambda: (window.centre.open(window.bible), window.bible.versions.click())
    for view in ("form", "json", "versions"):
        yield f"persona, {view}", lambda view=view: (window.centre.open(window.personas), _view(window, view))
    for number in range(len(window.bible.editors)):
        yield f"bible {number}", lambda number=number: (window.centre.open(window.bible), window.bible.choose(number))


def _view(window, view):
    if view in window.personas.editor.views:
        window.personas.editor.show_view(view)


def test_buttons_of_pictures_and_stops_take_no_focus(window):
    buttons = [*window.program.findChildren(VerbButton), *window.stops.findChildren(VerbButton)]
    assert len(buttons) > 12
    assert [name_of(each) for each in buttons if each.focusPolicy() != Qt.FocusPolicy.NoFocus] == []


def test_a_wrong_order_is_seen(window):
    buttons = window.flow.controls.buttons
    told = _against_reading(window, [window.flow.nudge, buttons[Verb.TOGGLE_RUN], buttons[Verb.STEP]])
    assert len(told) == 1
    assert "line for the Architect" in told[0]


def test_tab_begins_at_the_first_control_and_shift_tab_at_the_last(window):
    window.setFocus()
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is _walk(window)[0]
    window.setFocus()
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
    assert QApplication.focusWidget() is _walk(window)[-1]


def test_what_tab_reaches_is_scrolled_into_sight(window):
    window.resize(1280, 720)
    window.right.open(window.rooms.walls)
    settle(window)
    for each in _walk(window):
        each.setFocus()
        QTest.keyClick(window.windowHandle(), Qt.Key.Key_Tab)
        assert not QApplication.focusWidget().visibleRegion().isEmpty(), name_of(QApplication.focusWidget())
