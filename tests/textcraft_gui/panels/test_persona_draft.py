import pytest

from tests.fakes.stage import PERSONAS
from textcraft_gui.panels.persona_draft import Draft, draft_of, persona_of, problems


@pytest.mark.parametrize("role", PERSONAS)
def test_a_persona_goes_through_the_form_unchanged(role):
    draft = draft_of(PERSONAS[role])
    assert problems(draft) == {}
    assert persona_of(draft) == PERSONAS[role]


def test_a_raw_persona_is_read_leniently():
    draft = draft_of({"name": None, "allowed_tools": None, "temperature": 1})
    assert draft == Draft(temperature="1")
    assert set(problems(draft)) == {"name", "model", "max_tokens", "system_prompt"}


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("name", "  ", "needs a name"),
        ("model", "", "needs a model"),
        ("temperature", "warm", "a number from 0 to 1"),
        ("temperature", "1.4", "between 0 and 1"),
        ("temperature", "-0.1", "between 0 and 1"),
        ("temperature", "nan", "between 0 and 1"),
        ("max_tokens", "0", "above 0"),
        ("max_tokens", "1.5", "whole number"),
        ("max_tokens", "", "whole number"),
        ("system_prompt", "\n", "needs a system prompt"),
    ],
)
def test_what_is_wrong_is_said(field, value, told):
    good = draft_of(PERSONAS["narrator"])
    found = problems(Draft(**{**good.__dict__, field: value}))
    assert list(found) == [field]
    assert told in found[field]
