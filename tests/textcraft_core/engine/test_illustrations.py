import pytest

from tests.fakes.brain import Hang
from tests.fakes.engine import FAST, a_company, decision, engine_on, until
from tests.fakes.show import PERSONAS, make_show, words
from textcraft_core.ai_services.client import BrainError, BrainFault
from textcraft_core.engine.illustrations import picture_seed
from textcraft_core.events import (
    CycleFailed,
    CycleFinished,
    Phase,
    PhaseEntered,
    RenderFailed,
    RenderRequested,
    SpendAdded,
)

ON = FAST.model_copy(update={"illustrate": True, "picture_width": 640, "picture_height": 360, "seed": 7})
CHAPTERS = {"ch01_One.md": 60}


async def test_a_new_passage_becomes_a_request(tmp_path):
    brain = a_company()
    async with engine_on(make_show(tmp_path, CHAPTERS), brain, ON) as bench:
        assert await bench.engine.step()
        await bench.engine.settle()
        request = bench.of(RenderRequested)[0]
        assert (request.prompt, request.negative_prompt, request.caption, request.alt) == ("p", "n", "c", "a")
        assert (request.cycle, request.target, request.width, request.height) == (1, "ch01_One.md", 640, 360)
        assert request.seed == picture_seed(7, 1, "ch01_One.md")
        purpose = brain.purposes("illustrator")[0]
        assert purpose.context["passage"]["text"] == words(30, "cycle1").strip()
        assert purpose.task["action_type"] == "illustrate"
        phases = [event.phase for event in bench.of(PhaseEntered)]
        assert phases[-1] is Phase.ILLUSTRATE


async def test_it_never_holds_up_the_next_cycle(tmp_path):
    brain = a_company().say("illustrator", Hang())
    async with engine_on(make_show(tmp_path, CHAPTERS), brain, ON) as bench:
        assert await bench.engine.step()
        await until(brain.hanging.is_set)
        assert await bench.engine.step()
        assert len(bench.of(CycleFinished)) == 2
        brain.release()
        await bench.engine.settle()
        assert [event.reason for event in bench.of(RenderFailed)] == [
            "the illustrator failed: the illustrator gave no prompt"
        ]
        assert len(bench.of(RenderRequested)) == 1


@pytest.mark.parametrize("fault", [BrainError(BrainFault.SERVER, "down"), ValueError("a bug")])
async def test_its_failure_is_shown_and_fails_no_cycle(tmp_path, fault):
    async with engine_on(make_show(tmp_path, CHAPTERS), a_company().say("illustrator", fault), ON) as bench:
        assert await bench.engine.step()
        await bench.engine.settle()
        assert str(fault) in bench.of(RenderFailed)[0].reason
        assert bench.of(CycleFailed) == []


async def test_a_show_without_an_illustrator_has_no_pictures(tmp_path):
    personas = {role: persona for role, persona in PERSONAS.items() if role != "illustrator"}
    async with engine_on(make_show(tmp_path, CHAPTERS, personas=personas), a_company(), ON) as bench:
        assert await bench.engine.step()
        await bench.engine.settle()
        assert bench.of(RenderRequested) == bench.of(RenderFailed) == []


async def test_an_editors_mending_is_no_new_passage(tmp_path):
    async with engine_on(make_show(tmp_path, {"ch01_One.md": 120}), a_company(), ON) as bench:
        assert await bench.engine.step()
        await bench.engine.settle()
        assert bench.of(RenderRequested) == []


async def test_a_slow_illustrator_does_not_pile_up(tmp_path):
    brain = a_company().always("illustrator", lambda _: Hang({}))
    async with engine_on(make_show(tmp_path, {"ch01_One.md": ""}), brain, ON) as bench:
        for _ in range(3):
            assert await bench.engine.step()
        for name in ("ch02_A.md", "ch03_B.md"):
            (bench.show.manuscripts / name).write_text(words(60), encoding="utf-8")
            brain.say("architect", decision("generate", name))
            assert await bench.engine.step()
        assert "waiting for the illustrator" in bench.of(RenderFailed)[0].reason


async def test_stopping_pictures_ends_them(tmp_path):
    brain = a_company().say("illustrator", Hang())
    async with engine_on(make_show(tmp_path, CHAPTERS), brain, ON) as bench:
        assert await bench.engine.step()
        await until(brain.hanging.is_set)
        await bench.engine.stop(pictures=True)
        assert bench.of(RenderFailed)[0].reason == "the illustrator was stopped"


async def test_its_cost_is_in_the_book(tmp_path):
    from tests.fakes.brain import json_answer

    brain = a_company().say("illustrator", json_answer({"prompt": "p"}, cost=0.25))
    async with engine_on(make_show(tmp_path, CHAPTERS), brain, ON) as bench:
        assert await bench.engine.step()
        await bench.engine.settle()
        assert [(event.source, event.total) for event in bench.of(SpendAdded)] == [("illustrator", 0.25)]
        assert bench.saved().metrics.session_cost == 0.25


def test_seeds_differ_and_fit_31_bits():
    seeds = {picture_seed(seed, cycle, target) for seed in (1, 2) for cycle in (1, 2) for target in ("a", "b")}
    assert len(seeds) == 8
    assert all(0 <= seed < 2**31 for seed in seeds)
