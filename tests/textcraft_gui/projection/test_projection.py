"""The one reading of events: what each leaves behind, in any order it may come."""

import pytest

from tests.fakes.clock import FakeClock
from tests.support import show_script as script
from textcraft_bus.channel.messages import Layer, Mode, ScreenInfo, WallMap
from textcraft_core import events as ev
from textcraft_core.events import EVENTS, EngineState, Phase, StopName
from textcraft_gui.projection import REDUCERS, apply, settle
from textcraft_gui.state.show_state import (
    Area,
    Freshness,
    LineState,
    Severity,
    ShowState,
    chapter_id,
    freshness,
    moment,
)

IGNORED = {
    "VerbUsed", "ScanFinished", "FactRemembered", "VerdictGiven", "ChapterOpened", "ChapterLocked",
    "SpendReserved", "SpendSettled", "DraftSaved", "DraftApplied", "DraftDiscarded",
    "OrderCarriedOut", "TellingBegun",
    "ChangeConflict", "EngineStarted", "NotesForgotten", "OrdersTaken", "ReplayStood", "StageClosing",
    "FileRedone", "FileRemoved", "FileUndone", "PassageRestored", "RevisionRestored",
    "TrialStarted", "TrialStreamed", "TrialEnded", "StageExchanged", "WallKey",
}  # fmt: skip
"""Told for the journal and for panels still to come; the matrix and the lane show their outcome. Keys have a router."""


class Told:
    """A state and a clock to tell it by."""

    def __init__(self, *events):
        self.clock = FakeClock()
        self.state = ShowState()
        self(*events)

    def __call__(self, *events):
        areas = Area.NOTHING
        for event in events:
            areas |= apply(self.state, event, moment(self.clock))
        return areas

    def after(self, seconds, *events):
        self.clock.advance(seconds)
        return self(*events)

    @property
    def last_line(self):
        return self.state.lane[-1]


def test_every_event_of_the_vocabulary_is_read_or_left_out_on_purpose():
    assert {kind.__name__ for kind in REDUCERS} | IGNORED == set(EVENTS)
    assert not {kind.__name__ for kind in REDUCERS} & IGNORED


def test_an_event_nobody_shows_touches_nothing():
    assert Told()(ev.VerbUsed(verb="take", who="operator", how="key")) is Area.NOTHING


def test_a_show_opens():
    told = Told(ev.ShowOpened(path="/shows/a", title="Test Show", mode=Mode.REHEARSE))
    assert (told.state.title, told.state.folder, told.state.mode) == ("Test Show", "/shows/a", Mode.REHEARSE)
    told(ev.ModeChanged(mode=Mode.EDIT))
    assert told.state.mode is Mode.EDIT


def test_a_cycle_leaves_the_time_of_each_phase():
    told = Told(ev.CycleStarted(cycle=4), ev.PhaseEntered(cycle=4, phase=Phase.SCAN))
    told.after(0.5, ev.PhaseEntered(cycle=4, phase=Phase.PLAN))
    told.after(2.0, ev.PhaseEntered(cycle=4, phase=Phase.EXECUTE, role="narrator", target="ch04.md"))
    engine = told.state.engine
    assert (engine.busy, engine.phase, engine.role, engine.target) == (True, Phase.EXECUTE, "narrator", "ch04.md")
    told.after(9.0, ev.CycleFinished(cycle=4, seconds=11.5))
    assert engine.took == {Phase.SCAN: 0.5, Phase.PLAN: 2.0, Phase.EXECUTE: 9.0}
    assert (engine.busy, engine.outcome) == (False, "finished in 11.5 s")
    told(ev.CycleStarted(cycle=5))
    assert told.state.engine.took == {}
    assert told.state.engine.before[Phase.EXECUTE] == 9.0


def test_the_picture_is_made_beside_the_cycles():
    told = Told(*script.cycle_until(4, Phase.VERIFY), ev.PhaseEntered(cycle=4, phase=Phase.ILLUSTRATE))
    assert told.state.engine.phase is Phase.VERIFY
    told(ev.CycleFinished(cycle=4, seconds=1), ev.CycleStarted(cycle=5), ev.PhaseEntered(cycle=5, phase=Phase.SCAN))
    asked = ev.RenderRequested(request_id="r", prompt="p", seed=1, width=9, height=9, cycle=4, target="ch04.md")
    told.after(2, asked)
    arrived = ev.ImageArrived(
        request_id="r", path="a", sha256="0", width=1, height=1, worker="w", backend="b", seconds=5
    )
    told.after(5, arrived)
    assert (told.state.engine.picture_since, told.state.engine.picture_took) == (None, 7.0)
    assert told.state.engine.phase is Phase.SCAN


