"""How the events of the engine and its cycles change the state."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from textcraft_core import events as ev
from textcraft_core.events import Phase, StopName
from textcraft_gui.projection import lane
from textcraft_gui.state.show_state import Area, Engine, LineState, Moment, ShowState, Stream
from textcraft_gui.words.engine_words import engine_words
from textcraft_gui.words.i18n import counted, tr, translated

MAX_PIECES: Final = 40_000
"""More pieces of one stream than this are counted, not kept: a service writes at most 256 KiB."""
_BESIDE: Final = "illustrator"
"""The role that works beside the cycles."""
_WRITES: Final = frozenset({"write_file", "append_file", "edit_file"})


def _state_changed(state: ShowState, event: ev.EngineStateChanged, now: Moment) -> Area:
    state.engine.state, state.engine.reason = event.state, engine_words(event.reason)
    state.steering.goes_on_at = None if event.seconds is None else now.mono + event.seconds
    return Area.ENGINE


def _run_started(state: ShowState, event: ev.RunStarted, _now: Moment) -> Area:
    state.engine.run = True
    state.steering.run = run_limit(event)
    state.was_on.discard("run")
    return Area.ENGINE


def run_limit(event: ev.RunStarted) -> str:
    """The limits of a RUN in words, "" when it has none."""
    limits = (
        counted(event.cycles, "{n} cycle is done", "{n} cycles are done") if event.cycles else "",
        tr("{number} min", number=f"{event.minutes:g}") if event.minutes else "",
        f"${event.spend:.2f}" if event.spend else "",
        tr("{chapter} is locked", chapter=event.until_chapter) if event.until_chapter else "",
    )
    return tr(" or ").join(limit for limit in limits if limit)


def _run_ended(state: ShowState, _event: ev.RunEnded, _now: Moment) -> Area:
    state.engine.run = False
    return Area.ENGINE


def _cycle_started(state: ShowState, event: ev.CycleStarted, now: Moment) -> Area:
    old = state.engine
    state.steering.stuck, state.steering.cycle_cost = "", 0.0
    if event.cycle >= state.bench.from_cycle:
        state.bench.from_cycle = 0
    state.engine = Engine(
        state=old.state, reason=old.reason, run=old.run, before=old.before,
        picture_since=old.picture_since, picture_took=old.picture_took,
        cycle=event.cycle, busy=True, cycle_since=now.mono, phase_since=now.mono,
    )  # fmt: skip
    return Area.ENGINE | Area.BENCH


def _end_phase(state: ShowState, now: Moment) -> None:
    engine = state.engine
    if engine.phase is not None:
        seconds = now.mono - engine.phase_since
        engine.took[engine.phase] = engine.took.get(engine.phase, 0.0) + seconds
        if not engine.held_up:
            engine.before[engine.phase] = engine.took[engine.phase]
    engine.phase, engine.phase_since = None, now.mono
    engine.held_up = state.has(StopName.PAUSE_AI)


def release_lines(state: ShowState, cycle: int) -> Area:
    """Lines that were in a plan whose task did not end well wait again, as they do in the engine."""
    back = [line for line in state.queue.values() if line.state is LineState.USED and line.cycle == cycle]
    for line in back:
        line.state = LineState.WAITING
    return Area.QUEUE if back else Area.NOTHING


def _phase(state: ShowState, event: ev.PhaseEntered, now: Moment) -> Area:
    if event.phase is Phase.ILLUSTRATE:
        state.engine.picture_since, state.engine.picture_took = now.mono, None
        return Area.ENGINE
    _end_phase(state, now)
    state.engine.phase = event.phase
    state.engine.role = event.role or state.engine.role
    state.engine.target = event.target or state.engine.target
    return Area.ENGINE


def _end_cycle(state: ShowState, now: Moment, outcome: str) -> Area:
    _end_phase(state, now)
    state.engine.busy = False
    state.engine.outcome = outcome
    state.brain.calls = {key: since for key, since in state.brain.calls.items() if key[1] == _BESIDE}
    state.brain.again_at = None
    if state.stream:
        state.stream.open = False
    return Area.ENGINE | Area.STREAM | Area.SERVICES | release_lines(state, state.engine.cycle)


def _finished(state: ShowState, event: ev.CycleFinished, now: Moment) -> Area:
    if state.steering.cycle_cost > 0 or state.steering.cycle_costs:
        state.steering.cycle_costs.append(state.steering.cycle_cost)
    return _end_cycle(state, now, tr("finished in {seconds:.1f} s", seconds=event.seconds))


def _failed(state: ShowState, event: ev.CycleFailed, now: Moment) -> Area:
    text = tr(
        "Cycle {cycle} failed in {phase}: {reason}",
        cycle=event.cycle,
        phase=translated(event.phase),
        reason=engine_words(event.reason),
    )
    details = tr("The failing step changed no file. Step or RUN tries again.")
    return _end_cycle(state, now, tr("failed in {phase}", phase=translated(event.phase))) | lane.warn(
        state, now, text, details
    )


def _stopped(state: ShowState, _event: ev.CycleStopped, now: Moment) -> Area:
    return _end_cycle(state, now, tr("stopped by you"))


def _decision(state: ShowState, event: ev.DecisionMade, _now: Moment) -> Area:
    state.engine.action, state.engine.role, state.engine.target = event.action, event.role, event.target
    return Area.ENGINE


def _dispatched(state: ShowState, event: ev.TaskDispatched, _now: Moment) -> Area:
    state.engine.action, state.engine.role, state.engine.target = event.action, event.role, event.target
    return Area.ENGINE


def _decision_rejected(state: ShowState, event: ev.DecisionRejected, now: Moment) -> Area:
    return lane.tell(state, now, tr("The plan could not be used and is asked for again: {reason}", reason=event.reason))


def _stuck(state: ShowState, event: ev.StuckDetected, now: Moment) -> Area:
    state.steering.stuck = engine_words(event.reason)
    text = counted(
        event.cycles,
        "Nothing changed in {n} cycle: {reason} The engine paused.",
        "Nothing changed in {n} cycles: {reason} The engine paused.",
        reason=engine_words(event.reason),
    )
    return lane.warn(state, now, text, tr("Nudge the Architect, then step or RUN."))


def _unknown_variable(state: ShowState, event: ev.VariableUnknown, now: Moment) -> Area:
    text = tr(
        "{variable} in the persona {role} is known to nobody; it stays as it is.",
        variable=f"{{{{{event.variable}}}}}",
        role=event.role,
    )
    return lane.warn(state, now, text)


def _called(state: ShowState, event: ev.BrainCalled, now: Moment) -> Area:
    state.brain.name, state.brain.model = event.brain, event.model
    state.brain.calls[event.cycle, event.role] = now.mono
    state.brain.again_at = None
    state.brain.pieces.clear()
    state.engine.attempt = event.attempt
    return Area.SERVICES | Area.ENGINE


def _answered(state: ShowState, event: ev.BrainAnswered, now: Moment) -> Area:
    state.brain.calls.pop((event.cycle, event.role), None)
    state.brain.answered_at, state.brain.seconds = now.mono, event.seconds
    return Area.SERVICES


def _waiting(state: ShowState, event: ev.BrainWaiting, now: Moment) -> Area:
    state.brain.again_at = now.mono + event.seconds if event.seconds > 0 else None
    state.brain.trouble = engine_words(event.reason)
    return Area.SERVICES | Area.ENGINE


def _tokens(state: ShowState, event: ev.TokensStreamed, now: Moment) -> Area:
    state.brain.pieces.append(now.mono)
    engine, stream = state.engine, state.stream
    if engine.phase is not Phase.EXECUTE or engine.cycle != event.cycle:
        return Area.NOTHING  # a plan, or the words for a picture of an earlier cycle
    key = (event.cycle, event.role, event.target)
    same = stream is not None and (stream.cycle, stream.role, stream.target) == key
    if stream is not None and same and stream.kept:
        return Area.NOTHING
    if stream is None or not stream.open or not same:
        stream = state.stream = Stream(*key)
    if len(stream.pieces) < MAX_PIECES:
        stream.pieces.append(event.text)
    stream.words += len(event.text.split())
    return Area.STREAM


def _report(state: ShowState, event: ev.ReportReturned, now: Moment) -> Area:
    if state.stream and (state.stream.cycle, state.stream.role) == (event.cycle, event.role):
        state.stream.open = False
    if event.status == "error":
        return Area.STREAM | lane.warn(
            state, now, tr("{role} could not do its task: {message}", role=event.role, message=event.message)
        )
    return Area.STREAM


def _keep(state: ShowState, event: ev.ToolCalled) -> Area:
    stream = state.stream
    if stream is None or event.tool not in _WRITES or (stream.cycle, stream.role) != (event.cycle, event.role):
        return Area.NOTHING
    stream.open, stream.kept = False, True
    return Area.STREAM


def _tool(state: ShowState, event: ev.ToolCalled, now: Moment) -> Area:
    if event.status != "error":
        return _keep(state, event)
    return lane.warn(
        state,
        now,
        tr("{role}: {tool} was refused: {message}", role=event.role, tool=event.tool, message=event.message),
        event.path,
    )


REDUCERS: Final[Mapping[type[ev.Event], Callable[[ShowState, Any, Moment], Area]]] = {
    ev.EngineStateChanged: _state_changed,
    ev.RunStarted: _run_started,
    ev.RunEnded: _run_ended,
    ev.CycleStarted: _cycle_started,
    ev.PhaseEntered: _phase,
    ev.CycleFinished: _finished,
    ev.CycleFailed: _failed,
    ev.CycleStopped: _stopped,
    ev.DecisionMade: _decision,
    ev.TaskDispatched: _dispatched,
    ev.DecisionRejected: _decision_rejected,
    ev.StuckDetected: _stuck,
    ev.VariableUnknown: _unknown_variable,
    ev.BrainCalled: _called,
    ev.BrainAnswered: _answered,
    ev.BrainWaiting: _waiting,
    ev.TokensStreamed: _tokens,
    ev.ReportReturned: _report,
    ev.ToolCalled: _tool,
}
