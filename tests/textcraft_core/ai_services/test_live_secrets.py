import json

import pytest

from tests.fakes import llm_server as llm
from tests.fakes.live_brain import live
from tests.fakes.llm_server import LlmServer
from textcraft_core.ai_services.client import BrainError, BrainFault
from textcraft_core.events import SpendReserved, Warned


@pytest.fixture
async def server():
    async with LlmServer() as made:
        yield made


def chain(error):
    seen = []
    todo = [error]
    while todo:
        each = todo.pop()
        if each is not None and each not in seen:
            seen.append(each)
            todo += [each.__cause__, each.__context__]
    return seen


def spilled(secret, bench, fault, caplog, folder):
    """Return where a secret shows: the whole chain of errors, events, log and every file of the show."""
    half = secret.strip().splitlines()[0]
    told = [(type(each).__name__, f"{each!r} {each} {each.args} {vars(each)}") for each in chain(fault)]
    told += [(type(event).__name__, event.model_dump_json()) for event in bench.events]
    told += [("log", f"{record.getMessage()} {record.exc_text or ''}") for record in caplog.records]
    told += [("text", "".join(bench.text))]
    bench.journal.flush()
    told += [(path.name, path.read_bytes().decode("latin-1")) for path in folder.rglob("*") if path.is_file()]
    return [where for where, text in told if half in text or repr(half)[1:-1] in text]


SECRET = "sk-planted-0123456789abcdef"  # noqa: S105 - made up


@pytest.mark.parametrize(
    ("key", "script"),
    [
        (SECRET, llm.status(401, {"error": {"message": f"Incorrect API key provided: {SECRET}"}})),
        (SECRET, llm.status(400, {"error": {"message": f"header was Bearer {SECRET}", "code": SECRET}})),
        (SECRET, llm.status(500, f"dump: authorization={SECRET}")),
        (SECRET, llm.stream([llm.event({"error": {"message": f"key {SECRET}"}})])),
        (SECRET, llm.says("the key is ", SECRET[:9], SECRET[9:], " so")),
        (SECRET, llm.says("x", finish=SECRET)),
        (SECRET, llm.stream(llm.tool_chunks(("write_file", json.dumps({"content": SECRET}))))),
        (SECRET, llm.stream(llm.tool_chunks((SECRET, "[]")))),
        (SECRET, llm.hang_up()),
        (SECRET, llm.document(b"\xff" + SECRET.encode(), "text/event-stream")),
        (SECRET, llm.document(b"data: \xff" + SECRET.encode() + b"\n\n", "text/event-stream")),
        (SECRET, llm.status(307, location=f"http://127.0.0.1:1/?key={SECRET}")),
        (SECRET + "\nsecond-line", llm.says("never reached")),
        (SECRET + "\x7f", llm.says("never reached")),
        (SECRET + " é", llm.says("never reached")),
    ],
)
async def test_the_key_never_shows_anywhere(server, tmp_path, caplog, key, script):
    caplog.set_level("DEBUG")
    server.say(script)
    async with live(server, tmp_path, key=key, max_retries=0) as bench:
        with pytest.raises(BrainError) as caught:
            await bench.ask()
        assert spilled(key, bench, caught.value, caplog, tmp_path) == []
        assert key == SECRET or server.heard == []
    assert [heard.headers["authorization"] for heard in server.heard] in ([], [f"Bearer {SECRET}"])


async def test_a_line_end_around_a_key_is_forgiven(server, tmp_path):
    server.say(llm.says("x"))
    async with live(server, tmp_path, key=f"  {SECRET}\n") as bench:
        await bench.ask()
    assert server.heard[0].headers["authorization"] == f"Bearer {SECRET}"


async def test_a_short_key_is_no_secret_of_a_local_server(server, tmp_path):
    server.say(llm.says("the ollama is an animal"))
    async with live(server, tmp_path, key="ollama") as bench:
        assert "ollama" in (await bench.ask())["data"]["content"]


async def test_without_a_key_a_remote_server_is_not_even_asked(tmp_path):
    async with live(None, tmp_path, key="", base_url="https://api.example.com/v1") as bench:
        with pytest.raises(BrainError, match=r"no key for api\.example\.com: put LLM_API_KEY") as caught:
            await bench.ask()
        assert caught.value.kind is BrainFault.AUTH
        assert bench.of(SpendReserved) == []


async def test_a_key_in_the_clear_is_warned_of(server, tmp_path, monkeypatch):
    monkeypatch.setattr("textcraft_core.ai_services.live.is_loopback", lambda _url: False)
    server.say(llm.says("x"))
    async with live(server, tmp_path) as bench:
        await bench.ask()
        assert "in the clear" in bench.of(Warned)[0].text
