"""The operator's first evening: step, take, the stops, a nudge, a stop in mid-cycle, and a crash nobody notices."""

import asyncio
import json
import os
import signal
import time
from pathlib import Path

import psutil
import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from tests.support.evening import Evening, evening
from tests.support.programs import ours, programs
from tests.support.qt_loop import run_on_qt
from tests.support.screen import capture, mean
from tests.support.waiting import until, wait_until
from textcraft_bus.processes import running_services
from textcraft_core import events as ev
from textcraft_core.show.folder import ShowFolder, show_id
from textcraft_core.stage.walls import restore
from textcraft_gui.session.wanted import wall_place
from textcraft_gui.verbs.verb import Verb

SLOW = {"rehearsal": {"first_token_s": 0.05, "tokens_per_s": 20.0}}


def chapters(night: Evening) -> dict[str, int]:
    return {path.name: path.stat().st_size for path in night.stage.show.manuscripts.glob("*.md")}


@pytest.mark.timeout(120)
def test_step_take_and_the_wall_shows_the_very_picture():
    async def journey():
        async with evening() as night:
            before = chapters(night)
            night.click(Verb.STEP)
            await until(lambda: night.of(ev.TokensStreamed), 30, "the first words")
            await until(lambda: night.of(ev.CycleFinished), 30, "the cycle")
            assert chapters(night) != before
            matrix = json.loads(night.stage.show.matrix.read_text())
            assert any(entry["word_count"] > 50 for entry in matrix["content"].values())

            await until(lambda: night.stage.playout.state.next_id, 30, "a picture in NEXT")
            assert night.of(ev.LiveConfirmed) == []
            night.key(Qt.Key.Key_Space)
            await until(lambda: night.of(ev.LiveConfirmed), 30, "LIVE")
            live = night.of(ev.LiveConfirmed)[0]
            await night.settled(live.sha256)
            path = next(e.path for e in night.of(ev.CandidateAdded) if e.sha256 == live.sha256)
            assert night.painted_differs(path) <= 2

            night.click(Verb.BLACK)
            await night.layer("black")
            assert mean(capture(night.box)) < 0.5
            await asyncio.sleep(0.45)  # two presses of a stop closer than 400 ms are one
            night.key(Qt.Key.Key_Period)
            await night.layer("program")
            assert night.painted_differs(path) <= 2

            night.key(Qt.Key.Key_Escape)
            night.key(Qt.Key.Key_Escape)
            await night.layer("safe_look")
            assert night.painted_differs(path) > 2
            restore_button = night.window.stops.controls.buttons[Verb.RESTORE]
            QTest.mousePress(restore_button, Qt.MouseButton.LeftButton)
            await night.layer("program")
            QTest.mouseRelease(restore_button, Qt.MouseButton.LeftButton)
            assert night.painted_differs(path) <= 2

    run_on_qt(journey(), timeout=110)


