import asyncio
import itertools
import time

import pytest

from tests.fakes.brain import Hang, ScriptedBrain
from tests.fakes.engine import FAST, a_company, appends, decision, engine_on, until, verdict, writes
from tests.fakes.show import make_show, words
from textcraft_core import commands
from textcraft_core.ai_services.client import BrainError, BrainFault
from textcraft_core.errors import CommandRefused
from textcraft_core.events import (
    ChapterOpened,
    CycleFailed,
    CycleFinished,
    CycleStarted,
    CycleStopped,
    DecisionMade,
    EngineState,
    EngineStateChanged,
    FileWritten,
    Phase,
    RunEnded,
    RunStarted,
    SpendAdded,
    StuckDetected,
    TokensStreamed,
    Warned,
)
from textcraft_core.options import AfterComplete
from textcraft_core.show.matrix import ProjectStatus

STOP_SECONDS = 10.0
"""Far more than is promised, for the machine may be shared. Without a stop these calls would hang for ever."""


async def stop_takes(bench):
    began = time.monotonic()
    await bench.engine.handle(commands.Stop())
    return time.monotonic() - began


class TestStop:
    @pytest.mark.parametrize("stubborn", [False, True])
    @pytest.mark.parametrize("role", ["architect", "narrator"])
    async def test_ends_a_hanging_call(self, tmp_path, role, stubborn):
        show = make_show(tmp_path, {"ch01_One.md": 60})
        brain = a_company().say(role, Hang(stubborn=stubborn))
        async with engine_on(show, brain) as bench:
            before = bench.text("ch01_One.md")
            await bench.engine.handle(commands.Step())
            await until(brain.hanging.is_set)
            assert await stop_takes(bench) <= STOP_SECONDS
            assert [event.cycle for event in bench.of(CycleStopped)] == [1]
            assert bench.of(CycleFailed) == []
            assert bench.text("ch01_One.md") == before
            assert bench.saved().active_task is None
            brain.release()
            assert await bench.engine.step()
            assert bench.engine.state is EngineState.IDLE

    async def test_leaves_what_was_written_whole(self, tmp_path):
        show = make_show(tmp_path, {"ch01_One.md": 60})
        brain = a_company().say("narrator", appends("ch01_One.md", words(40, "new")), Hang())
        async with engine_on(show, brain) as bench:
            await bench.engine.handle(commands.Step())
            await until(brain.hanging.is_set)
            assert await stop_takes(bench) <= STOP_SECONDS
            assert bench.text("ch01_One.md") == words(60) + words(40, "new")
            assert len(bench.of(FileWritten)) >= 1

    async def test_an_answer_that_comes_too_late_is_not_heard(self, tmp_path):
        show = make_show(tmp_path, {"ch01_One.md": 60})
        brain = a_company().say("narrator", Hang(stubborn=True))
        async with engine_on(show, brain) as bench:
            await bench.engine.handle(commands.Step())
            await until(brain.hanging.is_set)
            await bench.engine.stop()
            bench.events.clear()
            brain.release()
            await until(lambda: len(bench.engine._desk.tasks) == 0)
            assert bench.of(TokensStreamed) == []
            assert bench.of(FileWritten) == []

    async def test_ends_run_too(self, tmp_path):
        brain = a_company().say("architect", Hang())
        async with engine_on(make_show(tmp_path), brain) as bench:
            bench.engine.run(commands.Run())
            await until(brain.hanging.is_set)
            assert await stop_takes(bench) <= STOP_SECONDS
            assert not bench.engine.running
            assert [event.reason for event in bench.of(RunEnded)] == ["stopped"]

    async def test_twice_and_without_a_cycle_is_harmless(self, tmp_path):
        brain = a_company().say("architect", Hang(stubborn=True))
        async with engine_on(make_show(tmp_path), brain) as bench:
            await bench.engine.stop()
            await bench.engine.handle(commands.Step())
            await until(brain.hanging.is_set)
            await asyncio.gather(bench.engine.stop(), bench.engine.stop())
            assert len(bench.of(CycleStopped)) == 1

    @pytest.mark.parametrize("turns", range(0, 120, 3))
    async def test_at_any_moment_leaves_an_engine_that_goes_on(self, tmp_path, turns):
        brief = {"structure": {"chapters": ["One"]}}
        async with engine_on(make_show(tmp_path, brief=brief), a_company()) as bench:
            await bench.engine.handle(commands.Step())
            for _ in range(turns):
                await asyncio.sleep(0)
            assert await stop_takes(bench) <= STOP_SECONDS
            ended = len(bench.of(CycleStopped)) + len(bench.of(CycleFinished))
            assert ended == len(bench.of(CycleStarted))
            assert bench.of(CycleFailed) == []
            assert bench.saved().active_task is None
            assert await bench.engine.step()
            assert bench.text("ch01_One.md").endswith("\n")
            bench.journal.flush()


