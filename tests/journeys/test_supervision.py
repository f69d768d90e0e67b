"""`textcraft --supervise` with the real programs: a killed console is back, walls first, and a clean end ends both."""

import os
import signal
import time

import psutil
import pytest

from tests.support.programs import programs
from tests.support.supervised import QUICK, Supervised
from tests.support.waiting import wait_until
from textcraft_bus.channel.messages import Mode
from textcraft_bus.disk.folders import log_folder, service_folder
from textcraft_bus.processes import running_services
from textcraft_core.show.folder import show_id
from textcraft_gui.session.which_show import the_show

RESUMED_SECONDS = 5.0
"""Walls first, in so long. A machine that runs other tests meanwhile may take three times that."""
NOISE = 3.0


@pytest.mark.timeout(150)
def test_a_killed_console_comes_back_walls_first_and_says_why(tmp_path, qapp):
    with programs(tmp_path) as started:
        played = Supervised(started, "--mode", "show")
        played.stands()
        first, wall, scene = played.console, played.wall, played.kept.scene
        began = time.monotonic()
        os.kill(first, signal.SIGKILL)
        wait_until(lambda: played.kept.scene > scene, 60, "the scene of the next console")
        took = time.monotonic() - began
        wait_until(lambda: played.ready(2), 60, "the next console")
        assert took < RESUMED_SECONDS * NOISE, f"{took:.1f} s"
        assert played.console not in (None, first)
        assert played.wall == wall
        assert played.kept.playout.mode is Mode.SHOW
        wait_until(lambda: any("SIGKILL" in text for text in played.warned()), 30, "the cause in the journal")
        assert psutil.Process(played.program.pid).memory_info().rss < 40e6
        played.program.process.send_signal(signal.SIGTERM)
        assert played.program.wait(40) == 0
        assert played.console is None
        assert played.wall == wall, "a SHOW that is ended from outside leaves its wall alone"
        assert not list((service_folder() / "sentinel").iterdir()), "it ended by itself"
        assert not list(log_folder().glob("crash-*")), "and left no stack"
        played.end_walls()


@pytest.mark.timeout(120)
def test_a_second_supervisor_of_a_show_is_refused_and_a_closed_console_ends_its_own(tmp_path, qapp):
    with programs(tmp_path) as started:
        played = Supervised(started, "--mode", "edit")
        wait_until(played.ready, 60, "the console")
        second = started.start("textcraft", "--supervise")
        assert second.wait(30) == 3
        assert str(played.program.pid) in second.output
        os.kill(played.console, signal.SIGTERM)
        assert played.program.wait(40) == 0
        wait_until(lambda: not running_services(played.id), 30, "the services of EDIT to end")


@pytest.mark.timeout(150)
def test_a_console_that_cannot_start_is_parked_and_its_walls_rest(tmp_path, qapp, monkeypatch):
    with programs(tmp_path) as started:
        alone = started.start("textcraft", "--mode", "show", *QUICK)
        show = the_show(None)
        wait_until(lambda: any(r.peer == "wall.wall" for r in running_services(show_id(show))), 60, "the wall")
        wait_until(lambda: (log_folder() / "textcraft.log").read_text().count("can be used"), 60, "the console")
        alone.kill()
        monkeypatch.setenv("DISPLAY", ":9999")
        broken = Supervised(started)
        assert broken.program.wait(120) == 4
        assert "is not started again" in broken.program.output
        assert broken.wall, "its process goes on"
        rested = (log_folder() / "textcraft-rest-walls.log").read_text()
        assert "at rest: wall.wall" in rested
        broken.end_walls()
