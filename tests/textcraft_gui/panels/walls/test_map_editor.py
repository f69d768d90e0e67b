"""The map of a wall: dragged, turned, cut; every change is a command, and what was is brought back."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from tests.support import house
from tests.support import show_script as script
from tests.support.layout import inspect_window, settle
from textcraft_bus.channel.messages import Mode, WallMap
from textcraft_core import commands as cmd
from textcraft_core import events as ev


@pytest.fixture
def editor(qtbot, window, tell, tmp_path):
    paths = script.pictures(tmp_path, 2)
    tell(*script.candidate(1, paths[1]), *house.two_walls(), script.taken(1), *script.confirmed(1, 2, 2))
    window.rooms.open_map("brick")
    qtbot.waitUntil(window.rooms.map.isVisible)
    settle(window)
    return window.rooms.map


def _maps(qtbot, stage, count):
    qtbot.waitUntil(lambda: len([c for c in stage.handled if isinstance(c, cmd.SetWallMap)]) >= count)
    return [command.map for command in stage.handled if isinstance(command, cmd.SetWallMap)]


def test_a_corner_is_dragged_and_the_wall_hears_of_it(qtbot, stage, editor):
    canvas = editor.canvas
    at = canvas.place(2).toPoint()
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=at)
    QTest.mouseMove(canvas, at - QPoint(30, 20))
    qtbot.wait(1)
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton)
    corners = _maps(qtbot, stage, 1)[-1].corners
    assert corners[:2] == ((0.0, 0.0), (1.0, 0.0))
    assert corners[2][0] == pytest.approx(1 - 30 / canvas.wall().width(), abs=0.02)
    assert corners[2][1] == pytest.approx(1 - 20 / canvas.wall().height(), abs=0.02)
    assert stage.handled[-1].wall == "brick"


def test_keys_choose_and_move_a_corner(qtbot, window, stage, editor):
    assert editor.canvas.hasFocus()
    for key, shift in ((Qt.Key.Key_2, False), (Qt.Key.Key_Left, True), (Qt.Key.Key_Down, False)):
        modifier = Qt.KeyboardModifier.ShiftModifier if shift else Qt.KeyboardModifier.NoModifier
        QTest.keyClick(editor.canvas, key, modifier)
    assert _maps(qtbot, stage, 1)[-1].corners[1] == (0.99, 0.001)


def test_what_no_wall_would_take_is_not_sent(qtbot, stage, editor):
    assert not editor.canvas.move_corner(0, (2.0, 2.0))
    assert not editor.canvas.move_corner(0, (-3.0, 0.0))
    assert editor.canvas.move_corner(0, (0.2, 0.1))
    assert len(_maps(qtbot, stage, 1)) == 1


def test_fit_turn_light_and_cut(qtbot, stage, editor):
    qtbot.mouseClick(editor.fit.buttons[1], Qt.MouseButton.LeftButton)
    qtbot.mouseClick(editor.rotate.buttons[1], Qt.MouseButton.LeftButton)
    editor.brightness.slider.setValue(20)
    editor.contrast.slider.setValue(-10)
    editor.crop["left"].slider.setValue(10)
    editor.crop["bottom"].slider.setValue(25)
    sent = _maps(qtbot, stage, 1)[-1]
    assert sent == WallMap(fit="fit", rotate=90, brightness=0.2, contrast=-0.1, crop=(0.1, 0.0, 0.9, 0.75))


def test_many_changes_are_sent_together(qtbot, stage, editor):
    for value in range(30):
        editor.brightness.slider.setValue(value)
    assert len(_maps(qtbot, stage, 1)) == 1
    assert _maps(qtbot, stage, 1)[0].brightness == 0.29


def test_as_it_was_and_straight(qtbot, stage, editor, tell):
    editor.canvas.move_corner(0, (0.2, 0.1))
    qtbot.mouseClick(editor.fit.buttons[2], Qt.MouseButton.LeftButton)
    _maps(qtbot, stage, 1)
    qtbot.mouseClick(editor.straight, Qt.MouseButton.LeftButton)
    assert _maps(qtbot, stage, 2)[-1] == WallMap(fit="stretch")
    qtbot.mouseClick(editor.as_it_was, Qt.MouseButton.LeftButton)
    assert _maps(qtbot, stage, 3)[-1] == WallMap()


def test_a_change_by_somebody_else_is_shown_and_not_sent(qtbot, stage, editor, tell):
    tell(ev.WallMapSet(wall="brick", map=WallMap(fit="stretch", brightness=0.5)))
    assert editor.fit.buttons[2].isChecked()
    assert editor.brightness.value == 0.5
    assert stage.handled == []


def test_the_test_card_goes_with_the_sheet(qtbot, window, stage, editor):
    qtbot.mouseClick(editor.card, Qt.MouseButton.LeftButton)
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_Escape)
    assert not editor.isVisible()
    assert stage.handled == [cmd.TestCard(wall="brick", on=True), cmd.TestCard(wall="brick", on=False)]


def test_it_is_locked_in_show(editor, tell):
    tell(ev.ModeChanged(mode=Mode.SHOW))
    assert not editor.canvas.isEnabled()
    assert not editor.fit.isEnabled()
    assert "locked in SHOW" in editor.title.text()


def test_it_fits_and_leaves_the_bands_in_sight(qtbot, window, editor):
    assert inspect_window(window) == []
    assert editor.geometry().top() >= window.stops.geometry().bottom()
