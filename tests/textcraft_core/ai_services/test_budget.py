import json

from hypothesis import given
from hypothesis import strategies as st

from textcraft_core.ai_services.budget import FEWEST_SUMMARIES, estimated_tokens, fitted
from textcraft_core.prompt_builder import cut_lines

SUMMARIES = [{"id": f"ch{n:02d}", "title": "t" * 20, "status": "LOCKED", "summary": "s" * 200} for n in range(24)]
SPANS = [{"chapters": f"ch{n} – ch{n + 1}", "summary": "a" * 300} for n in range(12)]
HEARD = {
    "task": {"instructions": "do this", "target_file": "ch24_Now.md"},
    "chapter": {"id": "ch24", "text": "word " * 1200},
    "notes": ["n" * 200] * 20,
    "story_so_far": SPANS,
    "summaries": SUMMARIES,
    "operator": ["a line that must be heard"],
    "override": {"instruction": "obey", "target": "ch24"},
    "plan": {"next_id": "ch25", "chapters": [{"id": f"ch{n}", "summary": "p" * 300} for n in range(24, 31)]},
}


def size(heard):
    return estimated_tokens(json.dumps(heard, ensure_ascii=False))


def test_what_fits_is_told_whole():
    assert fitted(HEARD, 100_000) == HEARD


def test_what_is_furthest_back_goes_first():
    told = fitted(HEARD, size(HEARD) - 200)
    assert [("summary" in each) for each in told["summaries"]][:4] == [False, False, False, True]
    assert "summary" in told["summaries"][-1]
    assert {**told, "summaries": SUMMARIES} == HEARD


@given(st.integers(min_value=0, max_value=8000))
def test_it_fits_or_holds_only_what_must_be_told(tokens):
    told = fitted(HEARD, tokens)
    assert size(told) <= max(tokens, size(fitted(HEARD, 0)))
    for key in ("task", "operator", "override"):
        assert told[key] == HEARD[key]
    assert told["plan"]["chapters"][0] == HEARD["plan"]["chapters"][0]
    assert told["summaries"][-FEWEST_SUMMARIES:] == SUMMARIES[-FEWEST_SUMMARIES:]
    assert told["chapter"]["text"] in HEARD["chapter"]["text"]
    assert HEARD["chapter"]["text"].endswith(told["chapter"]["text"])


def test_the_least_is_small():
    assert size(fitted(HEARD, 0)) < 1500


def test_lines_are_cut_whole():
    assert cut_lines("one\ntwo\nthree", 100) == "one\ntwo\nthree"
    assert cut_lines("one\ntwo\nthree", 10) == "one\ntwo\n…"
