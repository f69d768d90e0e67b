"""What the core is doing, read from events, with a longest time for each state; pure, knows no service."""

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum
from typing import Final

from textcraft_bus.records import dataclass
from textcraft_core import events as ev


class CoreState(StrEnum):
    """What the core is doing, beside where the service is in its life."""

    IDLE = "idle"
    PROCESSING = "processing"
    GENERATING = "generating"


TIMEOUTS: Final[Mapping[CoreState, float]] = {
    CoreState.IDLE: 3600.0,
    CoreState.PROCESSING: 1800.0,
    CoreState.GENERATING: 600.0,
}
"""Seconds after which a state is taken to be stuck: a call lasts ten minutes at most, and a cycle holds several."""


@dataclass
class CoreStates:
    """PROCESSING while a cycle runs, else GENERATING while a picture is on its way, else IDLE.

    Hand it every event; times are monotonic seconds. What timed out is given up, so that no lost answer holds a state.
    """

    now: float
    timeouts: Mapping[CoreState, float] = field(default_factory=lambda: TIMEOUTS)
    state: CoreState = CoreState.IDLE
    since: float = field(init=False)
    _busy: bool = False
    _pictures: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.since = self.now

    def apply(self, event: ev.Event, now: float) -> CoreState:
        """Return the state after an event."""
        match event:
            case ev.CycleStarted():
                self._busy = True
            case ev.CycleFinished() | ev.CycleFailed() | ev.CycleStopped():
                self._busy = False
            case ev.RenderRequested(request_id=request_id):
                self._pictures.add(request_id)
            case ev.ImageArrived(request_id=request_id) | ev.RenderFailed(request_id=request_id):
                self._pictures.discard(request_id)
        return self._settle(now)

    def timed_out(self, now: float) -> CoreState | None:
        """Return the state that lasted too long, if any, and give up what it waited for."""
        state = self.state
        if now - self.since < self.timeouts[state]:
            return None
        if state is CoreState.PROCESSING:
            self._busy = False
        elif state is CoreState.GENERATING:
            self._pictures.clear()
        self.since = now
        self._settle(now)
        return state

    def _settle(self, now: float) -> CoreState:
        busy = CoreState.PROCESSING if self._busy else CoreState.GENERATING if self._pictures else CoreState.IDLE
        if busy is not self.state:
            self.state, self.since = busy, now
        return self.state
