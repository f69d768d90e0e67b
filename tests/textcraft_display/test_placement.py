"""A wall is on its own screen or nowhere: never on the console's, and back by itself when its screen is."""

import logging
import random

import pytest
from PySide6.QtCore import QPoint, QSize
from PySide6.QtWidgets import QApplication

from tests.fakes.screens import FakeScreens, screen
from tests.support.qt_loop import until
from tests.textcraft_display.rig import RED, flat, on_wall
from textcraft_display.errors import ScreenRefused
from textcraft_display.placement import Placement, Wish, info_of
from textcraft_display.registry import ScreenRegistry


class FakeWindow:
    def __init__(self):
        self.asked = []

    def open_window(self, size, position):
        self.asked.append(("window", size, position))

    def open_full(self, where):
        self.asked.append(("full", where))

    def withdraw(self):
        self.asked.append(("hide",))


CONSOLE, BEAMER, OTHER = screen(0), screen(1), screen(2)


@pytest.fixture
def window():
    QApplication.instance() or QApplication([])
    return FakeWindow()


def placed(window, screens, wish):
    place = Placement(window, screens, wish)
    place.begin()
    return place


def kinds(window):
    return [call[0] for call in window.asked]


def test_without_a_name_it_takes_the_first_screen_that_is_not_the_consoles(window):
    place = placed(window, FakeScreens(CONSOLE, BEAMER, OTHER), Wish())
    assert kinds(window) == ["full"]
    assert place.identity == BEAMER
    assert (place.info.connector, place.info.serial, place.info.x) == ("DP-1", "SN1", 1920)


def test_a_named_screen_is_taken_by_its_connector(window):
    assert placed(window, FakeScreens(CONSOLE, BEAMER, OTHER), Wish("DP-2")).identity == OTHER


@pytest.mark.parametrize("name", ["", "DP-0"])
def test_the_consoles_own_screen_is_refused_and_a_window_opened(window, name, caplog):
    place = placed(window, FakeScreens(CONSOLE), Wish(name, size=(640, 360), position=(5, 6)))
    assert window.asked == [("window", QSize(640, 360), QPoint(5, 6))]
    assert place.identity is None
    assert place.info is None
    assert "console" in caplog.text
    caplog.clear()


def test_a_screen_that_is_not_there_yet_is_waited_for(window, caplog):
    screens = FakeScreens(CONSOLE)
    place = placed(window, screens, Wish("DP-1"))
    assert place.away
    assert window.asked == []
    assert "no screen DP-1" in caplog.text
    screens.plug(BEAMER)
    assert kinds(window) == ["full"]
    assert not place.away
    caplog.clear()


def test_twenty_times_unplugged_it_hides_and_comes_back(window, caplog):
    caplog.set_level(logging.CRITICAL)
    screens = FakeScreens(CONSOLE, BEAMER, OTHER)
    place = placed(window, screens, Wish("DP-1"))
    for _ in range(20):
        screens.unplug(BEAMER)
        assert place.away
        screens.plug(BEAMER)
        assert not place.away
    assert kinds(window) == ["full", *["hide", "full"] * 20]


def test_it_follows_its_screen_to_another_connector_and_takes_no_other_screen(window, caplog):
    caplog.set_level(logging.CRITICAL)
    screens = FakeScreens(CONSOLE, BEAMER)
    place = placed(window, screens, Wish())
    screens.unplug(BEAMER)
    screens.plug(screen(1, serial="another"))
    assert place.away
    moved = screen(1, connector="HDMI-9")
    screens.plug(moved)
    assert place.identity == moved
    assert kinds(window) == ["full", "hide", "full"]


def test_a_change_elsewhere_leaves_the_wall_alone(window):
    screens = FakeScreens(CONSOLE, BEAMER)
    place = placed(window, screens, Wish())
    screens.plug(OTHER)
    screens.unplug(CONSOLE)  # the system makes the wall's screen the first one: the picture stays
    assert kinds(window) == ["full"]
    place.end()
    screens.unplug(BEAMER)
    assert kinds(window) == ["full"]


def test_moved_off_its_screen_by_the_system_it_hides_at_once(window, caplog):
    caplog.set_level(logging.CRITICAL)
    screens = FakeScreens(CONSOLE, BEAMER)
    place = placed(window, screens, Wish())
    place.on_moved(screens.qt_screen(BEAMER))
    assert kinds(window) == ["full"]
    screens._present = (CONSOLE,)  # gone, and the news of it still to come
    place.on_moved(QApplication.primaryScreen())
    assert kinds(window) == ["full", "hide"]


# The registry


