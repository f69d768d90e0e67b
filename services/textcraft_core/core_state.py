"""What the core is doing and what troubles it, read from events; pure, knows no service."""

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum
from typing import Any, Final

from textcraft_bus.health import Health, HealthStatus
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


@dataclass
class Troubles:
    """What is wrong with a show nobody looks at; hand it every event, each trouble stands until one ends it."""

    _cycle: str = ""
    _engine: str = ""
    _parked: dict[str, str] = field(default_factory=dict)
    _lost: dict[str, None] = field(default_factory=dict)

    def apply(self, event: ev.Event) -> None:
        """Take in an event."""
        match event:
            case ev.CycleFailed(reason=reason):
                self._cycle = reason
            case ev.CycleFinished():
                self._cycle = ""
            case ev.EngineStateChanged(state=state, reason=reason):
                self._engine = f"the engine is stuck: {reason}" if state is ev.EngineState.STUCK else ""
            case ev.ServiceParked(service=service, reason=reason):
                self._parked[service] = reason
            case ev.ServiceLost(service=service):
                self._lost[service] = None
            case ev.ServiceSeen(service=service) | ev.ServiceStarted(service=service):
                self._parked.pop(service, None)
                if isinstance(event, ev.ServiceSeen):
                    self._lost.pop(service, None)

    def health(self, details: Mapping[str, Any]) -> Health:
        """Return the gravest of it: who is not started again by itself is an error, all else a warning."""
        if self._parked:
            said = "; ".join(f"{service} is not started again: {reason}" for service, reason in self._parked.items())
            return Health(HealthStatus.ERROR, said, details)
        lost = f"gone: {', '.join(self._lost)}" if self._lost else ""
        said = "; ".join(filter(None, (self._cycle, self._engine, lost)))
        return Health(HealthStatus.WARNING if said else HealthStatus.HEALTHY, said, details)
