"""A desk at the other end of a real socket: orders in, lamps out, and the guards of keys."""

import select
import socket
import time

import pytest
from PySide6.QtWidgets import QApplication
from pythonosc.osc_bundle_builder import IMMEDIATELY, OscBundleBuilder
from pythonosc.osc_message import OscMessage
from pythonosc.osc_message_builder import OscMessageBuilder

from tests.support import show_script as script
from tests.support.ports import free_udp_port
from tests.textcraft_gui.remote.test_addresses import osc
from textcraft_bus.channel.messages import Layer, Mode, TransitionKind
from textcraft_core import commands as cmd
from textcraft_core import events as ev
from textcraft_core.events import StopName
from textcraft_gui.config import OscConfig
from textcraft_gui.remote.osc import MOST_AT_ONCE, MOST_PER_SECOND, OscPlace, OscRemote, OscUnavailable
from textcraft_gui.remote.switch import RemoteSwitch
from textcraft_gui.verbs.verb import Verb


@pytest.fixture
def desk():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as made:
        made.bind(("127.0.0.1", 0))
        made.settimeout(30)
        yield made


@pytest.fixture
def remote(window, desk):
    made = OscRemote(
        window.feed, window.verbs, OscPlace(port=0, feedback_port=desk.getsockname()[1]), lambda: window.writing, window
    )
    made.open()
    yield made
    made.shut()


@pytest.fixture
def send(desk, remote):
    return lambda *message: desk.sendto(osc(*message), ("127.0.0.1", remote.port))