class TestFailures:
    @pytest.mark.parametrize("role", ["architect", "narrator"])
    @pytest.mark.parametrize(
        "fault", [BrainError(BrainFault.SERVER, "no server"), ValueError("a bug"), RecursionError("deep")]
    )
    async def test_are_events_and_the_engine_lives(self, tmp_path, role, fault):
        show = make_show(tmp_path, {"ch01_One.md": 60})
        brain = a_company().say(role, fault)
        async with engine_on(show, brain) as bench:
            before = bench.text("ch01_One.md")
            assert not await bench.engine.step()
            failed = bench.of(CycleFailed)[0]
            assert str(fault) in failed.reason
            assert failed.phase is (Phase.PLAN if role == "architect" else failed.phase)
            assert bench.text("ch01_One.md") == before
            assert bench.saved().active_task is None
            assert await bench.engine.step()

    @pytest.mark.parametrize("answer", [None, [], "x", {"status": "error"}, {"data": {"content": 3}}])
    async def test_a_malformed_answer_is_one(self, tmp_path, answer):
        brain = a_company().say("architect", lambda _: answer)
        if isinstance(answer, str):
            brain.script["architect"].clear()
            brain.say("architect", {"status": "success", "data": answer})
        async with engine_on(make_show(tmp_path), brain) as bench:
            assert not await bench.engine.step()
            assert len(bench.of(CycleFailed)) == 1

    async def test_an_answer_that_was_cut_off_commits_nothing(self, tmp_path):
        cut = appends("ch01_One.md", "half a sent")
        cut["data"]["finish_reason"] = "length"
        show = make_show(tmp_path, {"ch01_One.md": 60})
        async with engine_on(show, a_company().say("narrator", cut, "sorry")) as bench:
            assert not await bench.engine.step()
            assert bench.text("ch01_One.md") == words(60)

    @pytest.mark.parametrize(
        ("role", "field"), [("architect", None), ("narrator", None), ("narrator", "system_prompt")]
    )
    async def test_a_missing_or_broken_persona_says_what_to_do(self, tmp_path, role, field):
        from tests.fakes.show import PERSONAS

        personas = {name: dict(persona) for name, persona in PERSONAS.items()}
        if field is None:
            del personas[role]
        else:
            personas[role][field] = ""
        show = make_show(tmp_path, {"ch01_One.md": 60}, personas=personas)
        async with engine_on(show, a_company()) as bench:
            assert not await bench.engine.step()
            reason = bench.of(CycleFailed)[0].reason
            assert "personas.json" in reason
            assert role in reason
            assert bench.text("ch01_One.md") == words(60)

    async def test_three_in_a_row_pause_run(self, tmp_path):
        brain = ScriptedBrain().always("architect", lambda _: BrainError(BrainFault.SERVER, "down"))
        async with engine_on(make_show(tmp_path), brain) as bench:
            bench.engine.run(commands.Run())
            await bench.engine.settle()
            assert len(bench.of(CycleFailed)) == 3
            assert bench.of(RunEnded)[0].reason == "3 cycles failed in a row"
            assert bench.engine.state is EngineState.PAUSED

    async def test_run_goes_on_after_one(self, tmp_path):
        brain = a_company().say("architect", BrainError(BrainFault.TIMEOUT, "slow"))
        show = make_show(tmp_path, brief={"structure": {"chapters": ["One"]}})
        async with engine_on(show, brain) as bench:
            bench.engine.run(commands.Run(cycles=3))
            await bench.engine.settle()
            assert (len(bench.of(CycleFailed)), len(bench.of(CycleFinished))) == (1, 2)

    async def test_a_refused_key_pauses_at_once_and_is_said_once(self, tmp_path):
        brain = ScriptedBrain().always("architect", lambda _: BrainError(BrainFault.AUTH, "401"))
        async with engine_on(make_show(tmp_path), brain) as bench:
            bench.engine.run(commands.Run())
            await bench.engine.settle()
            assert len(bench.of(CycleFailed)) == 1
            assert [event.fault for event in bench.of(Warned) if event.source == "brain"] == [True]
            assert bench.engine.state is EngineState.PAUSED


