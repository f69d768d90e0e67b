"""Image servers and displays of others in SERVICES: their age, LOST and BACK; a display is SENT and never ok."""

from tests.textcraft_gui.bands.test_faces import Told
from textcraft_bus.channel.messages import Layer
from textcraft_core import events as ev
from textcraft_gui.bands import faces
from textcraft_gui.state.show_state import Severity
from textcraft_gui.theme import Colour
from textcraft_gui.widgets import signs

SENT = ev.SentToDisplays(request_id="r", layer=Layer.PROGRAM, sha256="0" * 64)


def rows(told):
    return {row.name: row for row in faces.service_rows(told.state, told.now)[1:]}


def beat(**more):
    return ev.AbroadBeat(is_open=True, **more)


def test_nothing_is_said_of_who_never_came():
    assert rows(Told(beat())) == {}


def test_an_image_server_of_others_has_age_state_and_queue():
    told = Told(beat(painters=1))
    told.clock.advance(1)
    row = rows(told)["foreign image server"]
    assert (row.value, row.sign, row.loud) == ("1.0 s", signs.OK, False)
    assert row.hint.startswith("idle, 0 jobs waiting")
    told(beat(painters=2, queue=3))
    row = rows(told)["foreign image servers · 2"]
    assert row.hint.startswith("painting, 3 jobs waiting")


def test_a_display_says_sent_and_never_ok():
    told = Told(beat(displays=True))
    assert rows(told)["foreign display"].value == "listens"
    told(SENT)
    told.clock.advance(2)
    told(beat(displays=True))
    row = rows(told)["foreign display"]
    assert (row.value, row.sign, row.loud) == ("SENT", signs.UNKNOWN, False)
    assert row.hint == "Sent 2.0 s ago. It never says what it shows."


def test_what_is_told_no_more_turns_grey_and_then_into_a_warning():
    told = Told(beat(painters=1, displays=True), SENT)
    told.clock.advance(4)
    for name, row in rows(told).items():
        assert (row.value, row.colour, row.sign, row.loud) == ("4.0 s", Colour.DIM, signs.UNKNOWN, False), name
    told.clock.advance(7)
    for name, row in rows(told).items():
        assert (row.colour, row.sign, row.loud) == (Colour.WARN, signs.WARN, True), name


def test_one_that_goes_is_lost_and_one_that_returns_is_back():
    told = Told(beat(painters=1, displays=True), SENT)
    told(beat(displays=True), beat(displays=True))
    assert [line.text for line in told.state.lane] == ["The foreign image server is gone."]
    row = rows(told)["foreign image server"]
    assert (row.value, row.loud) == ("LOST", True)
    assert rows(told)["foreign display"].value == "SENT"
    told(beat(painters=1, displays=True))
    assert told.state.lane[-1].text == "The foreign image server is back."
    warnings = [line for line in told.state.lane if line.severity is Severity.WARN]
    assert [line.acknowledged for line in warnings] == [True]
    assert rows(told)["foreign image server"].value == "0.0 s"


def test_closed_channels_expect_nobody():
    told = Told(beat(painters=1, displays=True))
    told(ev.AbroadBeat(is_open=False))
    assert rows(told) == {}
    assert not told.state.lane
