"""A show that nobody touches at its own keyboard: a desk steers the real program by OSC, through crashes too."""

import os
import signal

import psutil
import pytest

from tests.support.desk import OscDesk, osc_desk
from tests.support.journal import told
from tests.support.programs import Program, Programs, ours, programs
from tests.support.waiting import wait_until
from textcraft_bus.channel.messages import Mode
from textcraft_bus.clock import SystemClock
from textcraft_bus.processes import running_services
from textcraft_core.show.folder import ShowFolder, show_id
from textcraft_core.stage.walls import restore
from textcraft_gui.session.working_copy import the_show

QUICK = ("--ports", "free", "--rehearsal.tokens-per-s", "400", "--rehearsal.first-token-s", "0.05")


def start(started: Programs, desk: OscDesk, *arguments: str) -> Program:
    desk.forget()
    program = started.start("textcraft", *desk.flags, *QUICK, *arguments)
    desk.see_word("mode")
    return program


def put_up(desk: OscDesk) -> str:
    """A picture on the wall, out of the safe look."""
    desk.send("step")
    caption = desk.see_word("next")
    desk.send("safe_look", 0)
    desk.see(safe_look=0)
    desk.send("take")
    desk.see(live=caption)
    return caption


def every_lamp_follows_its_switch(desk: OscDesk) -> None:
    for name in ("hold", "safe_look", "black", "pause_ai", "auto"):
        desk.send(name, 1)
        desk.see(**{name: 1})
        desk.send(name, 0)
        desk.see(**{name: 0})


def guards_hold(desk: OscDesk, show: ShowFolder) -> None:
    """HOLD refuses a take, a double press is one, nonsense is counted and told once."""
    desk.send("hold", 1)
    desk.see(hold=1)
    desk.send("take")
    takes = len(told(show, "TakenLive"))
    warnings = int(desk.lamps["warnings"])
    for nonsense in (b"nonsense", b"/textcraft/quit\0\0\0\0\0", b"\0" * 3000):
        desk.raw(nonsense)
    desk.see(warnings=warnings + 1)
    desk.send("mark")
    desk.send("mark")
    desk.send("hold", 0)
    desk.see(hold=0)
    wait_until(lambda: told(show, "Marked"), 30, "the mark in the journal")
    assert len(told(show, "Marked")) == 1
    assert len(told(show, "TakenLive")) == takes


def left_alone_only_the_stops_work(desk: OscDesk) -> None:
    desk.send("leave_alone")
    desk.see(attended=0)
    cycle = desk.lamps["cycle"]
    desk.send("step")
    desk.send("black", 1)
    desk.see(black=1)
    desk.send("black", 0)
    desk.see(black=0)
    assert desk.lamps["cycle"] == cycle
    desk.hold("lock", {"attended": 1})
    assert desk.lamps["mode"] == "show"


def panic_and_restore(desk: OscDesk) -> None:
    desk.send("panic")
    desk.see(panic=1, pause_ai=1, auto=0)
    desk.hold("restore", {"panic": 0})
    assert (desk.lamps["pause_ai"], desk.lamps["run"]) == (1, 0)
    desk.send("pause_ai", 0)
    desk.see(pause_ai=0)


def wall_of(show: ShowFolder) -> int:
    return next(record.pid for record in running_services(show_id(show)) if record.peer == "wall.wall")


@pytest.mark.timeout(240)
def test_a_desk_steers_a_show_through_crashes(tmp_path, textcraft_home, qapp):
    with programs(tmp_path) as started, osc_desk() as desk:
        first = start(started, desk, "--mode", "show")
        show = the_show(None)
        desk.see(mode="show", safe_look=1, run=0, attended=1)
        caption = put_up(desk)
        every_lamp_follows_its_switch(desk)
        guards_hold(desk, show)
        left_alone_only_the_stops_work(desk)
        panic_and_restore(desk)
        used = [event for event in told(show, "VerbUsed") if event["how"] == "osc"]
        assert {"take", "hold", "black", "panic", "leave alone"} <= {event["verb"] for event in used}

        # RUN and HOLD were on: a killed console is back with both, before the same wall, and asks nothing.
        wall = wall_of(show)
        desk.send("hold", 1)
        desk.send("run", 1)
        desk.see(hold=1, run=1)
        first.kill()
        second = start(started, desk)
        desk.see(mode="show", hold=1, run=1, live=caption)
        assert wall_of(show) == wall

        # After a PANIC nothing that costs comes back by itself, not even by RESTORE.
        desk.send("panic")
        desk.see(panic=1, run=0)
        second.kill()
        third = start(started, desk)
        desk.see(mode="show", panic=1, run=0, pause_ai=1)
        desk.hold("restore", {"panic": 0})
        desk.see(hold=1, run=0, pause_ai=1)
        desk.send("auto", 1)
        desk.see(auto=1)
        third.kill()

        # --safe begins in EDIT with nothing automatic; the wall that was up is not taken away.
        fourth = start(started, desk, "--safe")
        desk.see(mode="edit", run=0, auto=0)
        assert psutil.pid_exists(wall)
        fourth.process.send_signal(signal.SIGTERM)
        assert fourth.wait() == 0
        assert restore.load(show.restore, SystemClock()).playout.mode is Mode.EDIT
        end_what_was_left()


def end_what_was_left() -> None:
    """A wall and its black that a crash left alone go on until somebody ends them."""
    for process in ours():
        os.kill(process.pid, signal.SIGTERM)
    wait_until(lambda: not ours(), 30, "all services to end")
