"""Events: what happened to the show as a whole."""

from textcraft_bus.channel.messages import Mode
from textcraft_core.events.base import CommittedEvent, Event


class ShowOpened(Event):
    """A show folder was opened."""

    path: str
    title: str
    mode: Mode


class ModeChanged(CommittedEvent):
    """The console's mode changed."""

    mode: Mode


class VerbUsed(Event):
    """An operator, key, schedule or remote fired a verb."""

    verb: str
    who: str
    how: str


class Marked(Event):
    """The operator marked this moment."""

    note: str


class Warned(Event):
    """Something the operator should know; shown in the message lane."""

    text: str
    source: str = ""
    fault: bool = False
