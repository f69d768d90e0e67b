from tests.fakes.clock import FakeClock
from textcraft_gui.projection import lane
from textcraft_gui.state.show_state import Severity, ShowState, moment


def _told(*lines):
    state, clock = ShowState(), FakeClock()
    for text, severity in lines:
        lane.tell(state, moment(clock), text, severity)
        clock.advance(10)
    return state, clock


def test_the_same_line_again_only_counts():
    state, _clock = _told(("a", Severity.WARN), ("a", Severity.WARN), ("b", Severity.WARN))
    assert [(message.text, message.times) for message in state.lane] == [("a", 2), ("b", 1)]


def test_said_again_after_it_was_seen_it_wants_an_answer_again():
    state, clock = _told(("a", Severity.WARN))
    lane.acknowledge(state)
    lane.warn(state, moment(clock), "a")
    assert state.warnings == 1


def test_notes_want_no_answer():
    state, _clock = _told(("a", Severity.NOTE))
    assert state.warnings == 0


def test_the_newest_stands_in_front_while_it_is_fresh():
    state, clock = ShowState(), FakeClock()
    lane.tell(state, moment(clock), "fault", Severity.FAULT)
    clock.advance(10)
    lane.tell(state, moment(clock), "note")
    clock.advance(lane.FRONT_SECONDS - 0.1)
    assert lane.front(state, moment(clock)).text == "note"
    clock.advance(0.2)
    assert lane.front(state, moment(clock)).text == "fault"


def test_then_the_loudest_that_waits():
    state, clock = _told(("fault", Severity.FAULT), ("warning", Severity.WARN), ("note", Severity.NOTE))
    assert lane.front(state, moment(clock)).text == "fault"
    lane.acknowledge(state, 1)
    assert lane.front(state, moment(clock)).text == "warning"
    lane.acknowledge(state)
    assert lane.front(state, moment(clock)).text == "note"


def test_an_empty_lane_has_no_front():
    assert lane.front(ShowState(), moment(FakeClock())) is None
