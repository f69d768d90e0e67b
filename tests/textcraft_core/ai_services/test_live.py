import asyncio
import gzip
import json
import subprocess
import sys
import time
from random import Random

import psutil
import pytest

from tests.fakes import llm_server as llm
from tests.fakes.live_brain import ASK, live
from tests.fakes.llm_server import LlmServer
from tests.support.waiting import until
from textcraft_core.ai_services.client import BrainError, BrainFault, Employer, check_answer
from textcraft_core.ai_services.transport import MAX_ANSWER_BYTES
from textcraft_core.events import BrainWaiting, SpendReserved, SpendSettled, Warned

TOOLS = [{"type": "function", "function": {"name": "write_file", "parameters": {"type": "object"}}}]


@pytest.fixture
async def server():
    async with LlmServer() as made:
        yield made


async def fails(bench, kind, match=None, **more):
    with pytest.raises(BrainError, match=match) as caught:
        await bench.ask(**more)
    assert caught.value.kind is kind
    return caught.value


# Answers


async def test_an_answer_streams_and_is_paid_by_its_usage(server, tmp_path):
    server.say(llm.says("one ", "two"))
    async with live(server, tmp_path) as bench:
        answer = check_answer(await bench.ask(tools=TOOLS))
        assert (answer.content, answer.finish_reason, bench.text) == ("one two", "stop", ["one ", "two"])
        cost = (100 * 5 + 50 * 15) / 1e6
        assert (answer.usage.cost, answer.usage.estimated, answer.usage.total_tokens) == (cost, False, 150)
        assert bench.spent == [("narrator", cost, False)]
        assert [event.usd for event in bench.of(SpendSettled)] == [cost]
    asked = server.heard[0]
    assert (asked.method, asked.path) == ("POST", "/v1/chat/completions")
    assert asked.body["messages"] == ASK
    assert asked.body["tools"] == TOOLS
    assert (asked.body["max_tokens"], asked.body["stream"]) == (500, True)


async def test_tools_are_called_and_what_they_write_is_read_meanwhile(server, tmp_path):
    written = {"path": "ch01_A.md", "content": 'A "line"\nand more é'}
    server.say(llm.stream(llm.tool_chunks(("write_file", json.dumps(written)), ("launch", "{}"))))
    async with live(server, tmp_path) as bench:
        answer = check_answer(await bench.ask())
        assert [(call.name, call.arguments) for call in answer.tool_calls] == [("write_file", written), ("launch", {})]
        assert "".join(bench.text) == written["content"]
        assert len(bench.text) > 3


async def test_a_server_that_cannot_stream_is_read_whole(server, tmp_path):
    said = {"choices": [{"message": {"content": "whole"}, "finish_reason": "stop"}], "usage": llm.USAGE}
    server.say(llm.document(json.dumps(said), "application/json; charset=utf-8"))
    async with live(server, tmp_path) as bench:
        assert (await bench.ask())["data"]["content"] == "whole"


async def test_nothing_of_the_environment_is_sent(server, tmp_path, monkeypatch):
    for name in ("OPENAI_ORG_ID", "OPENAI_PROJECT_ID", "OPENAI_API_KEY", "OPENAI_ADMIN_KEY"):
        monkeypatch.setenv(name, "from-the-environment")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    server.say(llm.says("x"))
    async with live(server, tmp_path) as bench:
        await bench.ask()
    headers = server.heard[0].headers
    assert "from-the-environment" not in str(headers)
    assert set(headers) == {
        "host", "accept", "accept-encoding", "authorization", "connection", "content-length", "content-type",
        "user-agent",
    }  # fmt: skip


async def test_a_count_that_is_missing_is_estimated(server, tmp_path):
    server.say(llm.stream([llm.delta(content="four"), llm.delta("stop"), llm.DONE]))
    server.say(llm.says("four", usage={"prompt_tokens": 0, "completion_tokens": 0}))
    async with live(server, tmp_path) as bench:
        for _ in range(2):
            usage = check_answer(await bench.ask()).usage
            assert usage.estimated
            assert 0 < usage.cost < 0.02
            assert usage.prompt_tokens > 0


async def test_an_empty_last_word_after_tools_is_an_answer(server, tmp_path):
    server.say(llm.says(), llm.says())
    async with live(server, tmp_path) as bench:
        await fails(bench, BrainFault.GARBAGE, "empty")
        answer = await bench.ask(messages=[*ASK, {"role": "tool", "tool_call_id": "c", "content": "{}"}])
        assert answer["data"]["content"] == ""


# What a server does not take


