"""How long ago something was, when dates are set, machines rest and batteries are empty."""

from datetime import UTC, datetime

import pytest

from tests.fakes.clock import FakeClock
from textcraft_core.events import ClockSet, RunEnded
from textcraft_core.record.journal import Journal
from textcraft_core.record.show_time import DAY, horizon

HOUR, YEAR = 3600.0, 365 * DAY
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class Diary:
    """A journal and a clock; each row says which one it is."""

    def __init__(self, path, start=datetime(2026, 11, 20, tzinfo=UTC)):
        self.clock = FakeClock(start)
        self.journal = Journal(path, self.clock)
        self.seqs = {}

    def row(self, name):
        """Store a row to ask for."""
        self.seqs[name] = self.journal.write(RunEnded(reason=name)).result()
        return self

    def lives(self, seconds):
        """So long something is stored every hour."""
        while seconds > 0:
            self.clock.advance(min(HOUR, seconds))
            self.row("")
            seconds -= HOUR
        return self

    def rests(self, seconds):
        """Nothing is stored for so long: the program does not run."""
        self.clock.advance(seconds)
        return self.row("")

    def leaps(self, seconds):
        """The date is set while the program does not run."""
        self.clock.jump(seconds)
        return self.row("")

    def is_set(self, seconds):
        """The date is set while the program runs; something is stored before that is seen."""
        self.clock.jump(seconds)
        self.row("")
        self.clock.advance(1)
        self.seqs[""] = self.journal.write(ClockSet(seconds=seconds)).result()
        return self

    def lived(self, name):
        """How long ago that row is held to be, in whole days."""
        return next((days - 1 for days in range(1, 800) if not self.is_older(name, days)), 800)

    def is_older(self, name, days):
        now, seq = self.clock.now().timestamp(), self.seqs[name]
        at = next(r.at.timestamp() for r in self.journal.select(["RunEnded"]) if r.seq == seq)
        end = horizon(self.journal, now, days * DAY)
        return seq < end.seq or (seq < end.end and at < end.at)


@pytest.fixture
def diary(tmp_path):
    made = []

    def make(**more):
        made.append(Diary(tmp_path / "journal.sqlite", **more))
        return made[-1]

    yield make
    made[-1].journal.close()


def test_days_on_which_all_is_well_count_as_they_are(diary):
    diary = diary().row("word").lives(9.5 * DAY)
    assert diary.lived("word") == 9


def test_nights_count(diary):
    diary = diary().row("word")
    for _ in range(5):
        diary.lives(8 * HOUR).rests(16 * HOUR)
    assert diary.lived("word") in {4, 5}


def test_a_date_that_is_set_a_year_ahead_ages_nothing_however_long_it_stays(diary):
    diary = diary().row("word").lives(DAY).is_set(YEAR).row("later").lives(3.5 * DAY)
    assert (diary.lived("word"), diary.lived("later")) == (4, 3)
    diary.is_set(-YEAR).lives(2 * DAY)
    assert (diary.lived("word"), diary.lived("later")) == (6, 5)


def test_a_date_that_was_a_year_ahead_and_is_set_right_keeps_nothing_for_a_year(diary):
    diary = diary().leaps(YEAR).row("word").lives(HOUR).is_set(-YEAR).lives(8.5 * DAY)
    assert diary.lived("word") == 8


def test_a_year_ahead_that_nobody_watched_counts_as_a_day_until_another_went_by(diary):
    diary = diary().row("word").leaps(YEAR).lives(12 * HOUR)
    assert diary.lived("word") == 1
    diary.lives(2 * DAY)
    assert diary.lived("word") > 300


def test_a_year_ahead_that_is_set_back_in_time_never_counts(diary):
    diary = diary().row("word").leaps(YEAR).lives(12 * HOUR).leaps(-YEAR).lives(3.6 * DAY)
    assert diary.lived("word") in {4, 5}


def test_who_is_there_once_a_week_is_believed_a_week_later(diary):
    diary = diary().row("word")
    for _ in range(2):
        diary.rests(7 * DAY).lives(3 * HOUR)
    assert diary.lived("word") == 8


def test_an_empty_battery_that_time_servers_put_right_ages_nothing_and_keeps_nothing(diary):
    diary = diary().row("word").lives(HOUR)
    away = (diary.clock.now() - LONG_AGO).total_seconds()
    diary.leaps(-away).row("under a wrong date").lives(HOUR).is_set(away + 5 * DAY).lives(12 * HOUR)
    assert (diary.lived("word"), diary.lived("under a wrong date")) == (1, 0)
    diary.lives(DAY)
    assert (diary.lived("word"), diary.lived("under a wrong date")) == (6, 1)
    diary.lives(7 * DAY)
    assert diary.lived("under a wrong date") == 8


def test_an_empty_battery_that_is_put_right_while_nothing_runs(diary):
    diary = diary().row("word").lives(HOUR)
    away = (diary.clock.now() - LONG_AGO).total_seconds()
    diary.leaps(-away).row("under a wrong date").lives(3 * HOUR).leaps(away + 5 * DAY).lives(36 * HOUR)
    assert (diary.lived("word"), diary.lived("under a wrong date")) == (6, 1)


def test_a_show_that_was_begun_under_a_wrong_date(diary):
    diary = diary(start=LONG_AGO).row("word").lives(HOUR).is_set(56 * YEAR).lives(3.5 * DAY)
    assert diary.lived("word") == 3


def test_a_wrong_date_without_anybody_to_put_it_right(diary):
    diary = diary().row("word").leaps(-26 * YEAR).lives(8.5 * DAY)
    assert diary.lived("word") == 8


def test_a_leap_since_the_last_row_is_one_too(diary):
    diary = diary().row("word")
    diary.clock.jump(YEAR)
    diary.clock.advance(20 * HOUR)
    assert diary.lived("word") == 1
    diary.row("").clock.jump(-YEAR)
    diary.clock.advance(HOUR)
    assert diary.lived("word") == 1


def test_a_program_that_runs_and_stores_nothing_is_believed_once_it_stored_something(diary):
    diary = diary().row("word")
    diary.clock.advance(9 * DAY)
    assert diary.lived("word") == 1
    diary.row("").clock.advance(25 * HOUR)
    assert diary.lived("word") == 10


def test_a_clock_that_is_corrected_by_moments_is_no_leap(diary):
    diary = diary().row("word")
    for _ in range(50):
        diary.lives(HOUR).is_set(-3.0)
    assert diary.lived("word") == 2


def test_without_a_row_the_date_counts(tmp_path):
    journal = Journal(tmp_path / "journal.sqlite", FakeClock())
    end = horizon(journal, 10 * DAY, 3 * DAY)
    assert (end.seq, end.at) == (0, 7 * DAY)
    journal.close()


def test_dates_before_the_first_row_are_told_for_other_journals(diary):
    diary = diary().row("word").lives(DAY)
    first = diary.clock.now().timestamp() - DAY
    assert horizon(diary.journal, diary.clock.now().timestamp(), 7 * DAY).at == pytest.approx(first - 6 * DAY)
