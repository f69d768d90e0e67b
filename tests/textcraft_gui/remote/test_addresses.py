"""What a datagram means, and that no datagram does more than that."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pythonosc.osc_bundle_builder import IMMEDIATELY, OscBundleBuilder
from pythonosc.osc_message_builder import OscMessageBuilder

from textcraft_gui.manual.pages import pages
from textcraft_gui.remote.addresses import LIST, QUESTIONS, NotUnderstood, Order, Question, read
from textcraft_gui.remote.answers import LISTS, answers
from textcraft_gui.remote.feedback import DONE, REFUSED, STATE, state_values
from textcraft_gui.remote.orders import MADE
from textcraft_gui.remote.page import verbs_left
from textcraft_gui.remote.table import ADDRESSES, GROUPS, WITHOUT, Kind
from textcraft_gui.state.show_state import Moment, ShowState
from textcraft_gui.verbs.actions import ACTIONS
from textcraft_gui.verbs.facade import SWITCHES as VERB_SWITCHES
from textcraft_gui.verbs.verb import Verb

LOCAL_SWITCHES = {Verb.PEEK, Verb.FULL_SCREEN, Verb.FRONT_OF_HOUSE}


def osc(address, *values):
    builder = OscMessageBuilder(address)
    for value in values:
        builder.add_arg(value)
    return builder.build().dgram


def said(name, *values):
    [order] = read(osc(f"/textcraft/{name}", *values))
    return order


def of_kind(kind):
    return {name: address for name, address in ADDRESSES.items() if address.kind is kind}


def test_every_verb_and_every_action_has_an_address_or_a_reason_why_not():
    assert verbs_left() == []
    reached = {address.verb for address in ADDRESSES.values()}
    assert reached | set(WITHOUT) == set(Verb)
    assert reached & set(WITHOUT) == set()
    assert all(len(why) > 10 for why in WITHOUT.values())
    assert {action.verb for action in ACTIONS} <= reached | set(WITHOUT)


def test_every_address_has_its_verb():
    assert {address.verb for address in of_kind(Kind.SWITCH).values()} == set(VERB_SWITCHES) | LOCAL_SWITCHES
    for name, address in of_kind(Kind.PRESS).items():
        assert read(osc(f"/textcraft/{name}")) == [Order(address)]
    for name, address in of_kind(Kind.HELD).items():
        examples = [each.example for each in address.arguments]
        assert said(name, *examples, 1) == Order(address, tuple(examples), down=True)
        assert said(name, *examples, 0).down is False
    assert {name for name, address in ADDRESSES.items() if address.kind is Kind.ASK} - MADE == {"nudge", "take_picture"}
    assert set(ADDRESSES) >= MADE


def test_no_two_groups_share_an_address_and_every_example_can_be_said():
    assert len(ADDRESSES) == sum(map(len, GROUPS.values()))
    assert not set(QUESTIONS) & set(ADDRESSES)
    for name, address in of_kind(Kind.ASK).items():
        if address.pairs:
            continue
        every = [each.example for each in address.arguments]
        least = [each.example for each in address.arguments if not each.optional]
        assert said(name, *every) == Order(address, tuple(every))
        assert said(name, *least) == Order(address, tuple(least))
        assert [each.optional for each in address.arguments] == sorted(each.optional for each in address.arguments)


def test_the_manual_tells_every_address_every_argument_and_every_lamp():
    page = next(page.text for page in pages() if page.name == "osc.md")
    assert "{{" not in page
    told = [address.removeprefix(STATE) for address in state_values(ShowState(), Moment(0.0, datetime.now(UTC)))]
    for name, address in ADDRESSES.items():
        [line] = [line for line in page.splitlines() if line.startswith(f"| `/textcraft/{name}` |")]
        assert all(each.said in line for each in (*address.arguments, *address.pairs) if address.kind is not Kind.PRESS)
    assert [name for name in (*told, *LISTS) if f"`{name}`" not in page] == []
    assert [name for name in (*QUESTIONS, REFUSED, DONE) if f"{name}`" not in page] == []
    assert [why for why in WITHOUT.values() if why not in page] == []


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
        ("assign", "narrator", "sing", "ch01"), ("move_line", 1, 0), ("wall_rotate", 1, 45), ("wall_crop", 1, 0, 0, 1),
        ("wall_brightness", 1, 1.5), ("wall_corner", 1, 5, 0.0, 0.0), ("bench_speed", 0.5), ("bench_live", 5.0),
        ("set_persona", "narrator", "allowed_tools", "rm"), ("try_card", "middle", 1), ("caption_size", 0.2),
        ("prune_rehearsals", -1, 1), ("replay_speed", float("-inf")), ("house_card_text", "end", " "), ("hold",),
        ("hold", 1, 1), ("hold", "on"), ("help", 7), ("quit",), ("choose_safe_look", 1, 2), ("name_wall", 1, "x" * 41),
    ],
)  # fmt: skip
def test_an_argument_that_cannot_be_meant_is_not_understood_and_the_answer_names_the_address(message):
    with pytest.raises(NotUnderstood) as refused:
        read(osc(f"/textcraft/{message[0]}", *message[1:]))
    assert refused.value.name == message[0]
    assert str(refused.value)


def test_a_place_may_come_as_a_fader_says_it():
    assert said("approve", 3.0) == said("approve", 3)


@pytest.mark.parametrize(("value", "on"), [(1, True), (0, False), (1.0, True), (0.0, False), (True, True)])
def test_a_switch_says_on_or_off(value, on):
    assert said("hold", value) == Order(ADDRESSES["hold"], (on,))


def test_a_button_let_go_means_nothing():
    assert read(osc("/textcraft/take", 0)) == []


def test_limits_come_in_pairs():
    assert said("run_until", "cycles", 3, "spend", 0.5, "chapter", "ch02").values == (
        "cycles", 3, "spend", 0.5, "chapter", "ch02",
    )  # fmt: skip


def test_a_nudge_and_the_questions():
    assert said("nudge", "bring Mara back").values == ("bring Mara back",)
    assert said("refresh") == Question("refresh")
    assert said("help", "take") == Question("help", "take")


def test_a_flat_bundle_asks_for_several_things():
    bundle = OscBundleBuilder(IMMEDIATELY)
    for name in ("take", "mark"):
        bundle.add_content(OscMessageBuilder(f"/textcraft/{name}").build())
    assert [order.address.verb for order in read(bundle.build().dgram)] == [Verb.TAKE, Verb.MARK]


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


def test_help_tells_every_address_and_what_it_takes():
    told = dict(answers(Question("help"), ShowState()))
    assert set(told) == {f"/textcraft/help/{name}" for name in (*ADDRESSES, *QUESTIONS)}
    [(address, (takes, does, how))] = answers(Question("help", "/textcraft/wall_brightness"), ShowState())
    assert address == "/textcraft/help/wall_brightness"
    assert "-1 to 1" in takes
    assert does and how
    assert list(answers(Question("help", "quit"), ShowState())) == []
    assert list(answers(Question(LIST, "secrets"), ShowState())) == []


@given(st.binary(max_size=300) | st.binary(max_size=80).map(lambda tail: b"/textcraft/hold\0,i\0\0" + tail))
def test_no_bytes_do_harm(datagram):
    try:
        orders = read(datagram)
    except NotUnderstood:
        return
    assert all(isinstance(order, Order | Question) for order in orders)
