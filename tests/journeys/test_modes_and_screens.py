"""The wall goes with the mode, on real screens: a window in EDIT, the whole projector in SHOW, the safe look first."""

import subprocess
import time

import pytest

from tests.journeys.test_remote import put_up, start
from tests.support.desk import osc_desk
from tests.support.journal import told
from tests.support.monitors import BEAMER, CONSOLE, FOR_A_CONSOLE, TALL, Monitors, monitors
from tests.support.programs import programs
from tests.support.screen import apart_from_words, as_on_wall, capture, mean, mean_difference
from tests.support.waiting import wait_until
from textcraft_bus.processes import Record, running_services
from textcraft_core.show.folder import show_id
from textcraft_display.config import DisplayConfig
from textcraft_display.opening import safe_look
from textcraft_display.registry import ScreenRegistry
from textcraft_gui.session.working_copy import the_show
from textcraft_qt.screens import ScreenIdentity

DESKTOP = (40, 120, 200)
SIZE = (FOR_A_CONSOLE[BEAMER][1], TALL)
EDGE = 8
"""A window at the edge of the console's screen may have the side of its frame on the next one."""
STILL_SECONDS = 2.0
"""Longer than a fade may seem to stand on a busy machine."""
INSIDE = (EDGE, 0, *SIZE)


@pytest.fixture
def screens():
    with monitors(CONSOLE, BEAMER, made=Monitors(FOR_A_CONSOLE, TALL)) as made:
        paint_desktop()
        yield made


def paint_desktop():
    subprocess.run(["xsetroot", "-solid", "#{:02x}{:02x}{:02x}".format(*DESKTOP)], check=True, timeout=60)


def beamer(screens):
    return capture(screens.box(BEAMER)).crop(INSIDE)


def shows_safe_look(screens) -> bool:
    path = safe_look(DisplayConfig())
    assert path is not None
    wanted = as_on_wall(path, SIZE).crop(INSIDE)
    return mean_difference(apart_from_words(beamer(screens)), apart_from_words(wanted)) < 3


def shows_desktop(screens) -> bool:
    return is_desktop(beamer(screens))


def is_desktop(look) -> bool:
    return look.getcolors() == [(look.width * look.height, DESKTOP)]


def service(peer: str) -> Record | None:
    return next((one for one in running_services(show_id(the_show(None))) if one.peer == peer), None)


@pytest.mark.timeout(200)
def test_edit_shows_a_window_show_the_whole_screen_from_the_safe_look_and_edit_again_changes_nothing(screens, tmp_path):
    with programs(tmp_path) as started, osc_desk() as desk:
        console = start(started, desk, "--mode", "edit")
        desk.see(mode="edit")
        wait_until(lambda: service("wall.preview"), 60, "the window of EDIT")
        assert shows_desktop(screens)

        desk.send("show_mode")
        looks = []
        wait_until(lambda: looks.append(beamer(screens)) or shows_safe_look(screens), 90, "the safe look")
        desk.see(mode="show", safe_look=1)
        for look in looks[:-1]:  # the desktop, then black behind the wall or the wall fading in: never a picture
            assert is_desktop(look) or mean(look) < 60
        wait_until(lambda: service("wall.preview") is None, 30, "the window of EDIT to end")
        wall = service("wall.wall")
        assert wall is not None

        put_up(desk)
        wait_until(lambda: not shows_safe_look(screens) and mean(beamer(screens)) > 8, 60, "the picture")
        still = settled(screens)
        assert is_taken(still)
        desk.hold("lock", {"mode": "edit", "hold": 1})
        wait_until(lambda: service("image_server.painter"), 60, "EDIT")
        assert mean_difference(beamer(screens), still) < 1
        assert service("wall.wall") == wall
        assert console.process.poll() is None


def settled(screens):
    """What the projector shows when nothing moves any more."""
    seen, since = beamer(screens), time.monotonic()

    def is_still():
        nonlocal seen, since
        now = beamer(screens)
        if mean_difference(now, seen) > 0.01:
            seen, since = now, time.monotonic()
        return time.monotonic() - since > STILL_SECONDS

    wait_until(is_still, 60, "stillness")
    return seen


def is_taken(look) -> bool:
    """Whether the projector shows the picture that was taken last."""
    show = the_show(None)
    sha256 = told(show, "TakenLive")[-1]["sha256"]
    path = next(path for path in show.images.glob(f"{sha256}.*") if path.suffix != ".json")
    return mean_difference(apart_from_words(look), apart_from_words(as_on_wall(path, SIZE).crop(INSIDE))) <= 2


@pytest.mark.timeout(150)
def test_a_show_that_began_with_one_screen_has_its_wall_on_the_projector_as_soon_as_that_is_plugged_in(
    screens, tmp_path
):
    screens.unplug(BEAMER)
    left, _, right, bottom = screens.box(BEAMER)
    ScreenRegistry("wall").keep(ScreenIdentity("", "", "", BEAMER, (right - left, bottom), (left, 0)))
    with programs(tmp_path) as started, osc_desk() as desk:
        start(started, desk, "--mode", "show")
        desk.see(mode="show", safe_look=1)
        wait_until(lambda: service("wall.wall"), 60, "the wall")
        wall = service("wall.wall")
        put_up(desk)
        assert shows_desktop(screens)
        screens.plug(BEAMER)
        wait_until(lambda: mean(beamer(screens)) > 8 and not shows_desktop(screens), 30, "the wall on the projector")
        assert is_taken(settled(screens))
        assert service("wall.wall") == wall
