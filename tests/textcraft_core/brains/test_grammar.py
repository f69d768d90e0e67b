from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textcraft_core.ai_services.client import BrainError
from textcraft_core.brains.grammar import (
    before_tag,
    expand,
    guarded,
    literal,
    readings,
    sentences,
    slots,
    tidy,
)


def test_an_alternate_is_drawn_and_a_slot_filled():
    drawn = {expand("[one|two] {thing}s", {"thing": "egg"}, Random(n)) for n in range(20)}
    assert drawn == {"One eggs", "Two eggs"}


def test_a_slot_of_templates_is_expanded_in_turn():
    assert expand("{a} {b}.", {"a": "Pim", "b": ("saw a {c}",), "c": "owl"}, Random(1)) == "Pim saw an owl."


def test_a_comma_slot_takes_the_form_before_a_speech_tag():
    scope = {"line": ("Go on.",), "ask": "Why?"}
    assert expand("“{line,}” she said. “{ask,}” he said.", scope, Random(1)) == "“Go on,” she said. “Why?” he said."


def test_a_slot_without_a_value_is_an_error_that_names_it():
    with pytest.raises(BrainError, match="nowhere"):
        expand("{nowhere}", {}, Random(1))


def test_a_circle_of_templates_is_an_error():
    with pytest.raises(BrainError, match="circles"):
        expand("{a}", {"a": ("{b}",), "b": ("{a}",)}, Random(1))


def test_text_from_outside_is_never_expanded():
    assert expand("{a} spoke.", {"a": "{b} [x|y]", "b": "wrong"}, Random(1)) == "{b} [x|y] spoke."
    assert literal(" {b}\n[x|y] ") == "b xy"


@pytest.mark.parametrize(
    ("given_text", "mended"),
    [
        ("a apple and a pear", "An apple and a pear"),
        ("It was a old one, a useful one, a one-eyed one.", "It was an old one, a useful one, a one-eyed one."),
        ("a uninvited guest", "An uninvited guest"),
        ("yes . no ,  perhaps", "Yes. No, perhaps"),
        ("“no.” she left. the end", "“No.” She left. The end"),
        ("“where?” she asked", "“Where?” she asked"),
        ("one.\n\ntwo.", "One.\n\nTwo."),
    ],
)
def test_what_slots_leave_behind_is_mended(given_text, mended):
    assert tidy(given_text) == mended


def test_tidying_twice_changes_nothing():
    text = tidy("a egg . the {x} is a ant")
    assert tidy(text) == text


def test_a_guard_is_read_and_taken_off():
    assert guarded("?rake?“You rake?” she said.") == ("rake", "“You rake?” she said.")
    assert guarded("No guard?") == ("", "No guard?")


def test_readings_hold_each_alternate_at_least_once():
    told = " ".join(readings("[a|b|c] {x} [d|e]"))
    assert all(letter in told for letter in "abcde")
    assert slots("{x} [a|{y,}] {z.they}") == ("x", "y", "z.they")


def test_sentences_leave_headings_out_and_split_speech():
    assert sentences("## One\n\n“Go,” she said. He went.\n") == ["Go,” she said.", "He went."]


def test_only_a_full_stop_gives_way_to_a_speech_tag():
    assert [before_tag(text) for text in ("Go.", "Go?", "Go!")] == ["Go,", "Go?", "Go!"]


@given(st.text(max_size=60))
def test_literal_text_can_stand_in_any_template(text):
    clean = literal(text)
    assert not set(clean) & set("{}[]|\n")
    assert expand("{a}!", {"a": clean or "x"}, Random(0)).endswith("!")
