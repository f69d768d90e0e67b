"""How the events of the bench, of replays and of the copies of rehearsals change the state."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from textcraft_core import events as ev
from textcraft_gui.projection import lane
from textcraft_gui.state.bench import Replay
from textcraft_gui.state.show_state import Area, Moment, ShowState
from textcraft_gui.words.i18n import counted, tr
from textcraft_gui.words.wording import data_size


def _set(state: ShowState, event: ev.BenchSet, _now: Moment) -> Area:
    bench = state.bench
    bench.settings, bench.from_cycle = event.settings, event.from_cycle
    bench.live, bench.live_words = event.live, event.live_words
    return Area.BENCH | Area.SHOW


def _work(state: ShowState, event: ev.BenchWork, _now: Moment) -> Area:
    state.bench.doing, state.bench.share = event.doing, event.fraction
    return Area.BENCH


def _opened(state: ShowState, event: ev.ReplayOpened, _now: Moment) -> Area:
    state.replay = Replay(event.label, event.began)
    state.brain.calls.clear()  # what was under way at this place is played anew, or never
    state.engine.picture_since = None
    return Area.BENCH | Area.SHOW


def _moved(state: ShowState, event: ev.ReplayMoved, _now: Moment) -> Area:
    if state.replay is None:
        return Area.NOTHING
    state.replay.position, state.replay.playing, state.replay.speed = event.position, event.playing, event.speed
    return Area.BENCH


def _pictures(state: ShowState, event: ev.ReplayPictures, _now: Moment) -> Area:
    if state.replay is None:
        return Area.NOTHING
    state.replay.staged, state.replay.live = event.staged, event.live
    return Area.BENCH


def _diverged(state: ShowState, event: ev.ReplayDiverged, now: Moment) -> Area:
    if state.replay is None:
        return Area.NOTHING  # of a replay long ago, from the journal
    state.replay.diverged = event
    text = tr("The replay stops in cycle {cycle}: {reason}.", cycle=event.cycle, reason=event.reason)
    return Area.BENCH | lane.warn(state, now, text, tr("REHEARSAL shows the difference."))


def _fault(state: ShowState, event: ev.FaultRehearsed, now: Moment) -> Area:
    where = f" · {event.role}" if event.role else ""
    seconds = tr(" for {seconds} s", seconds=f"{event.seconds:.0f}") if event.seconds else ""
    return lane.tell(state, now, tr("Rehearsed fault: {fault}", fault=event.fault) + f"{where}{seconds}.")


def _pruned(state: ShowState, event: ev.RehearsalsPruned, now: Moment) -> Area:
    state.bench.changes += 1
    count = counted(len(event.names), "{n} rehearsal", "{n} rehearsals")
    freed = data_size(event.freed)
    return Area.BENCH | lane.tell(state, now, tr("{count} thrown away: {freed} freed.", count=count, freed=freed))


def _copies(state: ShowState, _event: ev.Event, _now: Moment) -> Area:
    state.bench.changes += 1
    return Area.BENCH


REDUCERS: Final[Mapping[type[ev.Event], Callable[[ShowState, Any, Moment], Area]]] = {
    ev.BenchSet: _set,
    ev.BenchWork: _work,
    ev.ReplayOpened: _opened,
    ev.ReplayMoved: _moved,
    ev.ReplayPictures: _pictures,
    ev.ReplayDiverged: _diverged,
    ev.FaultRehearsed: _fault,
    ev.RehearsalsPruned: _pruned,
    ev.RehearsalLeft: _copies,
}
