"""A recorded run played again: the same bytes, whatever reached it from outside; and what stops a replay."""

import asyncio
import json
import shutil
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from tests.fakes.brain import Hang, tool_answer
from tests.fakes.engine import a_company, appends, engine_on, until
from tests.fakes.show import PERSONAS, make_show, words
from textcraft_bus.clock import SystemClock
from textcraft_core import commands as cmd
from textcraft_core import events as ev
from textcraft_core.ai_services.client import BrainError, BrainFault
from textcraft_core.errors import ShowError
from textcraft_core.record.journal import Journal
from textcraft_core.replay.places import begin_replay
from textcraft_core.replay.player import Player
from textcraft_core.replay.recording import Outcome
from textcraft_core.show.folder import ShowFolder
from textcraft_core.stage.stage import engine_of

CHAPTERS = {"ch01_One.md": 20}
PATH = "data/manuscripts/ch01_One.md"


def manuscripts(show: ShowFolder) -> dict[str, bytes]:
    return {path.relative_to(show.root).as_posix(): path.read_bytes() for path in show.manuscripts.rglob("*.md")}


def matrix(show: ShowFolder) -> dict:
    """The matrix but its times."""
    data = json.loads(show.matrix.read_bytes())
    data["meta"].pop("last_scan_timestamp")
    for entry in data["content"].values():
        entry.pop("last_modified")
    return data


@asynccontextmanager
async def replaying(show, make_engine=engine_of, **more):
    copy, recording = begin_replay(show, SystemClock())
    player = Player(recording, copy, SystemClock(), make_engine, **more)
    player.told = []
    player.subscribe(player.told.append)
    await player.open()
    try:
        yield player
    finally:
        await player.close()


async def is_the_same(show):
    before, kept = manuscripts(show), matrix(show)
    async with replaying(show) as player:
        assert await player.play(), player.divergence
        copy = player.copy
    assert manuscripts(copy) == before
    assert matrix(copy) == kept
    assert manuscripts(show) == before
    return player


async def test_a_plain_run_is_the_same(tmp_path):
    show = make_show(tmp_path, CHAPTERS)
    async with engine_on(show, a_company()) as bench:
        for _ in range(8):
            assert await bench.engine.step()
    player = await is_the_same(show)
    assert (player.position, player.length) == (8, 8)
    assert [event.position for event in player.told if isinstance(event, ev.ReplayMoved)][-1] == 8


async def test_whatever_the_operator_did_comes_where_it_came(tmp_path):
    show = make_show(tmp_path, CHAPTERS)
    async with engine_on(show, a_company()) as bench:
        handle = bench.engine.handle
        await handle(cmd.QueueInput(text="before anything"))
        await bench.engine.step()
        await handle(cmd.QueueInput(text="one"))
        await handle(cmd.QueueInput(text="two"))
        first, second = bench.engine.waiting_lines
        await handle(cmd.MoveInput(input_id=second.id, index=0))
        await handle(cmd.EditInput(input_id=first.id, text="other words"))
        await handle(cmd.Override(instruction="make it rain", target="ch01"))
        await bench.engine.step()
        await handle(cmd.QueueInput(text="never mind"))
        await handle(cmd.WithdrawInput(input_id=bench.engine.waiting_lines[0].id))
        writer = bench.engine.desk.writer
        bench.engine.desk.stream.emit(writer.write("manuscripts/ch01_One.md", words(30, "mine").encode(), "operator"))
        await bench.engine.step()
        await bench.engine.history.handle(cmd.Undo(path=PATH))
        await bench.engine.step()
        await handle(cmd.LockChapter(chapter_id="ch01", locked=True))
        await bench.engine.step()
        await handle(cmd.LockChapter(chapter_id="ch01", locked=False))
        plan = {"action_type": "generate", "target_file": "ch01", "assigned_agent": "narrator", "context_notes": "n"}
        await handle(cmd.Assign(payload=plan))
        await bench.engine.step()
        await bench.engine.step()
    await is_the_same(show)


