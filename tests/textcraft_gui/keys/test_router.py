"""The key router as a pure machine: every key against every focus, and the ways a key must not act."""

import pytest

from textcraft_bus.channel.messages import Mode
from textcraft_gui.keys.router import Do, Focus, KeyRouter, Lamp, is_single
from textcraft_gui.verbs.actions import ACTIONS
from textcraft_gui.verbs.verb import Verb

DOWN = {
    "Space": Verb.TAKE, "Shift+Space": Verb.BACK, "V": Verb.PEEK,
}  # fmt: skip
UP = {
    "H": Verb.HOLD, "S": Verb.SAFE_LOOK, ".": Verb.BLACK, "P": Verb.PAUSE_AI,
    "N": Verb.STAGE_NEXT, "Shift+N": Verb.STAGE_PREVIOUS, "M": Verb.MARK,
}  # fmt: skip
CHORDS = {
    "Ctrl+Return": Verb.STEP, "Ctrl+Enter": Verb.STEP, "Ctrl+.": Verb.STOP, "F1": Verb.HELP, "F2": Verb.EDIT_CAPTION,
    "F11": Verb.FULL_SCREEN, "Ctrl+Shift+P": Verb.PALETTE, "F9": Verb.FRONT_OF_HOUSE, "Ctrl+0": Verb.RESET_LAYOUT,
    "Shift+F1": Verb.MANUAL,
}  # fmt: skip
LONG = {"Ctrl+L": Verb.LOCK}
REHEARSE = Mode.REHEARSE


def press(router, chord, focus=Focus.WALL, mode=REHEARSE, now=0.0, **how):
    return router.press(chord, focus, mode, now, **how)


def test_the_tables_here_name_every_key_of_every_action():
    keyed = {action.key.upper() for action in ACTIONS if action.key}
    assert keyed == {key.upper() for key in (*DOWN, *UP, *CHORDS, *LONG)} - {"CTRL+ENTER"} | {"ESCAPE ESCAPE"}


@pytest.mark.parametrize("focus", [Focus.WALL, Focus.LAYER, Focus.CONTROL])
@pytest.mark.parametrize("chord", DOWN)
def test_a_single_key_acts_on_key_down(chord, focus):
    outcome = press(KeyRouter(), chord, focus)
    assert (outcome.do, outcome.verb) == (Do.FIRE, DOWN[chord])


@pytest.mark.parametrize("chord", UP)
def test_a_letter_held_for_a_moment_acts_on_key_up(chord):
    router = KeyRouter()
    assert press(router, chord).do is Do.SWALLOW
    outcome = router.release(chord, 0.3)
    assert (outcome.do, outcome.verb) == (Do.FIRE, UP[chord])
    assert router.due is None


@pytest.mark.parametrize("chord", UP)
def test_a_letter_tapped_acts_when_no_other_follows(chord):
    router = KeyRouter()
    press(router, chord)
    assert router.release(chord, 0.08).do is Do.SWALLOW
    assert router.due == pytest.approx(0.25)
    assert router.settle(0.2).do is Do.SWALLOW
    outcome = router.settle(0.25)
    assert (outcome.do, outcome.verb) == (Do.FIRE, UP[chord])
    assert router.settle(0.5).do is Do.SWALLOW


@pytest.mark.parametrize("first", UP)
@pytest.mark.parametrize("second", ["Space", "A", "H", "."])
def test_the_first_letter_of_a_word_never_fires(first, second):
    if first == second:
        return
    router = KeyRouter()
    press(router, first)
    router.release(first, 0.06)
    assert press(router, second, now=0.2).do is Do.SWALLOW
    assert router.due is None
    assert router.settle(2.0).do is Do.SWALLOW


def test_the_same_letter_again_does_not_wait_for_itself():
    router = KeyRouter()
    fired = []
    for now in (0.0, 0.15, 0.3):
        fired += [press(router, "N", now=now).verb, router.release("N", now + 0.05).verb]
    fired.append(router.settle(1.0).verb)
    assert [verb for verb in fired if verb] == [Verb.STAGE_NEXT] * 3


def test_what_waits_ends_when_a_text_loses_the_keyboard():
    router = KeyRouter()
    press(router, "H")
    router.release("H", 0.05)
    router.text_lost_focus(0.1)
    assert router.settle(5.0).do is Do.SWALLOW


@pytest.mark.parametrize("chord", [*DOWN, *UP, "A", "7", "é", "Shift+Q"])
def test_a_text_keeps_every_single_key(chord):
    router = KeyRouter()
    assert press(router, chord, Focus.TEXT).do is Do.LET
    assert router.release(chord, 0.1).do is Do.LET


