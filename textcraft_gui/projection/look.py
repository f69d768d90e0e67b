"""How captions are set and which cards the house shows by itself, as the events told it."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from textcraft_core import events as ev
from textcraft_gui.state.show_state import Area, Moment, ShowState


def _captions(state: ShowState, event: ev.CaptionsSet, _now: Moment) -> Area:
    state.captions = event
    return Area.LIVE


def _card(state: ShowState, event: ev.CardChosen, _now: Moment) -> Area:
    state.cards[event.which] = event
    return Area.LIVE


def _tried(state: ShowState, event: ev.CardTried, _now: Moment) -> Area:
    state.card_tried = event.which
    return Area.LIVE


def _closed(state: ShowState, event: ev.HouseClosed, _now: Moment) -> Area:
    state.house_closed = event.on
    return Area.LIVE


REDUCERS: Final[Mapping[type[ev.Event], Callable[[ShowState, Any, Moment], Area]]] = {
    ev.CaptionsSet: _captions,
    ev.CardChosen: _card,
    ev.CardTried: _tried,
    ev.HouseClosed: _closed,
}
