"""NEXT, LIVE, the stops and AUTO, told as what an operator does and what each wall is then to show."""

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from textcraft_bus.channel.messages import Layer, Picture, RequestId, Shown, ShownPhase
from textcraft_core import events as ev
from textcraft_core.errors import CommandRefused
from textcraft_core.events import StopName
from textcraft_core.stage.pictures.shelf import MAX_CANDIDATES
from textcraft_core.stage.walls.playout import CONFIRM_SECONDS, Playout, same_scene
from textcraft_core.stage.walls.playout_state import Candidate


def candidate(number: int, *, approved: bool = True) -> Candidate:
    picture = Picture(sha256=f"{number:064x}", uri=f"/p/{number}.jpg", mime="image/jpeg", width=64, height=64)
    return Candidate(RequestId(f"r{number}"), picture, f"words {number}", approved)


def playout(*numbers: int, walls: tuple[str, ...] = ("brick",)) -> Playout:
    made = Playout(auto_seconds=10.0)
    for wall in walls:
        made.wall_present(wall, None, None, 0.0)
    for number in numbers:
        made.add(candidate(number))
    return made


def shown(number: int, phase: ShownPhase = ShownPhase.FIRST_FRAME, layer: Layer = Layer.PROGRAM) -> Shown:
    return Shown(scene=1, layer=layer, sha256=f"{number:064x}", phase=phase, painted_at=0.0)


def names(events) -> list[str]:
    return [type(event).__name__ for event in events]


def test_the_first_approved_picture_is_staged_and_a_take_moves_the_next_one_up():
    show = playout(1, 2)
    assert show.state.next_id == "r1"
    events = show.take(0.0)
    assert events[0] == ev.TakenLive(request_id="r1", sha256=f"{1:064x}", caption="words 1", walls=("brick",))
    assert show.state.next_id == "r2"
    scene = show.scene_for("brick", 1)
    assert scene.layer is Layer.PROGRAM
    assert scene.program.sha256 == f"{1:064x}"
    assert scene.caption.text == "words 1"


def test_without_a_program_the_walls_show_the_safe_look():
    assert playout().scene_for("brick", 1).layer is Layer.SAFE_LOOK


def test_an_empty_next_refuses_the_take_with_a_sentence():
    with pytest.raises(CommandRefused, match="NEXT is empty"):
        playout().take(0.0)


def test_a_picture_that_waits_for_approval_is_not_staged_until_it_is_approved():
    show = playout()
    show.add(candidate(1, approved=False))
    assert show.state.next_id is None
    with pytest.raises(CommandRefused, match="approval"):
        show.stage("r1")
    assert names(show.approve("r1")) == ["CandidateApproved", "NextStaged"]
    assert show.state.next_id == "r1"


def test_rejecting_next_moves_the_following_one_up():
    show = playout(1, 2)
    show.reject("r1")
    assert show.state.next_id == "r2"
    show.reject("r2")
    assert show.state.next_id is None
    with pytest.raises(CommandRefused, match="no longer"):
        show.reject("r2")


def test_live_is_told_when_every_reachable_following_wall_confirmed():
    show = playout(1, walls=("brick", "stairs"))
    show.take(0.0)
    assert names(show.wall_shown("brick", shown(1))) == ["WallConfirmed"]
    events = show.wall_shown("stairs", shown(1))
    assert events[-1] == ev.LiveConfirmed(request_id="r1", sha256=f"{1:064x}", caption="words 1", confirmed=2, walls=2)
    assert names(show.wall_shown("stairs", shown(1, ShownPhase.SETTLED))) == ["WallConfirmed"]


def test_a_lost_wall_no_longer_holds_live_back_and_is_counted_as_missing():
    show = playout(1, walls=("brick", "stairs"))
    show.take(0.0)
    show.wall_shown("brick", shown(1))
    live = show.wall_lost("stairs")[-1]
    assert (live.confirmed, live.walls) == (1, 2)


def test_a_wall_that_does_not_acknowledge_is_named_once():
    show = playout(1)
    show.take(0.0)
    assert show.silent_walls(CONFIRM_SECONDS - 0.1) == []
    assert show.silent_walls(CONFIRM_SECONDS) == [ev.WallSilent(wall="brick", seconds=CONFIRM_SECONDS)]
    assert show.silent_walls(CONFIRM_SECONDS + 1) == []