async def test_structured_output_is_asked_for_and_given_up_where_it_is_refused(server, tmp_path):
    server.say(
        llm.status(400, {"error": {"message": "response_format is not supported"}}),
        llm.says('{"action_type": "wait"}'),
        llm.says('{"action_type": "wait"}'),
        llm.says("prose"),
    )
    async with live(server, tmp_path) as bench:
        for role in ("architect", "architect", "narrator"):
            await bench.ask(role)
        assert ["response_format" in asked.body for asked in server.heard] == [True, False, False, False]
        schema = server.heard[0].body["response_format"]["json_schema"]["schema"]
        assert set(schema["required"]) == set(schema["properties"])
        assert [event.text for event in bench.of(Warned)] == [
            f"{bench.brain.name} does not take structured output for gpt-4o: it goes on without"
        ]
        assert bench.waits == []


async def test_parts_that_are_refused_one_by_one_are_left_out_one_by_one(server, tmp_path):
    server.say(
        llm.status(400, {"error": {"message": "use 'max_completion_tokens' instead"}}),
        llm.status(400, {"error": {"message": "'temperature' does not support 0.7"}}),
        llm.status(422, {"detail": "stream_options: extra fields not permitted"}),
        llm.says("x"),
    )
    async with live(server, tmp_path) as bench:
        await bench.ask()
        body = server.heard[-1].body
        assert body["max_completion_tokens"] == 500
        assert not {"max_tokens", "temperature", "stream_options"} & set(body)
        assert len(bench.of(Warned)) == 3
        assert sum(event.usd for event in bench.of(SpendSettled)) == pytest.approx(bench.ledger.spent)


async def test_a_refusal_that_nothing_cures_is_final(server, tmp_path):
    server.say(llm.status(400), llm.status(400))
    async with live(server, tmp_path) as bench:
        await fails(bench, BrainFault.REFUSED, "script says 400")
        assert len(server.heard) == 1
        assert bench.ledger.spent == 0


async def test_a_model_the_server_does_not_have_is_replaced_and_shown(server, tmp_path):
    server.say(llm.status(404, {"error": {"message": "The model does not exist"}}), llm.says("x"), llm.says("y"))
    async with live(server, tmp_path, model="gpt-4o-mini") as bench:
        await bench.ask(model="gpt-9")
        await bench.ask(model="gpt-9")
        assert [asked.body["model"] for asked in server.heard] == ["gpt-9", "gpt-4o-mini", "gpt-4o-mini"]
        assert "does not have the model gpt-9: gpt-4o-mini answers" in bench.of(Warned)[0].text
        assert len(bench.of(Warned)) == 1


async def test_a_missing_model_without_another_is_missing(server, tmp_path):
    server.say(llm.status(404))
    async with live(server, tmp_path) as bench:
        await fails(bench, BrainFault.MISSING)
        assert len(server.heard) == 1


# Faults


@pytest.mark.parametrize(
    ("script", "kind"),
    [
        (llm.document("<html>login</html>", "text/html"), BrainFault.GARBAGE),
        (llm.document(b"", "text/event-stream"), BrainFault.SERVER),
        (llm.document(b'data: {"cho', "text/event-stream"), BrainFault.SERVER),
        (llm.document(b"da", "text/event-stream"), BrainFault.SERVER),
        (llm.document(b"data: {\n\n", "text/event-stream"), BrainFault.GARBAGE),
        (llm.document(b"\xff\xfe\x00" * 50, "application/octet-stream"), BrainFault.GARBAGE),
        (llm.document(b"\xff\xfe", "application/json"), BrainFault.GARBAGE),
        (llm.document('"a text"', "application/json"), BrainFault.GARBAGE),
        (llm.document("{", "application/json"), BrainFault.GARBAGE),
        (llm.stream([llm.event({"choices": [None, 3, {"delta": 7}]})]), BrainFault.SERVER),
        (llm.stream(llm.tool_chunks(("write_file", '{"path": "x"'))), BrainFault.GARBAGE),
        (llm.stream(llm.tool_chunks(("", "{}"))), BrainFault.GARBAGE),
        (llm.says("x", finish="banana"), BrainFault.GARBAGE),
        (llm.stream([llm.delta(content="half"), llm.DONE]), BrainFault.SERVER),
        (llm.stream([llm.delta("stop", refusal="no")]), BrainFault.REFUSED),
        (llm.stream([llm.event({"error": {"message": "overloaded"}})]), BrainFault.SERVER),
        (llm.status(403), BrainFault.REFUSED),
        (llm.status(429, {"error": {"message": "m", "code": "insufficient_quota"}}), BrainFault.REFUSED),
        (llm.status(500, "<html>" + "x" * 200_000), BrainFault.SERVER),
        (llm.status(429, "not json"), BrainFault.RATE),
        (llm.status(408), BrainFault.TIMEOUT),
        (llm.hang_up(), BrainFault.SERVER),
    ],
)
async def test_every_failure_is_a_brain_s_fault_of_its_kind(server, tmp_path, script, kind):
    server.say(script)
    async with live(server, tmp_path, max_retries=0) as bench:
        fault = await fails(bench, kind)
        assert len(server.heard) == 1
        assert "<html" not in str(fault)
        assert len(str(fault)) < 500
        assert bench.ledger.reserved == 0


