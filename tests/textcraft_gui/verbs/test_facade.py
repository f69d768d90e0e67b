"""The facade: which command each verb becomes, and when and why one is refused."""

import pytest

from tests.fakes.stage import FakeStage, InlineTasks
from tests.support import show_script as script
from textcraft_bus.channel.messages import Mode
from textcraft_core import commands as cmd
from textcraft_core import events as ev
from textcraft_core.events import Phase, StopName
from textcraft_gui.projection import apply
from textcraft_gui.state.show_state import ShowState, moment
from textcraft_gui.verbs.facade import Refused, Verbs
from textcraft_gui.verbs.verb import Verb


class Bench:
    def __init__(self, *events):
        self.stage = FakeStage()
        self.state = ShowState(mode=Mode.REHEARSE)
        self.tasks = InlineTasks()
        self.verbs = Verbs(self.stage, self.state, self.tasks)
        self.refused = []
        self.verbs.on_refused = lambda verb, reason: self.refused.append((verb, reason))
        self.tell(*events)

    def tell(self, *events):
        for event in events:
            apply(self.state, event, moment(self.stage.clock))


READY = [*script.candidate(0, "a.png"), ev.NextStaged(request_id="picture-0")]
TWICE_LIVE = [script.taken(0), script.taken(1)]
PANIC = [ev.StopChanged(stop=StopName.PANIC, on=True)]
BUSY = script.cycle_until(1, Phase.PLAN)
COUNTING = [ev.AutoChanged(on=True), ev.AutoScheduled(seconds=9)]
COMMANDS = [
    (Verb.STEP, [], cmd.Step()),
    (Verb.RUN, [], cmd.Run()),
    (Verb.TOGGLE_RUN, [], cmd.Run()),
    (Verb.TOGGLE_RUN, [ev.RunStarted()], cmd.Pause()),
    (Verb.PAUSE, [], cmd.Pause()),
    (Verb.STOP, BUSY, cmd.Stop()),
    (Verb.TAKE, READY, cmd.Take()),
    (Verb.BACK, TWICE_LIVE, cmd.Back()),
    (Verb.AUTO, [], cmd.Auto(on=True)),
    (Verb.AUTO, [ev.AutoChanged(on=True)], cmd.Auto(on=False)),
    (Verb.DELAY_AUTO, COUNTING, cmd.DelayAuto(seconds=10)),
    (Verb.HOLD, [], cmd.Hold(on=True)),
    (Verb.HOLD, [ev.StopChanged(stop=StopName.HOLD, on=True)], cmd.Hold(on=False)),
    (Verb.SAFE_LOOK, [], cmd.SafeLook(on=True)),
    (Verb.SAFE_LOOK, [ev.StopChanged(stop=StopName.SAFE_LOOK, on=True)], cmd.SafeLook(on=False)),
    (Verb.BLACK, [], cmd.Black(on=True)),
    (Verb.BLACK, [ev.StopChanged(stop=StopName.BLACK, on=True)], cmd.Black(on=False)),
    (Verb.PAUSE_AI, [], cmd.PauseAI(on=True)),
    (Verb.PAUSE_AI, [ev.StopChanged(stop=StopName.PAUSE_AI, on=True)], cmd.PauseAI(on=False)),
    (Verb.PANIC, [], cmd.Panic()),
    (Verb.RESTORE, PANIC, cmd.Restore()),
    (Verb.STAGE_NEXT, READY, cmd.Stage(direction="next")),
    (Verb.STAGE_PREVIOUS, READY, cmd.Stage(direction="previous")),
    (Verb.MARK, [], cmd.Mark()),
]


@pytest.mark.parametrize(("verb", "events", "command"), COMMANDS, ids=[f"{row[0]}-{row[2]!r}" for row in COMMANDS])
def test_a_verb_becomes_its_command(verb, events, command):
    bench = Bench(*events)
    assert bench.verbs.fire(verb, "key")
    assert bench.stage.handled == [command]
    assert bench.stage.verbs_used == [(verb.value, "operator", "key")]


