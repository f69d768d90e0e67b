"""Which screens are black behind the walls: theirs, in SHOW all but the console's, whatever is plugged in or out."""

import pytest

from tests.fakes.screens import FakeScreens, screen
from textcraft_display.backdrop import Backdrops

CONSOLE, BEAMER, OTHER = screen(0), screen(1), screen(2)


class FakeBlack:
    open = 0

    def __init__(self, _screen):
        FakeBlack.open += 1

    def destroy(self):
        FakeBlack.open -= 1


@pytest.fixture(autouse=True)
def closed():
    FakeBlack.open = 0


def backdrops(screens, *walls, every=False):
    made = Backdrops(screens, lambda: list(walls), every_screen=every, make=FakeBlack)
    made.look()
    return made


def test_only_the_screens_of_walls_are_covered_and_never_the_consoles():
    made = backdrops(FakeScreens(CONSOLE, BEAMER, OTHER), BEAMER, CONSOLE)
    assert list(made.covered) == [BEAMER]


def test_in_show_every_screen_but_the_consoles_is_covered():
    assert list(backdrops(FakeScreens(CONSOLE, BEAMER, OTHER), every=True).covered) == [BEAMER, OTHER]


def test_screens_come_and_go():
    screens = FakeScreens(CONSOLE, BEAMER)
    made = backdrops(screens, BEAMER, OTHER)
    for _ in range(20):
        screens.unplug(BEAMER)
        screens.plug(OTHER)
        made.look()
        assert list(made.covered) == [OTHER]
        screens.unplug(OTHER)
        screens.plug(BEAMER)
        made.look()
        assert list(made.covered) == [BEAMER]
    assert FakeBlack.open == 1
    made.end()
    assert FakeBlack.open == 0
