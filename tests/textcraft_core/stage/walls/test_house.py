"""Walls that are set up one by one: pinned, mapped, named, blacked out, given a screen, kept for the show."""

import pytest

from tests.textcraft_core.stage.walls.test_playout import candidate, names, playout, shown
from textcraft_bus.channel.messages import Layer, Mode, ScreenInfo, TransitionKind, WallMap
from textcraft_core import events as ev
from textcraft_core.errors import CommandRefused
from textcraft_core.events import StopName
from textcraft_core.stage.walls.playout import Playout

BEAMER = ScreenInfo(connector="DP-1", serial="SN1", width=1920, height=1080)


def two_walls(*numbers):
    return playout(*numbers, walls=("brick", "stairs"))


def program(show, wall):
    scene = show.scene_for(wall, 1)
    return scene.program.sha256 if scene.program else None


def test_a_pinned_wall_keeps_its_picture_and_no_longer_counts_for_live():
    show = two_walls(1, 2)
    show.take(0.0)
    for wall in ("brick", "stairs"):
        show.wall_shown(wall, shown(1))
    assert names(show.follow_wall("stairs", False, None, 0.0))[0] == "WallFollows"
    assert show.take(1.0)[0].walls == ("brick",)
    assert (program(show, "brick"), program(show, "stairs")) == (f"{2:064x}", f"{1:064x}")
    live = show.wall_shown("brick", shown(2))[-1]
    assert (live.confirmed, live.walls) == (1, 1)
    show.follow_wall("stairs", True, None, 2.0)
    assert program(show, "stairs") == f"{2:064x}"
    assert show.live_count() == ev.LiveCounted(request_id="r2", confirmed=1, reachable=2, walls=2)


def test_a_wall_is_pinned_to_a_candidate_and_named_when_it_does_not_show_it():
    show = two_walls(1, 2)
    show.take(0.0)
    show.wall_shown("stairs", shown(1))
    show.wall_shown("brick", shown(1))
    event = show.follow_wall("stairs", False, "r2", 5.0)[0]
    assert (event.request_id, event.sha256, event.caption) == ("r2", f"{2:064x}", "words 2")
    assert show.silent_walls(8.0) == [ev.WallSilent(wall="stairs", seconds=3.0)]
    assert show.follow_wall("stairs", False, "r2", 9.0) == []
    show.add(candidate(3, approved=False))
    with pytest.raises(CommandRefused, match="approve"):
        show.follow_wall("stairs", False, "r3", 9.0)
    with pytest.raises(CommandRefused, match="no wall cellar"):
        show.follow_wall("cellar", False, None, 9.0)


@pytest.mark.parametrize("stop", [StopName.HOLD, StopName.PANIC])
def test_hold_and_panic_refuse_to_pin(stop):
    show = two_walls(1)
    show.set_stop(stop, True)
    with pytest.raises(CommandRefused, match=stop.value.upper()):
        show.follow_wall("stairs", False, None, 0.0)


def test_a_pinned_wall_without_a_picture_shows_the_safe_look():
    show = two_walls(1)
    show.follow_wall("stairs", False, None, 0.0)
    show.take(0.0)
    assert show.layer_of("stairs") is Layer.SAFE_LOOK
    assert show.layer_of("brick") is Layer.PROGRAM


def test_walls_join_and_leave_black_one_by_one():
    show = two_walls(1)
    show.take(0.0)
    show.set_stop(StopName.BLACK, True, walls=["stairs"])
    assert show.set_stop(StopName.BLACK, True, walls=["brick"])[0].walls == ("brick", "stairs")
    show.set_stop(StopName.BLACK, False, walls=["stairs"])
    assert (show.layer_of("brick"), show.layer_of("stairs")) == (Layer.BLACK, Layer.PROGRAM)
    assert show.set_stop(StopName.BLACK, False, walls=["brick"])[0].on is False
    show.set_stop(StopName.BLACK, True)
    assert show.set_stop(StopName.BLACK, True, walls=["brick"]) == []
    show.set_stop(StopName.BLACK, False, walls=["brick"])
    assert show.state.black_walls == ("stairs",)
    show.set_stop(StopName.BLACK, False)
    assert StopName.BLACK not in show.state.stops


def test_map_name_screen_and_transition_are_in_the_scene_and_told_once():
    show = two_walls(1)
    house, turned = show.house, WallMap(rotate=90, crop=(0.1, 0.0, 0.5, 1.0))
    assert names(house.set_map("brick", turned)) == ["WallMapSet"]
    assert house.set_map("brick", turned) == []
    assert house.name("brick", "  The  brick wall ")[0].title == "The brick wall"
    assert names(house.assign_screen("brick", BEAMER)) == ["ScreenAssigned"]
    with pytest.raises(CommandRefused, match="belongs to The brick wall"):
        house.assign_screen("stairs", BEAMER)
    assert names(house.set_transition(TransitionKind.WIPE, 0.05)) == ["TransitionSet"]
    scene = show.scene_for("brick", 1)
    assert (scene.map, scene.screen) == (turned, BEAMER)
    assert (scene.transition.kind, scene.transition.seconds) == (TransitionKind.WIPE, 0.2)
    assert show.scene_for("stairs", 1).map == WallMap()


def test_leaving_show_changes_no_wall_until_it_is_released():
    show = Playout(watermark="REHEARSAL")
    for wall in ("brick", "stairs"):
        show.wall_present(wall, None, None, 0.0)
    assert show.scene_for("brick", 1).watermark == "REHEARSAL"
    show.change_mode(Mode.SHOW)
    assert show.scene_for("brick", 1).watermark == ""
    with pytest.raises(CommandRefused, match="leave SHOW"):
        show.house.release("brick", Mode.SHOW)
    show.change_mode(Mode.REHEARSE)
    assert show.scene_for("brick", 1).watermark == ""
    assert names(show.house.release("brick", Mode.REHEARSE)) == ["WallReleased"]
    assert show.house.release("brick", Mode.REHEARSE) == []
    assert show.scene_for("brick", 1).watermark == "REHEARSAL"
    assert show.scene_for("stairs", 1).watermark == ""
    assert ev.WallKept(wall="stairs") in show.opening_events()


def test_the_safe_look_is_chosen_among_good_pictures_and_reaches_every_wall():
    show = two_walls(1, 2)
    assert [type(event).__name__ for event in show.set_safe_look("r2")] == ["SafeLookSet"]
    assert show.set_safe_look("r2") == []
    assert {show.scene_for(wall, 1).safe_look.sha256 for wall in ("brick", "stairs")} == {f"{2:064x}"}
    again = Playout(show.state)
    assert again.scene_for("brick", 1).safe_look.sha256 == f"{2:064x}"
    show.add(candidate(3, approved=False))
    for unknown in ("r3", "r9"):
        with pytest.raises(CommandRefused, match="approved candidate"):
            show.set_safe_look(unknown)
    show.set_safe_look(None)
    assert show.scene_for("brick", 1).safe_look is None
