import pytest

from tests.fakes.brain import Hang, ScriptedBrain
from tests.fakes.engine import a_company, decision, engine_on, until
from tests.fakes.show import make_show
from textcraft_core import commands
from textcraft_core.ai_services.client import BrainError, BrainFault
from textcraft_core.engine.input_queue import InputQueue
from textcraft_core.errors import CommandRefused
from textcraft_core.events import (
    CycleFailed,
    CycleFinished,
    CycleStopped,
    InputDone,
    InputEdited,
    InputMoved,
    InputQueued,
    InputUsed,
    InputWithdrawn,
    Phase,
)

CHAPTERS = {"ch01_One.md": 60}


def queued(*names):
    queue = InputQueue()
    for name in names:
        queue.apply(InputQueued(input_id=name, text=f"text {name}", source="operator"))
    return queue


def ids(lines):
    return [line.id for line in lines]


class TestReading:
    def test_lines_wait_in_order(self):
        assert ids(queued("a", "b", "c").waiting) == ["a", "b", "c"]

    def test_a_repeated_event_changes_nothing(self):
        assert ids(queued("a", "b", "a").waiting) == ["a", "b"]

    def test_edit_move_withdraw(self):
        queue = queued("a", "b", "c")
        queue.apply(InputEdited(input_id="b", text="new"))
        queue.apply(InputMoved(input_id="c", index=0))
        queue.apply(InputWithdrawn(input_id="a"))
        assert [(line.id, line.text) for line in queue.waiting] == [("c", "text c"), ("b", "new")]

    def test_moving_beyond_the_end_is_the_end(self):
        queue = queued("a", "b", "c")
        queue.apply(InputMoved(input_id="a", index=99))
        assert ids(queue.waiting) == ["b", "c", "a"]

    def test_unknown_lines_are_nobodys(self):
        queue = queued("a")
        for event in (
            InputEdited(input_id="x", text="t"),
            InputMoved(input_id="x", index=0),
            InputDone(input_id="x", cycle=1),
        ):
            queue.apply(event)
        assert ids(queue.waiting) == ["a"]

    @pytest.mark.parametrize(
        "ended",
        [
            CycleFailed(cycle=1, phase=Phase.PLAN, reason="r"),
            CycleStopped(cycle=1),
            CycleFinished(cycle=1, seconds=0.1),
        ],
    )
    def test_a_plan_that_came_to_nothing_gives_its_lines_back_in_place(self, ended):
        queue = queued("a", "b", "c")
        queue.apply(InputUsed(input_id="a", cycle=1))
        queue.apply(InputUsed(input_id="b", cycle=1))
        assert ids(queue.waiting) == ["c"]
        queue.apply(ended)
        assert ids(queue.waiting) == ["a", "b", "c"]

    def test_done_is_gone(self):
        queue = queued("a", "b")
        queue.apply(InputUsed(input_id="a", cycle=1))
        queue.apply(InputDone(input_id="a", cycle=1))
        queue.return_unfinished(None)
        assert ids(queue.waiting) == ["b"]

    def test_after_a_crash_only_the_recovered_cycles_lines_stay_used(self):
        queue = queued("a", "b")
        queue.apply(InputUsed(input_id="a", cycle=1))
        queue.apply(InputUsed(input_id="b", cycle=2))
        queue.return_unfinished(2)
        assert ids(queue.waiting) == ["a"]
        assert ids(queue.used_in(2)) == ["b"]

    def test_a_plan_takes_what_fits_and_at_least_one(self):
        queue = queued("a", "b", "c")
        assert ids(queue.next_lines(14)) == ["a", "b"]
        assert ids(queue.next_lines(1)) == ["a"]


class TestInTheEngine:
    async def test_lines_reach_the_next_plan_and_its_service(self, tmp_path):
        brain = a_company()
        async with engine_on(make_show(tmp_path, CHAPTERS), brain) as bench:
            await bench.engine.handle(commands.QueueInput(text="  rain  "))
            await bench.engine.queue_line("a visitor's story", "visitor")
            assert [line.source for line in bench.engine.waiting_lines] == ["operator", "visitor"]
            assert await bench.engine.step()
            assert brain.purposes("architect")[0].context["operator"] == ["rain"]
            assert brain.purposes("architect")[0].context["visitors"] == ["a visitor's story"]
            assert brain.purposes("narrator")[0].context["operator"] == ["rain"]
            assert brain.purposes("narrator")[0].context["visitors"] == ["a visitor's story"]
            assert [event.cycle for event in bench.of(InputUsed)] == [1, 1]
            assert [event.cycle for event in bench.of(InputDone)] == [1, 1]
            assert bench.engine.waiting_lines == ()
            assert await bench.engine.step()
            assert brain.purposes("architect")[-1].context["operator"] == []

    async def test_lines_survive_a_restart(self, tmp_path):
        show = make_show(tmp_path, CHAPTERS)
        async with engine_on(show, a_company(), close=False) as bench:
            for text in ("one", "two", "three"):
                await bench.engine.handle(commands.QueueInput(text=text))
            first = bench.engine.waiting_lines[0].id
            await bench.engine.handle(commands.MoveInput(input_id=first, index=2))
            second = bench.engine.waiting_lines[0].id
            await bench.engine.handle(commands.EditInput(input_id=second, text="two, mended"))
        async with engine_on(show, brain := a_company()) as bench:
            assert [line.text for line in bench.engine.waiting_lines] == ["two, mended", "three", "one"]
            assert await bench.engine.step()
            assert brain.purposes("architect")[0].context["operator"] == ["two, mended", "three", "one"]
        async with engine_on(show, a_company()) as bench:
            assert bench.engine.waiting_lines == ()

    async def test_lines_of_a_failed_cycle_are_used_again(self, tmp_path):
        brain = a_company().say("narrator", BrainError(BrainFault.SERVER, "down"))
        async with engine_on(make_show(tmp_path, CHAPTERS), brain) as bench:
            await bench.engine.handle(commands.QueueInput(text="rain"))
            assert not await bench.engine.step()
            assert await bench.engine.step()
            assert [purpose.context["operator"] for purpose in brain.purposes("architect")] == [["rain"], ["rain"]]
            assert len(bench.of(InputDone)) == 1

    async def test_an_assigned_plan_leaves_the_queue_alone(self, tmp_path):
        brain = a_company()
        async with engine_on(make_show(tmp_path, CHAPTERS), brain) as bench:
            await bench.engine.handle(commands.QueueInput(text="rain"))
            await bench.engine.handle(commands.Assign(payload={"action": "generate", "target": "ch01"}))
            assert await bench.engine.step()
            assert len(bench.engine.waiting_lines) == 1

    async def test_a_plan_that_waits_leaves_the_line_in_the_queue(self, tmp_path):
        brain = ScriptedBrain().say("architect", decision("wait"))
        async with engine_on(make_show(tmp_path, CHAPTERS), brain) as bench:
            await bench.engine.handle(commands.QueueInput(text="rain"))
            assert await bench.engine.step()
            assert [line.text for line in bench.engine.waiting_lines] == ["rain"]

    async def test_a_line_in_use_cannot_be_changed(self, tmp_path):
        brain = a_company().say("architect", Hang())
        async with engine_on(make_show(tmp_path, CHAPTERS), brain) as bench:
            await bench.engine.handle(commands.QueueInput(text="rain"))
            line = bench.engine.waiting_lines[0].id
            await bench.engine.handle(commands.Step())
            await until(brain.hanging.is_set)
            with pytest.raises(CommandRefused, match="no longer waiting"):
                await bench.engine.handle(commands.WithdrawInput(input_id=line))
