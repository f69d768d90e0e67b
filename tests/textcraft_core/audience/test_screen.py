import pytest
from hypothesis import given
from hypothesis import strategies as st

from textcraft_core.audience.screen import Screen, bounded
from textcraft_core.audience.settings import AudienceConfig


def judge(screen, text, policy="auto", now=0.0, waiting=0, attended=True):
    return screen.judge(text, policy, now=now, waiting=waiting, attended=attended)


def test_what_passes_is_taken_as_the_policy_says():
    screen = Screen(AudienceConfig())
    assert [judge(screen, f"a story {policy}", policy).policy for policy in ("auto", "ask", "ignore")] == [
        "auto",
        "ask",
        "ignore",
    ]


def test_what_is_ignored_keeps_no_words():
    assert judge(Screen(AudienceConfig()), "secret words", "ignore").text == ""


@pytest.mark.parametrize("text", ["a forbidden thing", "FORBIDDEN", "forbídden!"])
def test_a_word_of_the_list_is_asked_about_and_ignored_when_nobody_can_be(text):
    screen = Screen(AudienceConfig(words=["forbidden"]))
    assert judge(screen, text).policy == "ask"
    assert judge(Screen(AudienceConfig(words=["forbidden"])), text, attended=False).policy == "ignore"


def test_a_part_of_a_word_is_not_the_word():
    assert judge(Screen(AudienceConfig(words=["cat"])), "the cathedral").policy == "auto"


@pytest.mark.parametrize(("unattended", "policy", "then"), [
    ("screened", "ask", "auto"), ("screened", "auto", "auto"), ("screened", "ignore", "ignore"),
    ("ignored", "ask", "ignore"), ("ignored", "auto", "ignore"),
])  # fmt: skip
def test_with_nobody_there_the_written_answer_holds(unattended, policy, then):
    screen = Screen(AudienceConfig(unattended=unattended))
    assert judge(screen, "a story", policy, attended=False).policy == then


def test_bounds_on_rate_number_and_length():
    screen = Screen(AudienceConfig(per_minute=2, most_waiting=5))
    assert [judge(screen, f"story {n}").policy for n in range(3)] == ["auto", "auto", "ignore"]
    assert judge(screen, "story later", now=61.0).policy == "auto"
    assert judge(screen, "one more", now=61.0, waiting=5).reason == "too many are waiting"
    assert judge(screen, "x", now=200.0).reason == "it is too short"


def test_the_same_words_twice_count_once_for_a_while():
    screen = Screen(AudienceConfig())
    assert judge(screen, "The lamps").policy == "auto"
    assert judge(screen, "the  lamps", now=30.0).reason == "it was said twice"
    assert judge(screen, "the lamps", now=700.0).policy == "auto"


def test_a_cut_is_made_at_a_word():
    assert bounded("one two three four five six", 15) == "one two three…"


@given(st.text(max_size=400), st.integers(20, 100))
def test_whatever_is_said_comes_out_bounded_on_one_line(text, most):
    made = bounded(text, most)
    assert len(made) <= most
    assert not set(made) & {"\n", "\r", "\0", "\u202e", "\u200b"}
