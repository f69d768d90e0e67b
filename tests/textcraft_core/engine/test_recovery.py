import asyncio

from tests.fakes.brain import Hang, ScriptedBrain
from tests.fakes.engine import a_company, appends, decision, engine_on, until
from tests.fakes.show import make_show, words
from textcraft_bus.clock import SystemClock
from textcraft_core import commands
from textcraft_core.engine.recovery import last_cycle
from textcraft_core.events import (
    CycleFailed,
    CycleFinished,
    CycleStarted,
    DecisionMade,
    FileWritten,
    InputDone,
    Phase,
    TaskDispatched,
    Warned,
)
from textcraft_core.record.journal import Journal
from textcraft_core.show.matrix import ActiveTask, Matrix

CHAPTERS = {"ch01_One.md": 60}


async def kill_during(bench, brain):
    """End an engine as a kill would: what is on disk now is what the next one finds."""
    await bench.engine.handle(commands.Step())
    await until(brain.hanging.is_set)
    bench.journal.flush()
    frozen = bench.show.matrix.read_bytes()
    await bench.engine.stop()
    bench.show.matrix.write_bytes(frozen)


def planned(*narrator):
    brain = ScriptedBrain().say("architect", decision("generate", "ch01", context_notes="go on", characters=["alpha"]))
    return brain.say("narrator", *narrator)


async def test_a_task_in_hand_is_on_disk_before_it_runs(tmp_path):
    brain = planned(Hang())
    async with engine_on(make_show(tmp_path, CHAPTERS), brain) as bench:
        await bench.engine.handle(commands.Step())
        await until(brain.hanging.is_set)
        task = bench.saved().active_task
        assert (task.assigned_to, task.target, task.action) == ("narrator", "ch01_One.md", "generate")
        assert [type(r.event).__name__ for r in bench.journal.select(["TaskDispatched"])] == ["TaskDispatched"]


async def test_a_task_that_did_nothing_is_taken_up_again(tmp_path):
    show, brain = make_show(tmp_path, CHAPTERS), planned(Hang())
    async with engine_on(show, brain) as bench:
        await kill_during(bench, brain)
    brain = ScriptedBrain().say("narrator", appends("ch01_One.md", "more\n"), "done")
    async with engine_on(show, brain) as bench:
        assert [event.source for event in bench.of(Warned)] == ["recovery"]
        assert await bench.engine.step(), bench.of(CycleFailed)
        assert bench.of(DecisionMade)[0].source == "recovered"
        assert brain.purposes("architect") == []
        purpose = brain.purposes("narrator")[0]
        assert purpose.cycle == 1
        assert (purpose.task["instructions"], purpose.task["characters"]) == ("go on", ["alpha"])
        assert bench.text("ch01_One.md") == words(60) + "more\n"


async def test_a_task_whose_target_changed_is_not_run_twice(tmp_path):
    show, brain = make_show(tmp_path, CHAPTERS), planned(appends("ch01_One.md", "more\n"), Hang())
    async with engine_on(show, brain) as bench:
        await kill_during(bench, brain)
    async with engine_on(show, a_company()) as bench:
        assert bench.text("ch01_One.md") == words(60) + "more\n"
        assert "not written twice" in bench.of(Warned)[0].text
        assert bench.saved().active_task is None
        assert bench.saved().content["ch01"].word_count == 61
        assert [event for event in bench.of(FileWritten) if event.by == "narrator"] == []
        assert await bench.engine.step()
        assert bench.of(DecisionMade)[0].source == "architect"
        assert bench.engine.cycle == 2


async def test_a_foreign_task_of_a_changed_chapter_is_only_verified(tmp_path):
    matrix = {
        "content": {"ch01": {"path": "data/manuscripts/ch01_One.md", "word_count": 10, "status": "EMPTY"}},
        "active_task": {"assigned_to": "ai_services.narrator", "target": "ch01", "action": "generate"},
    }
    async with engine_on(make_show(tmp_path, CHAPTERS, matrix=matrix), a_company()) as bench:
        assert bench.saved().active_task is None


async def test_a_task_nobody_can_do_is_put_down(tmp_path):
    for number, task in enumerate(
        ({"assigned_to": "narrator", "target": "ch44", "action": "generate"}, {"target": "ch01", "action": "sing"})
    ):
        (tmp_path / str(number)).mkdir()
        show = make_show(tmp_path / str(number), CHAPTERS, matrix={"active_task": task})
        async with engine_on(show, a_company()) as bench:
            assert "cannot be taken up again" in bench.of(Warned)[0].text
            assert bench.saved().active_task is None
            assert await bench.engine.step()


async def test_lines_of_a_recovered_task_are_not_used_twice(tmp_path):
    show, brain = make_show(tmp_path, CHAPTERS), planned(Hang())
    async with engine_on(show, brain) as bench:
        await bench.engine.handle(commands.QueueInput(text="line one"))
        task, frozen = asyncio.get_running_loop().create_task(bench.engine.step()), None
        await until(brain.hanging.is_set)
        bench.journal.flush()
        frozen = show.matrix.read_bytes()
        journal = {path: path.read_bytes() for path in show.root.glob("journal.sqlite*")}
        await bench.engine.stop()
        await task
    show.matrix.write_bytes(frozen)
    for path in show.root.glob("journal.sqlite*"):
        path.unlink()
    for path, content in journal.items():
        path.write_bytes(content)
    brain = ScriptedBrain().say("narrator", appends("ch01_One.md", "more\n"), "done")
    async with engine_on(show, brain) as bench:
        assert bench.engine.waiting_lines == ()
        assert await bench.engine.step()
        assert brain.purposes("narrator")[0].context["operator"] == ["line one"]
        assert len(bench.of(InputDone)) == 1


def test_an_active_task_keeps_what_a_recovery_needs():
    task = ActiveTask.model_validate({"target": "t", "before_sha256": "x", "cycle": 3})
    assert Matrix(active_task=task).model_dump()["active_task"]["cycle"] == 3


def started(journal, *events):
    for event in events:
        journal.write(event)
    return last_cycle(journal)


def test_a_cycle_killed_before_it_dispatched_gives_its_number_back(tmp_path):
    sent = TaskDispatched(cycle=2, task_id="t", role="narrator", target="x.md", action="edit")
    for name, events, expected in (
        ("none", (), 0),
        ("planned", (CycleStarted(cycle=1), CycleFinished(cycle=1, seconds=1), CycleStarted(cycle=2)), 1),
        ("dispatched", (CycleStarted(cycle=2), sent), 2),
        ("failed", (CycleStarted(cycle=2), CycleFailed(cycle=2, phase=Phase.PLAN, reason="r")), 2),
    ):
        journal = Journal(tmp_path / f"{name}.sqlite", SystemClock())
        assert started(journal, *events) == expected
        journal.close()
