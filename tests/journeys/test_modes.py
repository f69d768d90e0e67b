"""EDIT, REHEARSE and SHOW in the real programs: a change of mode never changes what a wall shows."""

import os
import signal

import psutil
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.support.evening import evening
from tests.support.programs import ours, programs
from tests.support.qt_loop import run_on_qt
from tests.support.waiting import until, wait_until
from textcraft_bus.channel.messages import Layer, Mode
from textcraft_bus.processes import running_services
from textcraft_core import events as ev
from textcraft_core.events import StopName
from textcraft_core.show.folder import show_id
from textcraft_core.stage.walls import restore
from textcraft_gui.app import Start
from textcraft_gui.session.working_copy import the_show
from textcraft_gui.verbs.verb import Verb

FREE = {"ports": "free"}
"""Other tests of this machine may have the fixed ports."""


def in_mode(mode):
    return Start(the_show(None), mode=mode)


async def hold_to_leave(night):
    """Ctrl+L held for a second."""
    window = night.window.windowHandle()
    QTest.keyPress(window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    await until(lambda: night.console.session.mode is not Mode.SHOW, 40, "SHOW to be left")
    QTest.keyRelease(window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    await until(lambda: night.stage is not None, 30, "the next stage")


async def enter(night, verb, mode):
    await until(lambda: not night.window.feed.state.changing, 40, "the last change to end")
    await until(night.window.status.modes.controls.buttons[verb].isVisible, 30, f"the button {verb}")
    night.click(verb)
    await until(lambda: night.console.session.mode is mode and night.stage is not None, 40, mode)


async def put_up(night):
    """A picture on the wall, out of the safe look; returns its hash and file."""
    night.click(Verb.STEP)
    await until(lambda: night.stage.playout.state.next_id, 30, "a picture in NEXT")
    if StopName.SAFE_LOOK in night.stage.playout.state.stops:
        night.click(Verb.SAFE_LOOK)
        await until(lambda: StopName.SAFE_LOOK not in night.stage.playout.state.stops)
    night.events.clear()
    night.click(Verb.TAKE)
    await until(lambda: night.of(ev.LiveConfirmed), 30, "LIVE")
    live = night.of(ev.LiveConfirmed)[0]
    await night.settled(live.sha256)
    return live.sha256, next(c.picture.uri for c in night.stage.playout.state.candidates.values())


async def painted(night, sha256):
    """Wait until the console knows, from the wall itself, that it shows this picture."""

    def says_so():
        wall = night.window.feed.state.walls.get("wall")
        return wall is not None and (wall.sha256, wall.layer) == (sha256, Layer.PROGRAM)

    await until(says_so, 30, "the wall's word")


def wall_process(night):
    return night.pids["wall.wall"]


@pytest.mark.timeout(150)
def test_show_edit_show_never_changes_what_the_wall_paints():
    async def journey():
        async with evening(in_mode(Mode.SHOW), **FREE) as night:
            assert night.stage.playout.layer_of("wall") is Layer.SAFE_LOOK
            sha256, path = await put_up(night)
            pid = wall_process(night)

            night.events.clear()
            await hold_to_leave(night)
            assert night.console.session.mode is Mode.EDIT
            assert night.stage.show.root == the_show(None).root
            await painted(night, sha256)
            assert night.window.feed.state.has(StopName.HOLD)
            await until(lambda: night.window.feed.state.walls["wall"].kept, 30, "the wall to be kept")
            await enter(night, Verb.SHOW_MODE, Mode.SHOW)
            await painted(night, sha256)
            assert {(e.sha256, e.layer) for e in night.of(ev.WallConfirmed)} <= {(sha256, Layer.PROGRAM)}
            assert wall_process(night) == pid
            assert night.painted_differs(path) <= 2

    run_on_qt(journey(), timeout=140)


@pytest.mark.timeout(150)
def test_a_rehearsal_beside_a_held_wall_reaches_neither_it_nor_the_show():
    async def journey():
        async with evening(in_mode(Mode.SHOW), **FREE) as night:
            sha256, path = await put_up(night)
            pid = wall_process(night)
            await hold_to_leave(night)
            await until(lambda: "wall.wall" in night.pids, 30, "the wall in EDIT")
            await enter(night, Verb.REHEARSE_MODE, Mode.REHEARSE)
            show = the_show(None)
            before = contents(show)
            assert night.stage.show.root.parent == show.rehearsals
            await until(lambda: "wall.wall-rehearsal" in night.pids, 30, "the rehearsal's window")
            assert "wall.wall" not in night.pids
            night.click(Verb.STEP)
            await until(lambda: night.stage.playout.state.next_id, 30, "a picture in NEXT")
            night.events.clear()
            night.click(Verb.TAKE)
            await until(lambda: night.of(ev.LiveConfirmed), 30, "LIVE in the rehearsal")
            assert night.of(ev.LiveConfirmed)[0].walls == 1
            assert psutil.pid_exists(pid)
            assert contents(show) == before
            assert night.window.feed.state.parked_walls == ("wall",)

            rehearsed = night.stage.show.root
            await enter(night, Verb.SHOW_MODE, Mode.SHOW)
            await until(lambda: "wall.wall" in night.pids, 30, "the wall is back")
            question = night.window.overlays.question
            await until(question.isVisible, 30, "the question what becomes of the rehearsal")
            assert "words" in question.more.text()
            QTest.mousePress(question.buttons[1], Qt.MouseButton.LeftButton)
            await until(lambda: not rehearsed.exists(), 30, "the copy to be thrown away")
            QTest.mouseRelease(question.buttons[1], Qt.MouseButton.LeftButton)
            assert wall_process(night) == pid
            await until(lambda: night.window.feed.state.walls["wall"].sha256 == sha256, 30, "the wall's word")
            assert night.painted_differs(path) <= 2

    run_on_qt(journey(), timeout=140)


def contents(show):
    files = (path for path in show.root.rglob("*") if path.is_file() and "rehearsals" not in path.parts)
    return {path: path.read_bytes() for path in files}


@pytest.mark.timeout(150)
def test_a_show_that_crashed_comes_back_as_show_with_its_wall_and_its_run(tmp_path, textcraft_home, qapp):
    with programs(tmp_path) as started:
        arguments = ("--ports", "free", "--rehearsal.tokens-per-s", "400", "--textcraft.cycle-seconds", "0")
        first = started.start("textcraft", "--mode", "show", *arguments)
        show = the_show(None)
        wait_until(lambda: show.restore.is_file() and kept(show).playout.mode is Mode.SHOW, 30, "SHOW")
        wait_until(lambda: any(r.peer == "wall.wall" for r in running_services(show_id(show))), 30, "the wall")
        wall = next(record for record in running_services(show_id(show)) if record.peer == "wall.wall")
        scene = kept(show).scene
        first.kill()
        second = started.start("textcraft", *arguments)
        wait_until(lambda: kept(show).scene > scene, 30, "the second console's first scene")
        assert kept(show).playout.mode is Mode.SHOW
        assert [r.pid for r in running_services(show_id(show)) if r.peer == "wall.wall"] == [wall.pid]
        second.process.send_signal(signal.SIGTERM)
        assert second.wait() == 0
        assert [r.pid for r in running_services(show_id(show)) if r.peer == "wall.wall"] == [wall.pid], (
            "a SHOW that is ended from outside leaves its wall alone"
        )
        os.kill(wall.pid, signal.SIGTERM)
        wait_until(lambda: black_is_ended(show) and not ours(), 40, "all services to end")


def black_is_ended(show):
    """The black behind a wall that was left alone stays as long as that: until somebody ends it."""
    black = [record for record in running_services(show_id(show)) if record.peer == "backdrop.main"]
    for record in black:
        os.kill(record.pid, signal.SIGTERM)
    return not black


def kept(show):
    return restore.Restore.model_validate_json(show.restore.read_bytes())
