"""A desk fills every form of the real console over a real socket: plans, queue, personas, walls, bench, replay."""

import json
import signal

import pytest

from tests.journeys.test_remote import end_what_was_left, start
from tests.support.desk import OscDesk, osc_desk
from tests.support.journal import told
from tests.support.programs import programs
from tests.support.waiting import wait_until
from textcraft_core.show.folder import ShowFolder
from textcraft_gui.session.working_copy import the_show


def last(show: ShowFolder, name: str) -> dict:
    """The newest event of a name in the journal, once there is one."""
    wait_until(lambda: told(show, name), 30, f"{name} in the journal")
    return told(show, name)[-1]


def a_chapter(desk: OscDesk) -> str:
    """The first chapter, by asking for it."""
    desk.answers.clear()
    desk.send("list", "chapters")
    return str(desk.answer("list/chapters/1")[0])


def one_cycle(desk: OscDesk, show: ShowFolder) -> None:
    """Run a cycle to its end."""
    before = len(told(show, "CycleFinished"))
    desk.send("step")
    wait_until(lambda: len(told(show, "CycleFinished")) > before, 60, "a cycle to end")


def the_engine_is_told_what_to_do(desk: OscDesk, show: ShowFolder) -> None:
    one_cycle(desk, show)
    desk.see_word("next")
    chapter = a_chapter(desk)
    desk.ask("nudge", "bring Mara back", done="nudge")
    desk.see(lines=1)
    desk.ask("edit_line", 1, "bring Mara home", done="edit a line")
    assert last(show, "InputEdited")["text"] == "bring Mara home"
    desk.ask("withdraw_line", 1, done="withdraw a line")
    desk.see(lines=0)
    desk.ask("force_target", chapter, "let it rain", done="force a target")
    desk.ask("lock_chapter", chapter, 1, done="lock a chapter")
    assert last(show, "ChapterLocked")["locked"] is True
    desk.ask("lock_chapter", chapter, 0, done="lock a chapter")
    desk.ask("assign", "narrator", "generate", chapter, "Begin with the boat.", done="assign a plan")
    desk.ask("assign", "nobody", "edit", chapter, refused="nobody")
    desk.ask("run_until", "cycles", 2, refused="EDIT")
    one_cycle(desk, show)
    assert told(show, "TaskDispatched")[-1]["role"] == "narrator"


def personas_and_texts(desk: OscDesk, show: ShowFolder) -> None:
    desk.ask("set_persona", "narrator", "temperature", 0.5, done="save persona")
    kept = json.loads((show.root / "data" / "story_bible" / "personas.json").read_text(encoding="utf-8"))
    assert "0.5" in json.dumps(kept)
    desk.ask("set_persona", "narrator", "temperature", "warm", refused="temperature")
    desk.ask("try_persona", "narrator", "one line about rain", done="try a persona")
    desk.ask("apply_draft", "locations", 1, refused="draft")


def walls_and_look(desk: OscDesk, show: ShowFolder) -> None:
    desk.ask("name_wall", 1, "The stairs", done="name of a wall")
    desk.send("wall_brightness", "The stairs", 0.25)
    desk.send("wall_contrast", "The stairs", 0.5)
    wait_until(
        lambda: told(show, "WallMapSet") and told(show, "WallMapSet")[-1]["map"]["contrast"] == 0.5, 20, "the map"
    )
    assert told(show, "WallMapSet")[-1]["map"]["brightness"] == 0.25
    desk.ask("wall_straight", 1, done="map of a wall")
    desk.ask("captions", 0, done="captions of the walls")
    assert last(show, "CaptionsSet")["on"] is False
    desk.ask("choose_safe_look", "next", done="choose the safe look")
    desk.ask("house_card_text", "end", "Until tomorrow", done="choose a card")
    assert last(show, "CardChosen")["text"] == "Until tomorrow"
    desk.ask("wall_fit", "attic", "fit", refused="no wall")


def bench_and_replay(desk: OscDesk) -> None:
    desk.ask("bench_speed", 20, done="set the rehearsal")
    desk.send("drop_rehearsal", "../elsewhere", 1)
    desk.answer("refused", "throw a rehearsal away")
    desk.send("drop_rehearsal", "../elsewhere", 0)
    desk.send("replay")
    desk.see(replay=0)
    desk.ask("nudge", "not now", refused="leave the replay")
    desk.ask("replay_speed", 0, done="speed of the replay")
    desk.ask("replay_play", 1, done="play or pause the replay")
    desk.see_at_least("replay", 1)
    desk.ask("leave_replay", done="leave the replay")
    desk.see(replay=-1)


def show_locks_it_all(desk: OscDesk) -> None:
    desk.send("show_mode")
    desk.see(mode="show", seconds=60)
    for order in (("wall_fit", 1, "fit"), ("name_wall", 1, "x"), ("set_persona", "narrator", "name", "x")):
        desk.ask(*order, refused="SHOW")
    desk.ask("run_until", "cycles", refused="wants pairs")
    desk.send("front_of_house", 1)
    desk.ask("captions", 1, refused="Front of house")
    desk.send("front_of_house", 0)


@pytest.mark.timeout(300)
def test_a_desk_fills_every_form(tmp_path, textcraft_home, qapp):
    with programs(tmp_path) as started, osc_desk() as desk:
        program = start(started, desk, "--mode", "edit")
        show = the_show(None)
        desk.see(mode="edit")
        the_engine_is_told_what_to_do(desk, show)
        personas_and_texts(desk, show)
        walls_and_look(desk, show)
        bench_and_replay(desk)
        show_locks_it_all(desk)
        program.process.send_signal(signal.SIGTERM)
        program.wait()
        end_what_was_left()
