"""The one sentence that says what happens next and when: a pure function of state and time, never empty."""

from typing import Final

from textcraft_bus.channel.messages import Layer, Mode
from textcraft_core.events import EngineState, Phase, StopName
from textcraft_gui.state.show_state import Candidate, Moment, ShowState, chapter_id
from textcraft_gui.verbs.reading_rules import about_reading
from textcraft_gui.words.i18n import counted, later, tr, translated
from textcraft_gui.words.sentence_day import about_day
from textcraft_gui.words.sentence_modes import about_brain, about_change, about_mode
from textcraft_gui.words.wording import age, chapter_name, clock_time, quoted

_STOPS: Final = (
    (StopName.BLACK, later("The walls are black until you press BLACK again.")),
    (StopName.SAFE_LOOK, later("The walls show the safe look until you press SAFE LOOK again.")),
    (StopName.HOLD, later("The walls are held as they are until you press HOLD again.")),
)


def sentence(state: ShowState, now: Moment) -> str:
    """What happens next, on the walls and in the engine, in one or two plain sentences."""
    if changing := about_change(state):
        return changing
    if banner := about_reading(state):
        return f"{banner} {_phase(state, now)}" if state.engine.busy and state.engine.phase else banner
    if state.mode is None:
        return tr("No show is open yet.")
    if state.setting_up:
        return tr("Set up step by step: nothing is made, written or sent before you press a button that says so.")
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
        said.append(
            counted(
                len(walls),
                "{names} is LOST: what it shows is not known.",
                "{names} are LOST: what it shows is not known.",
                names=tr(" and ").join(walls),
            )
        )
    if _no_painter(state):
        said.append(tr("The image server is LOST: no new picture until it is back."))
    return " ".join(said)


def _no_painter(state: ShowState) -> bool:
    """Whether image servers are known and none of them answers."""
    painters = [service for service in state.services.values() if service.name.startswith("image_server")]
    return bool(painters) and all(service.lost for service in painters)


def _walls(state: ShowState, now: Moment) -> str:
    if state.has(StopName.PANIC):
        confirmed, walls = layer_count(state, Layer.SAFE_LOOK)
        return tr(
            "PANIC: safe look, {confirmed} of {walls} confirmed; RESTORE, held 1 s, brings them back.",
            confirmed=confirmed,
            walls=counted(walls, "{n} wall", "{n} walls"),
        )
    for stop, text in _STOPS:
        if state.has(stop):
            return translated(text)
    return _program(state, now)


def _program(state: ShowState, now: Moment) -> str:
    if state.sent:
        waiting = age(now.mono - state.sent.since)
        return tr(
            "{name} was sent {waiting} ago; the walls have not confirmed it yet.",
            name=_name(state.sent.caption),
            waiting=waiting,
        )
    if state.auto:
        return _auto(state, now)
    if state.next:
        return _next(state.next, keys=state.attended)
    if state.live:
        return counted(
            state.live.walls,
            "{name} stays on the wall.",
            "{name} stays on the walls.",
            name=_name(state.live.caption),
        )
    return tr("Nothing has gone up yet.")


def _auto(state: ShowState, now: Moment) -> str:
    waiting = state.next
    if waiting is None:
        return tr("AUTO waits for the next approved picture.")
    if not waiting.approved:
        return tr("AUTO waits until you approve {name}.", name=_name(waiting.caption))
    if state.auto_due is None and not state.attended:
        return tr("AUTO stands still; {name} waits.", name=_name(waiting.caption))
    if state.auto_due is None:
        return tr("AUTO stands still; space takes {name}.", name=_name(waiting.caption))
    left = state.auto_due - now.mono
    if left <= 0:
        return tr("{name} goes up now.", name=_name(waiting.caption))
    return tr("{name} goes up by itself at {at}.", name=_name(waiting.caption), at=_at(now, left))


def _at(now: Moment, seconds: float) -> str:
    return clock_time(now.date.fromtimestamp(now.date.timestamp() + seconds, tz=now.date.tzinfo))


