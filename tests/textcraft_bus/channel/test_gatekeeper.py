"""Who came to a door and went again: everybody who did not shake hands is counted once, by a name or without."""

import zmq

from textcraft_bus.channel.gatekeeper import Arrivals

CAME, SHOOK, WENT = zmq.EVENT_ACCEPTED, zmq.EVENT_HANDSHAKE_SUCCEEDED, zmq.EVENT_DISCONNECTED
FAILED = zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL


def strangers(*told):
    arrivals = Arrivals()
    return sum(arrivals.after(event, connection) for event, connection in told)


def test_a_friend_that_comes_and_goes_is_no_stranger():
    assert strangers((CAME, 7), (SHOOK, 0), (WENT, 7)) == 0


def test_who_never_shook_hands_is_one():
    assert strangers((CAME, 7), (WENT, 7), (CAME, 7), (WENT, 7)) == 2


def test_who_was_refused_by_name_is_not_counted_again():
    assert strangers((CAME, 7), (FAILED, 1), (WENT, 7)) == 0
    assert strangers((CAME, 7), (SHOOK, 0), (FAILED, 1), (WENT, 7)) == 0


def test_of_two_that_came_together_one_is_counted_whoever_goes_first():
    for first, second in ((7, 8), (8, 7)):
        assert strangers((CAME, 7), (CAME, 8), (SHOOK, 0), (WENT, first), (WENT, second)) == 1


def test_a_stranger_among_friends_and_refused_ones():
    told = [(CAME, 1), (SHOOK, 0), (CAME, 2), (CAME, 3), (FAILED, 9), (WENT, 2), (WENT, 3), (WENT, 1)]
    assert strangers(*told) == 1
