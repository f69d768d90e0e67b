"""The sentence, state by state: it says what happens next, and is never empty."""

from datetime import datetime, timedelta

import pytest

from tests.support import show_script as script
from textcraft_bus.channel.messages import Layer, Mode
from textcraft_core import events as ev
from textcraft_core.events import CheckState, DayState, EngineState, Phase, StopName
from textcraft_gui.projection import apply
from textcraft_gui.state.show_state import Moment, ShowState
from textcraft_gui.words.sentence import sentence

NOON = datetime(2030, 1, 1, 20, 14, 7).astimezone()  # by this machine's clock, wherever it stands
NOW = Moment(1000.0, NOON)
PICTURE = "/pictures/a.png"
C0, C1 = script.CAPTIONS[0], script.CAPTIONS[1]


def _ready(number=0, **how):
    return [*script.candidate(number, PICTURE, **how), ev.NextStaged(request_id=f"picture-{number}")]


def _walls(*names):
    return [ev.ServiceSeen(service=f"wall.{name}", role="wall", pid=1) for name in names]


def _stop(stop, *layers):
    shown = [
        ev.WallConfirmed(wall=name, layer=layer, sha256=None, phase="settled", scene=1)
        for name, layer in zip(("brick", "stairs"), layers, strict=False)
    ]
    return [ev.StopChanged(stop=stop, on=True), *shown]


def _render(**progress):
    asked = ev.RenderRequested(request_id="r", prompt="p", seed=1, width=9, height=9, cycle=1, target="ch01.md")
    more = [ev.RenderAccepted(request_id="r", worker="w", attempt=1)] if progress.get("accepted") else []
    if "fraction" in progress:
        more.append(ev.RenderProgressed(request_id="r", fraction=progress["fraction"]))
    return [asked, *more]


def _engine(state):
    return [ev.EngineStateChanged(state=state)]


def _after_a_cycle():
    return [*script.cycle_until(3, Phase.VERIFY), ev.CycleFinished(cycle=3, seconds=9)]


STEP = "Press step: the first cycle writes a passage and paints its picture."
BY_HAND = "Press step for one cycle; RUN goes on by itself in REHEARSE and SHOW."
AGAIN = "Press step for one cycle, or RUN to go on."


def _day(state, **more):
    return [ev.DayChanged(state=state, by="schedule", **more)]


def _check(state=None, *, ready=None):
    found = [] if state is None else [ev.PreflightChecked(check="walls", state=state, found="stairs did not obey")]
    ended = [] if ready is None else [ev.PreflightEnded(ready=ready)]
    return [*_day(DayState.OPENING, opens_at=NOON), ev.PreflightStarted(checks=("walls",)), *found, *ended]