def _next(candidate: Candidate, *, keys: bool) -> str:
    if candidate.failed or (candidate.gate and not candidate.gate.passed and not candidate.approved):
        reason = candidate.gate.reason if candidate.gate else ", ".join(candidate.failed)
        return tr(
            "{name} did not pass the gate ({reason}): stage another.", name=_name(candidate.caption), reason=reason
        )
    if not candidate.approved:
        return tr("{name} waits for your approval.", name=_name(candidate.caption))
    if not keys:
        return tr("{name} is ready and waits: AUTO is off.", name=_name(candidate.caption))
    return tr("{name} is ready: space takes it.", name=_name(candidate.caption))


def _name(caption: str) -> str:
    return quoted(caption) if caption.strip() else tr("A picture without words")


def _pause_ai(state: ShowState) -> str:
    if not state.has(StopName.PAUSE_AI):
        return ""
    if state.has(StopName.PANIC) or state.engine.busy:
        return tr("PAUSE AI is on: nothing new is asked of the brain.")
    return tr("PAUSE AI is on: nothing new is asked of the brain until you press PAUSE AI again.")


def _engine(state: ShowState, now: Moment) -> str:
    engine = state.engine
    if engine.state is EngineState.STOPPING:
        return tr("Cycle {cycle} is being ended.", cycle=engine.cycle)
    if engine.busy and state.brain.again_at is not None:
        return tr("The brain did not answer and is asked again at {at}.", at=_at(now, state.brain.again_at - now.mono))
    if engine.busy and engine.phase:
        return _phase(state, now)
    if engine.state is EngineState.STUCK and not state.attended:
        return tr("The engine is stuck: its written answer takes over.")
    if engine.state is EngineState.STUCK:
        return tr("The engine is stuck: nudge the Architect, then press step.")
    if engine.state is EngineState.COMPLETE:
        return tr("The story is complete.")
    if painting := _painting(state):
        return painting
    return _idle(state)


def _phase(state: ShowState, now: Moment) -> str:
    cycle = state.engine.cycle
    match state.engine.phase:
        case Phase.SCAN:
            return tr("Cycle {cycle} looks over the manuscripts.", cycle=cycle)
        case Phase.PLAN:
            return tr("Cycle {cycle} is being planned.", cycle=cycle)
        case Phase.DISPATCH | Phase.EXECUTE:
            return _writing(state, now)
        case _:
            return tr("Cycle {cycle} checks what was written.", cycle=cycle)


def _writing(state: ShowState, now: Moment) -> str:
    engine = state.engine
    name = chapter_name(chapter_id(engine.target)) if engine.target else tr("Cycle {cycle}", cycle=engine.cycle)
    left = _picture_in(state, now)
    if engine.role != "narrator":
        return tr("{name} is with the {role}.", name=name, role=translated(engine.role or later("service")))
    if left:
        return tr("{name} is being written, its picture in about {left} s.", name=name, left=left)
    return tr("{name} is being written.", name=name)


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
        return tr("The next picture is being described.") if state.engine.picture_since is not None else ""
    render = next(reversed(state.renders.values()))
    if render.fraction is not None:
        return tr("The next picture is being painted, {fraction:.0%} done.", fraction=render.fraction)
    return (
        tr("The next picture is being painted.") if render.worker else tr("The next picture waits for an image server.")
    )


def _idle(state: ShowState) -> str:
    engine = state.engine
    if state.has(StopName.PAUSE_AI):
        return ""
    if engine.run:
        return tr("RUN goes on with the next cycle by itself.")
    if not state.attended:
        return tr("The engine stands still.")
    if engine.state is EngineState.PAUSED and state.mode is not Mode.EDIT:
        return tr("The engine is paused: RUN goes on.")
    if engine.cycle == 0 and not state.live:
        return tr("Press step: the first cycle writes a passage and paints its picture.")
    if state.mode is Mode.EDIT:  # RUN does nothing here, so it is not offered
        return tr("Press step for one cycle; RUN goes on by itself in REHEARSE and SHOW.")
    return tr("Press step for one cycle, or RUN to go on.")
