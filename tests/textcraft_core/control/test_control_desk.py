"""Another program writes control.json; the engine obeys, and clears what was carried out."""

import json
import time
from contextlib import asynccontextmanager

import pytest

from tests.fakes.brain import Hang
from tests.fakes.engine import a_company, decision, engine_on, until
from tests.fakes.show import make_show
from textcraft_core import commands as cmd
from textcraft_core import events as ev
from textcraft_core.control.desk import ControlDesk

CHAPTERS = {"ch01_One.md": 30, "ch02_Two.md": 30}


class Other:
    """The other program: it writes in place, as they do."""

    def __init__(self, show):
        self.show = show

    def write(self, **fields):
        self.show.control.write_text(json.dumps(fields))

    def order(self, instruction="", target="", **more):
        override = {"active": True, "instruction": instruction, "force_target": target}
        self.write(system_status="RUNNING", architect_override=override, **more)

    def read(self):
        return json.loads(self.show.control.read_text())


@asynccontextmanager
async def controlled(tmp_path, brain=None, *, before=None, may_run=True):
    show = make_show(tmp_path, CHAPTERS)
    other = Other(show)
    if before is not None:
        other.write(**before)
    async with engine_on(show, brain or a_company()) as bench:
        desk = ControlDesk(show, bench.engine, bench.engine.writer, bench.stream, lambda: may_run)
        await desk.open()
        bench.other, bench.desk = other, desk
        try:
            yield bench
        finally:
            bench.brain.release()
            await desk.close()


def read(bench, count):
    return until(lambda: len(bench.of(ev.ControlRead)) >= count)


async def test_without_a_file_nothing_happens(tmp_path):
    async with controlled(tmp_path) as bench:
        assert await bench.engine.step()
        assert bench.of(ev.ControlRead) == []
        assert not bench.show.control.exists()


async def test_an_order_is_obeyed_against_a_disobedient_brain_and_cleared_once_dispatched(tmp_path):
    brain = a_company().say("architect", decision("generate", "ch01_One.md"))
    async with controlled(tmp_path, brain) as bench:
        bench.other.order("bring rain", "ch02", extra={"kept": 1})
        await read(bench, 1)
        assert await bench.engine.step()
        assert bench.of(ev.TaskDispatched)[0].target == "ch02_Two.md"
        assert "bring rain" in brain.purposes("narrator")[0].task["instructions"]
        await until(lambda: not bench.other.read()["architect_override"]["active"])
        left = bench.other.read()
        assert left["architect_override"] == {"active": False, "instruction": "", "force_target": ""}
        assert (left["system_status"], left["extra"]) == ("RUNNING", {"kept": 1})
        assert await bench.engine.step()
        assert bench.of(ev.OrderCarriedOut)[0].source == "control"
        assert len(bench.of(ev.OrderCarriedOut)) == 1


async def test_an_order_stays_until_a_task_was_dispatched_for_it(tmp_path):
    brain = a_company().say("architect", decision("wait"))
    async with controlled(tmp_path, brain) as bench:
        bench.other.order("bring rain")
        await read(bench, 1)
        assert await bench.engine.step()
        assert bench.other.read()["architect_override"]["active"]
        assert await bench.engine.step()
        await until(lambda: not bench.other.read()["architect_override"]["active"])


async def test_a_new_order_written_meanwhile_is_not_cleared(tmp_path):
    brain = a_company().say("narrator", Hang("done"))
    async with controlled(tmp_path, brain) as bench:
        bench.other.order("first")
        await read(bench, 1)
        # Written in the very moment the first is dispatched, before anybody looked:
        bench.stream.subscribe(
            lambda event: bench.other.order("second") if isinstance(event, ev.TaskDispatched) else None
        )
        await bench.engine.handle(cmd.Step())
        await until(brain.hanging.is_set)
        await read(bench, 2)
        assert bench.other.read()["architect_override"]["instruction"] == "second"
        assert bench.engine._desk.standing.orders.instruction == "second"


async def test_an_order_taken_back_is_not_carried_out(tmp_path):
    async with controlled(tmp_path) as bench:
        bench.other.order("bring rain", "ch02")
        await read(bench, 1)
        bench.other.write(system_status="RUNNING")
        await read(bench, 2)
        assert await bench.engine.step()
        assert bench.of(ev.OrderCarriedOut) == []


