"""How the events of programs of others change the state: displays that only listen, a show's own message types."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from textcraft_core import events as ev
from textcraft_gui.projection import lane
from textcraft_gui.state.show_state import Abroad, Area, Moment, Service, ShowState
from textcraft_gui.words.i18n import tr


def _sent(state: ShowState, event: ev.SentToDisplays, now: Moment) -> Area:
    state.sent_to_displays, state.sent_at = event.layer, now.mono
    return Area.SERVICES


def _abroad(state: ShowState, event: ev.AbroadBeat, now: Moment) -> Area:
    """What is not there any more is LOST, until its channel is closed: then nobody expects it."""
    if not event.is_open:
        state.abroad = Abroad()
        return Area.SERVICES
    abroad = state.abroad
    gone = _note(state, abroad.painters, event.painters > 0, now)
    gone |= _note(state, abroad.displays, event.displays, now)
    abroad.painters.queue = event.queue
    abroad.painters.state = "painting" if event.queue else "idle"
    abroad.count = event.painters or abroad.count
    return Area.SERVICES | gone


def _note(state: ShowState, known: Service, there: bool, now: Moment) -> Area:
    if there:
        was_lost, known.lost, known.seen_at = known.lost, False, now.mono
        if not was_lost:
            return Area.NOTHING
        text = tr("{name} is back.", name=_title(known))
        return lane.acknowledge(state, known.lost_told) | lane.tell(state, now, text)
    if known.seen_at is None or known.lost:
        return Area.NOTHING
    known.lost = True
    told = lane.warn(state, now, tr("{name} is gone.", name=_title(known)), tr("It returns by itself."))
    known.lost_told = state.lane[-1].number
    return told


def _title(known: Service) -> str:
    painter = known.name == "foreign_image_server"
    return tr("The foreign image server") if painter else tr("The foreign display")


def _refused(state: ShowState, event: ev.ProjectCodeRefused, now: Moment) -> Area:
    state.code_to_trust = event.reason if event.may_be_trusted else ""
    text = tr("The show's own message types are not in use.")
    return lane.warn(state, now, text, event.reason)


def _trusted(state: ShowState, event: ev.ProjectCodeTrusted, now: Moment) -> Area:
    state.code_to_trust = ""
    return lane.tell(
        state, now, tr("The show's own code runs: {types}.", types=", ".join(event.types) or tr("no new types"))
    )


REDUCERS: Final[Mapping[type[ev.Event], Callable[[ShowState, Any, Moment], Area]]] = {
    ev.SentToDisplays: _sent,
    ev.AbroadBeat: _abroad,
    ev.ProjectCodeRefused: _refused,
    ev.ProjectCodeTrusted: _trusted,
}
