"""Events: how modes change, who holds the walls meanwhile, and whether an operator is there."""

from textcraft_bus.channel.messages import Mode
from textcraft_core.events.base import CommittedEvent, Event, FleetingEvent


class StageExchanged(FleetingEvent):
    """Another stage is in play: what was told before is of the last one, and the opening events tell of this one."""


class StageClosing(FleetingEvent):
    """The stage in play is about to close: what editors have not kept yet is kept now, or lost."""


class ModeChanging(FleetingEvent):
    """A change of mode is under way; `doing` says what is waited for, and is empty when it is over."""

    mode: Mode
    doing: str = ""
    fraction: float | None = None


class WallsParked(FleetingEvent):
    """These walls of the show keep their picture beside a rehearsal, which reaches none of them."""

    walls: tuple[str, ...] = ()


class BrainInUse(FleetingEvent):
    """Which brain plays the roles: `live` costs money and needs its server, `rehearsal` neither."""

    name: str
    by_config: bool = False
    """SHOW plays without the live brain because the show's configuration says so."""
    free: bool = True
    """Asking it costs nothing."""


class ReadingAlong(FleetingEvent):
    """Another program holds the show, and nothing here changes it; `ended`: it holds it no longer, and nobody does."""

    who: str
    """Who holds it, in one phrase: user, program, process, since when."""
    pid: int
    ended: bool = False


class AttendanceChanged(CommittedEvent):
    """SHOW is left alone, or an operator is back."""

    attended: bool
    by: str = "operator"


class AnsweredByPolicy(Event):
    """A question that nobody was there to answer took its written answer."""

    question: str
    answer: str
    text: str = ""


class RehearsalKept(Event):
    """A rehearsal became a telling of its own."""

    name: str
    title: str


class RehearsalThrownAway(Event):
    """A rehearsal's copy was deleted."""

    name: str


class AwakeKept(FleetingEvent):
    """Whether this computer is kept from falling asleep: wanted, granted, and by what or why not."""

    wanted: bool
    granted: bool
    words: str = ""


class RehearsalLeft(FleetingEvent):
    """A rehearsal was left: its copy lies there until somebody keeps it or throws it away."""

    name: str
    changed: tuple[str, ...] = ()
    """What it changed, a line for each file."""
