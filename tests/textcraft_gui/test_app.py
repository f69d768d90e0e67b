"""Where the windows go when there is one screen, and what a second console of a show is told."""

from datetime import datetime

import pytest
from PySide6.QtCore import QRect, QSize

from tests.fakes.clock import FakeClock
from textcraft_bus.health import HealthStatus
from textcraft_bus.processes import NameTaken
from textcraft_core.show.holder import Holder, ShowHeld
from textcraft_gui.app import health_of
from textcraft_gui.projection.lane import acknowledge, tell
from textcraft_gui.session.wanted import console_place, wall_place
from textcraft_gui.state.show_state import Severity, ShowState, moment
from textcraft_gui.window import LEAST, USUAL

SCREENS = [(1280, 720), (1366, 768), (1600, 900), (1920, 1080), (3840, 2160)]


@pytest.mark.parametrize("size", SCREENS)
def test_the_console_is_on_the_screen_and_no_smaller_than_it_can_be(size):
    screen = QRect(0, 0, *size)
    place = console_place(screen, USUAL)
    assert screen.contains(place)
    assert place.width() >= LEAST.width()
    assert place.height() >= LEAST.height()


@pytest.mark.parametrize("size", [(1920, 1080), (3840, 2160)])
def test_a_wall_beside_the_console_hides_nothing_of_it(size):
    screen = QRect(0, 0, *size)
    assert not console_place(screen, USUAL).intersects(wall_place(screen, 0))


@pytest.mark.parametrize("size", SCREENS[:2])
@pytest.mark.parametrize("number", range(3))
def test_on_a_small_screen_no_wall_hides_the_status_the_stops_or_the_messages(size, number):
    screen = QRect(0, 0, *size)
    wall = wall_place(screen, number)
    assert screen.contains(wall)
    assert wall.top() > screen.height() * 0.6
    assert wall.bottom() < screen.bottom() - 40
    assert not any(wall.intersects(wall_place(screen, other)) for other in range(number))


def test_the_console_takes_all_of_a_screen_too_small_for_it():
    screen = QRect(0, 24, 1280, 696)
    assert console_place(screen, QSize(1280, 800)) == screen


def test_a_second_console_is_told_which_show_and_who_has_it():
    holder = Holder("textcraft", 4711, datetime(2029, 1, 2, 19, 2).astimezone(), "anna")
    error = ShowHeld("my_show", holder)
    assert isinstance(error, NameTaken)
    assert error.pid == 4711
    said = "The show my_show is held by anna, textcraft, process 4711, since 2029-01-02 19:02. "
    assert str(error) == said + "End that program first, or read along in a console."


def test_a_monitor_hears_of_faults_nobody_acknowledged():
    state = ShowState()
    assert health_of(state).status is HealthStatus.HEALTHY
    now = moment(FakeClock())
    tell(state, now, "a note")
    tell(state, now, "the disk is full", Severity.FAULT)
    assert (health_of(state).status, health_of(state).message) == (HealthStatus.WARNING, "the disk is full")
    acknowledge(state)
    assert health_of(state).status is HealthStatus.HEALTHY
