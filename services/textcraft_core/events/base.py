"""What all events share: how they look, when their record is on disk, and the words several of them use."""

from enum import StrEnum
from typing import ClassVar

from pydantic import ConfigDict

from textcraft_bus.models import Model


class Durability(StrEnum):
    """When an event's record must be on disk."""

    BEFORE = "before"
    """Committed before its effect."""
    GROUP = "group"
    """Committed within 250 ms."""
    NONE = "none"
    """Never stored: progress and tokens, whose outcome is stored as another event."""


class EngineState(StrEnum):
    """What the engine is doing, for lamps and the sentence."""

    IDLE = "idle"
    RUNNING = "running"
    WAITING = "waiting"
    PAUSED = "paused"
    STOPPING = "stopping"
    STUCK = "stuck"
    COMPLETE = "complete"


class Phase(StrEnum):
    """The phases of a cycle, in their order."""

    SCAN = "scan"
    PLAN = "plan"
    DISPATCH = "dispatch"
    EXECUTE = "execute"
    VERIFY = "verify"
    ILLUSTRATE = "illustrate"


class StopName(StrEnum):
    """The stops of the program walls; each is a state with its lamp."""

    HOLD = "hold"
    SAFE_LOOK = "safe_look"
    BLACK = "black"
    PAUSE_AI = "pause_ai"
    PANIC = "panic"


class Event(Model):
    """Base of all events; the journal adds sequence and time."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)
    durability: ClassVar[Durability] = Durability.GROUP


class CommittedEvent(Event):
    """Base of what is on disk before its effect."""

    durability: ClassVar[Durability] = Durability.BEFORE


class FleetingEvent(Event):
    """Base of what is never stored."""

    durability: ClassVar[Durability] = Durability.NONE
