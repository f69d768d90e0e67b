"""A rehearsal writes to a copy: a new one each time, unless the last one crashed."""

import pytest

from tests.fakes.clock import FakeClock
from textcraft_bus.channel.messages import Mode
from textcraft_core.show.folder import ShowFolder
from textcraft_core.stage.walls import restore
from textcraft_core.stage.walls.playout_state import PlayoutState
from textcraft_core.stage.walls.restore import Restore
from textcraft_gui.session.working_copy import starting_mode, the_show, working_copy


def contents(show: ShowFolder) -> dict:
    return {
        path.relative_to(show.root): path.read_bytes()
        for path in show.root.rglob("*")
        if path.is_file() and "rehearsals" not in path.parts
    }


def test_without_a_name_the_show_is_this_machines_own_copy_of_the_sample(textcraft_home):
    show = the_show(None)
    assert show.root.is_relative_to(textcraft_home)
    (show.manuscripts / "mine.md").write_text("mine")
    assert (the_show(None).manuscripts / "mine.md").read_text() == "mine"


def test_a_rehearsal_leaves_the_show_as_it_was():
    show = the_show(None)
    before = contents(show)
    copy, kept = working_copy(show, FakeClock(), fresh=False)
    assert kept == Restore()
    assert copy.root.parent == show.rehearsals
    (copy.manuscripts / "new.md").write_text("new")
    assert contents(show) == before


async def test_a_crashed_rehearsal_goes_on_and_a_closed_one_does_not():
    show, clock = the_show(None), FakeClock()
    first, _ = working_copy(show, clock, fresh=False)
    await restore.save(first.restore, Restore(scene=7))
    again, kept = working_copy(show, clock, fresh=False)
    assert (again.root, kept.scene) == (first.root, 7)
    clock.advance(5)
    assert working_copy(show, clock, fresh=True)[0].root != first.root
    await restore.save(first.restore, Restore(closed=True))
    clock.advance(5)
    assert working_copy(show, clock, fresh=False)[0].root != first.root


async def kept_in(mode, path, *, closed):
    await restore.save(path, Restore(closed=closed, playout=PlayoutState(mode=mode)))


@pytest.mark.parametrize(
    ("own", "copy", "mode"),
    [
        ((Mode.SHOW, False), None, Mode.SHOW),
        ((Mode.SHOW, False), (Mode.REHEARSE, False), Mode.SHOW),
        ((Mode.EDIT, True), (Mode.REHEARSE, False), Mode.REHEARSE),
        ((Mode.EDIT, False), (Mode.REHEARSE, False), Mode.REHEARSE),
        ((Mode.EDIT, False), (Mode.REHEARSE, True), Mode.EDIT),
        ((Mode.SHOW, True), (Mode.REHEARSE, True), Mode.EDIT),
    ],
    ids=["in SHOW", "SHOW to REHEARSE", "in REHEARSE", "EDIT to REHEARSE", "REHEARSE to EDIT", "all closed"],
)
async def test_a_crash_between_two_modes_reopens_one_of_them(own, copy, mode):
    show, clock = the_show(None), FakeClock()
    await kept_in(own[0], show.restore, closed=own[1])
    if copy is not None:
        made, _ = working_copy(show, clock, fresh=True)
        await kept_in(copy[0], made.restore, closed=copy[1])
    assert starting_mode(show, None, clock, safe=False) is mode


async def test_that_a_stage_ended_is_said_when_the_next_one_is_there(tmp_path):
    path, clock = tmp_path / "restore.json", FakeClock()
    await kept_in(Mode.SHOW, path, closed=False)
    await restore.note_closed(path, clock)
    kept = restore.load(path, clock)
    assert (kept.closed, kept.playout.mode) == (True, Mode.SHOW)