async def test_a_restart_a_change_outside_and_a_persona_are_played_too(tmp_path):
    show = make_show(tmp_path, CHAPTERS)
    async with engine_on(show, a_company()) as bench:
        await bench.engine.step()
        await bench.engine.step()
    personas = {**PERSONAS, "narrator": {**PERSONAS["narrator"], "system_prompt": "from another program"}}
    (show.bible / "personas.json").write_text(json.dumps(personas), encoding="utf-8")
    (show.manuscripts / "ch02_Two.md").write_text(words(40, "theirs"), encoding="utf-8")
    async with engine_on(show, a_company()) as bench:
        await bench.engine.step()
        await bench.engine.step()
    player = await is_the_same(show)
    assert len(player.recording.sessions) == 2


async def test_failures_of_the_brain_fail_again(tmp_path):
    show = make_show(tmp_path, CHAPTERS)
    brain = a_company()
    brain.say("narrator", appends("ch01_One.md", "text\n"), BrainError(BrainFault.SERVER, "broke"))
    brain.say("architect", "no plan at all")
    async with engine_on(show, brain) as bench:
        for _ in range(4):
            await bench.engine.step()
        assert bench.of(ev.CycleFailed) or bench.of(ev.DecisionRejected)
    player = await is_the_same(show)
    outcomes = [cycle.outcome for cycle in player.recording.cycles]
    assert Outcome.FAILED in outcomes


async def test_a_stop_in_the_middle_of_a_call_stops_there_again(tmp_path):
    show = make_show(tmp_path, CHAPTERS)
    brain = a_company()
    async with engine_on(show, brain) as bench:
        await bench.engine.step()
        brain.say("narrator", Hang())
        await bench.engine.handle(cmd.Step())
        await until(brain.hanging.is_set)
        await bench.engine.stop()
        brain.release()
        await bench.engine.step()
    player = await is_the_same(show)
    assert [cycle.outcome for cycle in player.recording.cycles][1] is Outcome.STOPPED


async def test_a_killed_program_is_played_over(tmp_path):
    show = make_show(tmp_path, CHAPTERS)
    brain = a_company()
    async with engine_on(show, brain) as bench:
        await bench.engine.step()
        brain.say("narrator", Hang())
        await bench.engine.handle(cmd.Step())
        await until(brain.hanging.is_set)
        bench.journal.flush()
        shutil.copytree(show.root, tmp_path / "as killed")
    show = ShowFolder(tmp_path / "as killed")
    async with engine_on(show, a_company()) as bench:
        await bench.engine.step()
        await bench.engine.step()
    player = await is_the_same(show)
    assert [cycle.outcome for cycle in player.recording.cycles][1] is Outcome.CUT
    assert [cycle.number for cycle in player.recording.cycles] == [1, 2, 2, 3]


async def test_money_is_counted_as_it_was(tmp_path):
    show = make_show(tmp_path, CHAPTERS)
    brain = a_company()
    call = ("append_file", {"path": "manuscripts/ch01_One.md", "content": "text\n"})
    brain.say("narrator", tool_answer(call, cost=0.25))
    async with engine_on(show, brain) as bench:
        await bench.engine.step()
        await bench.engine.step()
        assert bench.engine.metrics["session_cost"] == 0.25
    await is_the_same(show)


async def test_another_prompt_stops_the_replay_there_and_shows_the_difference(tmp_path):
    show = make_show(tmp_path, CHAPTERS)
    async with engine_on(show, a_company()) as bench:
        for _ in range(4):
            await bench.engine.step()
    async with replaying(show) as player:
        await player.play(until=2)
        raw = json.loads((player.copy.bible / "project_conf.json").read_bytes())
        raw["meta"]["title"] = "another title"
        (player.copy.bible / "project_conf.json").write_text(json.dumps(raw), encoding="utf-8")
        assert not await player.play()
        found = player.divergence
        assert (found.cycle, found.role, player.position) == (3, "architect", 2)
        assert "-prompt of architect: test title" in found.diff
        assert "+prompt of architect: another title" in found.diff
        assert not await player.play()
        assert any(isinstance(event, ev.ReplayDiverged) for event in player.told)
        await player.seek(2)
        assert await player.play()