async def test_a_target_that_cannot_be_written_is_said_and_tried_again_later(tmp_path):
    async with controlled(tmp_path) as bench:
        await bench.engine.handle(cmd.LockChapter(chapter_id="ch02", locked=True))
        bench.other.order("bring rain", "ch02")
        await read(bench, 1)
        assert any("locked" in event.text for event in bench.of(ev.Warned) if event.source == "control")
        await bench.engine.handle(cmd.LockChapter(chapter_id="ch02", locked=False))
        assert await bench.engine.step()
        assert await bench.engine.step()
        assert bench.of(ev.TaskDispatched)[1].target == "ch02_Two.md"


async def test_a_torn_file_changes_nothing_and_is_said(tmp_path):
    async with controlled(tmp_path) as bench:
        bench.other.write(system_status="RUNNING", runtime_settings={"model_override": "m"})
        await read(bench, 1)
        bench.show.control.write_text('{"system_status": "STOP", "runtime')
        for _ in range(6):
            await bench.desk._look()
        assert bench.engine._desk.standing.model == "m"
        assert "still holds" in [event.text for event in bench.of(ev.Warned)][-1]
        assert bench.show.control.read_text().endswith("runtime")


async def test_settings_reach_every_further_call(tmp_path):
    async with controlled(tmp_path) as bench:
        settings = {"global_temperature": 0.11, "model_override": "another"}
        bench.other.write(system_status="RUNNING", runtime_settings=settings)
        await read(bench, 1)
        assert await bench.engine.step()
        assert set(bench.brain.models) == {"another"}
        bench.journal.flush()
        assert {call.request["temperature"] for call in bench.journal.calls()} == {0.11}


async def test_paused_and_running(tmp_path):
    async with controlled(tmp_path) as bench:
        bench.engine.run(cmd.Run())
        bench.other.write(system_status="PAUSED")
        await until(lambda: not bench.engine.running)
        assert bench.desk.paused
        bench.other.write(system_status="RUNNING")
        await until(lambda: bench.engine.running)


async def test_running_at_the_start_begins_nothing_and_never_against_a_stop(tmp_path):
    async with controlled(tmp_path, before={"system_status": "RUNNING"}, may_run=False) as bench:
        assert not bench.engine.running
        assert bench.of(ev.ControlRead) == []
        bench.other.write(system_status="PAUSED")
        await read(bench, 1)
        bench.other.write(system_status="RUNNING")
        await read(bench, 2)
        assert not bench.engine.running


@pytest.mark.parametrize("paused", [False, True])
async def test_stop_acts_at_once_also_while_paused(tmp_path, paused):
    brain = a_company().say("architect", Hang())
    async with controlled(tmp_path, brain, before={"system_status": "PAUSED" if paused else "RUNNING"}) as bench:
        await bench.engine.handle(cmd.Step())
        await until(brain.hanging.is_set)
        began = time.monotonic()
        bench.other.write(system_status="STOP")
        await until(lambda: bench.of(ev.CycleStopped))
        assert time.monotonic() - began < 15
        assert not bench.engine.running
        assert bench.other.read()["system_status"] == "STOP"


async def test_stop_written_again_acts_again(tmp_path):
    brain = a_company()
    async with controlled(tmp_path, brain) as bench:
        bench.other.write(system_status="STOP")
        await read(bench, 1)
        bench.engine.run(cmd.Run())
        bench.other.write(system_status="STOP", again=1)
        await until(lambda: not bench.engine.running)


async def test_a_stop_does_not_survive_into_the_next_start(tmp_path):
    async with controlled(tmp_path, before={"system_status": "STOP", "mine": [1]}) as bench:
        assert bench.other.read() == {"system_status": "PAUSED", "mine": [1]}
        assert await bench.engine.step()
        assert bench.desk.paused


async def test_a_plan_handed_in_leaves_the_order_for_the_next(tmp_path):
    async with controlled(tmp_path) as bench:
        bench.other.order("bring rain")
        await read(bench, 1)
        await bench.engine.handle(cmd.Assign(payload={"action": "generate", "target": "ch02", "agent": "narrator"}))
        assert await bench.engine.step()
        assert bench.of(ev.OrderCarriedOut) == []
        assert "rain" not in bench.brain.purposes("narrator")[0].task["instructions"]
        assert await bench.engine.step()
        assert [event.instruction for event in bench.of(ev.OrderCarriedOut)] == ["bring rain"]
