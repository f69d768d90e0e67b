"""Parts that are made late: once, in their place for the tab key, and showing the present at first sight."""

import pytest
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QWidget

from tests.support import show_script as script
from tests.support.layout import settle
from textcraft_bus.channel.messages import Mode
from textcraft_core import events as ev
from textcraft_gui.late import Late, MadeLate
from textcraft_gui.window import ConsoleWindow

CENTRE = ("MATRIX", "PERSONAS", "STORY BIBLE", "TIMELINE", "METRICS", "LOG")
RIGHT = ("GALLERY", "WALLS + LOOK", "REHEARSAL", "DAY")


@pytest.fixture
def window(open_console):
    return open_console(QSize(1280, 720), furnished=False)


def _there(window):
    return [late for late in window.late_parts() if late.made is not None]


def test_a_part_is_made_once_and_told_to_all_who_join():
    made, told = [], []
    late = Late(lambda: made.append(object()) or made[-1])
    late.join(lambda part: told.append(("before", part)))
    assert late.made is None
    assert late() is late() is late.made is made[0]
    late.join(lambda part: told.append(("after", part)))
    assert told == [("before", made[0]), ("after", made[0])]
    assert len(made) == 1


def test_each_owner_has_its_own_part():
    class Owner:
        @MadeLate
        def part(self) -> list[int]:
            return []

    one, other = Owner(), Owner()
    assert one.part is one.part is Owner.part.of(one).made
    assert Owner.part.of(other).made is None
    assert other.part is not one.part


def test_no_panel_is_made_before_it_is_looked_at(window):
    assert _there(window) == []


@pytest.mark.parametrize("word", CENTRE + RIGHT)
def test_the_first_sight_of_a_tab_makes_its_panel(window, word):
    dock = window.centre if word in CENTRE else window.right
    assert dock.show_page(word)
    assert dock.page == word
    assert [late.made for late in _there(window) if late.made.isVisible()] != []
    assert window.findChildren(QWidget, "sheet")


def test_a_panel_that_comes_late_shows_what_happened_before_it(window, stage, qtbot):
    stage.opening.append(script.matrix())
    stage.emit(*script.services(), script.matrix(), ev.ModeChanged(mode=Mode.EDIT))
    window.feed.flush()
    window.centre.show_page("MATRIX")
    assert window.matrix.model.chapters == len(script.matrix().entries)
    assert window.matrix.table.isVisible()
    window.centre.show_page("PERSONAS")
    assert window.personas.document.content
    assert window.personas.editor.list.titles()
    window.right.show_page("WALLS + LOOK")
    assert window.rooms.walls.settings.isVisible()


def test_the_metrics_of_the_time_before_are_plotted(window, stage):
    stage.emit(ev.SpendAdded(source="brain", usd=1, total=3.5))
    window.feed.flush()
    assert window.metrics.metrics.series["spend"][""].values[-1] == 3.5


def test_a_late_panel_is_dressed_like_the_others(window, open_console):
    window.centre.show_page("MATRIX")
    usual = open_console(QSize(1280, 720))
    usual.centre.show_page("MATRIX")
    ours, theirs = window.matrix.open, usual.matrix.open
    assert ours.sizeHint() == theirs.sizeHint()
    assert ours.font() == theirs.font()


def test_the_docks_do_not_move_when_the_rest_is_made(window):
    docks = (window.left, window.centre, window.right)
    settle(window)
    before = [dock.geometry() for dock in docks]
    window.furnish()
    settle(window)
    assert [dock.geometry() for dock in docks] == before


def test_what_was_typed_is_kept_only_where_something_could_be_typed(window):
    window.close()
    assert ConsoleWindow.bible.of(window).made is None
