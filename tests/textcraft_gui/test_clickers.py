"""What a clicker sends, in each mode: it turns pictures and blacks the walls, and nothing else it has does anything."""

import pytest

from tests.support import show_script as script
from textcraft_bus.channel.messages import Mode
from textcraft_core import commands as cmd
from textcraft_core import events as ev

MEANS = {"PageDown": cmd.Take(), "PageUp": cmd.Back(), ".": cmd.Black(on=True)}


@pytest.fixture
def click(open_console, stage, tmp_path):
    window = open_console()
    for number, path in enumerate(script.pictures(tmp_path, 3)):
        stage.emit(*script.candidate(number, path))
    stage.emit(script.taken(1), script.taken(2), *script.confirmed(2), ev.NextStaged(request_id="picture-0"))

    def press(mode, *chords, attended=True, pause=1.0):
        stage.emit(ev.ModeChanged(mode=mode), ev.AttendanceChanged(attended=attended))
        window.feed.flush()
        for chord in chords:
            stage.clock.advance(pause)
            window.keys.key(chord, pressed=True)
            window.keys.key(chord, pressed=False)
        stage.clock.advance(1)
        window.keys.settle()
        return stage.handled

    return press


@pytest.mark.parametrize("mode", list(Mode))
def test_its_three_buttons_work_in_every_mode(click, mode):
    assert click(mode, *MEANS) == list(MEANS.values())


@pytest.mark.parametrize("mode", list(Mode))
def test_its_f5_and_a_lone_esc_do_nothing(click, mode):
    assert click(mode, "F5", "Escape", "F5") == []


def test_esc_now_and_again_is_never_panic_and_two_at_once_are(click):
    assert click(Mode.SHOW, *["Escape"] * 5, pause=0.9) == []
    assert click(Mode.SHOW, "Escape", "Escape", pause=0.5) == [cmd.Panic()]


def test_a_burst_reaches_no_wall(click):
    assert click(Mode.SHOW, *"HSPNM", pause=0.08) == []


def test_left_alone_it_does_nothing(click):
    assert click(Mode.SHOW, *MEANS, "F5", "Escape", attended=False) == []
