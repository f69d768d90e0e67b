"""The console's window never appears on a wall's screen; it comes back by itself when there is another."""

import pytest

from tests.fakes.screens import FakeScreens, screen
from textcraft_bus.channel.messages import ScreenInfo
from textcraft_gui.machine.own_screen import OwnScreen

OWN, WALL, OTHER = screen(0), screen(1), screen(2)


class Screens(FakeScreens):
    """Each screen stands for itself, so that a window can be on one."""

    def qt_screen(self, identity):
        return identity.connector if identity in self._present else None


class FakeWindow:
    def __init__(self):
        self.asked, self.at = [], OWN.connector

    def screen(self):
        return self.at

    def move_to(self, where):
        self.at = where
        self.asked.append(where)

    def hide(self):
        self.asked.append("hide")

    def show(self):
        self.asked.append("show")


@pytest.fixture
def window():
    return FakeWindow()


def place_of(one):
    return ScreenInfo(connector=one.connector, x=one.position[0], y=one.position[1])


def guard(window, *present):
    screens = Screens(*present)
    return screens, OwnScreen(window, screens, lambda: [place_of(WALL)])


def test_it_hides_when_only_walls_are_left_and_returns_with_its_screen(window, caplog):
    screens, own = guard(window, OWN, WALL)
    for _ in range(20):
        screens.unplug(OWN)
        assert own.hidden
        screens.plug(OWN)
        assert not own.hidden
    assert window.asked == ["hide", OWN.connector, "show"] * 20
    caplog.clear()


def test_it_moves_to_a_screen_that_is_no_walls(window):
    screens, own = guard(window, OWN, WALL, OTHER)
    screens.unplug(OWN)
    assert (window.asked, own.hidden) == ([OTHER.connector], False)
    screens.plug(OWN)
    assert window.at == OWN.connector


def test_moved_onto_a_wall_by_the_system_it_goes_home_and_moved_by_hand_it_stays(window):
    screens, own = guard(window, OWN, WALL, OTHER)
    screens._console, window.at = WALL, WALL.connector
    own.on_moved()
    assert window.at == OWN.connector
    screens._console, window.at = OTHER, OTHER.connector
    own.on_moved()
    own.look()
    assert window.at == OTHER.connector
    own.end()
    screens.unplug(OTHER)
    assert window.at == OTHER.connector