@pytest.mark.parametrize("place", [0, 1, 4, 6, 7])
async def test_any_place_can_be_stood_at_and_gone_on_from(tmp_path, place):
    show = make_show(tmp_path, CHAPTERS)
    texts = []
    async with engine_on(show, a_company()) as bench:
        texts.append(bench.text("ch01_One.md"))
        for _ in range(3):
            await bench.engine.step()
            texts.append(bench.text("ch01_One.md"))
    async with engine_on(show, a_company()) as bench:
        for _ in range(4):
            await bench.engine.step()
            texts.append(bench.text("ch01_One.md"))
    before, kept = manuscripts(show), matrix(show)
    async with replaying(show) as player:
        assert player.recording.text_at(place, PATH) == texts[place]
        await player.seek(7)
        await player.seek(place)
        assert (player.copy.manuscripts / "ch01_One.md").read_text(encoding="utf-8") == texts[place]
        assert await player.play(), player.divergence
        assert await player.differences() == {}
        copy = player.copy
    assert (manuscripts(copy), matrix(copy)) == (before, kept)


async def test_it_can_be_paused_and_is_slow_when_wanted(tmp_path):
    show = make_show(tmp_path, CHAPTERS)
    async with engine_on(show, a_company()) as bench:
        for _ in range(4):
            await bench.engine.step()
    async with replaying(show, speed=1000.0) as player:
        player.subscribe(lambda event: player.pause() if isinstance(event, ev.CycleFinished) else None)
        assert await player.play()
        assert (player.position, player.playing, player.speed) == (1, False, 1000.0)
        player.speed = 0.0
        assert await player.play(until=3)
        assert player.position == 2


async def test_the_recording_is_never_written_to(tmp_path):
    show = make_show(tmp_path, CHAPTERS)
    async with engine_on(show, a_company()) as bench:
        await bench.engine.step()
    before = {path: path.read_bytes() for path in show.root.rglob("*") if path.is_file()}
    await is_the_same(show)
    after = {path: path.read_bytes() for path in show.root.rglob("*") if path.is_file()}
    assert {path: after[path] for path in before} == before
    assert all(show.rehearsals in path.parents for path in after.keys() - before.keys())


def test_a_show_without_a_recording_says_so(tmp_path):
    show = make_show(tmp_path, CHAPTERS)
    with pytest.raises(ShowError, match="no recording"):
        begin_replay(show, SystemClock())
    Journal(show.journal, SystemClock()).close()
    with pytest.raises(ShowError, match="cannot be played"):
        begin_replay(show, SystemClock())


async def test_a_seek_breaks_off_what_is_being_played(tmp_path):
    show = make_show(tmp_path, CHAPTERS)
    async with engine_on(show, a_company()) as bench:
        for _ in range(3):
            assert await bench.engine.step()
    async with replaying(show, speed=0.0001) as player:
        playing = asyncio.create_task(player.play())  # noqa: TID251, RUF100 - awaited below
        await until(lambda: player.playing and player.engine is not None and player.engine.in_cycle)
        await asyncio.wait_for(player.seek(2), 20)
        assert await asyncio.wait_for(playing, 30)
        assert (player.position, player.divergence) == (2, None)
        assert [event.position for event in player.told if isinstance(event, ev.ReplayStood)][-1] == 2
        player.speed = 0
        assert await player.play()
        assert player.position == 3


async def test_a_pause_ends_a_gap_and_a_speed_shortens_it(tmp_path):
    show = make_show(tmp_path, CHAPTERS)
    async with engine_on(show, a_company()) as bench:
        await bench.engine.step()
        await bench.engine.step()
    async with replaying(show) as player:
        first, second = player.recording.cycles
        second.began = first.ended + timedelta(hours=1)
        await player.play(1)
        player.speed = 0.5
        for calm in (player.pause, lambda: setattr(player, "speed", 0)):
            playing = asyncio.create_task(player.play())  # noqa: TID251, RUF100 - awaited below
            await until(lambda: player.playing)
            calm()
            assert await asyncio.wait_for(playing, 20)
        assert player.position == 2
