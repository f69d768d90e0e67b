from datetime import UTC, datetime
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textcraft_core.ai_services.retry import MOST_ASKED_SECONDS, RETRIED, Retry, retry_after
from textcraft_core.errors import BrainFault

NOW = datetime(2030, 1, 1, 12, 0, 0, tzinfo=UTC)


@given(done=st.integers(0, 9), seed=st.integers(0, 10**6))
def test_waits_double_up_to_a_most_and_are_spread(done, seed):
    wait = Retry(10).wait(BrainFault.SERVER, done, None, Random(seed))
    whole = min(2.0**done, 30.0)
    assert whole / 2 <= wait <= whole


def test_the_same_chance_gives_the_same_waits():
    waits = [[Retry().wait(BrainFault.RATE, n, None, rng) for n in range(3)] for rng in (Random(5), Random(5))]
    assert waits[0] == waits[1]
    assert len(set(waits[0])) == 3


@pytest.mark.parametrize("kind", list(BrainFault))
def test_only_what_may_pass_is_tried_again(kind):
    assert (Retry().wait(kind, 0, None, Random(1)) is not None) is (kind in RETRIED)
    assert Retry(3).wait(kind, 3, None, Random(1)) is None


@given(asked=st.floats(0, MOST_ASKED_SECONDS))
def test_a_server_s_wish_is_never_cut_short(asked):
    assert asked <= Retry().wait(BrainFault.RATE, 0, asked, Random(1)) <= asked * 1.1


def test_too_long_a_wish_is_not_waited_for():
    assert Retry().wait(BrainFault.RATE, 0, MOST_ASKED_SECONDS + 1, Random(1)) is None


@pytest.mark.parametrize(
    ("value", "milliseconds", "seconds"),
    [
        ("3", None, 3.0),
        ("0.5", None, 0.5),
        ("7", "1500", 1.5),
        ("Tue, 01 Jan 2030 12:01:30 GMT", None, 90.0),
        ("Tue, 01 Jan 2030 11:00:00 GMT", None, 0.0),
        ("Tue, 01 Jan 2030 12:00:10 -0000", None, 10.0),
        (None, None, None),
        ("-4", None, None),
        ("nan", None, None),
        ("inf", None, None),
        ("soon", "later", None),
    ],
)
def test_retry_after_is_read_in_all_its_forms(value, milliseconds, seconds):
    assert retry_after(value, milliseconds, NOW) == seconds


@given(st.text(max_size=60))
def test_no_header_breaks_it(text):
    seconds = retry_after(text, None, NOW)
    assert seconds is None or seconds >= 0
