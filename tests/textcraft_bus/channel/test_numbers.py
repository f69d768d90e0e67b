"""A frame that comes again is known by its number, in whatever order frames come and whoever starts anew."""

from hypothesis import given
from hypothesis import strategies as st

from textcraft_bus.channel.messages import Heartbeat, PeerName, Role, ServiceHello
from textcraft_bus.channel.numbers import MAX_PEERS, REMEMBERED, HeardNumbers

WALL, OTHER = PeerName("wall.brick"), PeerName("wall.stairs")


def hello(number, instance="a"):
    return ServiceHello(role=Role.WALL, name="brick", instance=instance, seq=number)


def repeated(heard, *messages, peer=WALL):
    return [heard.is_repeated(peer, message, ()) for message in messages]


def beats(*numbers):
    return [Heartbeat(state="live", seq=number) for number in numbers]


@given(st.permutations(range(2, 60)), st.lists(st.integers(0, 57), max_size=20))
def test_each_frame_is_heard_once_in_any_order(numbers, again):
    heard = HeardNumbers()
    assert repeated(heard, hello(1), *beats(*numbers)) == [False] * 59
    assert repeated(heard, *beats(*(numbers[place] for place in again))) == [True] * len(again)


def test_a_hello_that_comes_again_is_known_too():
    heard = HeardNumbers()
    assert repeated(heard, hello(1), hello(2), hello(1), hello(2), hello(3)) == [False, False, True, True, False]


def test_another_start_counts_anew_and_others_do_not_count():
    heard = HeardNumbers()
    repeated(heard, hello(1), *beats(2, 3))
    assert repeated(heard, *beats(2, 3), peer=OTHER) == [False, False]
    assert repeated(heard, hello(1, "b"), *beats(2, 2)) == [False, False, True]


def test_who_does_not_say_which_start_it_is_counts_anew_with_each_hello():
    heard = HeardNumbers()
    assert repeated(heard, hello(1, ""), *beats(2, 3, 3)) == [False, False, False, True]
    assert repeated(heard, hello(1, ""), *beats(2, 3, 3)) == [False, False, False, True]


def test_who_gives_no_numbers_is_heard_each_time():
    heard = HeardNumbers()
    assert repeated(heard, hello(0), *beats(0, 0, -5, -5)) == [False] * 5


def test_what_is_far_below_the_newest_is_taken_for_heard_and_a_leap_costs_nothing():
    heard = HeardNumbers()
    far = 10**4000
    assert repeated(heard, hello(1), *beats(2, far, far - REMEMBERED + 1, far - REMEMBERED, 3, far)) == [
        False, False, False, False, True, True, True,
    ]  # fmt: skip


def test_however_many_come_few_are_remembered():
    heard = HeardNumbers()
    for number in range(3 * MAX_PEERS):
        repeated(heard, hello(1), peer=PeerName(f"wall.w{number}"))
    assert len(heard._heard) <= MAX_PEERS
    heard.is_repeated(WALL, hello(1), ())
    for number in range(3 * MAX_PEERS):
        heard.is_repeated(PeerName(f"wall.w{number}"), hello(1), (WALL,))
    assert heard.is_repeated(WALL, hello(1), ())
