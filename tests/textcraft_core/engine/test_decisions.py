import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textcraft_core.engine.decisions import Action, DecisionPayload, objects_in, parse_decision
from textcraft_core.errors import DecisionError

CANONICAL = {"action_type": "generate", "target_file": "ch01_One.md", "assigned_agent": "narrator"}


def test_the_canonical_form():
    decision = parse_decision({**CANONICAL, "context_notes": "n", "characters": ["a", "b", "a", 3, " "]})
    assert decision == DecisionPayload(
        action_type=Action.GENERATE,
        target_file="ch01_One.md",
        assigned_agent="narrator",
        context_notes="n",
        characters=("a", "b"),
    )


@pytest.mark.parametrize("key", ["action_type", "action", "actionType", "type"])
@pytest.mark.parametrize(
    ("word", "action"),
    [("edit", "edit"), ("FIX", "edit"), ("revise", "edit"), ("delegate", "edit"), ("Outline", "outline")],
)
def test_actions(key, word, action):
    assert parse_decision({key: word, "target": "ch01", "agent": "editor"}).action_type == action


@pytest.mark.parametrize("key", ["target_file", "target", "targetFile", "file", "chapter", "path"])
@pytest.mark.parametrize("value", ["ch01.md", "data/manuscripts/ch01.md", "manuscripts\\ch01.md", " ./ch01.md "])
def test_targets(key, value):
    assert parse_decision({"action": "generate", key: value}).target_file == "ch01.md"


@pytest.mark.parametrize("key", ["assigned_agent", "agent", "assigned_to", "assignedAgent", "service"])
@pytest.mark.parametrize("value", ["editor", "ai_services.editor", "core.ai_services.Editor", "EDITOR"])
def test_agents(key, value):
    assert parse_decision({"action": "edit", "target": "ch01", key: value}).assigned_agent == "editor"


def test_the_form_of_agent_task_and_context():
    decision = parse_decision({"agent": "editor", "task": "fix", "context": {"file": "ch01.md", "notes": "look"}})
    assert (decision.action_type, decision.target_file, decision.context_notes) == ("edit", "ch01.md", "look")
    decision = parse_decision(
        {"agent": "narrator", "action": "edit", "file": "ch01", "task": "more rain", "context": "night"}
    )
    assert decision.context_notes == "more rain\nnight"


@pytest.mark.parametrize("action", ["wait", "stop"])
def test_waiting_needs_no_target(action):
    decision = parse_decision({"action": action, "target": "ch01", "reason": "x"})
    assert (decision.target_file, decision.dispatches) == ("", False)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"action": "generate"},
        {"target": "ch01"},
        {"action": "dance", "target": "ch01"},
        {"action": "edit", "target": "ch01"},
        {"action": "edit", "type": "generate", "target": "ch01", "agent": "editor"},
        {"action": "edit", "target": "ch01", "chapter": "ch02", "agent": "editor"},
        {"action": "edit", "target": "ch01", "agent": "editor", "service": "narrator"},
        {"action": "edit", "target": ["ch01"], "agent": "editor"},
        {"action": 3, "target": "ch01"},
        {"action": "edit", "target": "ch01", "agent": "../editor"},
        {"action": "generate", "target": "x" * 300},
    ],
)
def test_what_is_ambiguous_is_refused(fields):
    with pytest.raises(DecisionError):
        parse_decision(fields)


def test_the_first_object_in_an_answer_counts():
    text = 'Well {not json}, I say ```json\n{"action": "wait", "x": {"action": "stop"}}\n``` {"action": "stop"}'
    assert parse_decision(text).action_type == "wait"


@pytest.mark.parametrize(
    "text",
    ["", "{", "}{", '{"action": "wait", "action": "stop"}', '{"action": NaN}', "[1]", "{" * 100_000, '{"a":' * 50_000],
)
def test_what_holds_no_object_is_refused(text):
    with pytest.raises(DecisionError):
        parse_decision(text)


@given(st.text(max_size=200))
def test_any_text_is_a_decision_or_a_decision_error(text):
    with contextlib.suppress(DecisionError):
        assert isinstance(parse_decision(text), DecisionPayload)


VALUES = st.none() | st.booleans() | st.integers() | st.text(max_size=6) | st.lists(st.text(max_size=3), max_size=2)
KEYS = st.sampled_from(
    ["action", "type", "target", "file", "agent", "service", "task", "context", "notes", "characters"]
)


@given(st.dictionaries(KEYS, VALUES | st.dictionaries(KEYS, VALUES, max_size=3), max_size=6))
def test_any_object_is_a_decision_or_a_decision_error(fields):
    try:
        decision = parse_decision(json.dumps(fields))
    except DecisionError:
        return
    assert "/" not in decision.target_file


def test_objects_inside_others_are_not_apart():
    assert list(objects_in('{"a": {"b": 1}} x {"c": 2}')) == [{"a": {"b": 1}}, {"c": 2}]
