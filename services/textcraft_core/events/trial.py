"""Events: what came of trying a persona."""

from typing import Literal

from textcraft_core.events.base import Event, FleetingEvent


class TrialStarted(Event):
    """A persona is being tried."""

    role: str
    model: str


class TrialStreamed(FleetingEvent):
    """A piece of the answer; literal."""

    role: str
    text: str


class TrialEnded(Event):
    """A trial is over: its whole answer, what it cost (USD), and why it failed."""

    role: str
    status: Literal["success", "error", "stopped"]
    text: str
    seconds: float
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost: float = 0.0
    message: str = ""
