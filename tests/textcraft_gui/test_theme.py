"""The style sheet is whole and holds nothing but tokens we gave."""

import re

import pytest
from PySide6.QtWidgets import QStackedWidget

from tests.support.layout import CONTRAST, contrast
from textcraft_gui.theme import Colour, stylesheet, tinted

GROUNDS = (Colour.BG, Colour.PANEL, Colour.RAISED)
WORDS = (
    Colour.TEXT, Colour.QUIET, Colour.DIM, Colour.LIVE, Colour.NEXT, Colour.INFO, Colour.WARN, Colour.FAULT, Colour.OK,
)  # fmt: skip


def test_every_token_is_replaced(qapp):
    assert not re.findall(r"@[A-Z]+", stylesheet())


@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("word", WORDS)
def test_every_word_colour_can_be_read_on_every_ground(word, ground):
    assert contrast(word.q, ground.q) >= CONTRAST


@pytest.mark.parametrize("word", [Colour.LIVE, Colour.NEXT, Colour.INFO, Colour.WARN])
def test_a_lit_face_can_be_read(word):
    assert contrast(word.q, tinted(word, 0.18)) >= CONTRAST


def test_the_five_colours_of_the_states_are_the_given_ones():
    given = {
        "LIVE": "#FF5A4F",
        "NEXT": "#35C48F",
        "INFO": "#6CB8F2",
        "WARN": "#F2B33D",
        "FAULT": "#FF6BD6",
        "OK": "#8B929C",
    }
    assert {name: Colour[name].value for name in given} == given
    assert Colour.BG.value == "#16181B"


def test_no_two_states_share_a_shape_and_a_colour():
    from textcraft_gui.widgets import signs

    for table in (signs.FRESHNESS, signs.SEVERITY, signs.CHAPTER):
        loud = [sign for state, sign in table.items() if sign is not signs.WARN and sign is not signs.UNKNOWN]
        assert len(loud) == len(set(loud))


def test_a_sheet_put_on_a_whole_window_lays_it_out_as_qt_does_by_itself(qapp, open_console):
    """Every widget is polished by hand then, so that a start needs not wait for Qt to do it page by page."""
    window = open_console()

    def needs():
        qapp.processEvents()
        docks = (window.left, window.centre, window.right)
        pages = [page for dock in docks for page in dock.findChildren(QStackedWidget)]
        assert all(dock.width() >= dock.minimumSizeHint().width() for dock in docks)
        return [each.minimumSizeHint() for each in (*docks, *pages)]

    ours = needs()
    window.setStyleSheet("")
    window.setStyleSheet(stylesheet())
    assert needs() == ours


def test_a_part_of_another_window_is_not_touched(qapp, open_console):
    open_console()
    assert qapp.styleSheet() == ""
