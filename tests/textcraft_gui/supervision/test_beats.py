"""Only the console of a supervisor is its beat, and nobody waits."""

import socket

from tests.support.waiting import wait_until
from textcraft_gui.supervision.beats import VARIABLE, Heart, Listener


def port_of(listener):
    return int(listener.address.partition(":")[0])


def test_a_beat_is_heard_once_a_second():
    ear = Listener()
    heart = Heart(ear.address)
    heart.tick(100.0)
    assert ear.wait(30.0)
    heart.tick(100.5)
    assert not ear.wait(0.05)
    heart.tick(101.1)
    assert ear.wait(30.0)
    heart.close()
    ear.close()


def test_a_beat_of_somebody_else_or_of_the_last_console_does_not_count():
    ear = Listener()
    last = Heart(ear.address)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        for said in (b"", b"x" * 24, b"y" * 4000):
            stranger.sendto(said, ("127.0.0.1", port_of(ear)))
    assert not ear.wait(0.1)
    ear.begin_anew()
    last.tick(1.0)
    assert not ear.wait(0.1)
    last.close()
    ear.close()


def test_a_supervisor_that_is_gone_does_not_harm_the_console():
    ear = Listener()
    heart = Heart(ear.address)
    ear.close()
    for second in range(5):
        heart.tick(float(second))
    heart.close()


def test_the_address_is_taken_out_of_the_environment():
    ear = Listener()
    environ = {VARIABLE: ear.address, "OTHER": "1"}
    heart = Heart.from_environment(environ)
    assert environ == {"OTHER": "1"}
    assert heart.is_heard
    heart.tick(1.0)
    wait_until(lambda: ear.wait(0.1))
    heart.close()
    ear.close()


def test_without_a_supervisor_and_with_nonsense_it_beats_for_nobody():
    for address in ("", "x", "0:t", "99999999:t", ":"):
        heart = Heart(address)
        assert not heart.is_heard
        heart.tick(1.0)
        heart.close()
