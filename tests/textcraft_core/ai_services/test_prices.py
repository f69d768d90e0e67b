import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textcraft_core.ai_services.prices import NOTHING, Price, PriceError, Pricing, is_loopback, listed, most_tokens
from textcraft_core.ai_services.runtime import UNKNOWN_PRICE

REMOTE = "https://api.example.com/v1"


@pytest.mark.parametrize(
    ("url", "yes"),
    [
        ("http://127.0.0.1:8080/v1", True),
        ("http://127.9.9.9/v1", True),
        ("http://[::1]:1/v1", True),
        ("http://localhost:11434/v1", True),
        ("http://localhost.example.com/v1", False),
        ("http://127.0.0.1.example.com/v1", False),
        ("http://192.168.1.5/v1", False),
        ("http://0.0.0.0/v1", False),
        (REMOTE, False),
    ],
)
def test_loopback_is_known_by_its_address(url, yes):
    assert is_loopback(url) is yes


def test_auto_is_free_on_this_machine_and_by_the_list_elsewhere():
    assert Pricing.of("auto", "http://127.0.0.1/v1").price("gpt-4") == NOTHING
    assert Pricing.of("auto", REMOTE).price("gpt-4") == Price(30, 60)
    assert Pricing.of("free", REMOTE).price("gpt-4") == NOTHING
    assert Pricing.of("2.5 / 10", "http://127.0.0.1/v1").price("anything") == Price(2.5, 10)


def test_a_dated_model_has_the_price_of_its_name():
    assert listed("gpt-4o-2024-08-06") == listed("gpt-4o")
    assert listed("claude-sonnet-4-20250514") == listed("claude-sonnet-4")
    assert listed("gpt-4-0613") == listed("gpt-4")


@pytest.mark.parametrize("model", ["", "llama-9", "gpt-4-1106-preview", "openai/gpt-4", "GPT-4"])
def test_an_unknown_model_is_the_dearest(model):
    price = listed(model)
    assert (price.prompt, price.completion) == UNKNOWN_PRICE
    assert not price.known


@pytest.mark.parametrize("policy", ["", "cheap", "1", "1/", "-1/2", "1/2/3", "1e9/2", "9" * 400 + "/1"])
def test_a_price_that_is_none_is_refused(policy):
    with pytest.raises(PriceError):
        Pricing.of(policy, REMOTE)


def test_a_price_is_of_a_million_tokens():
    assert Price(2, 8).of(500_000, 250_000) == 3.0


@given(st.lists(st.text(max_size=80), min_size=1, max_size=5))
def test_no_prompt_has_more_tokens_than_are_reserved(texts):
    body = {"messages": [{"role": "user", "content": text} for text in texts], "tools": [{"name": "t"}]}
    # Byte-pair encodings have no token shorter than a byte.
    assert most_tokens(body) >= sum(len(text.encode(errors="replace")) for text in texts) + len(
        json.dumps({"name": "t"})
    )
