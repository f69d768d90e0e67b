import asyncio
from contextlib import contextmanager

import pytest

from tests.fakes.brain import ScriptedBrain, json_answer, text_answer, tool_answer
from tests.fakes.engine import appends, verdict, writes
from tests.fakes.show import CHARACTERS, PERSONAS, make_show, words
from textcraft_bus.clock import SystemClock
from textcraft_core import ai_services
from textcraft_core.ai_services import architect, editor, general, illustrator, narrator
from textcraft_core.ai_services.client import BrainError, BrainFault
from textcraft_core.ai_services.runtime import Runtime, remember
from textcraft_core.errors import CommandRefused, ShowError
from textcraft_core.events import (
    BrainAnswered,
    BrainCalled,
    FactRemembered,
    FileWritten,
    ToolCalled,
    VariableUnknown,
    Warned,
)
from textcraft_core.options import ServiceLimits
from textcraft_core.record.journal import Journal
from textcraft_core.show.bible import Bible
from textcraft_core.show.matrix import MatrixStore
from textcraft_core.show.writer import ShowWriter

TASK = {
    "task_id": "t",
    "assigned_agent": "narrator",
    "action_type": "generate",
    "target_file": "ch01_One.md",
    "instructions": "",
    "characters": ["alpha"],
}
CONTEXT = {"cycle": 1, "chapter": {"id": "ch01", "text": "", "status": "DRAFTING"}}
INDEX = {"ch01": "manuscripts/ch01_One.md"}


def personas(**changes):
    return {role: {**persona, **changes.get(role, {})} for role, persona in PERSONAS.items()}


@contextmanager
def runtime_on(show, brain, **more):
    """Yield a runtime and the list of what it told."""
    clock, told = SystemClock(), []
    journal = Journal(show.journal, clock)
    try:
        yield (
            Runtime(
                show=show,
                bible=Bible(show, clock),
                writer=ShowWriter(show, journal),
                brain=brain,
                emit=told.append,
                cycle=1,
                journal=journal,
                index=INDEX,
                **more,
            ),
            told,
        )
    finally:
        journal.close()


def of(told, kind):
    return [event for event in told if isinstance(event, kind)]


async def narrate(tmp_path, brain, *, changes=None, task=TASK, **more):
    show = make_show(tmp_path, {"ch01_One.md": 60}, personas=personas(**(changes or {})))
    with runtime_on(show, brain, **more) as (runtime, told):
        report = await narrator.execute(task, CONTEXT, runtime=runtime)
        runtime.journal.flush()
        return report, told, runtime.journal.calls()


class TestReport:
    async def test_has_every_key(self, tmp_path):
        brain = ScriptedBrain().say(
            "narrator", writes("ch01_One.md", "new text\n", cost=0.03), text_answer("done", cost=0.01)
        )
        report, told, calls = await narrate(tmp_path, brain)
        assert report["status"] == "success"
        assert report["modified"] == ["ch01_One.md"]
        assert report["cost"] == pytest.approx(0.04)
        assert report["usage"] == {"prompt_tokens": 20, "completion_tokens": 20, "total_tokens": 40}
        assert report["message"] == "done"
        assert "cost_estimated" not in report
        assert [event.cost for event in of(told, BrainAnswered)] == [0.03, 0.01]
        assert [event.by for event in of(told, FileWritten)] == ["narrator"]
        assert [(call.role, call.attempt, call.answer["usage"]["cost_estimate"]) for call in calls] == [
            ("narrator", 0, 0.03),
            ("narrator", 1, 0.01),
        ]

    async def test_an_unknown_price_is_the_dearest_and_said(self, tmp_path):
        spent = []
        brain = ScriptedBrain().say("narrator", writes("ch01_One.md", "x", cost=None), text_answer("done", cost=None))
        report, _, _ = await narrate(tmp_path, brain, spend=lambda *told: spent.append(told))
        assert report["cost_estimated"] is True
        assert report["cost"] == pytest.approx(20 * 750 / 1_000_000)
        assert [(who, estimated) for who, _, estimated in spent] == [("narrator", True)] * 2

    async def test_nothing_is_spent_where_nothing_costs(self, tmp_path):
        spent = []
        brain = ScriptedBrain().say("narrator", writes("ch01_One.md", "x"), "done")
        await narrate(tmp_path, brain, spend=lambda *told: spent.append(told))
        assert spent == []

    async def test_the_wrong_file_is_an_error(self, tmp_path):
        brain = ScriptedBrain().say(
            "narrator", tool_answer(("write_file", {"path": "plans/p.md", "content": "x"})), "done"
        )
        report, _, _ = await narrate(tmp_path, brain)
        assert report["status"] == "error"
        assert "instead of ch01_One.md" in report["message"]

    async def test_a_brain_fault_is_an_error_and_what_was_written_is_told(self, tmp_path):
        brain = ScriptedBrain().say("narrator", appends("ch01_One.md", "x"), BrainError(BrainFault.RATE, "slow down"))
        report, _, _ = await narrate(tmp_path, brain)
        assert (report["status"], report["fault"], report["message"]) == ("error", "rate", "slow down")
        assert report["modified"] == ["ch01_One.md"]