class TestRun:
    async def test_a_number_of_cycles(self, tmp_path):
        async with engine_on(make_show(tmp_path, brief={"structure": {"chapters": ["One"]}}), a_company()) as bench:
            await bench.engine.handle(commands.Run(cycles=3))
            assert bench.engine.running
            await bench.engine.settle()
            assert bench.of(RunStarted)[0].cycles == 3
            assert [event.cycle for event in bench.of(CycleFinished)] == [1, 2, 3]
            assert bench.of(RunEnded)[0].reason == "3 cycles done"
            assert bench.engine.state is EngineState.IDLE

    async def test_until_a_chapter_is_locked(self, tmp_path):
        brief = {"structure": {"chapters": ["One", "Two"]}}
        async with engine_on(make_show(tmp_path, brief=brief), a_company()) as bench:
            bench.engine.run(commands.Run(until_chapter="ch01"))
            await bench.engine.settle()
            assert list(bench.saved().content) == ["ch01"]
            assert bench.of(RunEnded)[0].reason == "ch01 is locked"

    async def test_until_money_is_spent(self, tmp_path):
        brain = a_company()
        brain.always("narrator", lambda p: "ok" if p.context["last"] else writes(p.target, words(60), cost=0.4))
        async with engine_on(make_show(tmp_path, brief={"structure": {"chapters": ["One"]}}), brain) as bench:
            bench.engine.run(commands.Run(spend=1.0))
            await bench.engine.settle()
            totals = [event.total for event in bench.of(SpendAdded)]
            assert totals == pytest.approx([0.4, 0.8, 1.2])
            assert bench.saved().metrics.session_cost == pytest.approx(1.2)

    async def test_pause_lets_the_cycle_end(self, tmp_path):
        brain = a_company()
        async with engine_on(make_show(tmp_path, brief={"structure": {"chapters": ["One"]}}), brain) as bench:
            bench.engine.run(commands.Run())
            await until(lambda: bench.of(CycleStarted))
            await bench.engine.handle(commands.Pause())
            await bench.engine.settle()
            assert len(bench.of(CycleStarted)) == len(bench.of(CycleFinished)) == 1
            assert bench.engine.state is EngineState.PAUSED
            assert bench.of(RunEnded)[0].reason == "paused"

    async def test_pause_between_cycles_ends_the_rest_at_once(self, tmp_path):
        options = FAST.model_copy(update={"cycle_seconds": 60.0})
        show = make_show(tmp_path, brief={"structure": {"chapters": ["One"]}})
        async with engine_on(show, a_company(), options) as bench:
            bench.engine.run(commands.Run())
            await until(lambda: bench.engine.state is EngineState.WAITING)
            bench.engine.pause()
            async with asyncio.timeout(20):
                await bench.engine.settle()
            assert len(bench.of(CycleFinished)) == 1

    async def test_cycles_start_no_closer_than_the_pace(self, tmp_path):
        options = FAST.model_copy(update={"cycle_seconds": 0.15})
        brain = a_company()
        starts = []
        show = make_show(tmp_path, brief={"structure": {"chapters": ["One"]}})
        async with engine_on(show, brain, options) as bench:
            bench.stream.subscribe(
                lambda event: starts.append(time.monotonic()) if isinstance(event, CycleStarted) else None
            )
            bench.engine.run(commands.Run(cycles=3))
            await bench.engine.settle()
        assert all(later - earlier >= 0.14 for earlier, later in itertools.pairwise(starts))

    async def test_wait_is_repeated_later_and_never_stuck(self, tmp_path):
        brain = a_company().say("architect", *[decision("wait")] * 5)
        options = FAST.model_copy(update={"wait_first_seconds": 0.01, "wait_most_seconds": 0.02})
        async with engine_on(make_show(tmp_path, {"ch01_One.md": 60}), brain, options) as bench:
            bench.engine.run(commands.Run(cycles=6))
            await bench.engine.settle()
            assert len(bench.of(CycleFinished)) == 6
            assert bench.of(StuckDetected) == []

    async def test_the_architect_may_stop_it(self, tmp_path):
        brain = a_company().say("architect", decision("stop", context_notes="enough"))
        async with engine_on(make_show(tmp_path), brain) as bench:
            bench.engine.run(commands.Run())
            await bench.engine.settle()
            assert bench.of(RunEnded)[0].reason == "the architect stopped: enough"

    async def test_step_is_refused_meanwhile(self, tmp_path):
        brain = a_company().say("architect", Hang())
        async with engine_on(make_show(tmp_path), brain) as bench:
            bench.engine.run(commands.Run(cycles=1))
            await until(brain.hanging.is_set)
            with pytest.raises(CommandRefused, match="running"):
                await bench.engine.handle(commands.Step())

    async def test_a_second_run_changes_the_limits(self, tmp_path):
        brain = a_company().say("architect", Hang(decision("generate", "ch01_One.md")))
        async with engine_on(make_show(tmp_path, brief={"structure": {"chapters": ["One"]}}), brain) as bench:
            bench.engine.run(commands.Run())
            await until(brain.hanging.is_set)
            bench.engine.run(commands.Run(cycles=1))
            brain.release()
            await bench.engine.settle()
            assert len(bench.of(CycleStarted)) == 1
            assert len(bench.of(RunEnded)) == 1