async def test_a_server_that_is_not_there_costs_nothing(tmp_path):
    async with live(None, tmp_path, base_url="http://127.0.0.1:1/v1") as bench:
        await fails(bench, BrainFault.SERVER, "cannot be reached")
        assert len(bench.of(SpendReserved)) == 4
        assert bench.ledger.spent == 0


async def test_no_redirect_is_followed(server, tmp_path):
    async with LlmServer() as elsewhere:
        server.say(*(llm.status(code, location=f"{elsewhere.url}/chat/completions") for code in (301, 302, 307, 308)))
        async with live(server, tmp_path) as bench:
            for _ in range(4):
                await fails(bench, BrainFault.REFUSED)
        assert elsewhere.heard == []


async def test_a_stream_cut_anywhere_is_a_whole_answer_or_none(server, tmp_path):
    whole = b"".join(llm.tool_chunks(("write_file", json.dumps({"path": "p", "content": "word " * 40}))))
    end = whole.index(b'"finish_reason": "tool_calls"') + len(b'"finish_reason": "tool_calls"}]}')
    rng = Random(3)
    async with live(server, tmp_path, max_retries=0) as bench:
        for at in sorted(rng.sample(range(len(whole)), 100)):
            polite = llm.document(whole[:at], "text/event-stream")  # ends as if all was said
            server.say(polite if at % 2 else llm.cut(whole[:at]))
            try:
                answer = check_answer(await bench.ask())
            except BrainError:
                assert at < end + 2
            else:
                assert at >= end
                assert answer.tool_calls[0].arguments["content"] == "word " * 40


async def test_a_network_that_breaks_again_and_again_loses_and_doubles_nothing(server, tmp_path):
    async with live(server, tmp_path) as bench:
        for turn in range(20):
            server.say(llm.hang_up() if turn % 2 else llm.cut(llm.delta(content="half")), llm.says(f"turn {turn}"))
            assert (await bench.ask())["data"]["content"] == f"turn {turn}"
        assert len(server.heard) == 40
        assert bench.ledger.reserved == 0


@pytest.mark.parametrize("piece", [b": " + b"x" * 65534, llm.delta(content="word " * 100)])
async def test_a_flood_is_cut_off_in_little_memory(server, tmp_path, piece):
    server.say(llm.says("warm"), llm.flood(300 * 1024 * 1024, piece, b"data: "))
    async with live(server, tmp_path, max_retries=0) as bench:
        await bench.ask()
        before = psutil.Process().memory_info().rss
        await fails(bench, BrainFault.GARBAGE)
        assert psutil.Process().memory_info().rss - before < 32 * 1024 * 1024
        assert server.lines[-1].sent < MAX_ANSWER_BYTES * 4


async def test_a_compressed_answer_is_refused(server, tmp_path):
    bomb = gzip.compress(b"x" * 10_000_000)

    async def script(_heard, line):
        await line.head(200, content_encoding="gzip")
        await line.send(bomb)

    server.say(script)
    async with live(server, tmp_path) as bench:
        await fails(bench, BrainFault.GARBAGE, "compressed")


# Time


async def test_the_deadline_holds_on_a_stream_that_only_drips(server, tmp_path):
    server.say(llm.says("warm"), llm.drip(0.02))
    async with live(server, tmp_path, timeout=2.0, deadline=3.0) as bench:
        await bench.ask()
        began = time.monotonic()
        await fails(bench, BrainFault.TIMEOUT, "within 3 s")
        # How near it comes is measured beside a bare timer, in tests/faults.
        assert 2.9 <= time.monotonic() - began <= 10
        await asyncio.wait_for(server.lines[-1].gone.wait(), 20)
        assert len(server.heard) == 2


@pytest.mark.parametrize("script", [llm.silent(), llm.silent(llm.delta(content="a"))])
async def test_silence_is_a_time_out_that_is_tried_again(server, tmp_path, script):
    server.say(script, llm.says("x"))
    async with live(server, tmp_path, timeout=1.5) as bench:
        assert (await bench.ask())["data"]["content"] == "x"
        assert "silent for 1.5 s" in bench.of(BrainWaiting)[0].reason
        # Nobody saw the end of the silent attempt: all it could have cost is counted.
        settled = bench.of(SpendSettled)
        assert (settled[0].usd, settled[0].estimated) == (bench.of(SpendReserved)[0].usd, True)