class TestHydration:
    async def test_the_prompt_holds_the_bible(self, tmp_path):
        brain = ScriptedBrain().say("narrator", appends("ch01_One.md", "x"), "done")
        await narrate(tmp_path, brain)
        _, messages, tools = brain.calls[0]
        prompt = messages[0]["content"]
        assert "test title" in prompt
        assert "voice a" in prompt
        assert "voice b" not in prompt
        assert [tool["function"]["name"] for tool in tools] == PERSONAS["narrator"]["allowed_tools"]
        assert brain.models == ["test-model", "test-model"]

    async def test_an_unknown_variable_is_told_and_stays_visible(self, tmp_path):
        prompt = "{{title}} {{mood}} {{style_guide}}"
        brain = ScriptedBrain().say("narrator", appends("ch01_One.md", "x"), "done")
        _, told, _ = await narrate(tmp_path, brain, changes={"narrator": {"system_prompt": prompt}})
        assert [(event.role, event.variable) for event in of(told, VariableUnknown)] == [("narrator", "mood")]
        assert "{{mood}}" in brain.calls[0][1][0]["content"]

    async def test_nobody_in_the_scene_means_the_protagonist_and_is_told(self, tmp_path):
        brain = ScriptedBrain().say("narrator", appends("ch01_One.md", "x"), "done")
        _, told, _ = await narrate(tmp_path, brain, task={**TASK, "characters": []})
        assert "protagonist" in of(told, Warned)[0].text
        assert "voice a" in brain.calls[0][1][0]["content"]

    async def test_a_strange_character_is_told(self, tmp_path):
        brain = ScriptedBrain().say("narrator", appends("ch01_One.md", "x"), "done")
        _, told, _ = await narrate(tmp_path, brain, task={**TASK, "characters": ["alpha", "ghost"]})
        assert "ghost" in of(told, Warned)[0].text

    async def test_memory_reaches_the_prompt(self, tmp_path):
        brain = ScriptedBrain().say("narrator", appends("ch01_One.md", "x"), "done")
        changes = {"narrator": {"system_prompt": "{{memory_context}} {{style_guide}}"}}
        await narrate(tmp_path, brain, changes=changes, memory=lambda task, _: f"memory of {task['target_file']}")
        assert brain.calls[0][1][0]["content"].startswith("memory of ch01_One.md")


class TestTools:
    async def test_results_go_back_to_the_brain(self, tmp_path):
        read = tool_answer(("read_file", {"path": "ch01"}))
        brain = ScriptedBrain().say("narrator", read, appends("ch01_One.md", "x"), "done")
        report, told, _ = await narrate(tmp_path, brain)
        assert report["status"] == "success"
        roles = [message["role"] for message in brain.calls[2][1]]
        assert roles == ["system", "user", "assistant", "tool", "assistant", "tool"]
        assert words(60)[:20] in brain.calls[1][1][3]["content"]
        assert brain.purposes("narrator")[1].context["last"][0]["data"] == words(60)
        assert [event.tool for event in of(told, ToolCalled)] == ["read_file", "append_file"]

    async def test_a_tool_that_is_not_allowed_is_not_run(self, tmp_path):
        brain = ScriptedBrain().say("narrator", appends("ch01_One.md", "x"), "done")
        report, told, _ = await narrate(tmp_path, brain, changes={"narrator": {"allowed_tools": ["read_file"]}})
        assert report["status"] == "error"
        assert [event.status for event in of(told, ToolCalled)] == ["error"]

    async def test_an_escape_is_refused_and_alarms(self, tmp_path):
        escape = tool_answer(("write_file", {"path": "../../out.md", "content": "x"}))
        report, told, _ = await narrate(tmp_path, ScriptedBrain().say("narrator", escape, "done"))
        assert report["status"] == "error"
        assert [event.fault for event in of(told, Warned) if event.source == "sandbox"] == [True]
        assert not (tmp_path.parent / "out.md").exists()

    async def test_a_locked_chapter_is_not_written(self, tmp_path):
        task = {**TASK, "target_file": ""}
        brain = ScriptedBrain().say("narrator", appends("ch01_One.md", "x"), "done")
        report, told, _ = await narrate(tmp_path, brain, task=task, locked=frozenset({"ch01"}))
        assert report["status"] == "error"
        assert of(told, FileWritten) == []

    async def test_assigning_a_task_leaves_a_note(self, tmp_path):
        call = (
            "assign_task",
            {"target_agent": "editor", "task_description": "look again", "target_file": "ch01_One.md"},
        )
        brain = ScriptedBrain().say("narrator", tool_answer(call), appends("ch01_One.md", "x"), "done")
        changes = {"narrator": {"allowed_tools": ["assign_task", "append_file"]}}
        _, told, _ = await narrate(tmp_path, brain, changes=changes)
        assert [(event.chapter_id, event.fact) for event in of(told, FactRemembered)] == [
            ("ch01_One.md", "editor: look again")
        ]


