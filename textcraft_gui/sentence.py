"""The one sentence that says what happens next and when: a pure function of state and time, never empty."""

from typing import Final

from textcraft_bus.messages import Layer
from textcraft_core.events import EngineState, Phase, StopName
from textcraft_gui.sentence_day import about_day
from textcraft_gui.sentence_modes import about_brain, about_change, about_mode
from textcraft_gui.state import Candidate, Moment, ShowState, chapter_id
from textcraft_gui.wording import age, chapter_name, clock_time, counted, quoted

_STOPS: Final = (
    (StopName.BLACK, "The walls are black until you press BLACK again."),
    (StopName.SAFE_LOOK, "The walls show the safe look until you press SAFE LOOK again."),
    (StopName.HOLD, "The walls are held as they are until you press HOLD again."),
)


def sentence(state: ShowState, now: Moment) -> str:
    """What happens next, on the walls and in the engine, in one or two plain sentences."""
    if changing := about_change(state):
        return changing
    if state.mode is None:
        return "No show is open yet."
    walls = (_lost(state), _walls(state, now))
    parts = (*(reversed(walls) if state.has(StopName.PANIC) else walls), _pause_ai(state), _engine(state, now))
    parts = (about_day(state, now), *parts[:2], about_mode(state), *parts[2:], about_brain(state))
    return " ".join(part for part in parts if part)


def layer_count(state: ShowState, layer: Layer) -> tuple[int, int]:
    """How many walls confirmed that `layer` is on top, of how many that are not lost."""
    lost = {name.removeprefix("wall.") for name, service in state.services.items() if service.lost}
    there = [wall for name, wall in state.walls.items() if name not in lost]
    return sum(wall.layer is layer for wall in there), len(there)


def _lost(state: ShowState) -> str:
    lost = [name.removeprefix("wall.") for name, service in state.services.items() if service.lost]
    walls = [name for name in lost if name in state.walls]
    said = []
    if walls:
        said.append(f"{' and '.join(walls)} {'is' if len(walls) == 1 else 'are'} LOST: what it shows is not known.")
    if _no_painter(state):
        said.append("The image server is LOST: no new picture until it is back.")
    return " ".join(said)


def _no_painter(state: ShowState) -> bool:
    """Whether image servers are known and none of them answers."""
    painters = [service for service in state.services.values() if service.name.startswith("image_server")]
    return bool(painters) and all(service.lost for service in painters)


def _walls(state: ShowState, now: Moment) -> str:
    if state.has(StopName.PANIC):
        confirmed, walls = layer_count(state, Layer.SAFE_LOOK)
        return (
            f"PANIC: safe look, {confirmed} of {counted(walls, 'wall')} confirmed; RESTORE, held 1 s, brings them back."
        )
    for stop, text in _STOPS:
        if state.has(stop):
            return text
    return _program(state, now)


def _program(state: ShowState, now: Moment) -> str:
    if state.sent:
        waiting = age(now.mono - state.sent.since)
        return f"{_name(state.sent.caption)} was sent {waiting} ago; the walls have not confirmed it yet."
    if state.auto:
        return _auto(state, now)
    if state.next:
        return _next(state.next)
    if state.live:
        return f"{_name(state.live.caption)} stays on {'the walls' if state.live.walls > 1 else 'the wall'}."
    return "Nothing has gone up yet."


def _auto(state: ShowState, now: Moment) -> str:
    waiting = state.next
    if waiting is None:
        return "AUTO waits for the next approved picture."
    if not waiting.approved:
        return f"AUTO waits until you approve {_name(waiting.caption)}."
    if state.auto_due is None:
        return f"AUTO stands still; space takes {_name(waiting.caption)}."
    left = state.auto_due - now.mono
    if left <= 0:
        return f"{_name(waiting.caption)} goes up now."
    return f"{_name(waiting.caption)} goes up by itself at {_at(now, left)}."


def _at(now: Moment, seconds: float) -> str:
    return clock_time(now.date.fromtimestamp(now.date.timestamp() + seconds, tz=now.date.tzinfo))


