"""What frames and lists show, as pure readings of the state."""

import pytest

from tests.fakes.clock import FakeClock
from tests.support import show_script as script
from textcraft_bus.channel.messages import Layer
from textcraft_core import events as ev
from textcraft_core.events import Phase, StopName
from textcraft_gui.bands import faces
from textcraft_gui.projection import apply
from textcraft_gui.projection.walls import service_title
from textcraft_gui.state.bench import Replay
from textcraft_gui.state.show_state import ShowState, Wall, moment
from textcraft_gui.widgets.shapes import Shape


class Told:
    def __init__(self, *events):
        self.clock, self.state = FakeClock(), ShowState(folder="/shows/a")
        self(*events)

    def __call__(self, *events):
        for event in events:
            apply(self.state, event, moment(self.clock))

    @property
    def now(self):
        return moment(self.clock)


STAGED = [*script.candidate(0, "images/a.png"), *script.candidate(1, "/other/b.png")]


def test_a_display_of_others_is_sent_and_never_ok():
    told = Told(ev.SentToDisplays(request_id="r", layer=Layer.PROGRAM, sha256="0" * 64))
    (row,) = faces.wall_rows(told.state, told.now)
    assert (row.name, row.value, row.loud) == ("displays", "SENT", False)
    assert "never say" in row.hint


def test_next_teaches_what_would_stand_there():
    told = Told()
    assert faces.next_picture(told.state).title == "Press step"
    told(ev.RenderRequested(request_id="r", prompt="p", seed=1, width=9, height=9, cycle=1, target="ch01.md"))
    assert faces.next_picture(told.state).title == "A picture is being painted"
    told(*STAGED)
    assert faces.next_picture(told.state).title == "NEXT is empty"


def test_an_emptied_next_beside_a_live_picture_promises_no_first_one():
    told = Told(*STAGED, script.taken(0), *script.confirmed(0))
    told(*(ev.CandidateDropped(request_id=f"picture-{number}", reason="rejected") for number in range(2)))
    shown = faces.next_picture(told.state)
    assert (shown.title, "first" in shown.hint) == ("NEXT is empty", False)


def test_next_asks_for_no_step_while_a_recording_plays():
    told = Told()
    told.state.replay = Replay("monday")
    assert faces.next_picture(told.state).title == "A recording plays"


def test_next_is_a_dashed_green_frame_with_its_place():
    told = Told(*STAGED, ev.NextStaged(request_id="picture-1"))
    shown = faces.next_picture(told.state)
    assert (shown.badge, shown.dashed, shown.colour.name) == ("NEXT · 2 of 2", True, "NEXT")
    assert shown.path == "/other/b.png"


def test_a_path_of_the_show_starts_in_its_folder():
    told = Told(*STAGED, ev.NextStaged(request_id="picture-0"))
    assert faces.next_picture(told.state).path == "/shows/a/images/a.png"


def test_next_says_when_it_is_not_approved():
    told = Told(*script.candidate(0, "a", approved=False), ev.NextStaged(request_id="picture-0"))
    assert faces.next_picture(told.state).badge.endswith("not approved")


def test_live_teaches():
    told = Told()
    assert faces.live_picture(told.state).title == "No wall is connected"
    told(*script.services())
    assert faces.live_picture(told.state).title == "Nothing is live yet"


def test_live_held_says_so():
    told = Told(*STAGED, *script.confirmed(0), ev.StopChanged(stop=StopName.HOLD, on=True))
    assert faces.live_picture(told.state).badge == "LIVE · 1 wall · held"


def test_a_live_picture_whose_file_nobody_told_has_its_words():
    shown = faces.live_picture(Told(*script.confirmed(0)).state)
    assert (shown.path, shown.hint) == ("", script.CAPTIONS[0])


@pytest.mark.parametrize(
    ("stops", "word"),
    [
        ((StopName.BLACK, StopName.SAFE_LOOK), "BLACK"),
        ((StopName.PANIC, StopName.BLACK), "PANIC: SAFE LOOK"),
        ((StopName.SAFE_LOOK, StopName.HOLD), "SAFE LOOK"),
    ],
)
def test_the_veil_follows_the_precedence_of_the_stops(stops, word):
    told = Told(*script.services(), *(ev.StopChanged(stop=stop, on=True) for stop in stops))
    assert faces.veil(told.state).startswith(f"{word}\nconfirmed by 0 of 1 wall")


