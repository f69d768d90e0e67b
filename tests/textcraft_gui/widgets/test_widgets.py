"""Small widgets by what they let through, cut off, and say."""

import pytest
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF
from PySide6.QtTest import QTest

from textcraft_gui.theme import Colour, ui
from textcraft_gui.widgets import signs
from textcraft_gui.widgets.picture_view import LEAST_CAPTION_PX, cover, fitted, wrapped
from textcraft_gui.widgets.shapes import Shape
from textcraft_gui.widgets.status_list import ROW, Row, StatusList
from textcraft_gui.widgets.tab_strip import Tab, TabStrip
from textcraft_gui.widgets.verb_button import HOLD_MS, Face, HoldButton, VerbButton


@pytest.fixture
def shown(qtbot, fonts):
    def show(widget, width, height):
        qtbot.addWidget(widget)
        widget.resize(width, height)
        widget.show()
        qtbot.waitExposed(widget)
        return widget

    return show


def _rows(count):
    return [Row(signs.OK, f"peer {number}", "0.1 s") for number in range(count)]


def test_trouble_comes_first_and_is_never_what_is_cut_off(shown):
    peers = shown(StatusList("nobody", "peers"), 200, 3 * ROW)
    peers.show_rows([*_rows(6), Row(signs.WARN, "last", "LOST", loud=True)])
    rows, left_out = peers.visible_rows()
    assert [row.name for row in rows] == ["last", "peer 0"]
    assert left_out == 5
    assert "last: LOST" in peers.accessibleDescription()


def test_an_empty_list_says_what_would_stand_there(shown):
    peers = shown(StatusList("nobody", "peers"), 200, 60)
    peers.show_rows(_rows(1))
    peers.show_rows([])
    assert peers.accessibleDescription() == "nobody"


def test_tabs_without_room_are_in_the_menu(qtbot, shown):
    strip = shown(TabStrip([Tab(f"TAB NUMBER {n}") for n in range(6)]), 320, 36)
    hidden = [tab for tab in strip.buttons if tab.isHidden()]
    assert 0 < len(hidden) < 6
    strip.resize(1200, 36)
    assert not any(tab.isHidden() for tab in strip.buttons)
    strip.resize(320, 36)
    chosen = []
    strip.chosen.connect(chosen.append)
    strip.choose(5)
    assert chosen == [5]
    strip.resize(321, 36)
    assert not strip.buttons[5].isHidden()


def test_a_button_shows_its_face_and_fires_by_click(qtbot, shown):
    button = VerbButton(Face("HOLD", Shape.BARS, "h"))
    shown(button, *button.sizeHint().toTuple())
    clicks = []
    button.clicked.connect(lambda: clicks.append(1))
    assert button.text_fits()
    assert button.focusPolicy() is Qt.FocusPolicy.NoFocus
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert clicks == [1]
    button.show_face(Face("SOMETHING MUCH LONGER", Shape.BARS, "h"))
    assert button.text() == "SOMETHING MUCH LONGER"
    assert not button.text_fits()


def test_a_lit_face_is_another_colour(shown):
    button = shown(VerbButton(Face("HOLD", Shape.BARS)), 120, 38)
    quiet = button.grab().toImage().pixelColor(10, 19)
    button.show_face(Face("HOLD", Shape.BARS, colour=Colour.INFO, lit=True))
    assert button.grab().toImage().pixelColor(10, 19) != quiet


def test_a_hold_button_lets_go_when_it_is_hidden(qtbot, shown):
    button = shown(HoldButton(Face("RESTORE")), 140, 38)
    fired = []
    button.held.connect(lambda: fired.append(1))
    button._fill.setDuration(HOLD_MS * 60)  # a machine that stands still for a second fills the usual one at once
    QTest.mousePress(button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: button.filled > 0)
    button.hide()
    assert button.filled == 0
    assert fired == []
    QTest.mouseRelease(button, Qt.MouseButton.LeftButton)


def test_a_disabled_hold_button_does_not_fill(shown):
    button = shown(HoldButton(Face("RESTORE")), 140, 38)
    button.setEnabled(False)
    QTest.mousePress(button, Qt.MouseButton.LeftButton)
    assert button.filled == 0
    QTest.mouseRelease(button, Qt.MouseButton.LeftButton)


@pytest.mark.parametrize(
    ("size", "kept"),
    [
        (QSize(320, 180), (0, 0, 320, 180)),
        (QSize(180, 180), (0, 39.375, 180, 101.25)),
        (QSize(640, 180), (160, 0, 320, 180)),
    ],
)
def test_a_picture_is_cropped_in_the_middle_and_never_stretched(size, kept):
    assert cover(size, QRectF(0, 0, 160, 90)).getRect() == kept


def test_words_break_into_two_lines_and_then_end(fonts):
    text = "A long caption that goes on and on until nobody could read it from the last row of a large house"
    lines = wrapped(text, ui(15), 260, 2)
    assert len(lines) == 2
    assert lines[0] == text[: len(lines[0])]
    assert lines[1].endswith("…")
    assert all(QFontMetricsF(ui(15)).horizontalAdvance(line) <= 262 for line in lines)
    assert wrapped("short", ui(15), 260, 2) == ["short"]


def test_a_long_caption_gets_a_smaller_font_before_it_is_cut(fonts):
    short, long, endless = "A few words.", "word " * 14, "word " * 60
    assert fitted(short, 17, 300)[0].pixelSize() == 17
    font, lines = fitted(long, 17, 300)
    assert LEAST_CAPTION_PX <= font.pixelSize() < 17
    assert "".join(lines).replace(" ", "") == long.replace(" ", "")
    font, lines = fitted(endless, 17, 300)
    assert (font.pixelSize(), len(lines), lines[1][-1]) == (LEAST_CAPTION_PX, 2, "…")
