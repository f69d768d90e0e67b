"""A whole day in the real programs, a projector on a screen of its own, every look at the wall from outside."""

import asyncio
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from tests.support.evening import Evening, evening
from tests.support.qt_loop import run_on_qt
from tests.support.screen import capture, mean
from tests.support.waiting import until
from textcraft_bus.channel.messages import Mode
from textcraft_core import events as ev
from textcraft_core.events import CheckState, DayState, StopName
from textcraft_gui.app import Start
from textcraft_gui.session.working_copy import the_show
from textcraft_gui.verbs.verb import Verb

DESKTOP = (40, 120, 200)
CONSOLE, BEAMER = "CONSOLE-1", "BEAMER-1"
BOX, SIZE = (1280, 0, 1920, 360), (640, 360)
FILM_HZ = 20


class Projector:
    """A second monitor of the test's own screen, over a desktop of a colour no wall ever shows."""

    def plug(self) -> None:
        _run("xrandr", "--setmonitor", BEAMER, "640/160x360/90+1280+0", "none")

    def unplug(self) -> None:
        _run("xrandr", "--delmonitor", BEAMER)


@pytest.fixture
def projector(qapp):
    made = Projector()
    _run("xsetroot", "-solid", "#{:02x}{:02x}{:02x}".format(*DESKTOP))
    _run("xrandr", "--setmonitor", CONSOLE, "1280/340x1080/285+0+0", "screen")
    made.plug()
    _await_screens(qapp, lambda count: count >= 2)
    yield made
    for name in (BEAMER, CONSOLE):
        subprocess.run(["xrandr", "--delmonitor", name], check=False, capture_output=True, timeout=60)
    _run("xsetroot", "-solid", "black")
    _await_screens(qapp, lambda count: count == 1)


def _await_screens(qapp, wanted) -> None:
    deadline = time.monotonic() + 30
    while not wanted(len(QGuiApplication.screens())):
        assert time.monotonic() < deadline, [screen.name() for screen in QGuiApplication.screens()]
        qapp.processEvents()


def _run(*line: str) -> None:
    subprocess.run(line, check=True, capture_output=True, timeout=60)


async def shows(night: Evening, path: str) -> None:
    await until(lambda: night.painted_differs(path) <= 2, 30, "the picture on the projector")


async def rehearse(night: Evening) -> None:
    night.click(Verb.STEP)
    await until(lambda: night.stage.playout.state.next_id, 40, "a picture in the rehearsal")
    night.click(Verb.TAKE)
    await until(lambda: night.of(ev.LiveConfirmed), 30, "LIVE in the rehearsal")


async def enter_show(night: Evening) -> None:
    await until(lambda: not night.window.feed.state.engine.busy, 30, "the engine to rest")
    night.click(Verb.SHOW_MODE)
    await until(lambda: night.console.session.mode is Mode.SHOW and night.stage is not None, 40, "SHOW")
    await until(night.window.overlays.question.isVisible, 30, "the question about the rehearsal")
    night.window.overlays.put_away()
    await until(lambda: night.stage.playout.walls, 40, "the wall")


async def open_the_day(night: Evening) -> None:
    """Pre-flight, what cannot be helped here waived, then the house opens."""
    day = night.window.day
    night.window.right.open(day)
    QTest.mouseClick(day.controls.buttons[Verb.PREFLIGHT], Qt.MouseButton.LeftButton)
    await until(lambda: night.of(ev.PreflightEnded), 40, "the pre-flight")
    await until(day.ready.text, 30, "its outcome")
    checks = {event.check: event for event in night.of(ev.PreflightChecked)}
    assert checks["walls"].state is CheckState.OK, checks["walls"].found
    assert checks["picture"].state is CheckState.OK, checks["picture"].found
    assert night.window.feed.state.has(StopName.SAFE_LOOK), "the walls are as they were before it"
    for check in checks.values():
        if check.state in {CheckState.FAIL, CheckState.UNKNOWN}:
            night.window.verbs.waive(check.check)
    await asyncio.sleep(0)
    QTest.mouseClick(day.controls.buttons[Verb.OPEN_DAY], Qt.MouseButton.LeftButton)
    await until(lambda: night.window.feed.state.day.state is DayState.OPEN, 60, "the house to open")
    await until(lambda: night.of(ev.LiveConfirmed), 60, "the first picture, by itself")
    night.window.verbs.switch(Verb.AUTO, "button", on=False)
    night.window.verbs.switch(Verb.TOGGLE_RUN, "button", on=False)