@pytest.mark.parametrize("script", [llm.drip(0.01), llm.silent()])
async def test_cancelling_closes_the_connection_at_once(server, tmp_path, script):
    server.say(script)
    async with live(server, tmp_path) as bench:
        await bench.brain.prepare()
        task = asyncio.get_running_loop().create_task(bench.ask())
        await until(lambda: server.lines)
        began = time.monotonic()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.wait_for(server.lines[0].gone.wait(), 20)
        assert time.monotonic() - began < 5  # in a minute it would be given up
        assert bench.ledger.reserved == 0
        assert bench.spent[0][2]


async def test_cancelling_ends_a_wait_at_once(server, tmp_path):
    server.say(llm.status(503, retry_after="100"))
    async with live(server, tmp_path) as bench:
        bench.brain._sleep = asyncio.sleep
        task = asyncio.get_running_loop().create_task(bench.ask())
        await until(bench.countdowns)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asyncio.wait_for(task, 20)
        assert bench.countdowns()[-1] == 0
        assert len(server.heard) == 1


# Retries


async def test_a_storm_is_weathered_as_the_server_asks(server, tmp_path):
    server.say(llm.status(429, retry_after="7"), llm.status(503), llm.status(429, retry_after_ms="1500"), llm.says("x"))
    async with live(server, tmp_path) as bench:
        assert (await bench.ask())["data"]["content"] == "x"
        assert [7 <= bench.waits[0] <= 7.7, 1 <= bench.waits[1] <= 2, 1.5 <= bench.waits[2] <= 1.65] == [True] * 3
        assert bench.countdowns() == [value for wait in bench.waits for value in (wait, 0.0)]
        assert "429" in bench.of(BrainWaiting)[0].reason
        assert bench.ledger.spent == bench.spent[0][1]


@pytest.mark.parametrize("tries", [0, 2])
async def test_retries_end(server, tmp_path, tries):
    server.always = llm.status(500)
    async with live(server, tmp_path, max_retries=tries) as bench:
        await fails(bench, BrainFault.SERVER)
        assert len(server.heard) == tries + 1


@pytest.mark.parametrize(("asked", "deadline"), [("121", 600), ("20", 10)])
async def test_a_wait_that_is_too_long_is_not_begun(server, tmp_path, asked, deadline):
    server.say(llm.status(429, retry_after=asked))
    async with live(server, tmp_path, deadline=deadline) as bench:
        fault = await fails(bench, BrainFault.RATE)
        assert fault.retry_after == float(asked)
        assert bench.waits == []


async def test_a_refused_key_is_said_once(server, tmp_path):
    server.always = llm.status(401)
    async with live(server, tmp_path) as bench:
        await fails(bench, BrainFault.AUTH, "refuses the key")
        assert len(server.heard) == 1
        assert bench.waits == []


async def test_no_further_attempt_is_made_while_the_operator_pauses(server, tmp_path):
    server.say(llm.status(500, retry_after="0"), llm.says("x"))
    go, asked = asyncio.Event(), asyncio.Event()

    async def permit():
        asked.set()
        await go.wait()

    async with live(server, tmp_path, deadline=0.4) as bench:
        await bench.brain.prepare()
        bench.brain.work_for(Employer(lambda *entry: bench.spent.append(entry), permit))
        task = asyncio.get_running_loop().create_task(bench.ask())
        await asyncio.wait_for(asked.wait(), 30)
        done, _ = await asyncio.wait({task}, timeout=0.6)
        assert not done
        assert len(server.heard) == 1
        go.set()
        assert (await task)["data"]["content"] == "x"


# The start path


def test_the_library_is_loaded_by_the_first_call_only():
    modules = ["textcraft_core.core_service", "textcraft_core.ai_services.live", "textcraft_core.ai_services.fallback"]
    code = f"import sys, {', '.join(modules)}; print([m for m in ('openai', 'httpx2') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "[]"


async def test_the_loop_goes_on_while_the_library_loads(server, tmp_path):
    async with live(server, tmp_path) as bench:
        task = asyncio.get_running_loop().create_task(bench.brain.prepare())
        turns = 0
        while not task.done():
            turns += 1
            await asyncio.sleep(0)
        assert turns > 0
        await task


async def test_a_library_that_cannot_be_loaded_is_told(server, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "openai.resources.chat", None)
    async with live(server, tmp_path) as bench:
        await fails(bench, BrainFault.MISSING, "cannot be loaded")
        assert bench.ledger.spent == 0


async def test_a_role_without_a_model_is_told(server, tmp_path):
    async with live(server, tmp_path) as bench:
        await fails(bench, BrainFault.MISSING, "set DEFAULT_MODEL", model="")
        assert server.heard == []
