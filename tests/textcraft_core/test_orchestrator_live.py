"""The engine against a real server: stopped in the middle of a call, and kept to its operator's word."""

import json
import time

import pytest

from tests.fakes import llm_server as llm
from tests.fakes.engine import FAST, a_company, decision, engine_on, until, writes
from tests.fakes.live_brain import live
from tests.fakes.llm_server import LlmServer
from tests.fakes.show import PERSONAS, make_show, words
from textcraft_core import commands
from textcraft_core.events import CycleFailed, CycleStopped, ReportReturned, TaskDispatched, ToolCalled

STOP_SECONDS = 0.25
NOISE_SECONDS = 10.0
"""The machine may be shared; without a stop the call would hang for a minute."""


@pytest.mark.parametrize("first", [b"", llm.delta(content="half a ")])
async def test_stop_ends_a_call_to_a_hanging_server_and_its_connection(tmp_path, first):
    show = make_show(tmp_path / "a", {"ch01_One.md": 60})
    async with LlmServer() as server, live(server, tmp_path) as remote:
        server.always = llm.silent(first)
        await remote.brain.prepare()
        async with engine_on(show, _Releasable(remote.brain), FAST) as bench:
            await bench.engine.handle(commands.Step())
            await until(lambda: server.lines)
            began = time.monotonic()
            await bench.engine.handle(commands.Stop())
            assert time.monotonic() - began <= STOP_SECONDS + NOISE_SECONDS
            assert len(bench.of(CycleStopped)) == 1
            await until(server.lines[0].gone.is_set)
            assert bench.text("ch01_One.md") == words(60)


async def test_tool_calls_of_every_kind_over_the_wire(tmp_path):
    """Several at once, one nobody knows, one forbidden to the persona, one outside the sandbox; broken JSON after."""
    show = make_show(tmp_path / "a", {"ch01_One.md": 60})
    text = words(30, "live")
    calls = (
        ("append_file", json.dumps({"path": "manuscripts/ch01_One.md", "content": text})),
        ("launch_rocket", json.dumps({"now": True})),
        ("assign_task", json.dumps({"target_agent": "editor", "task_description": "x", "target_file": "y"})),
        ("write_file", json.dumps({"path": "../../escape.md", "content": "x"})),
    )
    plan = json.dumps({"action_type": "generate", "target_file": "ch01", "assigned_agent": "narrator"})
    async with LlmServer() as server, live(server, tmp_path, max_retries=0) as remote:
        broken = llm.stream(llm.tool_chunks(("append_file", '{"path": "manuscripts/ch01_One.md", "content": "half')))
        server.say(llm.says(plan), llm.stream(llm.tool_chunks(*calls)), llm.says("done"))
        server.say(llm.says(plan), broken)
        async with engine_on(show, _Releasable(remote.brain), FAST) as bench:
            assert await bench.engine.step()
            told = {(event.tool, event.status) for event in bench.of(ToolCalled)}
            assert told == {
                ("append_file", "success"),
                ("launch_rocket", "error"), ("assign_task", "error"), ("write_file", "error"),
            }  # fmt: skip
            assert bench.text("ch01_One.md") == words(60) + text
            assert not list(tmp_path.rglob("escape.md"))
            assert not await bench.engine.step()
            assert bench.text("ch01_One.md") == words(60) + text
            assert "no JSON object" in bench.of(CycleFailed)[0].reason


async def test_a_further_role_of_the_personas_works_without_code(tmp_path):
    poet = {**PERSONAS["narrator"], "name": "name of poet", "system_prompt": "prompt of poet {{title}}"}
    show = make_show(tmp_path, {"ch01_One.md": 60}, personas={**PERSONAS, "poet": poet})
    brain = a_company().say("architect", decision("generate", "ch01", "poet"))
    brain.say("poet", writes("ch01_One.md", words(90, "verse")), "done")
    async with engine_on(show, brain) as bench:
        assert await bench.engine.step()
        assert bench.of(TaskDispatched)[0].role == bench.of(ReportReturned)[0].role == "poet"
        assert bench.text("ch01_One.md") == words(90, "verse")
        system = next(messages for purpose, messages, _ in brain.calls if purpose.role == "poet")[0]["content"]
        assert system.startswith("prompt of poet test title")
        tools = next(tools for purpose, _, tools in brain.calls if purpose.role == "poet")
        assert {tool["function"]["name"] for tool in tools} == set(poet["allowed_tools"])


class _Releasable:
    """A live brain where the bench expects a scripted one."""

    def __init__(self, brain):
        self._brain = brain

    def __getattr__(self, name):
        return getattr(self._brain, name)

    def release(self):
        return None