@pytest.mark.timeout(120)
def test_a_nudge_reaches_the_next_plan_and_stop_ends_a_running_cycle():
    async def journey():
        async with evening(**SLOW) as night:
            night.window.verbs.nudge("somebody opens a window")
            await until(lambda: night.of(ev.InputQueued))
            night.key(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
            await until(lambda: night.of(ev.InputUsed), 30, "the line to be used")
            await until(lambda: night.of(ev.TokensStreamed), 30, "the first words")
            before = chapters(night)
            heard = len(night.of(ev.TokensStreamed))
            night.key(Qt.Key.Key_Period, Qt.KeyboardModifier.ControlModifier)
            await until(lambda: night.of(ev.CycleStopped), 30, "the stop")
            after = len(night.of(ev.TokensStreamed)) - heard
            assert after <= 10, "the stop took longer than half a second of the brain's own pace"
            assert not night.of(ev.CycleFinished)
            assert chapters(night) == before

    run_on_qt(journey(), timeout=110)


@pytest.mark.timeout(120)
def test_run_and_auto_play_by_themselves_and_the_show_itself_stays_as_it_was():
    async def journey():
        settings = {"textcraft": {"cycle_seconds": 0.0, "auto_seconds": 1.0}}
        async with evening(**settings) as night:
            show = night.stage.show.root.parent.parent
            before = {p: p.read_bytes() for p in show.rglob("*") if p.is_file() and "rehearsals" not in p.parts}
            night.click(Verb.AUTO)
            night.click(Verb.TOGGLE_RUN)
            await until(lambda: len(night.of(ev.LiveConfirmed)) >= 3, 60, "three pictures on the wall")
            night.click(Verb.TOGGLE_RUN)
            await until(lambda: night.of(ev.RunEnded), 30, "the pause")
            after = {p: p.read_bytes() for p in show.rglob("*") if p.is_file() and "rehearsals" not in p.parts}
            assert after == before

    run_on_qt(journey(), timeout=110)


@pytest.mark.timeout(120)
def test_a_killed_image_server_is_noticed_started_again_and_its_job_ends_once():
    async def journey():
        async with evening() as night:
            await until(lambda: "image_server.painter" in night.pids, 30, "the image server")
            night.click(Verb.STEP)
            await until(lambda: night.of(ev.RenderAccepted), 30, "a job in hand")
            killed = night.pids["image_server.painter"]
            os.kill(killed, signal.SIGKILL)
            await until(lambda: night.of(ev.ServiceEnded), 30, "the end to be noticed")
            request_id = night.of(ev.RenderRequested)[0].request_id
            await until(lambda: ends_of(night, request_id), 30, "the job to end")
            await until(lambda: night.pids["image_server.painter"] != killed, 30, "another image server")
            night.click(Verb.STEP)
            await until(lambda: len(night.of(ev.ImageArrived)) >= 2, 40, "the next picture")
            assert len(ends_of(night, request_id)) == 1

    run_on_qt(journey(), timeout=110)


@pytest.mark.timeout(120)
def test_a_killed_wall_comes_back_by_itself_with_its_picture():
    async def journey():
        async with evening() as night:
            night.click(Verb.STEP)
            await until(lambda: night.stage.playout.state.next_id, 30, "a picture in NEXT")
            night.click(Verb.TAKE)
            await until(lambda: night.of(ev.LiveConfirmed), 30, "LIVE")
            live = night.of(ev.LiveConfirmed)[0]
            await night.settled(live.sha256)
            path = next(e.path for e in night.of(ev.CandidateAdded) if e.sha256 == live.sha256)
            killed = night.pids["wall.wall"]
            os.kill(killed, signal.SIGKILL)
            await until(lambda: night.pids.get("wall.wall", killed) != killed, 30, "another wall")
            night.events.clear()
            await night.settled(live.sha256)
            assert night.painted_differs(path) <= 2

    run_on_qt(journey(), timeout=110)


def ends_of(night: Evening, request_id: str):
    ends = [*night.of(ev.ImageArrived), *night.of(ev.RenderFailed)]
    return [end for end in ends if end.request_id == request_id]


@pytest.mark.timeout(150)
def test_a_killed_console_comes_back_to_the_same_wall_and_no_frame_is_black(tmp_path, textcraft_home, qapp):
    with programs(tmp_path) as started:
        first = started.start("textcraft", "--rehearse", "--run", "1", "--seed", "7", "--rehearsal.tokens-per-s", "400")
        copies = textcraft_home / "data" / "shows" / "sample" / "rehearsals"
        wait_for_program(copies)
        show = show_of(copies)
        wall = next(record for record in running_services(show_id(show)) if record.peer == "wall.wall")
        box = wall_box()
        wait_until(lambda: mean(capture(box)) > 8, 30, "the picture")
        first.kill()

        before = last_scene(show)
        second = started.start("textcraft", "--rehearse")
        darkest, seen, deadline = 255.0, False, time.monotonic() + 60
        while not seen and time.monotonic() < deadline:
            darkest = min(darkest, mean(capture(box)))
            seen = last_scene(show) > before
        assert seen, f"the wall was not adopted; {second.output}"
        assert darkest >= 8
        adopted = [record for record in running_services(show_id(show)) if record.peer == "wall.wall"]
        assert [record.pid for record in adopted] == [wall.pid]
        assert psutil.pid_exists(wall.pid)
        second.process.send_signal(signal.SIGTERM)
        assert second.wait() == 0
        wait_until(lambda: not ours(), 30, "all services to end")


def wall_box():
    place = wall_place(QGuiApplication.primaryScreen().availableGeometry(), 0)
    return (place.x(), place.y(), place.x() + place.width(), place.y() + place.height())


def show_of(copies: Path) -> ShowFolder:
    return ShowFolder(next(iter(copies.iterdir())))


def wait_for_program(copies: Path) -> None:
    """Wait until a first picture was taken, by what the console keeps on disk."""

    def has_program() -> bool:
        path = next(copies.glob("*/restore.json"), None) if copies.is_dir() else None
        kept = path and restore.Restore.model_validate_json(path.read_bytes())
        return bool(kept and kept.playout.program)

    wait_until(has_program, 60, "the first take")


def last_scene(show: ShowFolder) -> int:
    """The number of the last scene a console sent; a new console's first is higher."""
    return restore.Restore.model_validate_json(show.restore.read_bytes()).scene


def test_where_the_wall_goes_never_leaves_the_screen():
    for size in ((1280, 720), (1366, 768), (1920, 1080), (3840, 2160)):
        screen = QRect(0, 0, *size)
        for number in range(6):
            assert screen.contains(wall_place(screen, number))