def test_a_lost_wall_is_not_counted_on():
    told = Told(*script.services(), ev.ServiceSeen(service="wall.stairs", role="wall", pid=2))
    told(ev.StopChanged(stop=StopName.BLACK, on=True), ev.ServiceLost(service="wall.stairs", silent_s=3))
    assert "of 1 wall" in faces.veil(told.state)


def test_the_line_under_live():
    told = Told(script.taken(0))
    told.clock.advance(1)
    assert faces.live_line(told.state, told.now) == ("sent, waiting 1.0 s", "info")
    told.clock.advance(3)
    assert faces.live_line(told.state, told.now)[1] == "warn"
    told(*script.confirmed(0, 1, 2))
    assert faces.live_line(told.state, told.now) == ("confirmed by 1 of 2 · shown 0:00", "warn")


def test_the_gate_by_what_was_checked():
    told = Told(*script.candidate(0, "a", passed=False))
    lamps = faces.gate_lamps(told.state.candidates["picture-0"])
    assert [(word, sign.shape) for word, sign, _hint in lamps] == [
        ("safe ?", Shape.DASHED_RING), ("size", Shape.TRIANGLE), ("words", Shape.CHECK),
    ]  # fmt: skip
    assert lamps[1][2] == "size: it is almost one colour"
    assert {sign.shape for _word, sign, _hint in faces.gate_lamps(None)} == {Shape.DASHED_RING}


def test_a_wall_is_quiet_only_while_it_answers():
    told = Told(*script.services())
    assert [row.value for row in faces.wall_rows(told.state, told.now)] == ["0.0 s"]
    told(ev.WallRefused(wall="brick", sha256=None, reason="it does not decode"))
    (row,) = faces.wall_rows(told.state, told.now)
    assert (row.value, row.hint, row.loud) == ("refused", "it does not decode", True)
    told(ev.ServiceLost(service="wall.brick", silent_s=3))
    assert faces.wall_rows(told.state, told.now)[0].value == "LOST"


@pytest.mark.parametrize(
    ("events", "hint"),
    [
        ([], "It has not said yet what it shows."),
        ([*script.confirmed(0)], "It shows the LIVE picture."),
        ([*script.confirmed(0), ev.WallConfirmed(wall="brick", layer=Layer.PROGRAM, sha256="1", phase="x", scene=1)],
         "It shows another picture than LIVE."),
        ([ev.WallConfirmed(wall="brick", layer=Layer.SAFE_LOOK, sha256=None, phase="x", scene=1)],
         "It shows safe look."),
    ],
)  # fmt: skip
def test_a_wall_says_what_it_shows(events, hint):
    told = Told(*script.services(), *events)
    assert faces.wall_rows(told.state, told.now)[0].hint == hint


def test_a_wall_nobody_has_seen_is_unknown():
    told = Told(ev.WallConfirmed(wall="old", layer=Layer.PROGRAM, sha256="1", phase="x", scene=1))
    (row,) = faces.wall_rows(told.state, told.now)
    assert (row.value, row.sign.shape) == ("unknown", Shape.DASHED_RING)


def test_the_brain_by_what_it_does():
    told = Told()

    def brain():
        return faces.service_rows(told.state, told.now)[0]

    assert (brain().name, brain().value) == ("brain", "not asked")
    told(ev.BrainCalled(cycle=1, role="narrator", attempt=1, brain="local", model="gpt", prompt_hash="0"))
    told.clock.advance(2)
    assert (brain().name, brain().value) == ("brain · local", "asked 2.0 s")
    assert brain().hint == "It has not answered yet. The persona asked for gpt."
    told(*script.cycle_until(1, Phase.EXECUTE), *(script.streamed(1, "x" * 12 * 90)))
    assert brain().value == "30/s"
    told(ev.BrainAnswered(cycle=1, role="narrator", attempt=1, seconds=4, prompt_tokens=1, completion_tokens=1, cost=0))
    told.clock.advance(5)
    assert (brain().value, brain().hint) == ("idle", "It answered 5.0 s ago, within 4.0 s. The persona asked for gpt.")