def _told(desk, address, value):
    """Read until an address has a value, while the console goes on: it tells when its timer says so."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        QApplication.processEvents()
        if not select.select([desk], [], [], 0.01)[0]:
            continue
        message = OscMessage(desk.recv(2048))
        if (message.address, message.params) == (f"/textcraft/state/{address}", [value]):
            return True
    return False


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
    qtbot.waitUntil(lambda: stage.handled == [cmd.Mark(), cmd.Restore()])


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
    qtbot.waitUntil(lambda: remote.dropped == 3 * MOST_PER_SECOND + 1)
    assert stage.handled == []
    assert sum("OSC message was ignored" in message.text for message in window.feed.state.lane) == 1


def test_a_flood_leaves_all_else_its_turn(qtbot, remote, send, monkeypatch):
    taken = []
    monkeypatch.setattr(remote, "_take", taken.append)
    for _ in range(2 * MOST_AT_ONCE + 1):
        send("/textcraft/take", 1)
    remote._on_ready()
    assert len(taken) == MOST_AT_ONCE
    qtbot.waitUntil(lambda: len(taken) == 2 * MOST_AT_ONCE + 1)


def bundle_of(*addresses):
    made = OscBundleBuilder(IMMEDIATELY)
    for address in addresses:
        made.add_content(OscMessageBuilder(address).build())
    return made.build().dgram


def test_a_bundle_is_as_many_messages_as_it_holds(qtbot, stage, desk, remote):
    remote._guard.admits(remote._feed.now().mono)
    remote._guard.count = MOST_PER_SECOND - 3
    remote._take(bundle_of(*["/textcraft/help"] * 40))
    assert remote.dropped == 1


def test_a_question_asked_over_and_over_is_answered_once(qtbot, desk, remote, monkeypatch):
    said = []
    monkeypatch.setattr(remote, "_write", lambda data: said.append(OscMessage(data).address))
    remote._take(bundle_of(*["/textcraft/help"] * 10))
    assert said.count("/textcraft/help/take") == 1


def test_a_port_in_use_is_told_not_fatal(window, desk, remote):
    with pytest.raises(OscUnavailable, match=str(remote.port)):
        OscRemote(window.feed, window.verbs, OscPlace(port=remote.port), lambda: window.writing, window).open()
    switch = RemoteSwitch(window, OscConfig(on=True, port=remote.port))
    assert switch.remote is None
    assert "OSC cannot listen" in window.feed.state.lane[-1].text


def test_listening_to_others_is_told(window):
    switch = RemoteSwitch(window, OscConfig(on=True, host="0.0.0.0", port=free_udp_port(), feedback_port=0))  # noqa: S104
    assert "whoever reaches this network" in window.feed.state.lane[-1].text
    switch.off()


def test_it_is_off_until_it_is_switched_on_and_twice_does_no_harm(window):
    switch = RemoteSwitch(window, OscConfig(port=free_udp_port(), feedback_port=0))
    assert switch.remote is None
    assert window.verbs.fire(Verb.OSC_ON)
    assert window.verbs.fire(Verb.OSC_ON)
    assert switch.remote.port
    assert "OSC is on" in window.feed.state.lane[-1].text
    assert window.verbs.fire(Verb.OSC_OFF)
    assert window.verbs.fire(Verb.OSC_OFF)
    assert switch.remote is None
    assert "OSC is off" in window.feed.state.lane[-1].text


def test_in_show_it_can_be_switched_off_but_not_on(window, stage):
    switch = RemoteSwitch(window, OscConfig(on=True, port=free_udp_port(), feedback_port=0))
    stage.emit(ev.ModeChanged(mode=Mode.SHOW))
    window.feed.flush()
    assert window.verbs.fire(Verb.OSC_OFF)
    assert not window.verbs.fire(Verb.OSC_ON)
    assert switch.remote is None


def test_a_show_left_alone_obeys_the_stops_and_the_day_alone(qtbot, stage, window, desk):
    switch = RemoteSwitch(window, OscConfig(on=True, port=free_udp_port(), feedback_port=desk.getsockname()[1]))
    stage.emit(ev.ModeChanged(mode=Mode.SHOW), ev.AttendanceChanged(attended=False))
    window.feed.flush()
    for message in (("step",), ("run", 1), ("nudge", "a bird"), ("black", 1)):
        desk.sendto(osc(f"/textcraft/{message[0]}", *message[1:]), ("127.0.0.1", switch.remote.port))
    qtbot.waitUntil(lambda: stage.handled == [cmd.Black(on=True)])
    qtbot.waitUntil(lambda: switch.remote._told.get("/textcraft/state/attended") == 0)
    assert _told(desk, "attended", 0)
    desk.sendto(osc("/textcraft/lock", 1), ("127.0.0.1", switch.remote.port))
    qtbot.waitUntil(lambda: cmd.Attend() in stage.handled)
    switch.off()


def test_a_hand_at_the_other_end_is_somebody_a_question_is_not(qtbot, stage, window, remote, send):
    touches = []
    remote.touched = lambda: touches.append("touched")
    send("/textcraft/refresh")
    send("/textcraft/hold", 1)
    qtbot.waitUntil(lambda: stage.handled == [cmd.Hold(on=True)])
    assert touches == ["touched"]


def test_what_was_held_when_it_is_switched_off_does_not_act(qtbot, stage, window, remote, send):
    send("/textcraft/close_day", 1)
    qtbot.waitUntil(lambda: bool(remote._held))
    remote.shut()
    assert not any(timer.isActive() for timer in remote._held.values())


@pytest.fixture
def gallery(stage, window, tmp_path):
    """Three candidates, the second refused by the gate; the first stands in NEXT; two walls, one with a title."""
    for number, path in enumerate(script.pictures(tmp_path, 3)):
        stage.emit(*script.candidate(number, path, approved=number != 1, passed=number != 1))
    stage.emit(ev.NextStaged(request_id="picture-0"), script.matrix())
    for wall in ("brick", "stairs"):
        stage.emit(ev.WallConfirmed(wall=wall, phase="settled", layer=Layer.PROGRAM, scene=1, sha256=script.sha(0)))
    stage.emit(ev.WallNamed(wall="stairs", title="The stairs"))
    window.feed.flush()
    stage.handled.clear()
    return window.feed.state


CASES = {
    ("approve", 2): [cmd.Approve(request_id="picture-1")],
    ("reject", "picture-2"): [cmd.Reject(request_id="picture-2")],
    ("stage", 3): [cmd.Stage(request_id="picture-2")],
    ("take_picture", 3): [cmd.Stage(request_id="picture-2"), cmd.Take()],
    ("take_picture", "next"): [cmd.Take()],
    ("pin", "next", 1): [cmd.Pin(request_id="picture-0", on=True)],
    ("again", 1): [cmd.Rerender(request_id="picture-0")],
    ("caption", 1, "The boat"): [cmd.EditCaption(request_id="picture-0", text="The boat")],
    ("card", "Back at nine"): [cmd.AddCard(text="Back at nine")],
    ("undo_file", "story/ch04.md"): [cmd.Undo(path="story/ch04.md")],
    ("redo_file", "story/ch04.md"): [cmd.Redo(path="story/ch04.md")],
    ("restore_file", "story/ch04.md", 4): [cmd.RestoreRevision(path="story/ch04.md", revision=4)],
    ("follow_wall", "brick"): [cmd.FollowWall(wall="brick", follow=True)],
    ("pin_wall", 2): [cmd.FollowWall(wall="stairs", follow=False)],
    ("pin_wall", "brick", 3): [cmd.FollowWall(wall="brick", follow=False, request_id="picture-2")],
    ("black_wall", "The stairs", 1): [cmd.Black(on=True, walls=("stairs",))],
    ("identify", "stairs"): [cmd.Identify(wall="stairs")],
    ("identify",): [cmd.Identify()],
    ("test_card", 1, 1): [cmd.TestCard(wall="brick", on=True)],
    ("send_again", 1): [cmd.SendAgain(wall="brick")],
    ("release_wall", 1): [cmd.ReleaseWall(wall="brick")],
    ("transition", "wipe", 2.0): [cmd.SetTransition(kind=TransitionKind.WIPE, seconds=2.0)],
    ("run_until", "cycles", 3, "spend", 0.5): [cmd.Run(cycles=3, spend=0.5)],
    ("start_parked",): [cmd.StartParked()],
}


@pytest.mark.parametrize("message", CASES, ids=lambda message: " ".join(map(str, message)))
def test_what_is_chosen_becomes_its_command_and_the_journal_says_by_what(qtbot, stage, gallery, send, message):
    send(f"/textcraft/{message[0]}", *message[1:])
    qtbot.waitUntil(lambda: stage.handled == CASES[message])
    assert {how for _verb, _who, how in stage.verbs_used} == {"osc"}


def test_run_ends_with_a_chapter_of_the_book(qtbot, stage, gallery, send):
    key = next(iter(gallery.matrix))
    send("/textcraft/run_until", "chapter", key, "minutes", 20.0)
    qtbot.waitUntil(lambda: stage.handled == [cmd.Run(until_chapter=key, minutes=20)])
    send("/textcraft/lock_chapter", key, 1)
    qtbot.waitUntil(lambda: stage.handled[-1] == cmd.LockChapter(chapter_id=key, locked=True))


def _refused(desk):
    while True:
        message = OscMessage(desk.recv(2048))
        if message.address == "/textcraft/refused":
            return message.params[0]


@pytest.mark.parametrize(
    ("message", "why"),
    [
        (("approve", 4), "no candidate 4"), (("stage", "picture-9"), "no picture 'picture-9'"),
        (("take_picture", 2), "The gate refused it"), (("black_wall", "attic", 1), "no wall 'attic'"),
        (("pin_wall", 1, "picture-9"), "no picture"), (("identify", 3), "no wall 3"), (("undo",), "take back"),
        (("cancel_picture", "picture-2"), "no picture"), (("run_until", "chapter", "ch99"), "no chapter 'ch99'"),
        (("pin", "live", 1), "no picture 'live'"),
    ],
)  # fmt: skip
def test_what_is_not_there_does_nothing_and_the_desk_hears_why(stage, gallery, desk, qtbot, send, window, message, why):
    send(f"/textcraft/{message[0]}", *message[1:])
    qtbot.waitUntil(lambda: any(why in told.text for told in window.feed.state.lane))
    assert why in _refused(desk)
    assert stage.handled == []


def test_hold_keeps_a_chosen_picture_off_too(stage, gallery, desk, qtbot, send, window):
    stage.emit(ev.StopChanged(stop=StopName.HOLD, on=True))
    send("/textcraft/take_picture", 3)
    qtbot.waitUntil(lambda: any("HOLD is on" in told.text for told in window.feed.state.lane))
    assert "HOLD is on" in _refused(desk)
    assert stage.handled == []


def test_the_gate_is_overruled_only_by_a_hold_of_what_was_meant_when_it_began(stage, gallery, qtbot, send, window):
    send("/textcraft/overrule", 2, 1)
    send("/textcraft/overrule", 2, 0)
    send("/textcraft/mark")
    qtbot.waitUntil(lambda: stage.handled == [cmd.Mark()])
    send("/textcraft/overrule", 2, 1)
    qtbot.waitUntil(lambda: len(window.findChildren(OscRemote)[0]._held) == 1)
    stage.emit(ev.CandidateDropped(request_id="picture-0", reason="old"))
    overruled = cmd.Overrule(request_id="picture-1", take=False)
    qtbot.waitUntil(lambda: stage.handled == [cmd.Mark(), overruled])


def _heard(desk, address):
    """What the console told last at an address, while it goes on."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        QApplication.processEvents()
        if not select.select([desk], [], [], 0.01)[0]:
            continue
        message = OscMessage(desk.recv(4096))
        if message.address == address:
            return message.params
    raise AssertionError(f"{address} was not told")


