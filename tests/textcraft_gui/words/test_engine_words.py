"""The engine's English in the operator's language: recognised by its form, held to the source it comes from."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.fakes.clock import FakeClock
from tests.textcraft_gui.words.test_translation import french  # noqa: F401 - a fixture
from textcraft_core import events as ev
from textcraft_gui.projection import apply
from textcraft_gui.state.show_state import ShowState, moment
from textcraft_gui.words.engine_words import FORMS, engine_words
from textcraft_gui.words.event_words import words_of

ROOT = Path(__file__).resolve().parents[3]
OF_AN_EVENING = ("stage", "day", "audience")
"""Rooms of the engine whose refusals and warnings an operator meets."""
RAISED = ("CommandRefused", "Warned", "ok", "warn", "fail", "unknown")
BETWEEN = re.compile(r"{\w+}|(?<=[.?]) |[:;] ")
"""Gaps, and where a program puts two parts together."""


def texts_of(node: ast.expr) -> Iterator[str]:
    """The texts an expression can be, each gap as a word of its own."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield "".join(str(part.value) if isinstance(part, ast.Constant) else "Zz" for part in node.values)
    elif isinstance(node, ast.IfExp):
        yield from texts_of(node.body)
        yield from texts_of(node.orelse)


def said_by(room: str) -> Iterator[str]:
    for path in sorted((ROOT / "services" / "textcraft_core" / room).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in RAISED:
                texts = [*node.args, *(word.value for word in node.keywords if word.arg == "text")]
                yield from (text for arg in texts for text in texts_of(arg) if " " in text)


@cache
def sources() -> str:
    places = (ROOT / "services", ROOT / "textcraft_gui" / "machine", ROOT / "textcraft_gui" / "app.py")
    found = [path for place in places for path in (place.rglob("*.py") if place.is_dir() else [place])]
    return re.sub(r'"\s*\n\s*f?"', "", "\n".join(path.read_text("utf-8") for path in found))


@pytest.mark.parametrize("room", OF_AN_EVENING)
def test_what_a_room_of_an_evening_refuses_or_warns_of_is_said_in_french(french, room):  # noqa: F811
    left = [text for text in said_by(room) if engine_words(text) == text and not text.startswith("Zz")]
    assert left == []


def test_every_form_is_one_that_some_program_says():
    """A form nobody says any more is a line to translate for nothing, and one that was reworded stays English."""
    pieces = [(form, piece.strip(" .:;,()$%?")) for form in FORMS for piece in BETWEEN.split(form)]
    gone = [form for form, piece in pieces if piece not in sources()]
    assert gone == []


def test_a_reason_within_a_sentence_is_said_too_and_what_stands_in_the_gaps_stays(french):  # noqa: F811
    assert engine_words("The gate refused this picture (words): hold to overrule it.").startswith(
        "Le contrôle a refusé"
    )
    assert "elle est presque noire" in engine_words("the end card is not on the walls: it is almost black")
    assert "l'escalier" in engine_words("There is no wall l'escalier.")
    assert engine_words("Mara counted nine souls") == "Mara counted nine souls"


def test_lane_and_timeline_say_a_warning_in_french_and_the_event_stays_english(french):  # noqa: F811
    event, state = ev.Warned(text="The machine of brick may fall asleep: switch that off there."), ShowState()
    apply(state, event, moment(FakeClock()))
    assert state.lane[-1].text.startswith("La machine de brick") and words_of(event) == state.lane[-1].text
    assert event.text.startswith("The machine of brick")


def test_in_english_nothing_is_looked_at():
    assert all(engine_words(form) == form for form in FORMS)