def test_a_failed_cycle_is_told_in_the_lane():
    told = Told(*script.cycle_until(4, Phase.PLAN), ev.CycleFailed(cycle=4, phase=Phase.PLAN, reason="no answer"))
    assert not told.state.engine.busy
    assert told.last_line.text == "Cycle 4 failed in plan: no answer"
    assert told.last_line.severity is Severity.WARN
    assert told.state.warnings == 1


def test_a_stopped_cycle_is_no_warning():
    told = Told(*script.cycle_until(4, Phase.PLAN), ev.CycleStopped(cycle=4))
    assert (told.state.engine.busy, told.state.engine.outcome) == (False, "stopped by you")
    assert told.state.warnings == 0


def test_run_and_its_blinking_memory():
    told = Told(ev.RunStarted(cycles=3))
    assert told.state.engine.run
    told(ev.RunEnded(reason="panic"), ev.WallsRestored(was_on=("run", "auto")))
    assert not told.state.engine.run
    assert told.state.was_on == {"run", "auto"}
    told(ev.RunStarted(), ev.AutoChanged(on=True))
    assert told.state.was_on == set()


def test_tokens_are_kept_in_order_and_literal():
    told = Told(*script.cycle_until(4, Phase.EXECUTE))
    told(*(ev.TokensStreamed(cycle=4, role="narrator", target="ch04.md", text=text) for text in ("<b>a", " b", "\nc")))
    stream = told.state.stream
    assert "".join(stream.pieces) == "<b>a b\nc"
    assert (stream.words, stream.open) == (3, True)


def test_tokens_of_a_plan_or_of_a_picture_do_not_disturb_the_text():
    told = Told(*script.cycle_until(4, Phase.PLAN))
    told(ev.TokensStreamed(cycle=4, role="architect", target="", text="{"))
    assert told.state.stream is None
    told(*script.cycle_until(5, Phase.EXECUTE), *script.streamed(5, "one two"))
    before = told.state.stream
    told(ev.TokensStreamed(cycle=4, role="illustrator", target="ch04.md", text="a sky"))
    told(*script.streamed(5, " three"))
    assert told.state.stream is before
    assert "".join(before.pieces) == "one two three"


def test_a_stream_ends_with_its_report_and_the_next_is_another():
    told = Told(*script.cycle_until(4, Phase.EXECUTE), *script.streamed(4, "one"))
    first = told.state.stream
    told(ev.ReportReturned(cycle=4, role="narrator", status="success", modified=("ch04.md",), cost=0))
    assert not first.open
    told(*script.streamed(4, "two"))
    assert told.state.stream is not first


def test_a_service_that_failed_is_told():
    told = Told(ev.ReportReturned(cycle=4, role="narrator", status="error", modified=(), cost=0, message="no words"))
    assert told.last_line.text == "narrator could not do its task: no words"


def test_the_matrix_is_patched():
    told = Told(script.matrix())
    told(ev.MatrixChanged(entries={"ch05": {"title": "New", "word_count": 9}}, removed=("ch01",)))
    assert list(told.state.matrix) == ["ch02", "ch03", "ch04", "ch05"]
    assert told.state.matrix["ch05"]["title"] == "New"
    assert told.state.metrics["chapter_target_word_count"] == 420


def test_a_line_goes_its_way():
    told = Told(ev.InputQueued(input_id="a", text="more sea", source="operator"))
    line = told.state.queue["a"]
    assert line.state is LineState.WAITING
    told(ev.InputEdited(input_id="a", text="less sea"), ev.InputUsed(input_id="a", cycle=7))
    assert (line.text, line.state, line.cycle) == ("less sea", LineState.USED, 7)
    told(ev.InputDone(input_id="a", cycle=7))
    assert line.state is LineState.DONE
    told(ev.InputQueued(input_id="b", text="x", source="operator"), ev.InputWithdrawn(input_id="b"))
    assert told.state.queue["b"].state is LineState.WITHDRAWN


def test_lines_move_among_those_that_wait():
    told = Told(*(ev.InputQueued(input_id=key, text=key, source="operator") for key in "abc"))
    told(ev.InputMoved(input_id="c", index=0))
    assert list(told.state.queue) == ["c", "a", "b"]


