"""How the events of a support bundle, and of how processes say they are, change the state."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from textcraft_core import events as ev
from textcraft_gui.projection import lane
from textcraft_gui.state.show_state import Area, Moment, ShowState
from textcraft_gui.words.i18n import tr
from textcraft_gui.words.wording import age, data_size


def _progressed(state: ShowState, event: ev.BundleProgressed, _now: Moment) -> Area:
    state.support.doing, state.support.share = event.doing, event.fraction
    return Area.SUPPORT


def _made(state: ShowState, event: ev.BundleMade, now: Moment) -> Area:
    state.support.path = event.path
    text = tr("The support bundle lies at {path} ({size}).", path=event.path, size=data_size(event.size))
    words = tr("Visitors' words are in it.") if event.words else tr("No key and no visitor's word is in it.")
    return Area.SUPPORT | lane.tell(state, now, text, details=words)


def _health(state: ShowState, event: ev.HealthSeen, _now: Moment) -> Area:
    state.health = {name: said for name, said in event.services.items() if said != "healthy"}
    return Area.SERVICES


def _awoke(state: ShowState, event: ev.MachineAwoke, now: Moment) -> Area:
    lasted = age(event.seconds)
    text = tr("Everything here stood still for {lasted}: screens and services are looked at again.", lasted=lasted)
    return lane.warn(state, now, text)


def _clock_set(state: ShowState, event: ev.ClockSet, now: Moment) -> Area:
    by = age(abs(event.seconds))
    text = (
        tr("The computer's clock was set forward by {by}.", by=by)
        if event.seconds > 0
        else tr("The computer's clock was set back by {by}.", by=by)
    )
    return lane.warn(state, now, text, tr("Opening hours follow it; cycles, AUTO and the journal's order do not."))


REDUCERS: Final[Mapping[type[ev.Event], Callable[[ShowState, Any, Moment], Area]]] = {
    ev.BundleProgressed: _progressed,
    ev.BundleMade: _made,
    ev.HealthSeen: _health,
    ev.MachineAwoke: _awoke,
    ev.ClockSet: _clock_set,
}