def test_the_brain_is_not_idle_while_one_of_two_calls_is_open():
    told = Told(*script.cycle_until(2, Phase.EXECUTE))
    told(ev.BrainCalled(cycle=1, role="illustrator", attempt=1, model="m", prompt_hash="0"))
    told(ev.BrainCalled(cycle=2, role="narrator", attempt=1, model="m", prompt_hash="0"))
    done = {"attempt": 1, "seconds": 4, "prompt_tokens": 1, "completion_tokens": 1, "cost": 0}
    told(ev.BrainAnswered(cycle=1, role="illustrator", **done))
    assert faces.service_rows(told.state, told.now)[0].value == "asked 0.0 s"
    told(ev.BrainAnswered(cycle=2, role="narrator", **done))
    assert faces.service_rows(told.state, told.now)[0].value == "idle"


def test_a_stopped_cycle_or_picture_leaves_no_call_open():
    told = Told(*script.cycle_until(2, Phase.EXECUTE))
    told(ev.BrainCalled(cycle=2, role="narrator", attempt=1, model="m", prompt_hash="0"))
    told(ev.BrainCalled(cycle=1, role="illustrator", attempt=1, model="m", prompt_hash="0"))
    told(ev.CycleStopped(cycle=2))
    assert list(told.state.brain.calls) == [(1, "illustrator")]
    told(ev.RenderFailed(request_id="", reason="the illustrator was stopped"))
    assert told.state.brain.calls == {}


def test_a_service_has_its_own_name_only_beside_another_of_its_kind():
    told = Told(*script.services())
    assert [row.name for row in faces.service_rows(told.state, told.now)] == ["brain", "image server"]
    told(ev.ServiceSeen(service="image_server.other", role="image_server", pid=4, host="here"))
    names = [row.name for row in faces.service_rows(told.state, told.now)]
    assert names == ["brain", "image server · painter", "image server · other"]


def test_a_lost_wall_confirms_nothing_any_more():
    told = Told(*script.services(), *script.confirmed(1))
    assert faces.live_line(told.state, told.now) == ("confirmed by 1 of 1 · shown 0:00", "quiet")
    told(ev.ServiceEnded(service="wall.brick", code=-9))
    assert faces.live_line(told.state, told.now) == ("confirmed by 0 of 1 · brick lost", "warn")


def test_next_asks_for_no_step_while_the_engine_works():
    told = Told(*script.cycle_until(1, Phase.PLAN))
    assert faces.next_picture(told.state).title == "The engine is at work"
    told(ev.CycleFinished(cycle=1, seconds=1), ev.PhaseEntered(cycle=1, phase=Phase.ILLUSTRATE))
    assert faces.next_picture(told.state).title == "A picture is being described"
    told = Told(ev.StopChanged(stop=StopName.PAUSE_AI, on=True))
    assert faces.next_picture(told.state).title == "PAUSE AI is on"


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("image_server.painter", "image server · painter"),
        ("image_server", "image server"),
        ("agent.mia", "agent · mia"),
    ],
)
def test_service_titles(name, title):
    assert service_title(name) == title


def test_a_brain_that_is_asked_again_counts_down_in_sight():
    told = Told(*script.cycle_until(1, Phase.PLAN), ev.BrainWaiting(seconds=12, reason="too many requests"))
    told.clock.advance(2)
    row = faces.service_rows(told.state, told.now)[0]
    assert (row.value, row.hint, row.loud) == ("again 0:10", "too many requests", True)
    told(ev.CycleStopped(cycle=1))
    assert not faces.service_rows(told.state, told.now)[0].loud


def test_walls_of_earlier_days_share_one_row_after_those_that_are_here():
    told = Told(ev.ServiceSeen(service="wall.brick", role="wall", pid=1))
    told.state.former_walls = {name: Wall(name) for name in ("preview", "attic", "stairs-rehearsal")}
    rows = faces.wall_rows(told.state, told.now)
    assert [(row.name, row.value) for row in rows][1:] == [("not here", "attic")]
    told(*(ev.ServiceSeen(service=f"wall.{name}", role="wall", pid=2) for name in ("left", "right")))
    assert [row.name for row in faces.wall_rows(told.state, told.now)] == ["brick", "left", "right"]