class TestPauseAi:
    async def test_holds_the_next_call_and_lets_the_running_one_end(self, tmp_path):
        brain = a_company().say("architect", Hang(decision("generate", "ch01_One.md")))
        async with engine_on(make_show(tmp_path, brief={"structure": {"chapters": ["One"]}}), brain) as bench:
            await bench.engine.handle(commands.Step())
            await until(brain.hanging.is_set)
            await bench.engine.handle(commands.PauseAI(on=True))
            brain.release()
            await until(lambda: bench.engine.state is EngineState.WAITING)
            assert brain.purposes("narrator") == []
            await bench.engine.handle(commands.PauseAI(on=False))
            await bench.engine.settle()
            assert bench.of(ChapterOpened)

    async def test_refuses_a_step_and_holds_run(self, tmp_path):
        brain = a_company()
        async with engine_on(make_show(tmp_path, brief={"structure": {"chapters": ["One"]}}), brain) as bench:
            bench.engine.pause_ai(True)
            with pytest.raises(CommandRefused, match="PAUSE AI"):
                await bench.engine.step()
            bench.engine.run(commands.Run(cycles=1))
            await until(lambda: bench.engine.state is EngineState.WAITING)
            assert brain.calls == []
            bench.engine.pause_ai(False)
            await bench.engine.settle()
            assert len(bench.of(CycleFinished)) == 1

    async def test_a_held_cycle_can_be_stopped(self, tmp_path):
        brain = a_company()
        async with engine_on(make_show(tmp_path), brain) as bench:
            await bench.engine.handle(commands.Step())
            bench.engine.pause_ai(True)
            await until(lambda: bench.engine.state is EngineState.WAITING)
            assert await stop_takes(bench) <= STOP_SECONDS
            assert len(bench.of(CycleStopped)) == 1