def test_a_line_nobody_knows_changes_nothing():
    told = Told()
    for event in (ev.InputUsed(input_id="x", cycle=1), ev.InputMoved(input_id="x", index=0)):
        assert told(event) is Area.NOTHING


def test_the_queue_is_bounded_by_what_is_finished():
    told = Told()
    for number in range(100):
        told(
            ev.InputQueued(input_id=str(number), text="x", source="operator"),
            ev.InputDone(input_id=str(number), cycle=1),
        )
    assert len(told.state.queue) <= 41
    assert "99" in told.state.queue


def test_a_candidate_knows_its_gate_whichever_came_first():
    gate, added = script.candidate(2, "p.png", passed=False)
    for events in ((gate, added), (added, gate)):
        candidate = Told(*events).state.candidates["picture-2"]
        assert candidate.gate.checks["picture"] is False
        assert "safe" not in candidate.gate.checks


def test_next_follows_its_candidate():
    told = Told(*script.candidate(0, "a.png"), ev.NextStaged(request_id="picture-0"))
    told(ev.CaptionEdited(request_id="picture-0", text="new"), ev.CandidatePinned(request_id="picture-0", on=True))
    assert (told.state.next.caption, told.state.next.pinned) == ("new", True)
    told(ev.CandidateDropped(request_id="picture-0", reason="rejected"))
    assert told.state.next is None


def test_a_candidate_is_approved_by_hand():
    told = Told(
        *script.candidate(0, "a.png", approved=False), ev.CandidateApproved(request_id="picture-0", by="operator")
    )
    assert told.state.candidates["picture-0"].approved


def test_live_is_only_what_walls_confirmed():
    told = Told(*script.candidate(0, "a.png"), script.taken(0))
    assert told.state.live is None
    assert told.state.sent.caption == script.CAPTIONS[0]
    told.after(0.3, *script.confirmed(0))
    assert told.state.sent is None
    assert (told.state.live.confirmed, told.state.live.walls) == (1, 1)
    since = told.state.live.since
    told.after(60, *script.confirmed(0, 2, 2))
    assert (told.state.live.confirmed, told.state.live.since) == (2, since)


def test_a_confirmation_of_the_old_picture_does_not_end_the_waiting():
    told = Told(*script.confirmed(0), script.taken(1), *script.confirmed(0))
    assert told.state.sent.request_id == "picture-1"


def test_a_dropped_candidate_keeps_its_file_known():
    told = Told(*script.candidate(0, "a.png"), ev.CandidateDropped(request_id="picture-0", reason="it is on the walls"))
    assert told.state.paths[script.sha(0)] == "a.png"


@pytest.mark.parametrize("stop", list(StopName))
def test_a_stop_is_set_and_unset_by_name(stop):
    told = Told(ev.StopChanged(stop=stop, on=True), ev.StopChanged(stop=stop, on=True))
    assert told.state.has(stop)
    told(ev.StopChanged(stop=stop, on=False))
    assert not told.state.has(stop)


def test_auto_counts_to_a_moment():
    told = Told(ev.AutoChanged(on=True), ev.AutoScheduled(seconds=40))
    assert told.state.auto_due - told.clock.monotonic() == 40
    told.after(5, ev.AutoScheduled(seconds=None))
    assert told.state.auto_due is None
    told(ev.AutoScheduled(seconds=3), ev.AutoChanged(on=False))
    assert told.state.auto_due is None


def test_walls_and_services_by_their_age():
    told = Told(*script.services())
    wall = told.state.services["wall.brick"]
    seen = [freshness(wall.seen_at, moment(told.clock))]
    for seconds in (3.1, 7.0):
        told.clock.advance(seconds)
        seen.append(freshness(wall.seen_at, moment(told.clock)))
    told(ev.ServiceLost(service="wall.brick", silent_s=10))
    seen.append(freshness(wall.seen_at, moment(told.clock), lost=wall.lost))
    assert seen == [Freshness.OK, Freshness.STALE, Freshness.OLD, Freshness.LOST]
    assert freshness(None, moment(told.clock)) is Freshness.UNKNOWN


def test_a_lost_wall_says_lost_and_back():
    told = Told(*script.services(), ev.ServiceLost(service="wall.brick", silent_s=3))
    assert told.last_line.text == "brick has been silent for 3 s. It keeps its last picture and returns by itself."
    assert told.state.warnings == 1
    told(*script.services())
    assert told.last_line.text == "brick is back."
    assert not told.state.services["wall.brick"].lost
    assert told.state.warnings == 0