def test_a_wall_that_shows_the_picture_already_is_not_waited_for():
    """No scene changes, so it never says anything: it was called silent, and LIVE unconfirmed for good."""
    show = playout(1)
    show.take(0.0)
    show.wall_shown("brick", shown(1))
    show.stage(RequestId("r1"))
    events = show.take(5.0)
    assert names(events)[:2] == ["TakenLive", "LiveConfirmed"]
    assert show.silent_walls(5.0 + CONFIRM_SECONDS) == []


def test_a_reserve_reel_of_one_picture_calls_no_wall_silent():
    show = playout(1)
    show.pin(RequestId("r1"), True)
    show.reserve(0.0)
    show.wall_shown("brick", shown(1))
    assert names(show.reserve(60.0)) == ["TakenLive", "LiveConfirmed"]
    assert show.silent_walls(60.0 + CONFIRM_SECONDS) == []


def test_a_wall_on_its_way_to_another_picture_is_waited_for_when_the_old_one_is_taken_again():
    show = playout(1, 2, walls=("brick", "stairs"))
    show.take(0.0)
    for wall in ("brick", "stairs"):
        show.wall_shown(wall, shown(1))
    show.take(5.0)
    show.wall_shown("stairs", shown(2))
    assert names(show.back(6.0)) == ["TakenLive"]
    assert [told.wall for told in show.silent_walls(6.0 + CONFIRM_SECONDS)] == ["brick", "stairs"]


def test_back_brings_the_previous_picture_and_back_again_the_one_before():
    show = playout(1, 2, 3)
    for now in range(3):
        show.take(float(now))
    show.back(4.0)
    assert show.state.program.request_id == "r2"
    show.back(5.0)
    assert show.state.program.request_id == "r1"
    with pytest.raises(CommandRefused, match="earlier"):
        show.back(6.0)


@pytest.mark.parametrize("stop", [StopName.HOLD, StopName.PANIC])
def test_hold_and_panic_refuse_a_take_by_name(stop):
    show = playout(1)
    show.set_stop(stop, True)
    with pytest.raises(CommandRefused, match=stop.value.upper()):
        show.take(0.0)


@pytest.mark.parametrize(("stop", "layer"), [(StopName.SAFE_LOOK, Layer.SAFE_LOOK), (StopName.BLACK, Layer.BLACK)])
def test_under_safe_look_and_black_a_take_changes_the_program_beneath(stop, layer):
    show = playout(1, 2)
    show.take(0.0)
    show.set_stop(stop, True)
    show.take(1.0)
    assert show.scene_for("brick", 1).layer is layer
    assert show.scene_for("brick", 1).program.sha256 == f"{2:064x}"
    show.set_stop(stop, False)
    assert show.scene_for("brick", 1).layer is Layer.PROGRAM


def test_the_precedence_of_the_stops_shows_the_next_one_below_when_one_ends():
    show = playout(1)
    show.take(0.0)
    show.set_stop(StopName.SAFE_LOOK, True)
    show.set_stop(StopName.BLACK, True)
    show.panic(2.0, running=False)
    assert show.layer_of("brick") is Layer.SAFE_LOOK
    show.restore()
    assert show.layer_of("brick") is Layer.BLACK
    show.set_stop(StopName.BLACK, False)
    assert show.layer_of("brick") is Layer.SAFE_LOOK
    show.set_stop(StopName.SAFE_LOOK, False)
    assert show.layer_of("brick") is Layer.PROGRAM


def test_black_can_be_for_one_wall_only():
    show = playout(1, walls=("brick", "stairs"))
    show.take(0.0)
    show.set_stop(StopName.BLACK, True, walls=["stairs"])
    assert show.layer_of("brick") is Layer.PROGRAM
    assert show.layer_of("stairs") is Layer.BLACK


def test_saying_a_stop_twice_tells_nothing():
    show = playout()
    assert names(show.set_stop(StopName.HOLD, True))[0] == "StopChanged"
    assert show.set_stop(StopName.HOLD, True) == []


