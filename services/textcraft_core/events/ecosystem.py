"""Events: what was said to services of others, and a project's own code."""

from textcraft_bus.channel.messages import Layer
from textcraft_core.events.base import Event, FleetingEvent


class SentToDisplays(Event):
    """A picture went out to foreign displays: they never say what they show, so this is SENT and never more."""

    request_id: str
    layer: Layer
    sha256: str
    """Of the program's picture; empty for black and safe look."""
    caption: str = ""


class AbroadBeat(FleetingEvent):
    """Who of the ecosystem is connected, once a second while its channels are open, and once when they are closed.

    Its image servers are counted by their connections and have no names; of displays only that somebody listens is
    known.
    """

    is_open: bool
    painters: int = 0
    queue: int = 0
    displays: bool = False


class ProjectCodeRefused(Event):
    """The show brings code of its own (schemas.py, constants.py) that did not run; the base schemas serve."""

    path: str
    reason: str
    may_be_trusted: bool
    """Whether TrustProject would let it run; False when it is broken."""


class ProjectCodeTrusted(Event):
    """The show's own code runs: its message types beyond the base ones."""

    path: str
    types: tuple[str, ...]