LATER = NOON + timedelta(minutes=5)
AT = f"{LATER.astimezone():%H:%M}"
EMPTY = "Nothing has gone up yet."
CLOSING = "The house is closing: the last cycle ends, nothing more is paid."
CLOSED = f"The house is closed; it opens by itself {AT}."
TABLE = [
    (
        "closing",
        _day(DayState.CLOSING),
        f"{CLOSING} {EMPTY} {STEP}",
    ),
    (
        "closed until",
        _day(DayState.CLOSED, opens_at=LATER),
        f"{CLOSED} {EMPTY} {STEP}",
    ),
    ("closed by hand", _day(DayState.CLOSED), f"{EMPTY} {STEP}"),
    ("closes soon", _day(DayState.OPEN, closes_at=LATER), f"The house closes at {AT}. {EMPTY} {STEP}"),
    ("closes late", _day(DayState.OPEN, closes_at=NOON + timedelta(hours=3)), f"{EMPTY} {STEP}"),
    ("pre-flight", _check(), f"The house is opening: the pre-flight tries walls. {EMPTY} {STEP}"),
    (
        "not ready",
        _check(CheckState.FAIL, ready=False),
        f"The house is not ready: walls. Mend it, or waive it in DAY. {EMPTY} {STEP}",
    ),
    ("opens at", _day(DayState.OPENING, opens_at=LATER), f"The house opens at {AT}. {EMPTY} {STEP}"),
    ("opening by hand", _day(DayState.OPENING), f"The house is opening. {EMPTY} {STEP}"),
    ("a fresh show", [], f"Nothing has gone up yet. {STEP}"),
    ("paused", _engine(EngineState.PAUSED), "Nothing has gone up yet. The engine is paused: RUN goes on."),
    ("stopping", _engine(EngineState.STOPPING), "Nothing has gone up yet. Cycle 0 is being ended."),
    (
        "stuck",
        _engine(EngineState.STUCK),
        "Nothing has gone up yet. The engine is stuck: nudge the Architect, then press step.",
    ),
    ("complete", _engine(EngineState.COMPLETE), "Nothing has gone up yet. The story is complete."),
    ("run on", [ev.RunStarted()], "Nothing has gone up yet. RUN goes on with the next cycle by itself."),
    ("scan", script.cycle_until(4, Phase.SCAN), "Nothing has gone up yet. Cycle 4 looks over the manuscripts."),
    ("plan", script.cycle_until(4, Phase.PLAN), "Nothing has gone up yet. Cycle 4 is being planned."),
    ("write", script.cycle_until(4, Phase.EXECUTE), "Nothing has gone up yet. Chapter 4 is being written."),
    ("verify", script.cycle_until(4, Phase.VERIFY), "Nothing has gone up yet. Cycle 4 checks what was written."),
    (
        "edit",
        [
            *script.cycle_until(4, Phase.DISPATCH),
            ev.PhaseEntered(cycle=4, phase=Phase.EXECUTE, role="editor", target="ch03_Bell.md"),
        ],
        "Nothing has gone up yet. Chapter 3 is with the editor.",
    ),
    (
        "the brain is asked again",
        [*script.cycle_until(4, Phase.PLAN), ev.BrainWaiting(seconds=12, reason="429")],
        "Nothing has gone up yet. The brain did not answer and is asked again at 20:14:19.",
    ),
    (
        "the wait is over",
        [*script.cycle_until(4, Phase.PLAN), ev.BrainWaiting(seconds=12), ev.BrainWaiting(seconds=0)],
        "Nothing has gone up yet. Cycle 4 is being planned.",
    ),
    (
        "an id without a number",
        [
            *script.cycle_until(4, Phase.DISPATCH),
            ev.PhaseEntered(cycle=4, phase=Phase.EXECUTE, role="narrator", target="epilogue.md"),
        ],
        "Nothing has gone up yet. epilogue is being written.",
    ),
    ("after a cycle", _after_a_cycle(), f"Nothing has gone up yet. {AGAIN}"),
    (
        "described",
        [*_after_a_cycle(), ev.PhaseEntered(cycle=3, phase=Phase.ILLUSTRATE)],
        "Nothing has gone up yet. The next picture is being described.",
    ),
    ("waits for a server", _render(), "Nothing has gone up yet. The next picture waits for an image server."),
    ("painted", _render(accepted=True), "Nothing has gone up yet. The next picture is being painted."),
    (
        "painted, 42 %",
        _render(accepted=True, fraction=0.42),
        "Nothing has gone up yet. The next picture is being painted, 42% done.",
    ),
    ("ready", _ready(), f"“{C0}” is ready: space takes it. {STEP}"),
    ("not approved", _ready(approved=False), f"“{C0}” waits for your approval. {STEP}"),
    (
        "failed the gate",
        _ready(approved=False, passed=False),
        f"“{C0}” did not pass the gate (it is almost one colour): stage another. {STEP}",
    ),
    (
        "no words",
        [*_ready(), ev.CaptionEdited(request_id="picture-0", text="  ")],
        f"A picture without words is ready: space takes it. {STEP}",
    ),
    (
        "sent",
        [*_ready(1), script.taken(1)],
        f"“{C1}” was sent 0.0 s ago; the walls have not confirmed it yet. {STEP}",
    ),
    (
        "live",
        [*script.candidate(1, PICTURE), script.taken(1), *script.confirmed(1)],
        f"“{C1}” stays on the wall. {AGAIN}",
    ),
    ("auto without a picture", [ev.AutoChanged(on=True)], f"AUTO waits for the next approved picture. {STEP}"),
    (
        "auto, not approved",
        [*_ready(approved=False), ev.AutoChanged(on=True)],
        f"AUTO waits until you approve “{C0}”. {STEP}",
    ),
    (
        "auto counts",
        [*_ready(), ev.AutoChanged(on=True), ev.AutoScheduled(seconds=38)],
        f"“{C0}” goes up by itself at 20:14:45. {STEP}",
    ),
    (
        "auto is due",
        [*_ready(), ev.AutoChanged(on=True), ev.AutoScheduled(seconds=0)],
        f"“{C0}” goes up now. {STEP}",
    ),
    (
        "auto stands still",
        [*_ready(), ev.AutoChanged(on=True), ev.AutoScheduled(seconds=None)],
        f"AUTO stands still; space takes “{C0}”. {STEP}",
    ),
    ("hold", _stop(StopName.HOLD), f"The walls are held as they are until you press HOLD again. {STEP}"),
    ("safe look", _stop(StopName.SAFE_LOOK), f"The walls show the safe look until you press SAFE LOOK again. {STEP}"),
    ("black", _stop(StopName.BLACK), f"The walls are black until you press BLACK again. {STEP}"),
    (
        "pause ai",
        _stop(StopName.PAUSE_AI),
        "Nothing has gone up yet. PAUSE AI is on: nothing new is asked of the brain until you press PAUSE AI again.",
    ),
    (
        "pause ai while a cycle runs",
        [*script.cycle_until(4, Phase.EXECUTE), *_stop(StopName.PAUSE_AI)],
        "Nothing has gone up yet. PAUSE AI is on: nothing new is asked of the brain. Chapter 4 is being written.",
    ),
    (
        "black above hold",
        [*_stop(StopName.HOLD), *_stop(StopName.BLACK)],
        f"The walls are black until you press BLACK again. {STEP}",
    ),
    (
        "panic above all",
        [*_walls("brick", "stairs"), *_stop(StopName.BLACK), *_stop(StopName.PANIC, Layer.SAFE_LOOK)],
        f"PANIC: safe look, 1 of 2 walls confirmed; RESTORE, held 1 s, brings them back. {STEP}",
    ),
    (
        "panic with a lost wall",
        [
            *_walls("brick", "stairs"),
            *_stop(StopName.PANIC, Layer.SAFE_LOOK),
            ev.ServiceLost(service="wall.stairs", silent_s=4),
        ],
        f"PANIC: safe look, 1 of 1 wall confirmed; RESTORE, held 1 s, brings them back. "
        f"stairs is LOST: what it shows is not known. {STEP}",
    ),
]