def test_panic_switches_auto_off_and_restore_only_remembers_that_it_was_on():
    show = playout(1, 2)
    show.take(0.0)
    show.set_auto(True)
    events = show.panic(2.0, running=True)
    assert ev.AutoChanged(on=False) in events
    assert {StopName.PANIC, StopName.PAUSE_AI} <= show.state.stops
    assert show.restore()[-1] == ev.WallsRestored(was_on=("run", "auto"))
    assert not show.state.auto
    assert StopName.PAUSE_AI in show.state.stops
    with pytest.raises(CommandRefused):
        show.restore()


def test_auto_takes_the_first_picture_at_once_and_the_next_after_its_time():
    show = playout(1, 2)
    show.set_auto(True)
    assert show.advance(0.1)
    show.take(0.0, by="auto")
    assert not show.advance(9.9)
    assert show.advance(0.2)


def test_auto_stands_still_under_a_stop_and_goes_on_where_it_was():
    show = playout(1, 2)
    show.take(0.0)
    show.set_auto(True)
    show.advance(4.0)
    show.set_stop(StopName.HOLD, True)
    assert not show.advance(100.0)
    assert show.set_stop(StopName.HOLD, False)[-1] == ev.AutoScheduled(seconds=6.0)


def test_ten_more_seconds():
    show = playout(1, 2)
    show.take(0.0)
    show.set_auto(True)
    assert show.delay_auto(10.0) == [ev.AutoScheduled(seconds=20.0)]
    show.set_auto(False)
    with pytest.raises(CommandRefused):
        show.delay_auto(10.0)


def test_the_opening_events_tell_a_stranger_the_present():
    show = playout(1, 2)
    show.take(0.0)
    show.set_stop(StopName.HOLD, True)
    events = show.opening_events()
    assert ev.StopChanged(stop=StopName.HOLD, on=True) in events
    assert ev.NextStaged(request_id="r2") in events
    assert names(events).count("CandidateAdded") == 2
    assert "TakenLive" in names(events)


class Desk(RuleBasedStateMachine):
    """Whatever the operator does, in any order, some things always hold."""

    def __init__(self):
        super().__init__()
        self.show = playout(walls=("brick", "stairs"))
        self.count = 0

    @rule(approved=st.booleans())
    def picture_comes(self, approved):
        self.count += 1
        self.show.add(candidate(self.count, approved=approved))

    @rule(stop=st.sampled_from(StopName), on=st.booleans())
    def stop(self, stop, on):
        if stop is not StopName.PANIC:
            self.show.set_stop(stop, on)

    @rule(data=st.data())
    def operator(self, data):
        actions = (
            lambda: self.show.take(0.0),
            lambda: self.show.back(0.0),
            lambda: self.show.panic(1.0, running=True),
            self.show.restore,
            lambda: self.show.set_auto(True),
            lambda: self.show.stage_neighbour("next"),
            lambda: self.show.reject(data.draw(st.sampled_from(sorted(self.show.state.candidates)))),
        )
        try:
            data.draw(st.sampled_from(actions[: 7 if self.show.state.candidates else 6]))()
        except CommandRefused as refused:
            assert str(refused)

    @rule(seconds=st.floats(0, 30))
    def time_passes(self, seconds):
        if self.show.advance(seconds):
            self.show.take(0.0, by="auto")

    @invariant()
    def next_is_an_approved_candidate(self):
        staged = self.show.state.next_id
        assert staged is None or self.show.state.candidates[staged].approved

    @invariant()
    def candidates_are_bounded(self):
        assert len(self.show.state.candidates) <= MAX_CANDIDATES + 1

    @invariant()
    def a_panic_shows_the_safe_look_everywhere(self):
        if StopName.PANIC in self.show.state.stops:
            assert {self.show.layer_of(wall) for wall in self.show.walls} == {Layer.SAFE_LOOK}
            assert not self.show.state.auto

    @invariant()
    def a_scene_depends_on_nothing_but_the_state(self):
        assert same_scene(self.show.scene_for("brick", 1), self.show.scene_for("brick", 2))


Desk.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestDesk = Desk.TestCase