def bound(window, screens, folder, wall="brick", wish=None):
    place = Placement(window, screens, wish or Wish(), ScreenRegistry(wall, folder))
    place.begin()
    return place


def test_a_wall_comes_back_to_its_own_screen_wherever_that_is_plugged_in(window, tmp_path, caplog):
    caplog.set_level(logging.CRITICAL)
    assert bound(window, FakeScreens(CONSOLE, BEAMER), tmp_path).identity == BEAMER
    moved = screen(2, serial="SN1", connector="HDMI-7")
    again = bound(window, FakeScreens(CONSOLE, OTHER, moved), tmp_path)
    assert again.identity == moved
    gone = bound(window, FakeScreens(CONSOLE, OTHER), tmp_path)
    assert (gone.away, gone.told.unsure) == (True, True)  # another screen is there: somebody must say so
    assert gone.told.screens[1].connector == "DP-2"
    gone.assign(info_of(OTHER))
    assert (gone.identity, gone.away) == (OTHER, False)
    assert ScreenRegistry("brick", tmp_path).own() == OTHER
    assert ("full", QApplication.primaryScreen()) in window.asked


def test_two_walls_never_choose_one_screen(window, tmp_path, monkeypatch):
    monkeypatch.setattr("textcraft_display.registry._runs", lambda wall: True)
    screens = FakeScreens(CONSOLE, BEAMER, OTHER)
    assert bound(window, screens, tmp_path, "brick").identity == BEAMER
    assert bound(window, screens, tmp_path, "stairs").identity == OTHER
    assert bound(window, screens, tmp_path, "cellar").told.windowed


def test_a_screen_of_a_wall_that_no_longer_runs_is_free(window, tmp_path):
    screens = FakeScreens(CONSOLE, BEAMER)
    bound(window, screens, tmp_path, "brick")
    assert bound(window, screens, tmp_path, "stairs").identity == BEAMER


def test_the_consoles_screen_is_refused_however_it_is_asked_for(window, tmp_path):
    screens = FakeScreens(CONSOLE, BEAMER)
    place = bound(window, screens, tmp_path)
    with pytest.raises(ScreenRefused, match="console"):
        place.assign(info_of(CONSOLE))
    assert place.identity == BEAMER
    assert ScreenRegistry("brick", tmp_path).own() == BEAMER


def test_a_window_stays_one_and_keeps_what_it_was_assigned_for_the_next_time(window, tmp_path):
    place = bound(window, FakeScreens(CONSOLE, BEAMER), tmp_path, wish=Wish(windowed=True))
    place.assign(info_of(BEAMER))
    assert kinds(window) == ["window"]
    assert (place.told.windowed, place.told.screen) == (True, None)
    assert bound(window, FakeScreens(CONSOLE, BEAMER, OTHER), tmp_path).identity == BEAMER


MAKESHIFT = Wish(makeshift=True, size=(640, 360), position=(5, 6))


def test_a_makeshift_window_goes_full_on_its_own_screen_as_soon_as_that_is_there(window, tmp_path):
    ScreenRegistry("brick", tmp_path).keep(BEAMER)
    screens = FakeScreens(CONSOLE)
    place = bound(window, screens, tmp_path, wish=MAKESHIFT)
    told = []
    place.on_changed = lambda: told.append(place.told)
    assert (place.told.windowed, place.told.away, place.told.unsure) == (True, False, False)
    moved = screen(4, serial="SN1", connector="HDMI-3")
    screens.plug(moved)
    assert kinds(window) == ["window", "full"]
    assert (place.identity, told[-1].windowed, told[-1].screen) == (moved, False, info_of(moved))
    screens.unplug(moved)  # from now on it has a screen: it hides without it, as every wall does
    assert (kinds(window), place.away) == (["window", "full", "hide"], True)


def test_a_makeshift_window_takes_no_screen_it_does_not_know_and_says_that_one_is_there(window, tmp_path):
    screens = FakeScreens(CONSOLE)
    place = bound(window, screens, tmp_path, wish=MAKESHIFT)
    screens.plug(OTHER)
    assert kinds(window) == ["window"]
    assert (place.told.windowed, place.told.unsure) == (True, True)
    place.assign(info_of(OTHER))
    assert kinds(window) == ["window", "full"]
    assert (place.identity, place.told.unsure) == (OTHER, False)


def test_a_makeshift_window_keeps_what_it_was_assigned_until_that_is_there(window, tmp_path):
    screens = FakeScreens(CONSOLE)
    place = bound(window, screens, tmp_path, wish=MAKESHIFT)
    place.assign(info_of(BEAMER))
    assert kinds(window) == ["window"]
    screens.plug(OTHER)
    assert kinds(window) == ["window"]
    screens.plug(BEAMER)
    assert (kinds(window), place.identity) == (["window", "full"], BEAMER)