def test_an_end_is_told_once_and_stays_to_be_acknowledged():
    told = Told(*script.services(), ev.ServiceEnded(service="wall.brick", code=-9))
    told(ev.ServiceLost(service="wall.brick", silent_s=2), *script.services())
    texts = [message.text for message in told.state.lane]
    assert texts == ["brick ended unexpectedly (code -9).", "brick is back."]
    assert told.state.warnings == 1


@pytest.mark.parametrize(
    "end", [ev.CycleStopped(cycle=7), ev.CycleFailed(cycle=7, phase="plan", reason="no answer")], ids=["stop", "fail"]
)
def test_a_line_of_a_cycle_that_did_not_end_well_waits_again(end):
    told = Told(ev.CycleStarted(cycle=7), ev.InputQueued(input_id="a", text="one", source="operator"))
    told(ev.InputQueued(input_id="b", text="two", source="operator"))
    told(ev.InputUsed(input_id="a", cycle=7), ev.InputUsed(input_id="b", cycle=7), ev.InputDone(input_id="b", cycle=7))
    told(end)
    assert [line.state for line in told.state.queue.values()] == [LineState.WAITING, LineState.DONE]


def test_a_phase_that_pause_ai_held_up_is_no_measure():
    told = Told(*script.cycle_until(1, Phase.EXECUTE), ev.StopChanged(stop=StopName.PAUSE_AI, on=True))
    told.clock.advance(60)
    told(ev.StopChanged(stop=StopName.PAUSE_AI, on=False), ev.PhaseEntered(cycle=1, phase=Phase.VERIFY))
    assert Phase.EXECUTE not in told.state.engine.before
    told.clock.advance(2)
    told(ev.CycleFinished(cycle=1, seconds=62))
    assert told.state.engine.before[Phase.VERIFY] == 2.0


def test_what_a_service_says_after_writing_is_not_of_the_text():
    told = Told(*script.cycle_until(1, Phase.EXECUTE), *script.streamed(1, "the text"))
    told(ev.ToolCalled(cycle=1, role="narrator", tool="append_file", path="ch04_Fourth.md", status="success"))
    told(*script.streamed(1, "added two words"))
    assert "".join(told.state.stream.pieces) == "the text"
    assert not told.state.stream.open


def test_a_wall_that_refuses_or_is_silent_until_it_paints():
    told = Told(*script.services())
    told(ev.WallRefused(wall="brick", sha256=None, reason="it does not decode"), ev.WallSilent(wall="brick", seconds=3))
    wall = told.state.walls["brick"]
    assert (wall.refused, wall.silent) == ("it does not decode", True)
    assert [message.severity for message in told.state.lane] == [Severity.WARN, Severity.WARN]
    told(ev.WallConfirmed(wall="brick", layer=Layer.PROGRAM, sha256="0", phase="first_frame", scene=1))
    assert (wall.refused, wall.silent, wall.sha256) == ("", False, "0")


def test_money():
    told = Told(ev.SpendAdded(source="brain", usd=0.2, total=3.1, estimated=True))
    assert (told.state.spent, told.state.spend_estimated) == (3.1, True)
    told(ev.CapReached(cap="day", usd=12))
    assert told.last_line.severity is Severity.FAULT


def test_past_events_warn_nobody_and_measure_nothing():
    told = Told(*script.cycle_until(4, Phase.PLAN), ev.CycleFailed(cycle=4, phase=Phase.PLAN, reason="x"))
    told(*script.cycle_until(5, Phase.EXECUTE), ev.EngineStateChanged(state=EngineState.IDLE))
    settle(told.state)
    assert told.state.warnings == 0
    assert told.last_line.earlier
    assert told.state.engine.before == {}
    assert not told.state.engine.busy


def test_a_running_cycle_survives_the_opening():
    told = Told(*script.cycle_until(5, Phase.EXECUTE), ev.EngineStateChanged(state=EngineState.RUNNING))
    settle(told.state)
    assert told.state.engine.busy


@pytest.mark.parametrize(
    ("target", "key"),
    [("ch04_Fourth.md", "ch04"), ("data/manuscripts/ch10.md", "ch10"), ("ch100", "ch100"), ("", "")],
)
def test_chapter_id(target, key):
    assert chapter_id(target) == key


