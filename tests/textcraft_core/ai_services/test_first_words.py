"""A server is looked for on this machine alone, tried once within its price, and never believed."""

import asyncio
import json

import pytest
from pydantic import SecretStr

from tests.fakes.llm_server import LlmServer, document, flood, hang_up, says, silent, status
from tests.support.waiting import until
from textcraft_bus.clock import SystemClock
from textcraft_core.ai_services.client import BrainError, BrainFault
from textcraft_core.ai_services.first_words import (
    Place,
    book_trials,
    first_words,
    models_of,
    probe,
    quote,
    usual_places,
)
from textcraft_core.ai_services.settings import LlmSettings
from textcraft_core.record.journal import Journal
from textcraft_core.show.templates import SAMPLE, begin_from

KEY = "sk-planted-0123456789abcdef"
MODELS = document(json.dumps({"data": [{"id": "llama3.2"}, {"id": "gemma3"}]}), "application/json")


def test_the_usual_places_are_data_and_all_of_this_machine():
    places = {place.name: place.base_url for place in usual_places()}
    assert {"ollama", "lmstudio", "llama.cpp", "vllm"} <= set(places)
    assert all("//127.0.0.1:" in url for url in places.values())


async def test_what_answers_is_found_with_its_models():
    async with LlmServer().say(MODELS) as server:
        found, other = await probe((Place("ollama", server.url), Place("vllm", "http://127.0.0.1:9/v1")))
    assert found.found and found.models == ("gemma3", "llama3.2")
    assert not other.found and other.fault == "nothing listens there"
    assert [heard.path for heard in server.heard] == ["/v1/models"]
    assert "authorization" not in server.heard[0].headers


async def test_no_other_machine_is_probed():
    with pytest.raises(ValueError, match="only this machine"):
        await probe((Place("far", "http://192.0.2.1:11434/v1"),))


@pytest.mark.parametrize(
    ("script", "words"),
    [
        (document("<html>hello", "text/html"), "something else answers"),
        (document("{}", "application/json"), "something else answers"),
        (document(json.dumps({"data": [{"id": ""}]}), "application/json"), "something else answers"),
        (document(json.dumps({"data": [{"id": "a\nb"}]}), "application/json"), "something else answers"),
        (document("[" * 100_000, "application/json"), "something else answers"),
        (document(b"\xff\xfe", "application/json"), "something else answers"),
        (document(json.dumps({"data": []}), "application/json"), "no model yet"),
        (status(500), "error (500)"),
        (status(302, location="http://127.0.0.1:9/v1/models"), "error (302)"),
        (hang_up(), "it broke"),
        (silent(), "within 0.5 s"),
        (flood(4 << 20, b" " * 65536), "larger"),
    ],
)
async def test_what_answers_garbage_is_told_and_not_used(script, words):
    async with LlmServer().say(script) as server:
        (place,) = await probe((Place("ollama", server.url),), 0.5)
    assert not place.found and words in place.fault


async def test_a_wrong_key_is_told_and_never_repeated():
    async with LlmServer().say(status(401, {"error": {"message": f"wrong key {KEY}"}})) as server:
        with pytest.raises(BrainError) as told:
            await models_of(server.url, KEY)
    assert told.value.kind is BrainFault.AUTH and KEY not in str(told.value)
    assert server.heard[0].headers["authorization"] == f"Bearer {KEY}"


def _settings(server, **more):
    return LlmSettings(base_url=server.url, model="m", key=SecretStr(KEY), keychain=False, **more)


async def test_one_sentence_comes_and_costs_at_most_what_was_told(tmp_path):
    heard, spent = [], []
    async with LlmServer().say(says("Welcome, ", "all.")) as server:
        settings = _settings(server, price="3/15")
        most = quote(settings)
        said = await first_words(settings, SystemClock(), heard.append, spent.append)
    assert (said.text, "".join(heard)) == ("Welcome, all.", "Welcome, all.")
    assert most.known and 0 < said.cost <= most.most_usd < 0.05 and spent == [said.cost]
    show = begin_from(SAMPLE, tmp_path / "show")
    await book_trials(show, said.cost, SystemClock())
    journal = Journal(show.journal, SystemClock())
    try:
        assert [record.event.usd for record in journal.select(["SpendSettled"])] == [pytest.approx(said.cost)]
    finally:
        journal.close()


async def test_it_is_asked_once_however_it_fails():
    async with LlmServer().say(status(503)) as server:
        with pytest.raises(BrainError):
            await first_words(_settings(server), SystemClock(), lambda _text: None, lambda _usd: None)
    assert len(server.heard) == 1


async def test_a_try_can_be_ended_and_what_it_may_have_cost_is_told():
    spent = []
    async with LlmServer().say(silent()) as server:
        settings = _settings(server, price="3/15")
        task = asyncio.get_running_loop().create_task(
            first_words(settings, SystemClock(), lambda _text: None, spent.append)
        )
        await until(lambda: server.heard, 30, "the server to hear it")
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert 0 < sum(spent) <= quote(settings).most_usd