def test_what_was_done_is_told_to_the_desk_that_asked_and_to_nobody_else(stage, window, desk, remote, send):
    window.verbs.fire(Verb.MARK)
    send("/textcraft/safe_look", 1)
    assert _heard(desk, "/textcraft/done") == ["safe look"]
    remote.shut()
    assert window.verbs.fire(Verb.MARK)


def test_a_button_that_was_wired_wrongly_hears_what_it_should_say(stage, desk, remote, send):
    send("/textcraft/wall_brightness", 1, 5.0)
    [told] = _heard(desk, "/textcraft/refused")
    assert told.startswith("wall_brightness: ")
    assert "-1 to 1" in told
    send("/textcraft/assign", "narrator")
    [told] = _heard(desk, "/textcraft/refused")
    assert "role, action, chapter, [note]" in told
    assert stage.handled == []


def test_a_desk_may_ask_what_there_is(gallery, desk, remote, send):
    send("/textcraft/help", "assign")
    takes, does, _how = _heard(desk, "/textcraft/help/assign")
    assert "generate, edit or outline" in takes
    assert "next cycle" in does
    send("/textcraft/list", "walls")
    assert _heard(desk, "/textcraft/list/walls/2") == ["stairs", "The stairs"]
    send("/textcraft/help")
    assert _heard(desk, "/textcraft/help/refresh")


