"""A run without an operator ends well only when every picture is on the walls, and names what failed first."""

import asyncio

import pytest

from textcraft_core import commands as cmd
from textcraft_core import events as ev
from textcraft_gui import batch as batching
from textcraft_gui.batch import Batch, BatchFailed, failure_in


class Engine:
    async def settle(self):
        pass


class Stage:
    """Plays a script of events when it is asked to run."""

    def __init__(self, *script):
        self.engine = Engine()
        self.commands = []
        self._script = script
        self._listeners = []

    def subscribe(self, listener):
        self._listeners.append(listener)
        listener(ev.ServiceSeen(service="wall.wall", role="wall", pid=1))
        return lambda: self._listeners.remove(listener)

    async def handle(self, command):
        self.commands.append(command)
        if isinstance(command, cmd.Run):
            for event in self._script:
                self._listeners[0](event)


def picture(name):
    return [
        ev.RenderRequested(request_id=name, prompt="p", seed=1, width=1, height=1, cycle=1, target="t"),
        ev.LiveConfirmed(request_id=name, sha256=name, caption="", confirmed=1, walls=1),
        ev.WallConfirmed(wall="wall", layer="program", sha256=name, phase="settled", scene=1),
    ]


DONE = [ev.CycleFinished(cycle=1, seconds=1.0), ev.RunEnded(reason="1 cycles done")]


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(batching, "SECONDS_TO_OPEN", 0.2)
    monkeypatch.setattr(batching, "SECONDS_FOR_A_CYCLE", 0.2)
    monkeypatch.setattr(batching, "SECONDS_FOR_PICTURES", 0.2)


async def play(stage, tmp_path, cycles=1):
    taken = []
    await Batch(stage, cycles, taken.append, tmp_path).play()
    return taken


async def test_it_ends_well_and_leaves_screenshots(tmp_path):
    stage = Stage(*picture("a"), *DONE)
    taken = await play(stage, tmp_path)
    assert [path.name for path in taken] == ["console-001.png", "console-002.png"]
    assert stage.commands == [cmd.Auto(on=True), cmd.Run(cycles=1)]


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ([*picture("a")[:1], *DONE], "not every picture reached the walls"),
        ([*picture("a")[:2], *DONE], "not every picture reached the walls"),
        ([*picture("a"), DONE[0]], "the cycles did not end"),
        ([*picture("a"), DONE[1]], "only 0 of 1 cycles"),
        ([ev.CycleFailed(cycle=1, phase="plan", reason="no plan"), *DONE], "cycle 1 failed: no plan"),
        ([ev.WallRefused(wall="w", sha256=None, reason="broken"), *DONE], "refused a picture: broken"),
        ([ev.Warned(text="the disk is full", fault=True), *DONE], "the disk is full"),
    ],
)
async def test_it_fails_with_one_clear_line(tmp_path, script, why):
    with pytest.raises(BatchFailed, match=why):
        await asyncio.wait_for(play(Stage(*script), tmp_path), 30)


def test_what_is_no_failure_is_none():
    assert failure_in(ev.Warned(text="a hint")) == ""
    assert failure_in(ev.GateDecided(request_id="a", passed=True, checks={})) == ""
