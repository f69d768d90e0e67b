"""Opening hours by the clock of a town, on ordinary days, past midnight and on both days the clocks change."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textcraft_core.day.hours import HoursError, read_hours

BERLIN = "Europe/Berlin"


def at(text):
    return datetime.fromisoformat(text).astimezone(UTC)


def test_a_week_with_a_free_day():
    hours = read_hours(BERLIN, ("tue-fri 10:00-18:00", "sat 12:00-20:00"), ("2030-06-06",))
    wednesday = hours.span_at(at("2030-06-05T12:00+02:00"))
    assert (wednesday.opens, wednesday.closes) == (at("2030-06-05T10:00+02:00"), at("2030-06-05T18:00+02:00"))
    assert hours.span_at(at("2030-06-06T12:00+02:00")) is None
    assert hours.next_opening(at("2030-06-05T18:00+02:00")).opens == at("2030-06-07T10:00+02:00")
    assert hours.next_opening(at("2030-06-08T13:00+02:00")).opens == at("2030-06-11T10:00+02:00")


def test_the_last_moment_is_closed_and_the_first_is_open():
    hours = read_hours(BERLIN, ("mon-sun 10:00-18:00",))
    assert hours.span_at(at("2030-06-05T10:00+02:00")) is not None
    assert hours.span_at(at("2030-06-05T18:00+02:00")) is None


def test_a_late_show_goes_on_past_midnight_and_past_a_week():
    hours = read_hours(BERLIN, ("sun 20:00-01:30",))
    span = hours.span_at(at("2030-06-03T01:00+02:00"))
    assert (span.opens, span.closes) == (at("2030-06-02T20:00+02:00"), at("2030-06-03T01:30+02:00"))


def test_days_wrap_around_the_week():
    hours = read_hours(BERLIN, ("fri-mon 10:00-11:00",))
    assert [day for day in range(7) if hours.span_at(at("2030-06-03T10:30+02:00") + timedelta(days=day))] == [
        0,
        4,
        5,
        6,
    ]


def test_the_clocks_go_forward_and_the_hours_stay_by_the_clock():
    hours = read_hours(BERLIN, ("mon-sun 10:00-18:00",))
    saturday, sunday = hours.span_at(at("2030-03-30T12:00+01:00")), hours.span_at(at("2030-03-31T12:00+02:00"))
    assert sunday.opens - saturday.opens == timedelta(hours=23)
    assert sunday.closes - sunday.opens == timedelta(hours=8)


def test_the_clocks_go_back_and_the_hours_stay_by_the_clock():
    hours = read_hours(BERLIN, ("mon-sun 10:00-18:00",))
    saturday, sunday = hours.span_at(at("2030-10-26T12:00+02:00")), hours.span_at(at("2030-10-27T12:00+01:00"))
    assert sunday.opens - saturday.opens == timedelta(hours=25)


def test_a_night_in_which_an_hour_is_missing_or_comes_twice():
    hours = read_hours(BERLIN, ("sat 22:00-04:00",))
    spring, autumn = hours.span_at(at("2030-03-30T23:00+01:00")), hours.span_at(at("2030-10-26T23:00+02:00"))
    assert spring.closes - spring.opens == timedelta(hours=5)
    assert autumn.closes - autumn.opens == timedelta(hours=7)


def test_a_time_that_does_not_exist_is_the_moment_the_clocks_jump():
    hours = read_hours(BERLIN, ("sun 02:30-06:00",))
    assert hours.span_at(at("2030-03-31T04:00+02:00")).opens == at("2030-03-31T03:00+02:00")


def test_a_time_that_exists_twice_is_the_first():
    hours = read_hours(BERLIN, ("sun 02:30-06:00",))
    assert hours.span_at(at("2030-10-27T04:00+01:00")).opens == at("2030-10-27T02:30+02:00")


@pytest.mark.parametrize(
    ("zone", "line", "closed", "word"),
    [
        ("Nowhere/City", "mon 10:00-11:00", "2030-01-01", "time zone"),
        (BERLIN, "mondays from ten", "2030-01-01", "mon-fri 10:00-18:00"),
        (BERLIN, "mxn 10:00-11:00", "2030-01-01", "no day"),
        (BERLIN, "mon 10:00-25:00", "2030-01-01", "time of day"),
        (BERLIN, "mon 10:00-10:00", "2030-01-01", "same time"),
        (BERLIN, "mon 10:00-11:00", "Christmas", "no date"),
    ],
)
def test_what_cannot_be_read_says_how_it_is_written(zone, line, closed, word):
    with pytest.raises(HoursError, match=word):
        read_hours(zone, (line,), (closed,))


def test_without_rules_it_opens_by_hand_only():
    hours = read_hours("UTC")
    assert (hours.span_at(datetime.now(UTC)), hours.next_opening(datetime.now(UTC))) == (None, None)


@given(st.datetimes(min_value=datetime(2029, 1, 1), max_value=datetime(2032, 1, 1), timezones=st.just(UTC)))
def test_every_opening_lies_ahead_and_holds_its_first_moment(now):
    hours = read_hours(BERLIN, ("mon-sun 22:00-03:00", "sat 01:30-02:30"))
    span = hours.next_opening(now)
    assert now < span.opens < span.closes
    assert hours.span_at(span.opens) is not None
