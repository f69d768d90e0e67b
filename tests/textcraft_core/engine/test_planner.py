import json

import pytest

from tests.fakes.brain import ScriptedBrain
from tests.fakes.engine import a_company, appends, decision, engine_on, writes
from tests.fakes.show import make_show, words
from textcraft_core import commands
from textcraft_core.ai_services.client import BrainError, BrainFault
from textcraft_core.errors import CommandRefused
from textcraft_core.events import CycleFailed, DecisionMade, DecisionRejected, Phase, PhaseEntered, TaskDispatched

CHAPTERS = {"ch01_One.md": 60, "ch02_Two.md": 60}


def target_writer(purpose):
    return "done" if purpose.context["last"] else appends(purpose.target, words(5, "x"))


def narrating(*decisions):
    return ScriptedBrain().say("architect", *decisions).always("narrator", target_writer)


class TestAskingAgain:
    async def test_a_hallucinated_target_is_rejected_and_asked_again(self, tmp_path):
        brain = narrating(
            decision("generate", "ch77_Ghost.md"), decision("edit", "ch01_Two.md"), decision("edit", "ch02")
        )
        async with engine_on(make_show(tmp_path, CHAPTERS), brain) as bench:
            assert await bench.engine.step()
            rejected = bench.of(DecisionRejected)
            assert [event.attempt for event in rejected] == [0, 1]
            assert "ch77_Ghost.md is not in the matrix" in rejected[0].reason
            assert bench.of(TaskDispatched)[0].target == "ch02_Two.md"
            purposes = brain.purposes("architect")
            assert [purpose.attempt for purpose in purposes] == [0, 1, 2]
            assert purposes[2].context["rejected"] == [event.reason for event in rejected]

    @pytest.mark.parametrize(
        "answer",
        [
            decision("generate", "ch09_Nine.md"),
            decision("generate", "../../etc/passwd"),
            decision("generate", "ch01", "nobody"),
            decision("generate", "ch01", "architect"),
            decision("dance", "ch01"),
            "I think we should write more.",
            "{",
            "",
        ],
    )
    async def test_three_bad_plans_fail_the_cycle(self, tmp_path, answer):
        brain = ScriptedBrain().say("architect", answer, answer, answer)
        async with engine_on(make_show(tmp_path, CHAPTERS), brain) as bench:
            assert not await bench.engine.step()
            assert len(bench.of(DecisionRejected)) == 3
            assert len(brain.purposes("architect")) == 3
            failed = bench.of(CycleFailed)[0]
            assert failed.phase is Phase.PLAN
            assert "no usable plan" in failed.reason
            assert bench.of(TaskDispatched) == []
            assert bench.text("ch01_One.md") == words(60)

    async def test_a_locked_chapter_is_no_target(self, tmp_path):
        matrix = {"content": {"ch01": {"path": "data/manuscripts/ch01_One.md", "status": "LOCKED", "word_count": 60}}}
        brain = narrating(decision("edit", "ch01"), decision("edit", "ch02"))
        async with engine_on(make_show(tmp_path, CHAPTERS, matrix=matrix), brain) as bench:
            assert await bench.engine.step()
            assert "locked" in bench.of(DecisionRejected)[0].reason

    async def test_a_chapter_that_is_not_text_is_no_target(self, tmp_path):
        show = make_show(tmp_path, {"ch01_One.md": b"\xff\xfe broken", "ch02_Two.md": 60})
        brain = narrating(decision("generate", "ch01"), decision("generate", "ch02"))
        async with engine_on(show, brain) as bench:
            assert await bench.engine.step()
            assert "protected" in bench.of(DecisionRejected)[0].reason
        assert (show.manuscripts / "ch01_One.md").read_bytes() == b"\xff\xfe broken"


class TestOverride:
    @pytest.mark.parametrize(
        "answer", [decision("generate", "ch01"), decision("wait"), decision("stop"), decision("edit", "ch09_No.md")]
    )
    async def test_forces_the_target_on_a_disobedient_architect(self, tmp_path, answer):
        brain = narrating(answer, decision("generate", "ch01"))
        async with engine_on(make_show(tmp_path, CHAPTERS), brain) as bench:
            await bench.engine.handle(commands.Override(instruction="bring her back", target="ch02"))
            assert await bench.engine.step()
            made = bench.of(DecisionMade)[0]
            assert (made.target, made.source) == ("ch02_Two.md", "operator")
            narrator = brain.purposes("narrator")[0]
            assert "bring her back" in narrator.task["instructions"]
            assert brain.purposes("architect")[0].context["override"] == {
                "instruction": "bring her back",
                "target": "ch02_Two.md",
            }
            assert await bench.engine.step()
            assert bench.of(DecisionMade)[1].target == "ch01_One.md"
            assert brain.purposes("architect")[-1].context["override"] is None

    async def test_an_obedient_architect_keeps_its_plan(self, tmp_path):
        brain = narrating(decision("edit", "ch02_Two.md", context_notes="as told"))
        async with engine_on(make_show(tmp_path, CHAPTERS), brain) as bench:
            await bench.engine.handle(commands.Override(instruction="more rain", target="ch02_Two.md"))
            assert await bench.engine.step()
            made = bench.of(DecisionMade)[0]
            assert (made.action, made.source, made.notes) == ("edit", "architect", "as told")

    async def test_an_architect_that_talks_garbage_is_overruled(self, tmp_path):
        brain = narrating("no", "json", "today")
        async with engine_on(make_show(tmp_path, CHAPTERS), brain) as bench:
            await bench.engine.handle(commands.Override(instruction="more rain", target="ch02"))
            assert await bench.engine.step()
            assert bench.of(DecisionMade)[0].source == "operator"
            assert brain.purposes("narrator")[0].task["instructions"] == "more rain"

    async def test_is_kept_until_its_task_was_dispatched(self, tmp_path):
        brain = narrating(BrainError(BrainFault.SERVER, "down"), decision("generate", "ch01"))
        async with engine_on(make_show(tmp_path, CHAPTERS), brain) as bench:
            await bench.engine.handle(commands.Override(instruction="more rain", target="ch02"))
            assert not await bench.engine.step()
            assert await bench.engine.step()
            assert bench.of(DecisionMade)[0].target == "ch02_Two.md"

    async def test_of_what_cannot_be_written_is_refused(self, tmp_path):
        matrix = {"content": {"ch01": {"path": "data/manuscripts/ch01_One.md", "status": "LOCKED", "word_count": 60}}}
        async with engine_on(make_show(tmp_path, CHAPTERS, matrix=matrix), a_company()) as bench:
            with pytest.raises(CommandRefused, match="locked"):
                await bench.engine.handle(commands.Override(instruction="x", target="ch01"))
            with pytest.raises(CommandRefused, match="not in the matrix"):
                await bench.engine.handle(commands.Override(instruction="x", target="ch44"))


