"""How the events of modes, held walls and attendance change the state."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from textcraft_core import events as ev
from textcraft_gui.projection import lane
from textcraft_gui.state.show_state import Area, Moment, ShowState
from textcraft_gui.words.engine_words import engine_words
from textcraft_gui.words.i18n import tr


def _changing(state: ShowState, event: ev.ModeChanging, _now: Moment) -> Area:
    state.changing, state.changing_share = event.doing, event.fraction
    state.changing_to = event.mode if event.doing else None
    return Area.SHOW


def _reading(state: ShowState, event: ev.ReadingAlong, now: Moment) -> Area:
    before, state.reading = state.reading, event
    if not event.ended:
        return Area.SHOW
    text = tr("{who} holds the show no longer: open for work takes it.", who=event.who)
    return Area.SHOW | (lane.warn(state, now, text) if before is not None and not before.ended else Area.NOTHING)


def _parked(state: ShowState, event: ev.WallsParked, _now: Moment) -> Area:
    state.parked_walls = event.walls
    return Area.SHOW | Area.LIVE


def _brain(state: ShowState, event: ev.BrainInUse, _now: Moment) -> Area:
    state.brain_kind, state.brain_by_config = event.name, event.by_config
    state.brain_free = event.free
    return Area.SHOW


def _attendance(state: ShowState, event: ev.AttendanceChanged, now: Moment) -> Area:
    state.attended = event.attended
    text = (
        tr("An operator is here again.")
        if event.attended
        else tr("UNATTENDED: every question takes its written answer.")
    )
    return Area.SHOW | lane.tell(state, now, text)


def _answered(state: ShowState, event: ev.AnsweredByPolicy, now: Moment) -> Area:
    return lane.tell(state, now, engine_words(event.text) or f"{event.question}: {event.answer}", details="unattended")


def _awake(state: ShowState, event: ev.AwakeKept, now: Moment) -> Area:
    state.awake = "" if not event.wanted else tr("awake") if event.granted else tr("may sleep")
    if not event.wanted or event.granted:
        return Area.SHOW
    text = tr("This computer may fall asleep: switch that off in its own settings.")
    if any(line.text == text and not line.acknowledged for line in state.lane):
        return Area.SHOW  # each mode asks anew; once told, it waits there
    return Area.SHOW | lane.warn(state, now, text, event.words)


def _rehearsal_kept(state: ShowState, event: ev.RehearsalKept, now: Moment) -> Area:
    state.bench.changes += 1
    text = tr("The rehearsal is kept as “{title}”, below rehearsals/{name}.", title=event.title, name=event.name)
    return Area.BENCH | lane.tell(state, now, text)


def _rehearsal_gone(state: ShowState, event: ev.RehearsalThrownAway, now: Moment) -> Area:
    state.bench.changes += 1
    return Area.BENCH | lane.tell(state, now, tr("The rehearsal of {name} is thrown away.", name=event.name))


REDUCERS: Final[Mapping[type[ev.Event], Callable[[ShowState, Any, Moment], Area]]] = {
    ev.ModeChanging: _changing,
    ev.ReadingAlong: _reading,
    ev.WallsParked: _parked,
    ev.BrainInUse: _brain,
    ev.AttendanceChanged: _attendance,
    ev.AnsweredByPolicy: _answered,
    ev.AwakeKept: _awake,
    ev.RehearsalKept: _rehearsal_kept,
    ev.RehearsalThrownAway: _rehearsal_gone,
}
