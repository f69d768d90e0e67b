import pytest
from PySide6.QtTest import QAbstractItemModelTester

from tests.fakes.clock import FakeClock
from tests.support import show_script as script
from textcraft_core import events as ev
from textcraft_gui.models.candidates import BADGE_ROLE, CandidatesModel
from textcraft_gui.projection import apply
from textcraft_gui.state.show_state import ShowState, moment


@pytest.fixture
def model(qapp):
    made = CandidatesModel()
    tester = QAbstractItemModelTester(made, QAbstractItemModelTester.FailureReportingMode.Fatal, made)
    yield made
    del tester


def _state(*events):
    state = ShowState()
    for event in events:
        apply(state, event, moment(FakeClock()))
    return state


def test_badges_tell_how_each_stands(model):
    events = [*script.candidate(0, "a"), *script.candidate(1, "b", approved=False)]
    events += [*script.candidate(2, "c", passed=False), *script.candidate(3, "d"), *script.candidate(4, "e")]
    model.show_state(_state(*events, script.taken(3), ev.NextStaged(request_id="picture-0")))
    badges = [model.data(model.index(row), BADGE_ROLE) for row in range(model.rowCount())]
    assert badges == [("1", "next"), ("2 waits", "waits"), ("flat", "failed"), ("4 shown", "shown"), ("5", "ok")]


def test_rows_that_stay_are_not_reset(model):
    resets = []
    model.modelReset.connect(lambda: resets.append(1))
    state = _state(*script.candidate(0, "a"))
    model.show_state(state)
    model.show_state(_state(*script.candidate(0, "a"), ev.CaptionEdited(request_id="picture-0", text="new")))
    assert resets == []
    assert model.data(model.index(0)) == "new"
    assert (model.row_of("picture-0"), model.row_of("picture-9")) == (0, None)


def test_those_that_fall_out_and_those_that_come_leave_the_others_alone(model):
    resets = []
    model.modelReset.connect(lambda: resets.append(1))
    events = [event for number in range(12) for event in script.candidate(number, str(number))]
    model.show_state(_state(*events))
    gone = [ev.CandidateDropped(request_id=f"picture-{number}", reason="old") for number in (0, 5)]
    model.show_state(_state(*events, *gone, *script.candidate(12, "12"), *script.candidate(13, "13")))
    assert [model.row_of(f"picture-{number}") for number in (0, 1, 5, 6, 13)] == [None, 0, None, 4, 11]
    assert resets == []


def test_another_order_is_shown_too(model):
    model.show_state(_state(*script.candidate(0, "a"), *script.candidate(1, "b")))
    model.show_state(_state(*script.candidate(1, "b"), *script.candidate(0, "a")))
    assert (model.row_of("picture-1"), model.row_of("picture-0")) == (0, 1)
