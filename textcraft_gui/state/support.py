"""What the console knows of a support bundle that is being made: plain data, filled only by the projection."""

from textcraft_bus.records import dataclass


@dataclass
class Support:
    """The bundle under way, and the last one."""

    doing: str = ""
    """What is looked at; empty while none is made."""
    share: float = 0.0
    path: str = ""
    """Where the last one lies."""