async def stop_and_go_on(night: Evening, path: str) -> None:
    """HOLD refuses a take, BLACK is black, PANIC is the safe look, and each gives the picture back."""
    night.click(Verb.HOLD)
    await until(lambda: night.window.feed.state.has(StopName.HOLD), 30, "HOLD")
    assert not night.window.verbs.fire(Verb.TAKE)
    await asyncio.sleep(0.45)  # two presses of a stop closer than 400 ms are one
    night.click(Verb.HOLD)
    await until(lambda: not night.window.feed.state.has(StopName.HOLD), 30, "HOLD to end")
    night.click(Verb.BLACK)
    await until(lambda: mean(capture(night.box)) < 0.5, 30, "black")
    await asyncio.sleep(0.45)
    night.click(Verb.BLACK)
    await shows(night, path)
    night.click(Verb.PANIC)
    await until(lambda: night.painted_differs(path) > 4, 30, "the safe look")
    restore = night.window.stops.controls.buttons[Verb.RESTORE]
    await until(restore.isEnabled, 30, "RESTORE")
    QTest.mousePress(restore, Qt.MouseButton.LeftButton)
    await until(lambda: not night.window.feed.state.has(StopName.PANIC), 30, "RESTORE")
    QTest.mouseRelease(restore, Qt.MouseButton.LeftButton)
    await shows(night, path)


async def unplug_and_plug(night: Evening, projector: Projector, path: str) -> None:
    """The loss is told, and the picture comes back with no operator."""
    walls = night.window.feed.state.walls
    projector.unplug()
    await until(lambda: walls["wall"].place is not None and walls["wall"].place.away, 30, "the loss to be told")
    projector.plug()
    await until(lambda: not walls["wall"].place.away, 30, "the return to be told")
    await shows(night, path)


async def film_a_killed_wall(night: Evening, path: str) -> None:
    """Until another process shows the picture, every frame is the picture or black, never the desktop."""
    killed = night.pids["wall.wall"]
    os.kill(killed, signal.SIGKILL)
    frames, back = 0, False
    while not back or frames < FILM_HZ:
        began = time.monotonic()
        frame = await asyncio.to_thread(capture, night.box)
        colours = {colour: count for count, colour in frame.getcolors(SIZE[0] * SIZE[1]) or ()}
        assert DESKTOP not in colours, f"{colours[DESKTOP]} pixels of desktop in frame {frames}"
        frames += 1
        back = night.pids.get("wall.wall", killed) != killed and night.painted_differs(path) <= 2
        assert frames < 60 * FILM_HZ, "the wall did not come back"
        await asyncio.sleep(max(0.0, 1 / FILM_HZ - (time.monotonic() - began)))


async def close_the_day(night: Evening) -> Path:
    button = night.window.day.controls.buttons[Verb.CLOSE_DAY]
    QTest.mousePress(button, Qt.MouseButton.LeftButton)
    await until(lambda: night.window.feed.state.day.state in {DayState.CLOSING, DayState.CLOSED}, 30, "closing")
    QTest.mouseRelease(button, Qt.MouseButton.LeftButton)
    await until(lambda: night.of(ev.ReportWritten), 60, "the report")
    return Path(night.of(ev.ReportWritten)[-1].path)


@pytest.mark.timeout(240)
def test_a_day_from_the_rehearsal_to_the_report(projector):
    async def journey():
        settings = {"ports": "free", "textcraft": {"auto_seconds": 1.0, "cycle_seconds": 0.0}}
        async with evening(Start(the_show(None), mode=Mode.REHEARSE), **settings) as night:
            night.box, night.size = BOX, SIZE
            await rehearse(night)
            night.events.clear()
            await enter_show(night)
            night.events.clear()
            await open_the_day(night)
            await until(lambda: not night.window.feed.state.engine.busy, 60, "the engine to rest")
            live = night.of(ev.LiveConfirmed)[-1]
            path = next(e.path for e in night.of(ev.CandidateAdded) if e.sha256 == live.sha256)
            await shows(night, path)
            await stop_and_go_on(night, path)
            await unplug_and_plug(night, projector, path)
            await film_a_killed_wall(night, path)
            page = await close_the_day(night)
            assert page.is_file()
            assert live.caption in page.read_text(encoding="utf-8")
            assert night.window.feed.state.has(StopName.SAFE_LOOK)

    run_on_qt(journey(), timeout=230)