@pytest.mark.parametrize("focus", [Focus.WALL, Focus.LAYER, Focus.TEXT])
@pytest.mark.parametrize("chord", CHORDS)
def test_a_chord_acts_whatever_has_focus(chord, focus):
    outcome = press(KeyRouter(), chord, focus)
    if focus is Focus.TEXT and CHORDS[chord] is Verb.STEP:
        assert outcome.do is Do.LET
    else:
        assert (outcome.do, outcome.verb) == (Do.FIRE, CHORDS[chord])


@pytest.mark.parametrize("chord", ["A", "7", "é"])
def test_a_key_that_means_nothing_does_nothing(chord):
    assert press(KeyRouter(), chord).do is Do.SWALLOW


@pytest.mark.parametrize("chord", ["Ctrl+C", "Ctrl+Z", "Ctrl+A"])
def test_what_is_not_ours_goes_on(chord):
    assert press(KeyRouter(), chord).do is Do.LET
    assert press(KeyRouter(), chord, Focus.TEXT).do is Do.LET


@pytest.mark.parametrize("focus", list(Focus))
def test_f5_of_a_clicker_does_nothing(focus):
    assert press(KeyRouter(), "F5", focus).do is Do.SWALLOW


def test_enter_works_the_focused_control():
    assert press(KeyRouter(), "Return").do is Do.PRESS_FOCUSED
    assert press(KeyRouter(), "Return", Focus.TEXT).do is Do.LET
    assert press(KeyRouter(), "Return", mode=Mode.EDIT).do is Do.LET


def test_in_edit_space_works_the_focused_control():
    assert press(KeyRouter(), "Space", Focus.CONTROL, mode=Mode.EDIT).do is Do.PRESS_FOCUSED
    assert press(KeyRouter(), "Space", Focus.LAYER, mode=Mode.EDIT).do is Do.PRESS_FOCUSED
    assert press(KeyRouter(), "Space", Focus.CONTROL, mode=Mode.SHOW).verb is Verb.TAKE


def test_space_takes_in_edit_too_where_it_works_no_control():
    """The button says so, and so does the sentence."""
    assert press(KeyRouter(), "Space", mode=Mode.EDIT).verb is Verb.TAKE


def test_two_escapes_on_a_button_are_panic():
    router = KeyRouter()
    assert press(router, "Escape", Focus.CONTROL, now=0.0).do is Do.ARM
    assert press(router, "Escape", Focus.CONTROL, now=0.5).verb is Verb.PANIC


def test_two_escapes_are_panic():
    router = KeyRouter()
    first = press(router, "Escape", now=0.0)
    assert (first.do, first.say) == (Do.ARM, "Esc again: PANIC")
    assert press(router, "Escape", now=0.79).verb is Verb.PANIC
    assert press(router, "Escape", now=0.9).do is Do.ARM


def test_two_slow_escapes_are_not():
    router = KeyRouter()
    press(router, "Escape", now=0.0)
    assert press(router, "Escape", now=0.81).do is Do.ARM


@pytest.mark.parametrize("focus", [Focus.TEXT, Focus.LAYER])
def test_an_escape_that_something_used_does_not_count(focus):
    router = KeyRouter()
    assert press(router, "Escape", focus, now=0.0).do is Do.LEAVE
    assert press(router, "Escape", now=0.2).do is Do.ARM
    assert press(router, "Escape", focus, now=0.4).do is Do.LEAVE
    assert press(router, "Escape", now=0.6).do is Do.ARM


def test_a_key_between_two_escapes_parts_them():
    router = KeyRouter()
    press(router, "Escape", now=0.0)
    press(router, "F1", now=0.2)
    assert press(router, "Escape", now=0.4).do is Do.ARM


def test_a_held_escape_is_one_escape():
    router = KeyRouter()
    press(router, "Escape", now=0.0)
    for tick in range(10):
        assert press(router, "Escape", now=0.05 * tick, repeat=True).do is Do.SWALLOW


def test_two_stops_lie_400_ms_apart():
    router = KeyRouter()

    def stroke(now):
        press(router, "H", now=now)
        return router.release("H", now + 0.26).do

    assert [stroke(at) for at in (0.0, 0.3, 0.41, 1.0)] == [Do.FIRE, Do.SWALLOW, Do.FIRE, Do.FIRE]


def test_a_bouncing_space_takes_once():
    router = KeyRouter()
    fired = [press(router, "Space", now=at).do is Do.FIRE for at in (0.0, 0.1, 0.39, 0.5)]
    assert fired == [True, False, False, True]


@pytest.mark.parametrize("chord", [*DOWN, *UP, *CHORDS])
def test_a_key_that_repeats_fires_nothing(chord):
    router = KeyRouter()
    assert press(router, chord, repeat=True).do in {Do.SWALLOW, Do.LET}
    assert router.release(chord, 0.1).do is Do.LET


