"""SHOW locks what changes the show for good, and nothing an operator needs before an audience."""

import pytest

from tests.textcraft_core.stage.test_stage import play
from textcraft_bus.channel.messages import Mode, WallMap
from textcraft_core import commands as cmd
from textcraft_core.errors import CommandRefused
from textcraft_core.stage.locks import LOCKED_IN_SHOW, locked
from textcraft_core.stage.stage import StageOptions

NEEDED = [
    cmd.Take(), cmd.Back(), cmd.Hold(on=True), cmd.Black(on=True), cmd.SafeLook(on=True), cmd.PauseAI(on=True),
    cmd.Panic(), cmd.Restore(), cmd.Step(), cmd.Run(), cmd.Stop(), cmd.QueueInput(text="x"),
    cmd.LockChapter(chapter_id="ch01", locked=True),
    cmd.ChangeMode(mode=Mode.EDIT), cmd.SendAgain(wall="brick"), cmd.ThrowAwayRehearsal(name="20300101-000000"),
]  # fmt: skip


@pytest.mark.parametrize("command", NEEDED, ids=lambda command: type(command).__name__)
def test_nothing_needed_before_an_audience_is_locked(command):
    assert locked(command, Mode.SHOW) == ""


@pytest.mark.parametrize("mode", [Mode.EDIT, Mode.REHEARSE])
def test_no_other_mode_locks_anything(mode):
    assert locked(cmd.SetWallMap(wall="brick", map=WallMap()), mode) == ""
    assert LOCKED_IN_SHOW


async def test_the_stage_refuses_and_says_where_it_belongs(tmp_path):
    async with play(tmp_path, options=StageOptions(mode=Mode.SHOW)) as show:
        await show.wall_appears()
        with pytest.raises(CommandRefused, match="SHOW is locked"):
            await show.stage.handle(cmd.SetWallMap(wall="brick", map=WallMap(fit="fit")))
        assert show.stage.playout.house.settings("brick").map == WallMap()
