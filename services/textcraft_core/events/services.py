"""Events: processes that came, beat and went."""

from typing import Literal

from textcraft_core.events.base import Event, FleetingEvent


class ServiceStarted(Event):
    """A process of ours was started."""

    service: str
    pid: int


class ServiceAdopted(Event):
    """A running process of this show said hello and was taken over."""

    service: str
    pid: int


class ServiceSeen(Event):
    """A service is there."""

    service: str
    role: str
    pid: int
    host: str = ""


class ServiceBeat(FleetingEvent):
    """A service's heartbeat."""

    service: str
    state: str
    rss: int
    queue: int = 0
    frames_painted: int = 0
    worst_frame_ms: float = 0.0


class ServiceLost(Event):
    """A service fell silent."""

    service: str
    silent_s: float


class ServiceEnded(Event):
    """A process of ours ended."""

    service: str
    code: int | None


class HealthSeen(FleetingEvent):
    """How every other process of this machine says it is: name of its health file → status and what is wrong."""

    services: dict[str, str]


class MachineAwoke(Event):
    """This machine, or every process of the show on it, stood still for so long."""

    seconds: float


class ClockSet(Event):
    """The date of this machine was set by so many seconds, below 0: back. What is timed here does not follow it."""

    seconds: float


class ServiceParked(Event):
    """A process of ours is not started again by itself; an operator may."""

    service: str
    reason: str


class NetworkOpened(Event):
    """Other machines can reach this core: by our channel, always with keys, or by the ecosystem's, without any."""

    channel: Literal["ours", "foreign"]
    hosts: tuple[str, ...]
    keys: bool
    machines: int = 0
    """How many machines' keys are allowed."""
