import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textcraft_core.ai_services.prices import (
    DEAREST,
    NOTHING,
    Price,
    PriceError,
    Pricing,
    is_loopback,
    listed,
    most_tokens,
)
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
    assert listed("gpt-4-0613") == listed("gpt-4") == listed("GPT-4") == Price(30, 60)


def test_of_tiers_the_dearest_counts_and_of_dates_the_one_that_holds():
    assert listed("gemini-2.5-pro", day=date(2026, 1, 5)) == Price(2.5, 15)
    assert listed("o3", day=date(2025, 1, 5)) == Price(10, 40)
    assert listed("o3", day=date(2026, 1, 5)) == Price(2, 8)


def test_the_address_tells_whose_price_it_is():
    assert listed("openai/gpt-4", "https://openrouter.ai/api/v1").known
    assert listed("gpt-4", "https://api.anthropic.com/v1") == DEAREST
    assert listed("gpt-4", REMOTE) == Price(30, 60)


@pytest.mark.parametrize("model", ["", "llama-9", "openai/gpt-4", "text-embedding-3-small", "mystery"])
def test_an_unknown_model_is_the_dearest(model):
    price = listed(model)
    assert (price.prompt, price.completion) == UNKNOWN_PRICE
    assert not price.known


def test_nothing_in_the_list_is_dearer_than_the_dearest():
    from genai_prices.data_snapshot import get_snapshot

    models = [(provider, model.id) for provider in get_snapshot().providers for model in provider.models]
    prices = [listed(model, "", date(2026, 1, 5)) for _provider, model in models]
    assert len(prices) > 500
    assert max(price.prompt for price in prices) <= DEAREST.prompt
    assert max(price.completion for price in prices) <= DEAREST.completion


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