def test_peek_lasts_as_long_as_its_key():
    router = KeyRouter()
    assert press(router, "V").verb is Verb.PEEK
    press(router, "V", repeat=True, now=0.5)
    outcome = router.release("V", 2.0)
    assert (outcome.do, outcome.verb) == (Do.RELEASE, Verb.PEEK)


def test_peek_ends_when_the_window_is_left():
    router = KeyRouter()
    press(router, "V")
    assert router.window_left() == [Verb.PEEK]
    assert router.release("V", 1.0).do is Do.LET


def test_typing_is_swallowed_and_said():
    router = KeyRouter()
    verbs, said = [], set()
    for index, letter in enumerate("THE SHIP SINKS.".replace(" ", "_")):
        chord = "Space" if letter == "_" else letter
        for outcome in (press(router, chord, now=index * 0.12), router.release(chord, index * 0.12 + 0.08)):
            verbs += [outcome.verb] if outcome.do is Do.FIRE else []
            said.add(outcome.say)
    assert verbs == []
    assert "You are typing to the wall: click into a text first" in said


def test_after_a_second_of_quiet_keys_act_again():
    router = KeyRouter()
    for index, letter in enumerate("AB"):
        press(router, letter, now=index * 0.1)
    assert press(router, "Space", now=1.0).do is Do.SWALLOW
    assert press(router, "Space", now=2.5).verb is Verb.TAKE


def test_two_keys_rolled_over_each_other_fire_no_stop():
    router = KeyRouter()
    press(router, "H", now=0.0)
    press(router, "O", now=0.1)
    assert router.release("H", 0.15).do is not Do.FIRE


def test_a_sentence_typed_after_a_forced_loss_fires_nothing():
    router = KeyRouter()
    router.text_lost_focus(0.0)
    fired = []
    for index, letter in enumerate("H S . P N V M "):  # slow: a key every 0.7 s
        chord, now = ("Space" if letter == " " else letter), 0.3 + index * 0.7
        fired += [o.verb for o in (press(router, chord, now=now), router.release(chord, now + 0.1)) if o.do is Do.FIRE]
    assert fired == []


def test_keys_rest_two_seconds_and_then_act():
    router = KeyRouter()
    router.text_lost_focus(0.0)
    assert router.lamp(Focus.WALL, 1.9, active=True) is Lamp.OFF
    assert router.lamp(Focus.WALL, 2.0, active=True) is Lamp.WALL
    assert press(router, "Space", now=2.0).verb is Verb.TAKE


def test_panic_works_even_while_keys_rest():
    router = KeyRouter()
    router.text_lost_focus(0.0)
    press(router, "Escape", now=0.1)
    assert press(router, "Escape", now=0.3).verb is Verb.PANIC


def test_the_lamp_says_where_keys_go():
    router = KeyRouter()
    assert router.lamp(Focus.WALL, 0.0, active=True) is Lamp.WALL
    assert router.lamp(Focus.LAYER, 0.0, active=True) is Lamp.WALL
    assert router.lamp(Focus.TEXT, 0.0, active=True) is Lamp.TEXT
    assert router.lamp(Focus.TEXT, 0.0, active=False) is Lamp.OFF


@pytest.mark.parametrize(
    ("chord", "single"),
    [("H", True), ("Shift+H", True), ("Space", True), ("Shift+Space", True), ("F1", False), ("Ctrl+H", False)],
)
def test_what_a_single_key_is(chord, single):
    assert is_single(chord) is single


@pytest.mark.parametrize("mode", list(Mode))
@pytest.mark.parametrize("focus", list(Focus))
@pytest.mark.parametrize("chord", LONG)
def test_a_key_that_must_be_held_acts_after_a_second_and_not_before(chord, focus, mode):
    router = KeyRouter()
    assert press(router, chord, focus, mode).do is Do.SWALLOW
    assert press(router, chord, focus, mode, 0.5, repeat=True).do is Do.SWALLOW
    assert router.settle(0.9).do is Do.SWALLOW
    outcome = router.settle(router.due)
    assert (outcome.do, outcome.verb) == (Do.FIRE, LONG[chord])
    assert router.release(chord, 1.5).say == ""
    assert router.due is None


@pytest.mark.parametrize("chord", LONG)
def test_a_key_that_was_let_go_too_early_says_that_it_is_held(chord):
    router = KeyRouter()
    press(router, chord)
    assert router.release(chord, 0.6).say == "Hold it for 1 s"
    assert router.settle(2.0).do is Do.SWALLOW


@pytest.mark.parametrize("chord", LONG)
def test_a_held_key_ends_with_the_window(chord):
    router = KeyRouter()
    press(router, chord)
    router.window_left()
    assert router.settle(2.0).do is Do.SWALLOW
