"""How the events of the day change the state."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from textcraft_core import events as ev
from textcraft_core.events import DayState
from textcraft_gui.projection import lane
from textcraft_gui.state.day import CheckRow
from textcraft_gui.state.show_state import Area, Moment, Severity, ShowState
from textcraft_gui.words.engine_words import engine_words
from textcraft_gui.words.i18n import counted, later, tr, translated
from textcraft_gui.words.wording import minutes

_TOLD: Final = {
    DayState.OPENING: later("The house is opening: safe look, then the pre-flight."),
    DayState.OPEN: later("The house is open."),
    DayState.CLOSING: later("The house is closing: the last cycle ends, nothing more is paid."),
    DayState.CLOSED: later("The house is closed."),
}


def _changed(state: ShowState, event: ev.DayChanged, now: Moment) -> Area:
    before, day = state.day.state, state.day
    day.state, day.by = event.state, event.by
    day.opens_at, day.closes_at, day.zone = event.opens_at, event.closes_at, event.zone
    told = before is not None and before is not event.state
    return Area.DAY | (lane.tell(state, now, translated(_TOLD[event.state])) if told else Area.NOTHING)


def _started(state: ShowState, event: ev.PreflightStarted, _now: Moment) -> Area:
    state.day.checks = {name: CheckRow(name) for name in event.checks}
    state.day.checking, state.day.ready = True, None
    return Area.DAY


def _checked(state: ShowState, event: ev.PreflightChecked, _now: Moment) -> Area:
    state.day.checks[event.check] = CheckRow(
        event.check, event.state, engine_words(event.found), engine_words(event.advice)
    )
    return Area.DAY


def _waived(state: ShowState, event: ev.PreflightWaived, _now: Moment) -> Area:
    row = state.day.checks.get(event.check)
    if row is not None:
        row.waived = True
    return Area.DAY


def _ended(state: ShowState, event: ev.PreflightEnded, now: Moment) -> Area:
    state.day.checking, state.day.ready = False, event.ready
    if event.ready:
        return Area.DAY
    failing = [row.name for row in state.day.checks.values() if row.state is ev.CheckState.FAIL and not row.waived]
    return Area.DAY | lane.warn(state, now, tr("Pre-flight: {names} not ready.", names=", ".join(failing)))


def _card(state: ShowState, _event: ev.EndCardShown, now: Moment) -> Area:
    return lane.tell(state, now, tr("The end card is on the walls."))


def _report(state: ShowState, event: ev.ReportWritten, now: Moment) -> Area:
    day = state.day
    day.report, day.report_takes, day.report_spend = event.path, event.takes, event.spend
    takes = counted(event.takes, "{n} take", "{n} takes")
    told = tr("The report of the day is written: {takes}, ${spend:.2f}.", takes=takes, spend=event.spend)
    return Area.DAY | lane.tell(state, now, told)


def _away(state: ShowState, event: ev.AwaySummed, now: Moment) -> Area:
    """The summary waits to be acknowledged where something failed; a quiet night is only told."""
    what = [
        counted(event.takes, "{n} take", "{n} takes"),
        counted(event.cycles, "{n} cycle", "{n} cycles"),
        *([tr("{n} failed", n=event.failed)] if event.failed else []),
        *([counted(event.visitors, "{n} visitor", "{n} visitors")] if event.visitors else []),
        counted(event.faults, "{n} fault", "{n} faults"),
        f"${event.spend:.2f}",
    ]
    text = tr("While nobody was here, {time}: {what}.", time=minutes(event.seconds), what=", ".join(what))
    state.day.away, state.day.away_more = text, "\n".join(event.fault_lines)
    severity = Severity.WARN if event.faults else Severity.NOTE
    return Area.DAY | lane.tell(state, now, text, severity, state.day.away_more)


REDUCERS: Final[Mapping[type[ev.Event], Callable[[ShowState, Any, Moment], Area]]] = {
    ev.DayChanged: _changed,
    ev.PreflightStarted: _started,
    ev.PreflightChecked: _checked,
    ev.PreflightWaived: _waived,
    ev.PreflightEnded: _ended,
    ev.EndCardShown: _card,
    ev.ReportWritten: _report,
    ev.AwaySummed: _away,
}
