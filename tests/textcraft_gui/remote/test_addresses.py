"""What a datagram means, and that no datagram does more than that."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pythonosc.osc_bundle_builder import IMMEDIATELY, OscBundleBuilder
from pythonosc.osc_message_builder import OscMessageBuilder

from textcraft_bus.disk.assets import resources
from textcraft_gui.remote.addresses import (
    HELD,
    SWITCHES,
    TRIGGERS,
    Holding,
    NotUnderstood,
    Refresh,
    Say,
    Switch,
    Trigger,
    read,
)
from textcraft_gui.remote.choices import CHOICES, LIMITS, NAMES, Chosen
from textcraft_gui.remote.feedback import REFUSED, STATE, state_values
from textcraft_gui.state.show_state import Moment, ShowState
from textcraft_gui.verbs.facade import SWITCHES as VERB_SWITCHES
from textcraft_gui.verbs.verb import Verb


def osc(address, *values):
    builder = OscMessageBuilder(address)
    for value in values:
        builder.add_arg(value)
    return builder.build().dgram


def test_every_address_has_its_verb():
    assert set(SWITCHES.values()) == set(VERB_SWITCHES)
    for name, verb in TRIGGERS.items():
        assert read(osc(f"/textcraft/{name}")) == [Trigger(verb)]
    for name, verb in HELD.items():
        assert read(osc(f"/textcraft/{name}", 1)) == [Holding(verb, down=True)]


def test_the_manual_names_every_address_and_every_lamp():
    page = resources("manual", "osc.md").read_text(encoding="utf-8")
    told = [address.removeprefix(STATE) for address in state_values(ShowState(), Moment(0.0, datetime.now(UTC)))]
    missing = [name for name in (*TRIGGERS, *SWITCHES, *HELD, *NAMES, *LIMITS, *told) if f"`{name}`" not in page]
    assert [name for name in missing if f"`/textcraft/{name}`" not in page] == []
    assert f"`{REFUSED}`" in page


SAID = {
    "approve": (3,), "reject": ("next",), "stage": ("picture-1",), "take_picture": (12.0,), "pin": (1, 1),
    "again": (1,), "caption": (1, "The boat"), "overrule": (1, 1), "cancel_picture": ("picture-4",),
    "card": ("Back at nine",), "undo_file": ("story/ch01.md",), "redo_file": ("story/ch01.md",),
    "restore_file": ("story/ch01.md", 4), "lock_chapter": ("ch01", 1), "follow_wall": ("brick",),
    "pin_wall": (1, "next"), "black_wall": ("brick", 1), "identify": (), "test_card": (2, 0), "send_again": (1,),
    "release_wall": (1,), "transition": ("fade", 1.5), "run_until": ("cycles", 3, "spend", 0.5, "chapter", "ch02"),
}  # fmt: skip


def test_no_two_tables_share_an_address_and_every_choice_can_be_said():
    assert len({*TRIGGERS, *SWITCHES, *HELD, *NAMES}) == len(TRIGGERS) + len(SWITCHES) + len(HELD) + len(NAMES)
    assert set(SAID) == set(NAMES)
    for name, said in SAID.items():
        [order] = read(osc(f"/textcraft/{name}", *said))
        assert isinstance(order, Chosen)
        assert order.down is (True if name == "overrule" else None)
        assert order.verb is (CHOICES[name].verb if name in CHOICES else Verb.RUN_LIMITS)


@pytest.mark.parametrize(
    "message",
    [
        ("approve",), ("approve", 0), ("approve", 13), ("approve", 1.5), ("approve", float("nan")), ("approve", True),
        ("approve", ""), ("approve", "x" * 101), ("approve", 1, 1), ("pin", 1), ("pin", 1, "on"), ("overrule", 1),
        ("caption", 1, "x" * 141), ("card", "x" * 601), ("card", 7), ("undo_file", 7), ("restore_file", "a", -1),
        ("restore_file", "a", "b"), ("black_wall", 1), ("transition", "explode", 1.0), ("transition", "fade", 60.0),
        ("transition", 3, 1.0), ("run_until",), ("run_until", "cycles"), ("run_until", "cycles", 0),
        ("run_until", "cycles", 10_000), ("run_until", "minutes", float("inf")), ("run_until", "spend", -1.0),
        ("run_until", "cycles", 1, "cycles", 2), ("run_until", "for_ever", 1), ("run_until", 1, 1),
    ],
)  # fmt: skip
def test_an_argument_that_cannot_be_meant_is_not_understood(message):
    with pytest.raises(NotUnderstood):
        read(osc(f"/textcraft/{message[0]}", *message[1:]))


def test_a_place_may_come_as_a_fader_says_it():
    assert read(osc("/textcraft/approve", 3.0)) == read(osc("/textcraft/approve", 3))


@pytest.mark.parametrize(("value", "on"), [(1, True), (0, False), (1.0, True), (0.0, False), (True, True)])
def test_a_switch_says_on_or_off(value, on):
    assert read(osc("/textcraft/hold", value)) == [Switch(Verb.HOLD, on)]


def test_a_button_let_go_means_nothing():
    assert read(osc("/textcraft/take", 0)) == []


def test_a_nudge_and_a_refresh():
    assert read(osc("/textcraft/nudge", "bring Mara back")) == [Say("bring Mara back")]
    assert read(osc("/textcraft/refresh")) == [Refresh()]


def test_a_flat_bundle_asks_for_several_things():
    bundle = OscBundleBuilder(IMMEDIATELY)
    for name in ("take", "mark"):
        bundle.add_content(OscMessageBuilder(f"/textcraft/{name}").build())
    assert read(bundle.build().dgram) == [Trigger(Verb.TAKE), Trigger(Verb.MARK)]


@pytest.mark.parametrize(
    "datagram",
    [
        b"", b"\0", b"#bundle\0" * 200, osc("/other/take"), osc("/textcraft/quit"), osc("/textcraft/hold"),
        osc("/textcraft/hold", "on"), osc("/textcraft/hold", 1, 1), osc("/textcraft/nudge", "x" * 1001),
        osc("/textcraft/nudge", " "), b"/textcraft/take" + b"\0" * 4000,
    ],
)  # fmt: skip
def test_what_is_not_understood_says_so(datagram):
    with pytest.raises(NotUnderstood):
        read(datagram)


@given(st.binary(max_size=300) | st.binary(max_size=80).map(lambda tail: b"/textcraft/hold\0,i\0\0" + tail))
def test_no_bytes_do_harm(datagram):
    try:
        orders = read(datagram)
    except NotUnderstood:
        return
    assert all(isinstance(order, Trigger | Switch | Holding | Say | Refresh | Chosen) for order in orders)
