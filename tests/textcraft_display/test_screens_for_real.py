"""Real monitors come and go under the real wall and its backdrop: right screen, soon, never the desktop."""

import subprocess
import sys
import time

import pytest

from tests.support.monitors import BEAMER, CONSOLE, THIRD, monitors
from tests.support.programs import programs
from tests.support.screen import capture, mean
from tests.support.waiting import until
from tests.textcraft_display.rig import RED
from tests.textcraft_display.test_wall import Core
from textcraft_bus.channel import facts
from textcraft_bus.processes import running_services

DESKTOP = (40, 120, 200)


@pytest.fixture
def screens():
    with monitors(CONSOLE, BEAMER) as made:
        paint_desktop()
        yield made


@pytest.fixture
async def core(tmp_path):
    made = Core(tmp_path)
    await made.start()
    yield made
    await made.hub.stop()


def paint_desktop():
    subprocess.run(["xsetroot", "-solid", "#{:02x}{:02x}{:02x}".format(*DESKTOP)], check=True, timeout=10)


def colour(screens, name):
    left, top, right, bottom = screens.box(name)
    return capture((left, top, right, bottom)).getpixel(((right - left) // 4, (bottom - top) // 4))


def arguments(core, *more):
    address = f"tcp://127.0.0.1:{core.port}"
    return ["--core", address, "--show", "test", "--wall", "brick", "--console-screen", CONSOLE, *more]


async def test_a_wall_takes_the_free_screen_and_comes_back_to_it_within_a_second(core, screens, tmp_path):
    with programs(tmp_path) as started:
        started.start("textcraft-display", *arguments(core))
        await core.seen()
        await core.show(1, RED)
        assert colour(screens, BEAMER) == RED
        assert colour(screens, CONSOLE) == DESKTOP
        assert core.of(facts.WallIsAt)[-1].place.screen.connector == BEAMER
        for _ in range(3):
            screens.unplug(BEAMER)
            await until(lambda: core.of(facts.WallIsAt)[-1].place.away, what="the loss to be told")
            # the system moves the window there before anybody is told; it is hidden at once
            await until(lambda: colour(screens, CONSOLE) == DESKTOP, 30, "the console's screen to be free")
            screens.plug(BEAMER)
            began = time.monotonic()
            await until(lambda: colour(screens, BEAMER) == RED, what="the picture to be back")
            assert time.monotonic() - began < 30  # 1 s alone on a machine; this one may be shared
            await until(lambda: not core.of(facts.WallIsAt)[-1].place.away, what="the return to be told")


async def test_a_killed_wall_shows_black_and_in_show_every_other_screen_is_black_too(core, screens, tmp_path):
    screens.plug(THIRD)
    with programs(tmp_path) as started:
        wall = started.start("textcraft-display", *arguments(core))
        await core.seen()
        await core.show(1, RED)
        await until(lambda: colour(screens, BEAMER) == RED, what="the picture")
        black = started.start("textcraft-display", "--backdrop", "--console-screen", CONSOLE)
        await until(lambda: "black on" in black.output, what="the backdrop")
        assert colour(screens, BEAMER) == RED  # it lies behind
        assert colour(screens, THIRD) == DESKTOP
        wall.kill()
        await until(lambda: mean(capture(screens.box(BEAMER))) < 1, what="black behind the wall")
        assert colour(screens, CONSOLE) == DESKTOP
        again = started.start("textcraft-display", "--backdrop")
        assert again.wait() == 3
        black.process.terminate()
        assert black.wait() == 0
        await until(lambda: colour(screens, BEAMER) == DESKTOP, what="the desktop")
        started.start("textcraft-display", "--backdrop", "--every-screen", "--console-screen", CONSOLE)
        await until(lambda: mean(capture(screens.box(THIRD))) < 1, what="black on the third screen")
        assert mean(capture(screens.box(BEAMER))) < 1
        assert colour(screens, CONSOLE) == DESKTOP
        core.heard.clear()
        started.start("textcraft-display", *arguments(core))
        await until(lambda: colour(screens, BEAMER) == RED, what="the picture over the black")
        screens.unplug(THIRD)
        screens.plug(THIRD)
        await until(lambda: mean(capture(screens.box(THIRD))) < 1, what="black again on a screen that came back")


async def test_a_screen_that_is_plugged_in_during_show_is_black_at_once(core, screens, tmp_path):
    screens.unplug(BEAMER)
    with programs(tmp_path) as started:
        black = started.start("textcraft-display", "--backdrop", "--every-screen", "--console-screen", CONSOLE)
        await until(lambda: running_services(""), what="the backdrop's name")
        assert colour(screens, CONSOLE) == DESKTOP
        screens.plug(BEAMER)
        paint_desktop()
        await until(lambda: mean(capture(screens.box(BEAMER))) < 1, what="black on the new screen")
        assert colour(screens, CONSOLE) == DESKTOP
        assert black.process.poll() is None


EDITOR = """
from PySide6.QtWidgets import QApplication, QLineEdit
app = QApplication([])
field = QLineEdit()
field.setGeometry(20, 40, 300, 60)
field.show()
field.activateWindow()
app.exec()
"""


def start_editor():
    return subprocess.Popen([sys.executable, "-c", EDITOR])


def focused():
    command = ["xprop", "-root", "_NET_ACTIVE_WINDOW"]
    told = subprocess.run(command, check=True, capture_output=True, timeout=10, text=True).stdout
    return int(told.rpartition("# ")[2].split(",")[0], 16) if "# " in told else 0


async def test_neither_wall_nor_backdrop_ever_takes_the_focus(core, screens, tmp_path):
    editor = start_editor()
    try:
        await until(focused, what="a window that has the focus")
        before = focused()
        with programs(tmp_path) as started:
            started.start("textcraft-display", "--backdrop", "--every-screen", "--console-screen", CONSOLE)
            started.start("textcraft-display", *arguments(core))
            await core.seen()
            await core.show(1, RED)
            for _ in range(2):
                screens.unplug(BEAMER)
                await until(lambda: core.of(facts.WallIsAt)[-1].place.away, what="the loss")
                screens.plug(BEAMER)
                await until(lambda: colour(screens, BEAMER) == RED, what="the picture")
                assert focused() == before
    finally:
        editor.kill()
        editor.wait()


def wall_windows():
    """The walls' windows as the window manager knows them."""
    command = ["xprop", "-root", "_NET_CLIENT_LIST"]
    told = subprocess.run(command, check=True, capture_output=True, timeout=10, text=True).stdout
    ids = told.rpartition("# ")[2].strip().split(", ") if "# " in told else []
    return [one for one in ids if "TextCraft wall" in name_of(one)]


def name_of(window):
    command = ["xprop", "-id", window, "_NET_WM_NAME"]
    return subprocess.run(command, check=False, capture_output=True, timeout=10, text=True).stdout


AT = (20, 40)


async def test_a_wall_in_a_makeshift_window_moves_to_its_own_screen_when_that_is_plugged_in(core, screens, tmp_path):
    """The same window with the same picture, within 2 s, and the editor keeps the focus; then as every other wall."""
    with programs(tmp_path) as started:
        first = started.start("textcraft-display", *arguments(core))
        await core.seen()
        first.process.terminate()
        assert first.wait() == 0
        screens.unplug(BEAMER)
        editor = start_editor()
        try:
            await until(focused, what="a window that has the focus")
            before = focused()
            core.heard.clear()
            window = ("--makeshift", "--size", "320x180", "--position", f"{AT[0]},{AT[1]}")
            started.start("textcraft-display", *arguments(core, *window))
            started.start("textcraft-display", "--backdrop", "--every-screen", "--console-screen", CONSOLE)
            await core.seen()
            await core.show(1, RED)
            place = core.of(facts.WallIsAt)[-1].place
            assert (place.windowed, place.away) == (True, False)
            await until(lambda: RED in colours(capture(screens.box(CONSOLE))), what="the window")
            (own,) = wall_windows()
            for _ in range(2):
                began = time.monotonic()
                screens.plug(BEAMER)
                while colour(screens, BEAMER) != RED:
                    assert time.monotonic() - began < 30  # 2 s alone on a machine; this one may be shared
                await until(lambda: not core.of(facts.WallIsAt)[-1].place.windowed, what="the place to be told")
                await until(lambda: RED not in colours(capture(screens.box(CONSOLE))), what="the console to be free")
                assert wall_windows() == [own]
                assert focused() == before
                screens.unplug(BEAMER)
                await until(lambda: core.of(facts.WallIsAt)[-1].place.away, what="the loss")
            assert not core.of(facts.WallRefused)
        finally:
            editor.kill()
            editor.wait()


async def test_a_screen_nobody_knows_stays_black_beside_a_makeshift_window(core, screens, tmp_path):
    screens.unplug(BEAMER)
    with programs(tmp_path) as started:
        window = ("--makeshift", "--size", "320x180", "--position", f"{AT[0]},{AT[1]}")
        started.start("textcraft-display", *arguments(core, *window))
        started.start("textcraft-display", "--backdrop", "--every-screen", "--console-screen", CONSOLE)
        await core.seen()
        await core.show(1, RED)
        screens.plug(BEAMER)
        await until(lambda: core.of(facts.WallIsAt)[-1].place.unsure, what="the wall to say that it does not know it")
        await until(lambda: mean(capture(screens.box(BEAMER))) < 1, what="black on the new screen")
        assert core.of(facts.WallIsAt)[-1].place.windowed
        place = core.of(facts.WallIsAt)[-1].place
        chosen = next(one for one in place.screens if one.connector == BEAMER)
        await core.show(2, RED, screen=chosen)
        await until(lambda: colour(screens, BEAMER) == RED, what="the wall on the screen it was given")


def colours(picture):
    return {found for _, found in picture.getcolors(1 << 20)}


async def test_safe_starts_in_a_window_and_takes_no_screen(core, screens, tmp_path):
    with programs(tmp_path) as started:
        started.start("textcraft-display", *arguments(core, "--safe", "--size", "320x180", "--position", "20,40"))
        await core.seen()
        await core.show(1, RED)
        assert core.of(facts.WallIsAt)[-1].place.windowed
        assert colour(screens, BEAMER) == DESKTOP