def test_everything_kept_is_bounded():
    told = Told()
    for number in range(700):
        told(ev.Warned(text=f"warning {number}"))
        told(ev.ImageArrived(
            request_id=str(number), path="p", sha256=str(number), width=1, height=1, worker="w", backend="b", seconds=1
        ))  # fmt: skip
        told(ev.GateDecided(request_id=str(number), passed=True, checks={}), script.taken(number))
    state = told.state
    assert (len(state.lane), len(state.paths), len(state.gates), len(state.taken)) == (500, 64, 64, 50)


def test_a_wall_is_set_up_lost_and_back():
    screen = ScreenInfo(connector="DP-1")
    told = Told(
        ev.WallNamed(wall="brick", title="Brick wall"),
        ev.WallFollows(wall="brick", follow=False, sha256="a" * 64),
        ev.WallMapSet(wall="brick", map=WallMap(rotate=90)),
        ev.ScreenAssigned(wall="brick", screen=screen),
        ev.TransitionSet(kind="wipe", seconds=2.0),
        ev.WallKept(wall="brick"),
        ev.WallThumbnail(wall="brick", data="YWJj"),
        ev.LiveCounted(request_id="r1", confirmed=1, reachable=2, walls=2),
        ev.WallPlaced(wall="brick", screen=screen),
    )
    wall = told.state.walls["brick"]
    assert (wall.label, wall.follow, wall.own_sha256, wall.map.rotate) == ("Brick wall", False, "a" * 64, 90)
    assert (wall.wanted, wall.kept, wall.thumb, told.state.counted.confirmed) == (screen, True, "YWJj", 1)
    assert told.state.transition.kind == "wipe"
    assert not told.state.lane
    told(ev.WallReleased(wall="brick"), ev.WallPlaced(wall="brick", screen=screen, away=True))
    assert not wall.kept
    assert "Brick wall" in told.last_line.text
    assert "LOST" in told.last_line.text
    told(ev.WallPlaced(wall="brick", screen=screen))
    assert "BACK" in told.last_line.text


def test_a_show_s_own_code_waits_to_be_trusted_and_that_is_said():
    told = Told(ev.ProjectCodeRefused(path="/s", reason="schemas.py did not run", may_be_trusted=True))
    assert told.state.code_to_trust == "schemas.py did not run"
    assert told.state.lane[-1].severity is Severity.WARN
    told(ev.ProjectCodeTrusted(path="/s", types=("Weather",)))
    assert told.state.code_to_trust == ""
    assert "Weather" in told.state.lane[-1].text


def test_open_ports_without_keys_are_a_warning_that_stays():
    told = Told(ev.NetworkOpened(channel="ours", hosts=("192.0.2.7",), keys=True, machines=2))
    assert told.state.insecure_lan == ""
    assert told.state.lane[-1].severity is Severity.NOTE
    told(ev.NetworkOpened(channel="foreign", hosts=("192.0.2.7",), keys=False))
    assert told.state.insecure_lan == "192.0.2.7"
    assert told.state.lane[-1].severity is Severity.WARN


def test_the_cap_that_leaves_less_is_known():
    told = Told(ev.SpendCapped(cap="day", spent=3.1, usd=12))
    assert told.state.cap is not None
    assert (told.state.cap.name, round(told.state.cap.share, 2)) == ("day", 0.26)


def seen(name):
    return ev.ServiceSeen(service=f"wall.{name}", role="wall", pid=1)


def test_a_wall_that_is_only_remembered_stands_in_no_list_and_comes_back_as_it_was_set_up():
    """The preview of EDIT and names a show no longer has took the rows of the walls that are there."""
    told = Told(
        *(ev.WallConfirmed(wall=name, layer=Layer.SAFE_LOOK, sha256=None, phase="settled", scene=1)
          for name in ("preview", "old", "brick")),
        ev.WallNamed(wall="old", title="the old one"),
        seen("brick"),
    )  # fmt: skip
    settle(told.state)
    assert list(told.state.walls) == ["brick"]
    told(ev.WallKept(wall="old"), ev.WallFollows(wall="preview", follow=True, sha256=None))
    assert list(told.state.walls) == ["brick"]
    told(seen("old"))
    assert told.state.walls["old"].label == "the old one" and told.state.walls["old"].kept
    assert list(told.state.former_walls) == ["preview"]


def test_a_card_that_was_brought_in_is_told():
    told = Told(ev.CardAdded(request_id="card-1", kind="text", source="We begin again at eight"))
    assert "card" in told.last_line.text
