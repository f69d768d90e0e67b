"""A screen that no wall knows is asked about once, outside SHOW, and nothing goes there before the answer."""

import pytest

from tests.support.house import SCREENS, two_walls
from textcraft_bus.channel.messages import Mode
from textcraft_core import commands as cmd
from textcraft_core import events as ev
from textcraft_gui.state.show_state import Severity
from textcraft_gui.state.walls import standing

BEAMER = SCREENS[0]


@pytest.fixture
def window(open_console):
    return open_console()


def unsure(window, stage, mode, *, free=(BEAMER,)):
    placed = ev.WallPlaced(wall="stairs", windowed=True, unsure=bool(free), present=SCREENS, free=free)
    stage.emit(ev.ModeChanged(mode=mode), *two_walls(), placed)
    window.feed.flush()


def test_it_is_asked_once_and_the_answer_assigns_the_screen(window, stage):
    unsure(window, stage, Mode.EDIT)
    question = window.overlays.question
    assert question.isVisible()
    assert "stairs" in question.text.text()
    assert "EB-L730U" in question.buttons[0].accessibleName()
    question.hide()
    unsure(window, stage, Mode.EDIT)
    assert not question.isVisible()
    unsure(window, stage, Mode.EDIT, free=())
    unsure(window, stage, Mode.REHEARSE, free=SCREENS)
    assert question.isVisible()
    assert stage.handled == []
    question.buttons[1].click()
    assert stage.handled == [cmd.AssignScreen(wall="stairs", screen=SCREENS[1])]
    assert not question.isVisible()


def test_in_show_nothing_is_asked_but_it_is_said(window, stage):
    unsure(window, stage, Mode.SHOW)
    assert not window.overlays.question.isVisible()
    line = window.feed.state.lane[-1]
    assert line.severity is Severity.WARN
    assert "stairs: another screen is there than its own. It stays black." in line.text
    stage.emit(ev.ModeChanged(mode=Mode.EDIT))
    window.feed.flush()
    assert window.overlays.question.isVisible()


def test_another_question_is_not_pushed_away(window, stage):
    question = window.overlays.question
    question.ask("ONE", "One?", [], away="later")
    unsure(window, stage, Mode.EDIT)
    assert question.title.text() == "ONE"
    question.hide()
    stage.emit(ev.ServiceBeat(service="wall.stairs", state="program", rss=1))
    window.feed.flush()
    assert question.title.text() == "A SCREEN NO WALL KNOWS"


def test_a_wall_that_is_unsure_says_so_on_its_card_even_while_it_waits_hidden(window, stage):
    placed = ev.WallPlaced(wall="stairs", screen=SCREENS[1], away=True, unsure=True, present=SCREENS, free=(BEAMER,))
    stage.emit(ev.ModeChanged(mode=Mode.SHOW), *two_walls(), placed)
    window.feed.flush()
    _, word, _ = standing(window.feed.state, window.feed.state.walls["stairs"], window.feed.now())
    assert word == "screen?"
