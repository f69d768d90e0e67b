"""A value goes through its field unchanged, whatever people wrote in its place."""

import pytest

from textcraft_core.show.merge import MISSING
from textcraft_gui.panels.texts.specs import Kind
from textcraft_gui.panels.texts.values import read, shown


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (Kind.LINE, "a"),
        (Kind.WHOLE, 5),
        (Kind.NUMBER, 0.5),
        (Kind.NUMBER, 1),
        (Kind.WORDS, ["a", "b c"]),
        (Kind.PAIRS, {"a": "b", "c": {"deep": 1}}),
        (Kind.PAIRS, "one text"),
        (Kind.FREE, "some words"),
        (Kind.FREE, ["a", "b"]),
        (Kind.FREE, {"a": "b"}),
        (Kind.FREE, {"a": ["b"], "c": 1}),
        (Kind.FREE, [{"a": 1}]),
    ],
)
def test_there_and_back(kind, value):
    assert read(kind, shown(kind, value), value) == value


@pytest.mark.parametrize("kind", list(Kind))
def test_nothing_is_empty(kind):
    assert shown(kind, MISSING) == shown(kind, None) == ""


@pytest.mark.parametrize("text", ["nan", "inf", "1e999", "x", ""])
def test_what_is_no_number_stays_words_for_the_check_to_tell(text):
    assert read(Kind.NUMBER, text, 1) == text
