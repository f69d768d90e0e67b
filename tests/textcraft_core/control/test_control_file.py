import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textcraft_core.control.control_file import (
    Control,
    ControlOrder,
    SystemStatus,
    TornControl,
    cleared,
    parse,
    without_stop,
)

FULL = {
    "system_status": "PAUSED",
    "architect_override": {"active": True, "instruction": "bring  rain", "force_target": "ch01", "note": 7},
    "runtime_settings": {"global_temperature": 0.4, "model_override": "m", "other": [1]},
    "unknown": {"deep": None},
}


def said(**fields):
    return parse(json.dumps(fields).encode())


def test_the_canonical_form():
    assert parse(json.dumps(FULL).encode()) == Control(
        SystemStatus.PAUSED, ControlOrder("bring rain", "ch01"), 0.4, "m"
    )


@pytest.mark.parametrize(
    ("fields", "control"),
    [
        ({"status": "stop"}, Control(SystemStatus.STOP)),
        ({"status": "RUNNING", "override_prompt": "go"}, Control(SystemStatus.RUNNING, ControlOrder("go"))),
        ({"priority_task": "ch02_Two.md"}, Control(order=ControlOrder(target="ch02_Two.md"))),
        ({"priority_task": {"target_file": "ch02"}, "override_prompt": ""}, Control(order=ControlOrder("", "ch02"))),
        ({"architect_override": None, "runtime_settings": None, "system_status": None}, Control()),
        ({"architect_override": {"active": False, "instruction": "x"}}, Control()),
        ({"architect_override": {"active": True, "instruction": " "}}, Control()),
        ({"architect_override": ["list"]}, Control()),
        ({"runtime_settings": {"global_temperature": "0.3", "model_override": None}}, Control(temperature=0.3)),
    ],
)
def test_every_spelling_in_use(fields, control):
    assert said(**fields) == control


@pytest.mark.parametrize("value", [-1, 3, True, "warm", [1]])
def test_what_cannot_be_used_is_said_and_ignored(value):
    control = said(runtime_settings={"global_temperature": value}, system_status="ODD")
    assert (control.temperature, control.status, len(control.ignored)) == (None, None, 2)


def test_a_bom_is_accepted():
    assert parse(b"\xef\xbb\xbf" + json.dumps(FULL).encode()).model == "m"


def test_every_torn_file_says_nothing():
    whole = json.dumps(FULL).encode()
    for length in range(len(whole)):
        with pytest.raises(TornControl):
            parse(whole[:length])


@given(st.binary(max_size=200) | st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from([*FULL, "status", "override_prompt", "priority_task", "active"]), inner, max_size=4),
    max_leaves=12,
).map(lambda value: json.dumps(value).encode()))  # fmt: skip
def test_whatever_it_holds_it_is_read_or_torn(data):
    try:
        control = parse(data)
    except TornControl:
        return
    assert isinstance(control, Control)


def test_clearing_keeps_everything_else():
    new = json.loads(cleared(json.dumps(FULL).encode(), ControlOrder("bring rain", "ch01")))
    assert new == {
        **FULL, "architect_override": {"active": False, "instruction": "", "force_target": "", "note": 7},
    }  # fmt: skip


def test_an_alias_is_cleared_where_it_stands():
    data = json.dumps({"override_prompt": "go", "priority_task": "ch01", "status": "RUNNING", "x": 1}).encode()
    assert json.loads(cleared(data, ControlOrder("go", "ch01"))) == {
        "override_prompt": "", "priority_task": "", "status": "RUNNING", "x": 1,
    }  # fmt: skip


def test_another_order_or_a_torn_file_is_left_alone():
    assert cleared(json.dumps(FULL).encode(), ControlOrder("else")) is None
    assert cleared(b"{", ControlOrder("bring rain", "ch01")) is None
    assert cleared(None, ControlOrder("bring rain", "ch01")) is None


def test_a_stop_of_an_earlier_session_is_taken_out():
    assert json.loads(without_stop(b'{"status": "STOP", "x": 1}')) == {"status": "PAUSED", "x": 1}
    assert without_stop(json.dumps(FULL).encode()) is None
    assert without_stop(b"{") is None
