"""Words are refused for length, control characters and the show's list, in whatever dress they come."""

import pytest

from textcraft_core.stage.pictures.words import Words


@pytest.mark.parametrize("text", ["Bad", "so BAD!", "a bád thing", "b\u0061\u0301d", "very  old   phrase", "ＢＡＤ"])
def test_a_listed_word_is_found_in_any_dress(text):
    assert "list" in Words(["bad", "old phrase"]).refusal(text)


@pytest.mark.parametrize("text", ["badge", "not at all", "old", "", "forbad"])
def test_a_part_of_another_word_is_no_listed_word(text):
    assert Words(["bad", "old phrase"]).refusal(text) == ""


def test_words_are_bounded_and_printable():
    assert "longer" in Words().refusal("x" * 141)
    assert "control" in Words().refusal("a\x07b")
    assert Words(["", "  "]).refusal("anything") == ""
    assert Words(["(", "[a"]).refusal("a ( b") != ""