def test_a_makeshift_wall_begins_on_its_own_screen_where_that_is_there(window, tmp_path):
    ScreenRegistry("brick", tmp_path).keep(BEAMER)
    assert bound(window, FakeScreens(CONSOLE, OTHER, BEAMER), tmp_path, wish=MAKESHIFT).identity == BEAMER
    assert kinds(window) == ["full"]


def test_a_makeshift_wall_never_covers_the_consoles_screen_even_where_that_was_once_its_own(window, tmp_path):
    ScreenRegistry("brick", tmp_path).keep(CONSOLE)
    screens = FakeScreens(CONSOLE, console=CONSOLE)
    bound(window, screens, tmp_path, wish=MAKESHIFT)
    screens.plug(OTHER)
    assert kinds(window) == ["window"]


def test_two_walls_with_one_screen_in_the_registry_never_lie_on_one_another(window, tmp_path, monkeypatch, caplog):
    """An older wall and a new one: the one that runs keeps the screen, the other one gives it up for good."""
    caplog.set_level(logging.CRITICAL)
    ScreenRegistry("stairs", tmp_path).keep(BEAMER)
    (tmp_path / "brick.json").write_bytes((tmp_path / "stairs.json").read_bytes())
    monkeypatch.setattr("textcraft_display.registry._runs", lambda wall: wall == "stairs")
    screens = FakeScreens(CONSOLE, BEAMER)
    assert bound(window, screens, tmp_path, wish=MAKESHIFT).told.windowed
    place = bound(window, screens, tmp_path)
    assert place.told.windowed
    with pytest.raises(ScreenRefused, match="another wall"):
        place.assign(info_of(BEAMER))
    assert "full" not in kinds(window)
    assert ScreenRegistry("brick", tmp_path).own() is None
    assert ScreenRegistry("stairs", tmp_path).own() == BEAMER


def test_a_screen_belongs_to_the_wall_that_took_it_last(window, tmp_path):
    screens = FakeScreens(CONSOLE, BEAMER)
    bound(window, screens, tmp_path, "brick")
    bound(window, screens, tmp_path, "stairs")
    assert ScreenRegistry("", tmp_path).all() == {"stairs": BEAMER}


def test_a_broken_registry_counts_as_none_and_is_set_aside(window, tmp_path, caplog):
    for broken in ("{", '{"model": 3}', "[]"):
        (tmp_path / "brick.json").write_text(broken)
        assert bound(window, FakeScreens(CONSOLE, BEAMER), tmp_path).identity == BEAMER
    assert "set aside" in caplog.text
    caplog.clear()


def test_a_hundred_hot_plugs_end_on_the_right_screen_and_are_told(window, tmp_path, caplog):
    """Unplugged, plugged elsewhere, console gone, another plugged in: in any order, never a wrong screen."""
    caplog.set_level(logging.CRITICAL)
    screens = FakeScreens(CONSOLE, BEAMER, OTHER, console=CONSOLE)
    place = bound(window, screens, tmp_path)
    told = []
    place.on_changed = lambda: told.append(place.told)
    moved, steps = screen(5, serial="SN1", connector="HDMI-2"), random.Random(7)
    for _ in range(100):
        present = [one for one in (CONSOLE, OTHER, screen(3)) if steps.random() < 0.7]
        mine = steps.choice([BEAMER, moved, None])
        screens._set((*present, *([mine] if mine else [])))
        assert place.away == (mine is None)
        assert told[-1].away == (mine is None)
        assert mine is None or place.identity == mine
    assert not {call[1] for call in window.asked if call[0] == "window"}


def test_a_real_window_fills_the_screen_and_keeps_its_picture_when_that_goes(tmp_path, caplog):
    caplog.set_level(logging.CRITICAL)

    async def play(rig):
        await rig.show(rig.picture(flat(RED)))
        rig.view.withdraw()
        screens = FakeScreens(CONSOLE, BEAMER)
        place = Placement(rig.view, screens, Wish("DP-1"))
        place.begin()
        whole = QApplication.primaryScreen().geometry()
        await until(lambda: rig.view.isExposed() and rig.view.geometry() == whole)
        await rig.painted()
        assert rig.screen().getpixel((300, 100)) == RED
        for _ in range(3):
            screens.unplug(BEAMER)
            await until(lambda: rig.screen().getpixel((300, 100)) != RED)
            screens.plug(BEAMER)
            await until(lambda: rig.screen().getpixel((300, 100)) == RED)
            assert rig.view.geometry() == whole

    on_wall(tmp_path, play)