def _state(events):
    state = ShowState(mode=Mode.REHEARSE)
    for event in events:
        apply(state, event, NOW)
    return state


@pytest.mark.parametrize(("events", "said"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_the_sentence(events, said):
    assert sentence(_state(events), NOW) == said


def test_without_a_show():
    assert sentence(ShowState(), NOW) == "No show is open yet."


def test_it_says_when_the_picture_comes():
    state = ShowState(mode=Mode.REHEARSE)
    events = script.cycle_until(1, Phase.EXECUTE)
    for event in events:
        apply(state, event, NOW)
    apply(state, ev.PhaseEntered(cycle=1, phase=Phase.VERIFY), Moment(1020.0, NOON))
    apply(state, ev.CycleFinished(cycle=1, seconds=20), Moment(1020.5, NOON))
    arrived = ev.ImageArrived(
        request_id="r", path="a", sha256="0", width=1, height=1, worker="w", backend="b", seconds=8
    )
    apply(state, arrived, Moment(1028.0, NOON))
    for event in script.cycle_until(2, Phase.EXECUTE):
        apply(state, event, Moment(1030.0, NOON))
    assert sentence(state, Moment(1032.0, NOON)).endswith("Chapter 4 is being written, its picture in about 25 s.")
    assert sentence(state, Moment(1100.0, NOON)).endswith("Chapter 4 is being written, its picture in about 8 s.")
    apply(state, ev.StopChanged(stop=StopName.PAUSE_AI, on=True), Moment(1100.0, NOON))
    assert sentence(state, Moment(1100.0, NOON)).endswith("Chapter 4 is being written.")


def test_a_lost_wall_is_never_said_to_show_anything():
    state = _state([*script.services(), *script.candidate(1, PICTURE), script.taken(1), *script.confirmed(1)])
    apply(state, ev.ServiceEnded(service="wall.brick", code=-9), NOW)
    assert sentence(state, NOW).startswith("brick is LOST: what it shows is not known.")
    apply(state, script.services()[0], NOW)
    assert "LOST" not in sentence(state, NOW)


def test_without_an_image_server_no_picture_is_promised():
    state = _state([*script.services(), *script.cycle_until(2, Phase.EXECUTE)])
    state.engine.before[Phase.EXECUTE] = state.picture_seconds = 5.0
    assert sentence(state, NOW).endswith("its picture in about 10 s.")
    apply(state, ev.ServiceEnded(service="image_server.painter", code=-9), NOW)
    said = sentence(state, NOW)
    assert said.startswith("The image server is LOST: no new picture until it is back.")
    assert said.endswith("Chapter 4 is being written.")


def test_a_picture_is_measured_from_its_description_on_and_promised_by_the_narrator_only():
    state = ShowState(mode=Mode.REHEARSE)
    for event in script.cycle_until(1, Phase.EXECUTE):
        apply(state, event, NOW)
    apply(state, ev.CycleFinished(cycle=1, seconds=20), Moment(1002.0, NOON))
    apply(state, ev.PhaseEntered(cycle=1, phase=Phase.ILLUSTRATE), Moment(1002.0, NOON))
    arrived = ev.ImageArrived(
        request_id="r", path="a", sha256="0", width=1, height=1, worker="w", backend="b", seconds=1
    )
    apply(state, arrived, Moment(1008.0, NOON))
    for event in script.cycle_until(2, Phase.EXECUTE):
        apply(state, event, Moment(1010.0, NOON))
    assert sentence(state, Moment(1012.0, NOON)).endswith("its picture in about 6 s.")
    state.engine.role = "editor"
    assert sentence(state, Moment(1012.0, NOON)).endswith("Chapter 4 is with the editor.")


def test_it_is_never_empty_whatever_was_told():
    state = ShowState(mode=Mode.REHEARSE)
    for _name, events, _said in TABLE:
        for event in events:
            apply(state, event, NOW)
            assert sentence(state, NOW).strip()


SHOW = [ev.ModeChanged(mode=Mode.SHOW)]
ALONE = [*SHOW, ev.AttendanceChanged(attended=False)]
NOBODY = "Nobody is here: every question takes its written answer; hold Ctrl+L for 1 s to take over."
STILL = "The engine stands still."
READS = ev.ReadingAlong(who="anna, textcraft, process 4711, since 19:02", pid=4711)
ALONG = f"Reading along: {READS.who} holds this show."
KEPT = [*_walls("brick"), ev.WallKept(wall="brick")]
MODES = [
    ("SHOW", SHOW, f"Nothing has gone up yet. {STEP}"),
    ("EDIT after a cycle", [*_after_a_cycle(), ev.ModeChanged(mode=Mode.EDIT)], f"{EMPTY} {BY_HAND}"),
    (
        "EDIT, where RUN would do nothing",
        [*_after_a_cycle(), *_engine(EngineState.PAUSED), ev.ModeChanged(mode=Mode.EDIT)],
        f"{EMPTY} {BY_HAND}",
    ),
    ("EDIT", [ev.ModeChanged(mode=Mode.EDIT)], f"Nothing has gone up yet. {STEP}"),
    ("SHOW by the rehearsal brain", [*SHOW, ev.BrainInUse(name="rehearsal", by_config=True)],
     f"Nothing has gone up yet. {STEP} The rehearsal brain plays this SHOW, as its settings say."),
    ("left alone", ALONE, f"Nothing has gone up yet. {NOBODY} {STILL}"),
    ("left alone, ready", [*ALONE, *_ready()], f"“{C0}” is ready and waits: AUTO is off. {NOBODY} {STILL}"),
    ("left alone, auto stands still", [*ALONE, *_ready(), ev.AutoChanged(on=True), ev.AutoScheduled(seconds=None)],
     f"AUTO stands still; “{C0}” waits. {NOBODY} {STILL}"),
    ("left alone, paused", [*ALONE, *_engine(EngineState.PAUSED)], f"Nothing has gone up yet. {NOBODY} {STILL}"),
    ("left alone, RUN", [*ALONE, ev.RunStarted()],
     f"Nothing has gone up yet. {NOBODY} RUN goes on with the next cycle by itself."),
    ("left alone and back", [*ALONE, ev.AttendanceChanged(attended=True)], f"Nothing has gone up yet. {STEP}"),
    ("left alone, black", [*ALONE, *_stop(StopName.BLACK)],
     f"The walls are black until you press BLACK again. {NOBODY} {STILL}"),
    ("left alone, stuck", [*ALONE, *_engine(EngineState.STUCK)],
     f"Nothing has gone up yet. {NOBODY} The engine is stuck: its written answer takes over."),
    ("left alone, complete", [*ALONE, *_engine(EngineState.COMPLETE)],
     f"Nothing has gone up yet. {NOBODY} The story is complete."),
    ("left alone, PANIC", [*ALONE, *_stop(StopName.PANIC)],
     "PANIC: safe look, 0 of 0 walls confirmed; RESTORE, held 1 s, brings them back. " + f"{NOBODY} {STILL}"),
    ("EDIT after SHOW", [*KEPT, ev.ModeChanged(mode=Mode.EDIT), *_stop(StopName.HOLD)],
     "The walls are held as they are until you press HOLD again. "
     f"brick keeps what SHOW left there: release in WALLS + LOOK ends that. {STEP}"),
    ("a rehearsal beside one wall", [ev.WallsParked(walls=("brick",))],
     f"Nothing has gone up yet. brick keeps what SHOW left there: this rehearsal does not reach it. {STEP}"),
    ("a rehearsal beside two walls", [ev.WallsParked(walls=("brick", "stairs"))],
     f"Nothing has gone up yet. brick and stairs keep what SHOW left there: this rehearsal does not reach it. {STEP}"),
    ("SHOW is being opened", [ev.ModeChanging(mode=Mode.SHOW, doing="SHOW is being opened")],
     "SHOW is being opened; the walls keep what they show."),
    ("a copy is being made", [ev.ModeChanging(mode=Mode.REHEARSE, doing="The show is being copied", fraction=0.4)],
     "The show is being copied, 40%; the walls keep what they show."),
    ("a change that is over", [ev.ModeChanging(mode=Mode.SHOW, doing="x"), ev.ModeChanging(mode=Mode.SHOW)],
     f"Nothing has gone up yet. {STEP}"),
    ("reading along", [*SHOW, READS], f"{ALONG} Nothing here changes it."),
    ("reading along, unattended", [*ALONE, READS], f"{ALONG} Nothing here changes it."),
    ("reading along, a chapter is written", [READS, *script.cycle_until(4, Phase.EXECUTE)],
     f"{ALONG} Nothing here changes it. Chapter 4 is being written."),
    ("reading along, the holder ended", [READS, READS.model_copy(update={"ended": True})],
     f"Nobody holds this show any more ({READS.who} has ended): open for work takes it."),
    ("a change before any show", None, "EDIT is being opened; the walls keep what they show."),
]  # fmt: skip


@pytest.mark.parametrize(("name", "events", "words"), MODES, ids=[row[0] for row in MODES])
def test_the_sentence_tells_of_the_mode(name, events, words):
    state = ShowState(mode=Mode.REHEARSE if events is not None else None)
    told = events if events is not None else [ev.ModeChanging(mode=Mode.EDIT, doing="EDIT is being opened")]
    for event in told:
        apply(state, event, NOW)
    assert sentence(state, NOW) == words


def test_nobody_who_is_away_is_asked_for_a_key():
    for _name, events, _said in TABLE:
        state = _state([*ALONE, *events])
        assert "space" not in sentence(state, NOW)
        assert "Press step" not in sentence(state, NOW)


def test_the_tables_hold_forty_states_that_differ():
    assert len(TABLE) + len(MODES) >= 40
    assert len({row[0] for row in (*TABLE, *MODES)}) == len(TABLE) + len(MODES)
