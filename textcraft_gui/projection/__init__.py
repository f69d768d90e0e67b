"""The one reading of events into state: pure, without Qt, the same for the live show, its opening and a replay."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from textcraft_core.events import EngineState, Event
from textcraft_gui.projection import (
    bench,
    day,
    ecosystem,
    engine,
    look,
    modes,
    pictures,
    show,
    steering,
    support,
    walls,
)
from textcraft_gui.state.show_state import Area, Moment, ShowState

Reducer = Callable[[ShowState, Any, Moment], Area]

REDUCERS: Final[Mapping[type[Event], Reducer]] = {
    **show.REDUCERS,
    **modes.REDUCERS,
    **engine.REDUCERS,
    **pictures.REDUCERS,
    **walls.REDUCERS,
    **look.REDUCERS,
    **steering.REDUCERS,
    **ecosystem.REDUCERS,
    **day.REDUCERS,
    **bench.REDUCERS,
    **support.REDUCERS,
}


def settle(state: ShowState) -> None:
    """Call once after the opening events: what they told of the past had no times, and wants no answer any more."""
    for message in state.lane:
        message.earlier = message.acknowledged = True
    walls.park_unheard(state)
    state.engine.took.clear()
    state.engine.before.clear()
    if state.engine.state is not EngineState.RUNNING:
        state.engine.busy = False


def apply(state: ShowState, event: Event, now: Moment) -> Area:
    """Let `event`, heard at `now`, change `state`; returns the areas it touched (none for an event nobody shows)."""
    reducer = REDUCERS.get(type(event))
    return reducer(state, event, now) if reducer else Area.NOTHING