class TestLimits:
    async def test_tool_rounds_then_turns(self, tmp_path):
        brain = ScriptedBrain().always("narrator", lambda _: appends("ch01_One.md", "x "))
        report, _, _ = await narrate(tmp_path, brain)
        assert len(brain.calls) == 7
        assert report["status"] == "warning"
        assert "limit" in report["message"]

    async def test_eight_turns_at_most(self, tmp_path):
        brain = ScriptedBrain().always("narrator", lambda _: appends("ch01_One.md", "x "))
        report, _, _ = await narrate(tmp_path, brain, limits=ServiceLimits(tool_rounds=100))
        assert len(brain.calls) == 8
        assert report["turns"] == 8

    async def test_twenty_tool_calls_at_most(self, tmp_path):
        many = tool_answer(*[("append_file", {"path": "ch01", "content": "x"})] * 30)
        report, told, _ = await narrate(tmp_path, ScriptedBrain().say("narrator", many, "done"))
        assert len(of(told, FileWritten)) == 20
        assert "20 tool calls" in report["message"]
        assert report["status"] == "warning"

    async def test_256_kib_at_most(self, tmp_path):
        big = [appends("ch01_One.md", "x" * 100_000)] * 3
        report, told, _ = await narrate(tmp_path, ScriptedBrain().say("narrator", *big, "done"))
        assert len(of(told, FileWritten)) == 2
        assert "262144 bytes" in report["message"]

    async def test_a_confirming_persona_gets_a_last_call_without_tools(self, tmp_path):
        brain = ScriptedBrain().say("narrator", appends("ch01_One.md", "x"), "first words", "summary")
        report, _, _ = await narrate(tmp_path, brain, changes={"narrator": {"confirm": True}})
        assert report["message"] == "summary"
        assert brain.calls[2][2] == []

    async def test_a_confirmation_that_fails_changes_no_status(self, tmp_path):
        fault = BrainError(BrainFault.TIMEOUT, "late")
        brain = ScriptedBrain().say("narrator", appends("ch01_One.md", "x"), "first words", fault)
        report, told, _ = await narrate(tmp_path, brain, changes={"narrator": {"confirm": True}})
        assert (report["status"], report["message"]) == ("success", "first words")
        assert "late" in of(told, Warned)[0].text


