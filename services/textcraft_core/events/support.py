"""Events: how a support bundle comes along."""

from textcraft_core.events.base import Event, FleetingEvent


class BundleProgressed(FleetingEvent):
    """A support bundle is being made: what is looked at, and the share that is done; `doing` is empty when it ended."""

    doing: str = ""
    fraction: float = 0.0


class BundleMade(Event):
    """A support bundle lies here."""

    path: str
    size: int
    """Bytes."""
    words: bool = False
    """Visitors' words are in it."""
    failing: tuple[str, ...] = ()
    """Looks that found what will go wrong."""