def _next(candidate: Candidate) -> str:
    if candidate.failed or (candidate.gate and not candidate.gate.passed and not candidate.approved):
        reason = candidate.gate.reason if candidate.gate else ", ".join(candidate.failed)
        return f"{_name(candidate.caption)} did not pass the gate ({reason}): stage another."
    if not candidate.approved:
        return f"{_name(candidate.caption)} waits for your approval."
    return f"{_name(candidate.caption)} is ready: space takes it."


def _name(caption: str) -> str:
    return quoted(caption) if caption.strip() else "A picture without words"


def _pause_ai(state: ShowState) -> str:
    if not state.has(StopName.PAUSE_AI):
        return ""
    if state.has(StopName.PANIC) or state.engine.busy:
        return "PAUSE AI is on: nothing new is asked of the brain."
    return "PAUSE AI is on: nothing new is asked of the brain until you press PAUSE AI again."


def _engine(state: ShowState, now: Moment) -> str:
    engine = state.engine
    if engine.state is EngineState.STOPPING:
        return f"Cycle {engine.cycle} is being ended."
    if engine.busy and state.brain.again_at is not None:
        return f"The brain did not answer and is asked again at {_at(now, state.brain.again_at - now.mono)}."
    if engine.busy and engine.phase:
        return _phase(state, now)
    if engine.state is EngineState.STUCK and not state.attended:
        return "The engine is stuck: its written answer takes over."
    if engine.state is EngineState.STUCK:
        return "The engine is stuck: nudge the Architect, then press step."
    if engine.state is EngineState.COMPLETE:
        return "The story is complete."
    if painting := _painting(state):
        return painting
    return _idle(state)


def _phase(state: ShowState, now: Moment) -> str:
    cycle = state.engine.cycle
    match state.engine.phase:
        case Phase.SCAN:
            return f"Cycle {cycle} looks over the manuscripts."
        case Phase.PLAN:
            return f"Cycle {cycle} is being planned."
        case Phase.DISPATCH | Phase.EXECUTE:
            return _writing(state, now)
        case _:
            return f"Cycle {cycle} checks what was written."


def _writing(state: ShowState, now: Moment) -> str:
    engine = state.engine
    name = chapter_name(chapter_id(engine.target)) if engine.target else f"Cycle {engine.cycle}"
    does = "is being written" if engine.role == "narrator" else f"is with the {engine.role or 'service'}"
    left = _picture_in(state, now)
    return f"{name} {does}, its picture in about {left} s." if left else f"{name} {does}."


def _picture_in(state: ShowState, now: Moment) -> int:
    """Seconds until the picture of this cycle, from what the last one took; 0 when nothing is known."""
    before = state.engine.before
    if Phase.EXECUTE not in before or state.picture_seconds is None or state.has(StopName.PAUSE_AI):
        return 0
    if state.engine.role != "narrator" or _no_painter(state):
        return 0  # who only judges or mends makes no picture, and nobody paints while the server is away
    writing = before[Phase.EXECUTE] - (now.mono - state.engine.phase_since)
    rest = before.get(Phase.VERIFY, 0.0) + state.picture_seconds
    left = max(0.0, writing) + rest
    return max(1, round(left) if left < 10 else round(left / 5) * 5)


def _painting(state: ShowState) -> str:
    if not state.renders:
        return "The next picture is being described." if state.engine.picture_since is not None else ""
    render = next(reversed(state.renders.values()))
    if render.fraction is not None:
        return f"The next picture is being painted, {render.fraction:.0%} done."
    return "The next picture is being painted." if render.worker else "The next picture waits for an image server."


def _idle(state: ShowState) -> str:
    engine = state.engine
    if state.has(StopName.PAUSE_AI):
        return ""
    if engine.run:
        return "RUN goes on with the next cycle by itself."
    if engine.state is EngineState.PAUSED:
        return "The engine is paused: RUN goes on."
    if engine.cycle == 0 and not state.live:
        return "Press step: the first cycle writes a passage and paints its picture."
    return "Press step for one cycle, or RUN to go on."
