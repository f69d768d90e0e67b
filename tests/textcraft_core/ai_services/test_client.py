import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.fakes.brain import json_answer, text_answer, tool_answer
from textcraft_core.ai_services.client import Answer, BrainError, BrainFault, Usage, check_answer


def test_a_whole_answer_is_read():
    answer = check_answer(tool_answer(("write_file", {"path": "p"}), cost=0.5))
    assert answer.finish_reason == "tool_calls"
    assert [(call.id, call.name, call.arguments) for call in answer.tool_calls] == [("c0", "write_file", {"path": "p"})]
    assert answer.usage == Usage(10, 10, 20, 0.5)


def test_arguments_may_come_as_json_text():
    raw = tool_answer(("t", {}))
    raw["data"]["tool_calls"][0]["arguments"] = '{"a": 1}'
    assert check_answer(raw).tool_calls[0].arguments == {"a": 1}


@pytest.mark.parametrize("reason", [None, "", "content_filter", 3])
def test_an_answer_without_an_end_was_cut_off(reason):
    raw = text_answer("half")
    raw["data"]["finish_reason"] = reason
    with pytest.raises(BrainError, match="cut off") as caught:
        check_answer(raw)
    assert caught.value.kind is BrainFault.GARBAGE


@pytest.mark.parametrize(
    "change",
    [
        {"content": 3},
        {"content": "x" * (1024 * 1024 + 1)},
        {"tool_calls": "x"},
        {"tool_calls": [{}]},
        {"tool_calls": [{"name": "t", "arguments": "[1]"}]},
        {"tool_calls": [{"name": "t", "arguments": "{"}]},
        {"tool_calls": [{"name": "t"}] * 65},
    ],
)
def test_nonsense_is_refused(change):
    raw = text_answer("x")
    raw["data"].update(change)
    with pytest.raises(BrainError):
        check_answer(raw)


@pytest.mark.parametrize("cost", [None, "free", -1.0, float("nan"), float("inf"), True])
def test_a_cost_that_is_no_amount_is_unknown(cost):
    assert check_answer(text_answer("x", cost=cost)).usage.cost is None


def test_an_unknown_cost_stays_unknown_in_a_sum():
    assert (Usage(1, 1, 2, 0.5) + Usage(1, 1, 2, None)).cost is None


def test_a_reported_fault_is_one():
    with pytest.raises(BrainError, match="error"):
        check_answer({**json_answer({}), "status": "error"})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["status", "data", "content", "tool_calls", "finish_reason", "usage", "name", "arguments"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(JSON)
@example({"data": {"finish_reason": []}})
def test_whatever_comes_is_an_answer_or_a_brain_error(raw):
    try:
        assert isinstance(check_answer(raw), Answer)
    except BrainError as fault:
        assert fault.kind in {BrainFault.GARBAGE, BrainFault.SERVER}