REFUSED = [
    (Verb.TAKE, [], "NEXT is empty"),
    (
        Verb.TAKE,
        [*script.candidate(0, "a", approved=False), ev.NextStaged(request_id="picture-0")],
        "NEXT is not approved yet",
    ),
    (Verb.TAKE, [*READY, ev.StopChanged(stop=StopName.HOLD, on=True)], "HOLD is on"),
    (Verb.TAKE, [*READY, *PANIC], "PANIC is on: RESTORE first"),
    (Verb.BACK, [], "No picture was live before"),
    (Verb.BACK, [script.taken(0)], "No picture was live before"),
    (Verb.BACK, [*TWICE_LIVE, ev.StopChanged(stop=StopName.HOLD, on=True)], "HOLD is on"),
    (Verb.STEP, BUSY, "A cycle is running"),
    (Verb.STEP, [ev.StopChanged(stop=StopName.PAUSE_AI, on=True)], "PAUSE AI is on"),
    (Verb.RUN, [ev.StopChanged(stop=StopName.PAUSE_AI, on=True)], "PAUSE AI is on"),
    (Verb.STOP, [], "No cycle is running"),
    (Verb.AUTO, PANIC, "PANIC is on: RESTORE first"),
    (Verb.DELAY_AUTO, [ev.AutoChanged(on=True)], "AUTO counts nothing down"),
    (Verb.RESTORE, [], "There is no PANIC to restore from"),
    (Verb.STAGE_NEXT, [], "There is no candidate yet"),
    (Verb.PEEK, [], "NEXT is empty"),
    (Verb.EDIT_CAPTION, [], "NEXT is empty"),
]


@pytest.mark.parametrize(("verb", "events", "reason"), REFUSED, ids=[f"{row[0]}: {row[2]}" for row in REFUSED])
def test_a_refused_verb_says_why_and_asks_nothing(verb, events, reason):
    bench = Bench(*events)
    assert bench.verbs.availability(verb) == Refused(reason)
    assert not bench.verbs.fire(verb)
    assert bench.refused == [(verb, reason)]
    assert bench.stage.handled == []
    assert bench.stage.verbs_used == []


def test_the_stage_may_refuse_too():
    bench = Bench(*READY)
    bench.stage.refusal = "The wall is busy."
    assert bench.verbs.fire(Verb.TAKE)
    assert bench.refused == [(Verb.TAKE, "The wall is busy.")]


def test_without_a_show_only_panic_and_the_window_itself_work():
    bench = Bench()
    bench.state.mode = None
    works = {verb for verb in Verb if not isinstance(bench.verbs.availability(verb), Refused)}
    assert works == {Verb.PANIC, Verb.HELP, Verb.MANUAL, Verb.FULL_SCREEN, Verb.PALETTE}


def test_back_from_the_second_picture_leaves_nothing_before_the_first():
    bench = Bench(*TWICE_LIVE)
    bench.tell(script.taken(0).model_copy(update={"by": "back"}))
    assert bench.state.taken == ["picture-0"]
    assert bench.verbs.availability(Verb.BACK) == Refused("No picture was live before")


def test_a_window_serves_its_own_verbs():
    bench = Bench()
    called = []
    bench.verbs.serve(Verb.HELP, lambda: called.append("help"))
    assert bench.verbs.fire(Verb.HELP)
    assert called == ["help"]
    assert bench.stage.handled == []


def test_a_nudge_is_queued():
    bench = Bench()
    assert bench.verbs.nudge("  more sea ")
    assert bench.stage.handled == [cmd.QueueInput(text="more sea")]


def test_a_nudge_may_run_a_cycle_after_it_was_queued():
    bench = Bench()
    assert bench.verbs.nudge("more sea", and_step=True)
    assert bench.stage.handled == [cmd.QueueInput(text="more sea"), cmd.Step()]


def test_a_nudge_during_a_cycle_is_queued_and_the_step_refused():
    bench = Bench(*BUSY)
    assert bench.verbs.nudge("more sea", and_step=True)
    assert bench.stage.handled == [cmd.QueueInput(text="more sea")]
    assert bench.refused == [(Verb.STEP, "A cycle is running")]


def test_an_empty_nudge_only_steps():
    bench = Bench()
    assert not bench.verbs.nudge("   ")
    assert bench.verbs.nudge("", and_step=True)
    assert bench.stage.handled == [cmd.Step()]


def test_verbs_that_carry_words():
    bench = Bench(*READY)
    bench.verbs.run(3)
    bench.verbs.withdraw("line-1")
    bench.verbs.stage("picture-0")
    bench.verbs.approve("picture-0")
    bench.verbs.reject("picture-0")
    bench.verbs.caption("picture-0", "new words")
    bench.verbs.save_persona("narrator", {"name": "N"})
    assert bench.stage.handled == [
        cmd.Run(cycles=3),
        cmd.WithdrawInput(input_id="line-1"),
        cmd.Stage(request_id="picture-0"),
        cmd.Approve(request_id="picture-0"),
        cmd.Reject(request_id="picture-0"),
        cmd.EditCaption(request_id="picture-0", text="new words"),
        cmd.SavePersona(role="narrator", persona={"name": "N"}),
    ]