class TestStuck:
    async def test_three_dispatched_cycles_without_a_change(self, tmp_path):
        brain = ScriptedBrain().always("architect", lambda _: decision("edit", "ch01", "editor"))
        brain.always("editor", lambda _: verdict("perhaps"))
        async with engine_on(make_show(tmp_path, {"ch01_One.md": 120}), brain) as bench:
            bench.engine.run(commands.Run())
            await bench.engine.settle()
            assert bench.of(StuckDetected)[0].cycles == 3
            assert bench.engine.state is EngineState.STUCK
            assert len(bench.of(CycleFinished)) == 3
            brain.say("editor", verdict("PASS"))
            assert await bench.engine.step()
            assert bench.engine.state is EngineState.IDLE

    async def test_the_same_text_again_is_no_change(self, tmp_path):
        brain = ScriptedBrain().always("architect", lambda _: decision("generate", "ch01"))
        brain.always("narrator", lambda p: "ok" if p.context["last"] else writes("ch01_One.md", words(60)))
        async with engine_on(make_show(tmp_path, {"ch01_One.md": 60}), brain) as bench:
            bench.engine.run(commands.Run())
            await bench.engine.settle()
            assert bench.engine.state is EngineState.STUCK


BOOK = {"content": {"ch01": {"path": "data/manuscripts/ch01_One.md", "status": "LOCKED", "word_count": 120}}}
ONE = {"structure": {"chapters": ["One"]}}


class TestComplete:
    async def test_a_finished_book_ends_run(self, tmp_path):
        show = make_show(tmp_path, {"ch01_One.md": 120}, matrix=BOOK, brief=ONE)
        options = FAST.model_copy(update={"after_complete": AfterComplete.END_CARD})
        async with engine_on(show, a_company(), options) as bench:
            bench.engine.run(commands.Run())
            await bench.engine.settle()
            assert bench.engine.state is EngineState.COMPLETE
            assert bench.saved().meta.project_status is ProjectStatus.COMPLETE
            assert bench.of(DecisionMade) == []

    async def test_by_default_it_goes_on(self, tmp_path):
        show = make_show(tmp_path, {"ch01_One.md": 120}, matrix=BOOK, brief=ONE)
        async with engine_on(show, a_company()) as bench:
            assert await bench.engine.step()
            assert bench.of(ChapterOpened)[0].chapter_id == "ch02"


async def test_states_are_told(tmp_path):
    async with engine_on(make_show(tmp_path, brief={"structure": {"chapters": ["One"]}}), a_company()) as bench:
        assert await bench.engine.step()
        states = [event.state for event in bench.of(EngineStateChanged)]
        assert states == [EngineState.IDLE, EngineState.RUNNING, EngineState.IDLE]


async def test_the_same_brain_writes_the_same_bytes_whatever_its_latencies(tmp_path):
    texts = []
    for name, latency in (("a", 0.0), ("b", 0.004), ("c", 0.001)):
        brain = a_company()
        brain._latency = lambda seconds=latency: seconds
        (tmp_path / name).mkdir()
        show = make_show(tmp_path / name, brief={"structure": {"chapters": ["One", "Two"]}})
        async with engine_on(show, brain, FAST.model_copy(update={"illustrate": True})) as bench:
            bench.engine.run(commands.Run(cycles=12))
            await bench.engine.settle()
            texts.append({path.name: path.read_bytes() for path in show.manuscripts.iterdir()})
    assert texts[0] == texts[1] == texts[2]
    assert len(texts[0]) >= 2