class TestRoles:
    async def run(self, tmp_path, module, answer, task=TASK):
        brain = ScriptedBrain().say(task["assigned_agent"], answer)
        show = make_show(tmp_path, {"ch01_One.md": 60}, characters=CHARACTERS)
        with runtime_on(show, brain) as (runtime, told):
            return await module.execute(task, CONTEXT, runtime=runtime), told

    async def test_the_architect_gives_a_decision_or_says_why_not(self, tmp_path):
        task = {**TASK, "assigned_agent": "architect"}
        report, told = await self.run(
            tmp_path, architect, 'So: {"action": "fix", "file": "a/ch01.md", "agent": "editor"}!', task
        )
        assert report["decision"]["action_type"] == "edit"
        assert report["decision"]["target_file"] == "ch01.md"
        assert of(told, BrainCalled)[0].role == "architect"

    async def test_the_architect_that_decides_nothing(self, tmp_path):
        report, _ = await self.run(tmp_path, architect, "hm", {**TASK, "assigned_agent": "architect"})
        assert report["status"] == "warning"
        assert "no JSON" in report["rejected"]

    @pytest.mark.parametrize(
        ("answer", "expected"),
        [
            (verdict("PASS"), "PASS"),
            (verdict(" fail "), "FAIL"),
            (verdict("PASSED"), "UNDECIDED"),
            (json_answer({"notes": []}), "UNDECIDED"),
            (text_answer('{"verdict": "FAIL"} {"verdict": "PASS"}'), "UNDECIDED"),
            (text_answer('{"verdict": "PASS", "verdict": "FAIL"}'), "UNDECIDED"),
            (text_answer("PASS"), "UNDECIDED"),
        ],
    )
    async def test_the_editors_verdict(self, tmp_path, answer, expected):
        report, _ = await self.run(tmp_path, editor, answer, {**TASK, "assigned_agent": "editor"})
        assert report["verdict"] == expected
        assert report["status"] == ("warning" if expected == "UNDECIDED" else "success")

    async def test_the_illustrator_bounds_its_words(self, tmp_path):
        answer = json_answer({"prompt": "p\n q", "caption": "c" * 200, "alt": 3})
        report, _ = await self.run(tmp_path, illustrator, answer, {**TASK, "assigned_agent": "illustrator"})
        assert report["picture"] == {"prompt": "p q", "negative_prompt": "", "caption": "c" * 140, "alt": ""}

    async def test_an_illustrator_without_a_prompt_failed(self, tmp_path):
        report, _ = await self.run(tmp_path, illustrator, "a nice picture", {**TASK, "assigned_agent": "illustrator"})
        assert report["status"] == "error"

    async def test_a_role_nobody_has_says_what_to_do(self, tmp_path):
        report, _ = await self.run(tmp_path, general, "x", {**TASK, "assigned_agent": "ghost"})
        assert report["status"] == "error"
        assert "ghost" in report["message"]


class TestWithoutAnEngine:
    async def test_the_blocking_form_refuses_inside_a_loop(self):
        with pytest.raises(CommandRefused, match="event loop"):
            ai_services.execute("narrator", TASK, CONTEXT)

    def test_a_script_names_its_show(self, monkeypatch):
        monkeypatch.delenv("PROJECT_ENV", raising=False)
        with pytest.raises(ShowError):
            ai_services.execute("narrator", TASK, CONTEXT)

    def test_a_script_works_on_the_show_it_names(self, tmp_path, monkeypatch):
        show = make_show(tmp_path, {"ch01_One.md": 60})
        monkeypatch.setenv("PROJECT_ENV", str(show.root))
        report = ai_services.execute("narrator", TASK, CONTEXT)
        assert report["status"] == "success", report
        assert report["modified"] == ["ch01_One.md"]
        assert len((show.manuscripts / "ch01_One.md").read_text(encoding="utf-8")) > len(words(60))

    def test_a_fact_a_script_remembers_is_in_the_matrix(self, tmp_path):
        from textcraft_core.ai_services.runtime import ScriptDesk

        show = make_show(tmp_path, {"ch01_One.md": 60}, matrix={"content": {"ch01": {"path": "ch01_One.md"}}})
        desk = ScriptDesk(show)
        remember("a\nfact " + "x" * 400, "ch01_One.md", runtime=desk.runtime())
        remember("  ", "ch01", runtime=desk.runtime())
        desk.close()
        (fact,) = MatrixStore(show, SystemClock()).load().content["ch01"].notes
        assert fact.startswith("a fact xxx")
        assert len(fact) == 280


async def test_two_services_at_once_share_nothing(tmp_path):
    brain = ScriptedBrain(latency=lambda: 0.001)
    brain.always("narrator", lambda p: "done" if p.context["last"] else appends(p.target, f"{p.task['task_id']}\n"))
    show = make_show(tmp_path, {"ch01_One.md": "", "ch02_Two.md": ""})
    with runtime_on(show, brain) as (runtime, _):
        tasks = [{**TASK, "task_id": name, "target_file": f"{name}.md"} for name in ("ch01_One", "ch02_Two")]
        reports = await asyncio.gather(*(narrator.execute(task, CONTEXT, runtime=runtime) for task in tasks))
    assert [report["modified"] for report in reports] == [["ch01_One.md"], ["ch02_Two.md"]]
