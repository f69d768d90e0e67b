"""A day as a script: what is due, what follows, and what a hand may change."""

from datetime import UTC, datetime, timedelta

import pytest

from textcraft_core.day.course import SCHEDULE, DayCourse, DayRecord, Due
from textcraft_core.day.hours import read_hours
from textcraft_core.errors import CommandRefused
from textcraft_core.events import DayState

TEN = datetime(2030, 6, 5, 8, 0, tzinfo=UTC)
"""10:00 in Berlin."""
EIGHTEEN = TEN + timedelta(hours=8)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def course():
    return DayCourse(read_hours("Europe/Berlin", ("mon-sun 10:00-18:00",)), 10 * MINUTE)


def by_schedule(course):
    course.begin(TEN - 10 * MINUTE, SCHEDULE)
    course.open(TEN)
    return course


def test_a_day_by_schedule(course):
    assert course.due(TEN - 11 * MINUTE) is None
    assert course.due(TEN - 10 * MINUTE) is Due.OPENING
    told = course.begin(TEN - 10 * MINUTE, SCHEDULE)
    assert (told.state, told.opens_at, told.closes_at) == (DayState.OPENING, TEN, EIGHTEEN)
    assert course.due(TEN - MINUTE) is None
    assert course.due(TEN) is Due.OPEN
    course.open(TEN)
    assert course.due(EIGHTEEN - MINUTE) is None
    assert course.due(EIGHTEEN) is Due.CLOSING
    course.close(EIGHTEEN, SCHEDULE)
    assert course.due(EIGHTEEN) is None
    told = course.end(EIGHTEEN + MINUTE)
    assert (told.state, told.opens_at) == (DayState.CLOSED, TEN + timedelta(days=1))
    assert course.due(EIGHTEEN + 2 * MINUTE) is None
    assert course.due(TEN + timedelta(days=1)) is Due.OPENING


def test_a_program_started_late_opens_at_once(course):
    assert course.due(TEN + timedelta(hours=3)) is Due.OPENING
    course.begin(TEN + timedelta(hours=3), SCHEDULE)
    assert course.due(TEN + timedelta(hours=3)) is Due.OPEN


def test_what_is_closed_by_hand_stays_closed_until_the_next_day(course):
    by_schedule(course)
    course.close(TEN + MINUTE, "operator")
    course.end(TEN + 2 * MINUTE)
    assert course.due(TEN + timedelta(hours=4)) is None
    assert course.due(TEN + timedelta(days=1)) is Due.OPENING


def test_closing_time_can_be_moved_and_never_into_the_past(course):
    by_schedule(course)
    assert course.extend(TEN, 15).closes_at == EIGHTEEN + 15 * MINUTE
    assert course.extend(TEN, -700).closes_at == TEN + MINUTE


def test_a_day_that_closes_opens_again_when_it_is_put_off(course):
    by_schedule(course)
    course.close(EIGHTEEN, SCHEDULE)
    told = course.extend(EIGHTEEN, 15)
    assert (told.state, told.closes_at) == (DayState.OPEN, EIGHTEEN + 15 * MINUTE)


def test_a_day_by_hand_outside_the_hours_has_no_end_of_its_own(course):
    night = TEN + timedelta(hours=12)
    told = course.begin(night, "operator")
    assert (told.opens_at, told.closes_at) == (None, None)
    assert course.due(night) is Due.OPEN
    course.open(night)
    assert course.due(night + timedelta(days=3)) is None


def test_a_day_by_hand_within_the_hours_closes_with_them(course):
    assert course.begin(TEN + MINUTE, "operator").closes_at == EIGHTEEN


def test_the_schedule_closes_what_never_opened(course):
    course.begin(TEN - 10 * MINUTE, SCHEDULE)
    assert course.due(EIGHTEEN) is Due.CLOSING


def test_twice_is_refused(course):
    with pytest.raises(CommandRefused):
        course.close(TEN, "operator")
    with pytest.raises(CommandRefused):
        course.extend(TEN, 15)
    course.begin(TEN, "operator")
    with pytest.raises(CommandRefused):
        course.begin(TEN, "operator")
    course.close(TEN, "operator")
    with pytest.raises(CommandRefused):
        course.close(TEN, "operator")


def test_a_crash_loses_nothing(course):
    by_schedule(course)
    course.extend(TEN, 15)
    kept = DayRecord(**{name: getattr(course.record, name) for name in DayRecord.__slots__})
    again = DayCourse(read_hours("Europe/Berlin", ("mon-sun 10:00-18:00",)), 10 * MINUTE, kept)
    assert again.due(EIGHTEEN) is None
    assert again.due(EIGHTEEN + 15 * MINUTE) is Due.CLOSING


def test_it_says_in_which_zone_its_hours_are_and_none_without_hours():
    now = datetime(2030, 1, 1, 12, tzinfo=UTC)
    berlin = read_hours("Europe/Berlin", ("mon-sun 10:00-18:00",))
    assert DayCourse(berlin, 10 * MINUTE).told(now).zone == "Europe/Berlin"
    assert DayCourse(read_hours("UTC"), 10 * MINUTE).told(now).zone == ""


WRONG = timedelta(days=3650)
"""A battery that was empty: the clock is ten years ahead until the network corrects it."""


def test_a_clock_that_was_ten_years_ahead_keeps_no_house_open(course):
    course.begin(TEN + WRONG, SCHEDULE)
    course.open(TEN + WRONG)
    assert course.due(TEN + MINUTE) is None, "within the hours it stays open"
    assert course.record.closes_at == EIGHTEEN
    assert course.record.began == TEN + MINUTE
    assert course.due(EIGHTEEN) is Due.CLOSING


def test_a_clock_that_was_ten_years_ahead_closes_what_has_no_hours_now(course):
    course.begin(TEN + WRONG, SCHEDULE)
    course.open(TEN + WRONG)
    assert course.due(EIGHTEEN + MINUTE) is Due.CLOSING


def test_a_clock_that_was_set_ahead_and_back_keeps_no_house_closed(course):
    by_schedule(course)
    assert course.due(TEN + WRONG) is Due.CLOSING
    course.close(TEN + WRONG, SCHEDULE)
    course.end(TEN + WRONG + MINUTE)
    assert course.due(TEN + timedelta(hours=2)) is Due.OPENING


def test_a_pre_roll_of_another_decade_is_over(course):
    course.begin(TEN + WRONG - 10 * MINUTE, SCHEDULE)
    assert course.due(TEN + MINUTE) is Due.OPEN
    other = DayCourse(read_hours("Europe/Berlin", ("mon-sun 10:00-18:00",)), 10 * MINUTE)
    other.begin(TEN + WRONG - 10 * MINUTE, SCHEDULE)
    assert other.due(EIGHTEEN + MINUTE) is Due.CLOSING


@pytest.mark.parametrize("hours", [-3, 3])
def test_a_clock_that_is_set_by_hours_moves_no_closing_time(course, hours):
    by_schedule(course)
    assert course.due(TEN + timedelta(hours=4 + hours)) is None
    assert course.record.closes_at == EIGHTEEN
    assert course.due(EIGHTEEN) is Due.CLOSING
