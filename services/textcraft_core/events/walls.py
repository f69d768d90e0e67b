"""Events: what was sent to the walls, what they painted, and the stops."""

from typing import Literal

from textcraft_bus.messages import Layer
from textcraft_core.events.base import CommittedEvent, Event, FleetingEvent, StopName


class TakenLive(CommittedEvent):
    """A picture was sent to the walls that follow."""

    request_id: str
    sha256: str
    caption: str
    walls: tuple[str, ...]
    by: Literal["operator", "auto", "back"] = "operator"


class WallConfirmed(Event):
    """A wall painted a layer or picture."""

    wall: str
    layer: Layer
    sha256: str | None
    phase: str
    scene: int


class WallRefused(Event):
    """A wall kept its old picture."""

    wall: str
    sha256: str | None
    reason: str


class WallSilent(Event):
    """A wall did not acknowledge in time."""

    wall: str
    seconds: float


class LiveConfirmed(Event):
    """Every reachable wall that follows painted the first frame of this picture."""

    request_id: str
    sha256: str
    caption: str
    confirmed: int
    walls: int


class StopChanged(CommittedEvent):
    """A stop was set or unset."""

    stop: StopName
    on: bool
    walls: tuple[str, ...] = ()
    by: str = "operator"


class AutoChanged(CommittedEvent):
    """AUTO was switched."""

    on: bool
    by: str = "operator"


class AutoScheduled(FleetingEvent):
    """When AUTO takes NEXT, seconds from now; None stands still."""

    seconds: float | None


class WallsRestored(CommittedEvent):
    """RESTORE brought the walls back; lamps that were on blink."""

    was_on: tuple[str, ...]
