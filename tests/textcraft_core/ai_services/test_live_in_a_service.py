import json

from tests.fakes import llm_server as llm
from tests.fakes.live_brain import live
from tests.fakes.llm_server import LlmServer
from tests.fakes.show import make_show, words
from textcraft_bus.clock import SystemClock
from textcraft_core.ai_services import narrator
from textcraft_core.ai_services.runtime import Runtime
from textcraft_core.events import BrainAnswered, FileWritten, TokensStreamed
from textcraft_core.show.bible import Bible
from textcraft_core.show.writer import ShowWriter

TASK = {
    "task_id": "t",
    "assigned_agent": "narrator",
    "action_type": "generate",
    "target_file": "ch01_One.md",
    "instructions": "",
    "characters": ["alpha"],
}


async def narrate(server, tmp_path):
    show = make_show(tmp_path, {"ch01_One.md": 60})
    told, spent = [], []
    async with live(server, tmp_path) as bench:
        runtime = Runtime(
            show=show,
            bible=Bible(show, SystemClock()),
            writer=ShowWriter(show, bench.journal),
            brain=bench.brain,
            emit=told.append,
            cycle=1,
            journal=bench.journal,
            index={"ch01": "manuscripts/ch01_One.md"},
            spend=lambda *entry: spent.append(entry),
        )
        report = await narrator.execute(TASK, {"cycle": 1, "chapter": {"id": "ch01"}}, runtime=runtime)
    return report, told, spent, show


async def test_a_chapter_is_written_by_a_server_and_each_attempt_is_paid_once(tmp_path):
    text = words(80, "live")
    written = json.dumps({"path": "manuscripts/ch01_One.md", "content": text})
    async with LlmServer() as server:
        server.say(llm.hang_up(), llm.stream(llm.tool_chunks(("write_file", written))), llm.says("done"))
        report, told, spent, show = await narrate(server, tmp_path)
    assert (show.manuscripts / "ch01_One.md").read_text() == text
    assert (report["status"], report["modified"]) == ("success", ["ch01_One.md"])
    assert len(spent) == 3
    assert report["cost"] == sum(usd for _, usd, _ in spent)
    assert report["cost_estimated"]
    streamed = "".join(event.text for event in told if isinstance(event, TokensStreamed))
    assert streamed == text + "done"
    assert len([event for event in told if isinstance(event, FileWritten)]) == 1
    assert [event.cost for event in told if isinstance(event, BrainAnswered)] == [
        spent[0][1] + spent[1][1],
        spent[2][1],
    ]


async def test_an_answer_cut_off_in_its_arguments_leaves_the_chapter_as_it_is(tmp_path):
    half = '{"path": "manuscripts/ch01_One.md", "content": "half a chap'
    async with LlmServer() as server:
        server.say(llm.stream(llm.tool_chunks(("write_file", half), finish="length")), llm.says("sorry"))
        report, _, _, show = await narrate(server, tmp_path)
    assert (show.manuscripts / "ch01_One.md").read_text() == words(60)
    assert report["status"] == "error"
    assert "raise max_tokens" in json.dumps(server.heard[1].body["messages"])
