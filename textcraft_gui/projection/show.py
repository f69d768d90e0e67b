"""How the events of the show itself, of input, money and files change the state."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from textcraft_core import events as ev
from textcraft_gui.projection import lane
from textcraft_gui.state.show_state import Area, LineState, Moment, QueuedLine, Severity, ShowState, SpendCap
from textcraft_gui.words.engine_words import engine_words
from textcraft_gui.words.i18n import tr

KEPT_LINES: Final = 40
"""How many lines of the queue are kept for looking at, the finished ones first to go."""
KEPT_FILES: Final = 2000


def _opened(state: ShowState, event: ev.ShowOpened, _now: Moment) -> Area:
    state.title, state.folder, state.mode = event.title, event.path, event.mode
    return Area.SHOW


def _mode(state: ShowState, event: ev.ModeChanged, _now: Moment) -> Area:
    state.mode = event.mode
    return Area.SHOW


def _warned(state: ShowState, event: ev.Warned, now: Moment) -> Area:
    severity = Severity.FAULT if event.fault else Severity.WARN
    return lane.tell(state, now, engine_words(event.text), severity, event.source)


def _marked(state: ShowState, event: ev.Marked, now: Moment) -> Area:
    return lane.tell(state, now, tr("Moment marked: {note}.", note=event.note) if event.note else tr("Moment marked."))


def _queued(state: ShowState, event: ev.InputQueued, _now: Moment) -> Area:
    state.queue[event.input_id] = QueuedLine(event.input_id, event.text, event.source)
    finished = [key for key, line in state.queue.items() if line.state in {LineState.DONE, LineState.WITHDRAWN}]
    for key in finished[: max(0, len(state.queue) - KEPT_LINES)]:
        del state.queue[key]
    return Area.QUEUE


def _line(change: Callable[[QueuedLine, Any], None]) -> Callable[[ShowState, Any, Moment], Area]:
    def reduce(state: ShowState, event: Any, _now: Moment) -> Area:
        line = state.queue.get(event.input_id)
        if line is None:
            return Area.NOTHING
        change(line, event)
        return Area.QUEUE

    return reduce


def _edit(line: QueuedLine, event: ev.InputEdited) -> None:
    line.text = event.text


def _withdraw(line: QueuedLine, _event: ev.InputWithdrawn) -> None:
    line.state = LineState.WITHDRAWN


def _use(line: QueuedLine, event: ev.InputUsed) -> None:
    line.state, line.cycle = LineState.USED, event.cycle


def _done(line: QueuedLine, event: ev.InputDone) -> None:
    line.state, line.cycle = LineState.DONE, event.cycle


def _moved(state: ShowState, event: ev.InputMoved, _now: Moment) -> Area:
    if event.input_id not in state.queue:
        return Area.NOTHING
    waiting = [key for key, line in state.queue.items() if line.state is LineState.WAITING and key != event.input_id]
    waiting.insert(_place(waiting, event), event.input_id)
    others = [key for key in state.queue if key not in waiting]
    state.queue = {key: state.queue[key] for key in (*others, *waiting)}
    return Area.QUEUE


def _place(waiting: list[str], event: ev.InputMoved) -> int:
    if event.before is None:  # as older journals tell it
        return event.index
    return waiting.index(event.before) if event.before in waiting else len(waiting)


def _capped(state: ShowState, event: ev.SpendCapped, _now: Moment) -> Area:
    state.cap = SpendCap(event.cap, event.spent, event.usd)
    return Area.SPEND


def _spent(state: ShowState, event: ev.SpendAdded, _now: Moment) -> Area:
    state.steering.cycle_cost += event.usd
    state.spent = event.total
    state.spend_estimated |= event.estimated
    return Area.SPEND


def _cap(state: ShowState, event: ev.CapReached, now: Moment) -> Area:
    text = tr(
        "The {cap} cap of ${usd:.2f} is reached: no new paid call. The walls go on.", cap=event.cap, usd=event.usd
    )
    return lane.tell(state, now, text, Severity.FAULT)


def _persona(state: ShowState, event: ev.PersonaSaved, _now: Moment) -> Area:
    state.personas_saved[event.role] = event.sha256
    return Area.PERSONAS


def _file(state: ShowState, event: ev.FileWritten, _now: Moment) -> Area:
    state.files.pop(event.path, None)
    state.files[event.path] = event.sha256
    while len(state.files) > KEPT_FILES:
        del state.files[next(iter(state.files))]
    return Area.MATRIX


def _matrix(state: ShowState, event: ev.MatrixChanged, _now: Moment) -> Area:
    state.matrix.update(event.entries)
    for key in event.removed:
        state.matrix.pop(key, None)
    state.metrics.update(event.metrics)
    return Area.MATRIX


REDUCERS: Final[Mapping[type[ev.Event], Callable[[ShowState, Any, Moment], Area]]] = {
    ev.ShowOpened: _opened,
    ev.ModeChanged: _mode,
    ev.Warned: _warned,
    ev.Marked: _marked,
    ev.InputQueued: _queued,
    ev.InputEdited: _line(_edit),
    ev.InputMoved: _moved,
    ev.InputWithdrawn: _line(_withdraw),
    ev.InputUsed: _line(_use),
    ev.InputDone: _line(_done),
    ev.SpendAdded: _spent,
    ev.SpendCapped: _capped,
    ev.CapReached: _cap,
    ev.PersonaSaved: _persona,
    ev.FileWritten: _file,
    ev.MatrixChanged: _matrix,
}
