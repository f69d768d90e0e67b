"""How the events of programs of others change the state: displays that only listen, a show's own message types."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from textcraft_core import events as ev
from textcraft_gui.projection import lane
from textcraft_gui.state.show_state import Area, Moment, ShowState
from textcraft_gui.words.i18n import tr


def _sent(state: ShowState, event: ev.SentToDisplays, now: Moment) -> Area:
    state.sent_to_displays, state.sent_at = event.layer, now.mono
    return Area.SERVICES


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
    ev.ProjectCodeRefused: _refused,
    ev.ProjectCodeTrusted: _trusted,
}
