"""A desk at the other end of a real socket: orders in, lamps out, and the guards of keys."""

import socket

import pytest
from pythonosc.osc_message import OscMessage

from tests.textcraft_gui.remote.test_addresses import osc
from textcraft_core import commands as cmd
from textcraft_core import events as ev
from textcraft_core.events import StopName
from textcraft_gui.remote.osc import MOST_PER_SECOND, OscPlace, OscRemote, OscUnavailable, listen


@pytest.fixture
def desk():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as made:
        made.bind(("127.0.0.1", 0))
        made.settimeout(5)
        yield made


@pytest.fixture
def window(open_console):
    return open_console()


@pytest.fixture
def remote(window, desk):
    made = OscRemote(window.feed, window.verbs, OscPlace(port=0, feedback_port=desk.getsockname()[1]), window)
    made.open()
    yield made
    made.shut()


@pytest.fixture
def send(desk, remote):
    return lambda *message: desk.sendto(osc(*message), ("127.0.0.1", remote.port))


def _told(desk, address, value):
    """Read until an address has a value."""
    while True:
        message = OscMessage(desk.recv(2048))
        if (message.address, message.params) == (f"/textcraft/state/{address}", [value]):
            return True


def test_an_order_becomes_a_verb_and_says_by_what(qtbot, stage, send):
    send("/textcraft/safe_look", 1)
    qtbot.waitUntil(lambda: stage.handled == [cmd.SafeLook(on=True)])
    assert stage.verbs_used == [("safe look", "operator", "osc")]


def test_the_same_within_a_moment_is_one(qtbot, stage, send):
    for _ in range(3):
        send("/textcraft/hold", 1)
    send("/textcraft/hold", 0)
    qtbot.waitUntil(lambda: stage.handled == [cmd.Hold(on=True), cmd.Hold(on=False)])
    stage.clock.advance(1)
    send("/textcraft/hold", 1)
    qtbot.waitUntil(lambda: len(stage.handled) == 3)


def test_restore_must_be_held(qtbot, stage, window, send):
    stage.emit(ev.StopChanged(stop=StopName.PANIC, on=True))
    send("/textcraft/restore", 1)
    send("/textcraft/restore", 0)
    send("/textcraft/mark")
    qtbot.waitUntil(lambda: stage.handled == [cmd.Mark()])
    send("/textcraft/restore", 1)
    qtbot.waitUntil(lambda: stage.handled == [cmd.Mark(), cmd.Restore()], timeout=5000)


def test_lamps_follow_the_state_and_a_refresh_tells_all(qtbot, stage, window, desk, remote, send):
    assert _told(desk, "hold", 0)
    stage.emit(ev.StopChanged(stop=StopName.HOLD, on=True))
    qtbot.waitUntil(lambda: remote._told.get("/textcraft/state/hold") == 1)
    assert _told(desk, "hold", 1)
    send("/textcraft/refresh")
    qtbot.wait(50)
    assert _told(desk, "mode", "rehearse")


def test_a_flood_and_nonsense_are_counted_not_obeyed(qtbot, stage, window, desk, remote, send):
    desk.sendto(b"nonsense", ("127.0.0.1", remote.port))
    for _ in range(3 * MOST_PER_SECOND):
        send("/textcraft/unknown")
    qtbot.waitUntil(lambda: remote.dropped == 3 * MOST_PER_SECOND + 1, timeout=10_000)
    assert stage.handled == []
    assert sum("OSC message was ignored" in message.text for message in window.feed.state.lane) == 1


def test_a_port_in_use_is_told_not_fatal(window, desk, remote):
    place = OscPlace(port=remote.port)
    with pytest.raises(OscUnavailable, match=str(remote.port)):
        OscRemote(window.feed, window.verbs, place, window).open()
    listen(window.feed, window.verbs, place, window)
    assert "OSC cannot listen" in window.feed.state.lane[-1].text


def test_listening_to_others_is_told(window):
    listen(window.feed, window.verbs, OscPlace(host="0.0.0.0", port=0, feedback_port=0), window).shut()  # noqa: S104
    assert "whoever reaches this network" in window.feed.state.lane[-1].text