def test_of_a_fader_that_moves_the_last_place_counts(qtbot, stage, gallery, desk, remote, send):
    for step in range(1, 9):
        send("/textcraft/wall_brightness", 1, step / 8)
        send("/textcraft/wall_contrast", 1, -step / 8)
    qtbot.waitUntil(lambda: len(stage.handled) >= 2 and stage.handled[-1].map.contrast == -1)
    assert stage.handled[-1].map.brightness == 1
    assert len(stage.handled) <= 4


def test_what_the_window_does_itself_is_set_by_name(qtbot, window, desk, remote, send):
    for _ in range(2):
        send("/textcraft/front_of_house", 1)
        qtbot.waitUntil(lambda: window.front.shown)
    send("/textcraft/front_of_house", 0)
    qtbot.waitUntil(lambda: not window.front.shown)


def test_undo_takes_the_last_take_back(stage, gallery, qtbot, send):
    stage.emit(script.taken(1), script.taken(2))
    send("/textcraft/undo")
    qtbot.waitUntil(lambda: stage.handled == [cmd.Back(), cmd.Stage(request_id="picture-2")])


def test_a_remote_that_was_shut_hears_no_refusal_and_the_window_still_does(window, desk, remote):
    remote.shut()
    assert not window.verbs.fire(Verb.RESTORE)
    assert any("no PANIC" in told.text for told in window.feed.state.lane)
    assert window.verbs.on_refused == window._on_refused
