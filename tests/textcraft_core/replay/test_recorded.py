"""Which recordings a show has, and a replay as something to look at."""

from pathlib import Path

import pytest

from tests.fakes.engine import a_company, engine_on
from tests.fakes.show import make_show
from textcraft_bus.channel.messages import Mode
from textcraft_bus.clock import SystemClock
from textcraft_core import events as ev
from textcraft_core.errors import ShowError
from textcraft_core.replay.pictures import RecordedPictures
from textcraft_core.replay.places import begin_replay
from textcraft_core.replay.player import Player
from textcraft_core.replay.recorded import recording_named, recordings_of
from textcraft_core.replay.view import ReplayView
from textcraft_core.show.bible import Bible
from textcraft_core.show.folder import rehearsal_copy
from textcraft_core.stage.stage import engine_of

CHAPTERS = {"ch01_One.md": 20}


async def recorded(tmp_path, cycles=2):
    show = make_show(tmp_path, CHAPTERS)
    async with engine_on(show, a_company()) as bench:
        for _ in range(cycles):
            assert await bench.engine.step()
    return show


async def test_the_shows_own_recording_and_those_of_rehearsals_are_found(tmp_path):
    show = await recorded(tmp_path)
    copy = rehearsal_copy(show, SystemClock())
    assert [(each.name, each.cycles) for each in recordings_of(show)] == [("", 2)]
    async with engine_on(copy, a_company()) as bench:
        await bench.engine.step()
        found = recordings_of(show)  # while it is being written
    assert [(each.name, each.cycles) for each in found] == [("", 2), (copy.root.name, 1)]
    assert recording_named(show, "").root == show.root
    assert recording_named(show, copy.root.name).root == copy.root
    with pytest.raises(ShowError):
        recording_named(show, "../elsewhere")


async def test_a_journal_that_is_none_is_no_recording(tmp_path):
    show = make_show(tmp_path, CHAPTERS)
    show.journal.write_bytes(b"not a journal")
    assert recordings_of(show) == []


async def test_a_cancelled_copy_leaves_nothing(tmp_path):
    show = await recorded(tmp_path)

    def cancel(_share):
        raise ShowError("ended", "by hand")

    to = show.rehearsals / ".replay"
    with pytest.raises(ShowError, match="ended"):
        begin_replay(show, SystemClock(), cancel, to=to)
    assert list(show.rehearsals.iterdir()) == []


async def test_a_replay_answers_what_panels_ask(tmp_path):
    show = await recorded(tmp_path)
    copy, recording = begin_replay(show, SystemClock(), to=show.rehearsals / ".replay")
    player = Player(recording, copy, SystemClock(), engine_of)
    await player.open()
    pictures = RecordedPictures(recording.journal, [show.images])
    view = ReplayView(player, "the show", Bible(copy, SystemClock()), pictures)
    try:
        before = view.manuscript("data/manuscripts/ch01_One.md")
        await player.play(1)
        told = view.opening_events(Path("/folder"), Mode.EDIT)
        assert next(event for event in told if isinstance(event, ev.ReplayMoved)).position == 1
        opened = next(event for event in told if isinstance(event, ev.ReplayOpened))
        assert (opened.label, len(opened.began)) == ("the show", 2)
        assert [event.cycle for event in told if isinstance(event, ev.CycleFinished)] == [1]
        assert len(view.manuscript("data/manuscripts/ch01_One.md")) > len(before)
        assert (await view.writing.versions("manuscripts/ch01_One.md")) != []
        assert "narrator" in view.personas()
        assert not await view.look_at_pictures(), "this engine painted none"
        assert view.shown in told
    finally:
        await player.close()
    assert view.opening_events(Path("/folder"), Mode.EDIT) == []