class TestAssign:
    async def test_skips_the_plan_once(self, tmp_path):
        brain = narrating(decision("generate", "ch01"))
        async with engine_on(make_show(tmp_path, CHAPTERS), brain) as bench:
            payload = {"action": "revise", "chapter": "manuscripts/ch02_Two.md", "agent": "narrator"}
            await bench.engine.handle(commands.Assign(payload=payload))
            assert await bench.engine.step()
            made = bench.of(DecisionMade)[0]
            assert (made.source, made.target, made.action) == ("operator", "ch02_Two.md", "edit")
            assert brain.purposes("architect") == []
            assert await bench.engine.step()
            assert len(brain.purposes("architect")) == 1

    @pytest.mark.parametrize(
        "payload",
        [{}, {"action": "generate", "target": "ch44"}, {"action": "edit", "target": "ch01", "agent": "ghost"}],
    )
    async def test_of_nonsense_is_refused(self, tmp_path, payload):
        async with engine_on(make_show(tmp_path, CHAPTERS), a_company()) as bench:
            with pytest.raises(CommandRefused, match="cannot be carried out"):
                await bench.engine.handle(commands.Assign(payload=payload))

    async def test_one_that_became_impossible_is_dropped(self, tmp_path):
        brain = narrating(decision("generate", "ch02"))
        async with engine_on(make_show(tmp_path, CHAPTERS), brain) as bench:
            await bench.engine.handle(commands.Assign(payload={"action": "generate", "target": "ch01"}))
            await bench.engine.handle(commands.LockChapter(chapter_id="ch01", locked=True))
            assert not await bench.engine.step()
            assert await bench.engine.step()
            assert bench.of(DecisionMade)[0].target == "ch02_Two.md"


async def test_the_planning_prompt_does_not_grow_with_the_book(tmp_path):
    sizes = []
    for count in (40, 400):
        (tmp_path / str(count)).mkdir()
        chapters = {f"ch{number:02d}_Chapter.md": 60 for number in range(1, count + 1)}
        brief = {
            "structure": {"chapters": [{"title": f"Chapter {n:03d}", "summary": "s" * 2000} for n in range(count)]}
        }
        brain = ScriptedBrain().say("architect", decision("wait"))
        async with engine_on(make_show(tmp_path / str(count), chapters, brief=brief), brain) as bench:
            assert await bench.engine.step()
        _, messages, _ = brain.calls[0]
        told = json.loads(messages[1]["content"])
        assert len(told["summaries"]) == 24
        assert sum(told["counts"].values()) == count
        sizes.append(len(messages[1]["content"]))
    assert abs(sizes[0] - sizes[1]) < 200
    assert sizes[1] < 16_000


async def test_phases_stop_where_nothing_is_dispatched(tmp_path):
    brain = ScriptedBrain().say("architect", decision("wait"))
    async with engine_on(make_show(tmp_path, CHAPTERS), brain) as bench:
        assert await bench.engine.step()
        assert [event.phase for event in bench.of(PhaseEntered)] == [Phase.SCAN, Phase.PLAN]


async def test_a_write_astray_is_refused(tmp_path):
    brain = ScriptedBrain().say("architect", decision("generate", "ch01"))
    brain.say(
        "narrator", writes("ch03_New.md", "x"), writes("ch02_Else.md", "x"), appends("ch01_One.md", "y\n"), "done"
    )
    async with engine_on(make_show(tmp_path, CHAPTERS), brain) as bench:
        assert await bench.engine.step()
        assert sorted(path.name for path in bench.show.manuscripts.iterdir()) == ["ch01_One.md", "ch02_Two.md"]
        told = [message["content"] for message in brain.calls[-1][1] if message["role"] == "tool"]
        assert "no such chapter is planned" in told[0]
        assert "ch02 is manuscripts/ch02_Two.md" in told[1]
