"""What an operator decides about pictures: pinning, overruling the gate, other words; and what may then go up."""

import pytest

from textcraft_bus.channel.messages import Mode, Picture, RequestId
from textcraft_core import events as ev
from textcraft_core.errors import CommandRefused
from textcraft_core.stage.pictures.gate import OVERRULED_BY_HAND
from textcraft_core.stage.pictures.shelf import MAX_CANDIDATES, MAX_REFUSED
from textcraft_core.stage.walls.playout import Playout, PlayoutState
from textcraft_core.stage.walls.playout_state import Candidate
from textcraft_core.stage.walls.restore import Restore


def candidate(number: int, *, approved: bool = True, failed: tuple[str, ...] = ()) -> Candidate:
    picture = Picture(sha256=f"{number:064x}", uri=f"/p/{number}.jpg", mime="image/jpeg", width=64, height=64)
    return Candidate(RequestId(f"r{number}"), picture, f"words {number}", approved and not failed, failed=failed)


def playout(*candidates: Candidate) -> Playout:
    made = Playout(auto_seconds=10.0)
    made.wall_present("brick", None, None, 0.0)
    for one in candidates:
        made.add(one)
    return made


def names(events) -> list[str]:
    return [type(event).__name__ for event in events]


def test_a_refused_picture_waits_but_never_stages_itself_nor_goes_up():
    show = playout(candidate(1, failed=("size",)))
    assert show.state.next_id is None
    show.set_auto(True)
    show.stage("r1")
    assert show.auto_left is None, "AUTO does not count down to a refused picture"
    with pytest.raises(CommandRefused, match="size"):
        show.take(0.0)
    with pytest.raises(CommandRefused, match="overruled"):
        show.approve("r1")
    assert show.state.program is None


def test_an_overruled_picture_is_staged_and_may_be_taken():
    show = playout(candidate(1), candidate(2, failed=("picture", "words")))
    events = show.overrule("r2", OVERRULED_BY_HAND, then_take=True)
    assert events[0] == ev.GateOverruled(request_id="r2", checks=("picture", "words"))
    assert show.state.next_id == "r2"
    show.take(0.0)
    assert show.state.program.request_id == "r2"


def test_overruling_without_a_take_leaves_next_alone():
    show = playout(candidate(1), candidate(2, failed=("size",)))
    show.overrule("r2", OVERRULED_BY_HAND, then_take=False)
    assert show.state.next_id == "r1"
    assert show.state.candidates["r2"].approved


@pytest.mark.parametrize("check", ["safe", "decodes", "whole"])
def test_what_is_unsafe_or_no_picture_cannot_be_overruled(check):
    show = playout(candidate(1, failed=("size", check)))
    with pytest.raises(CommandRefused, match=check):
        show.overrule("r1", OVERRULED_BY_HAND, then_take=True)
    assert show.state.candidates["r1"].failed == ("size", check)


def test_unsafe_is_overruled_where_the_show_allows_it():
    show = playout(candidate(1, failed=("safe",)))
    show.overrule("r1", OVERRULED_BY_HAND | {"safe"}, then_take=False)
    assert show.state.next_id == "r1"


def test_an_overrule_under_hold_changes_nothing():
    show = playout(candidate(1, failed=("size",)))
    show.set_stop(ev.StopName.HOLD, True)
    with pytest.raises(CommandRefused, match="HOLD"):
        show.overrule("r1", OVERRULED_BY_HAND, then_take=True)
    assert show.state.candidates["r1"].failed == ("size",)
    with pytest.raises(CommandRefused, match="did not refuse"):
        playout(candidate(1)).overrule("r1", OVERRULED_BY_HAND, then_take=False)


def test_refused_pictures_take_no_place_from_good_ones():
    show = playout(*(candidate(n) for n in range(MAX_CANDIDATES)))
    for number in range(100, 100 + MAX_REFUSED + 3):
        show.add(candidate(number, failed=("size",)))
    kept = show.state.candidates
    assert sum(not c.failed for c in kept.values()) == MAX_CANDIDATES
    assert [c.request_id for c in kept.values() if c.failed] == [f"r{n}" for n in range(103, 107)]


def test_other_words_can_fail_and_pass_the_gate():
    show = playout(candidate(1))
    show.set_auto(True)
    events = show.edit_caption("r1", "a listed word", "its words are listed")
    assert names(events)[:2] == ["CaptionEdited", "GateDecided"]
    assert show.auto_left is None
    with pytest.raises(CommandRefused, match="words"):
        show.take(0.0)
    assert show.edit_caption("r1", "fine")[1].passed
    show.take(0.0)
    assert show.state.program.caption == "fine"


def test_new_words_do_not_heal_a_small_picture():
    show = playout(candidate(1, failed=("size", "words")))
    decided = show.edit_caption("r1", "fine")[1]
    assert (decided.passed, decided.checks) == (False, {"size": False, "words": True})
    assert show.state.candidates["r1"].failed == ("size",)


def test_a_pinned_picture_stays_when_it_falls_out_of_the_candidates():
    show = playout(candidate(0))
    assert show.pin("r0", True)[0].on
    assert show.pin("r0", True) == []
    for number in range(1, MAX_CANDIDATES + 6):
        show.add(candidate(number))
    assert "r0" in show.state.candidates
    show.take(0.0)
    assert names(show.reject("r0"))[:2] == ["CandidatePinned", "CandidateDropped"]
    assert show.state.reel == {}


def test_the_live_picture_can_be_pinned_though_it_is_no_candidate_any_more():
    show = playout(candidate(1))
    show.take(0.0)
    del show.state.candidates["r1"]
    show.pin("r1", True)
    assert list(show.state.reel) == ["r1"]
    assert show.pin("r1", False)[0] == ev.CandidatePinned(
        request_id="r1", on=False, path="/p/1.jpg", sha256=f"{1:064x}", caption="words 1"
    )
    with pytest.raises(CommandRefused, match="no longer"):
        playout().pin("r9", True)


def test_a_refused_picture_cannot_serve_in_the_reel():
    with pytest.raises(CommandRefused, match="reel"):
        playout(candidate(1, failed=("size",))).pin("r1", True)


def test_the_reel_goes_round_in_the_order_of_pinning_and_leaves_next_alone():
    show = playout(candidate(1), candidate(2, approved=False), candidate(3))
    for number in (3, 2, 1):
        show.pin(f"r{number}", True)
    taken = [show.reserve(float(turn))[0] for turn in range(3)]
    assert [event.request_id for event in taken] == ["r3", "r1", "r3"]
    assert {event.by for event in taken} == {"reserve"}
    assert show.state.next_id == "r1"
    assert playout().reserve(0.0) == []


def test_the_reel_survives_a_crash():
    show = playout(candidate(1))
    show.pin("r1", True)
    show.reserve(0.0)
    kept = Restore.model_validate_json(Restore(playout=show.state).model_dump_json()).playout
    again = Playout(kept)
    assert isinstance(kept, PlayoutState)
    assert (list(again.state.reel), again.state.reel_at, again.state.mode) == (["r1"], "r1", Mode.REHEARSE)
    assert "CandidatePinned" in names(again.opening_events())
