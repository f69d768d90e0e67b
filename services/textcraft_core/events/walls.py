"""Events: what was sent to the walls, what they painted, and the stops."""

from typing import Literal

from textcraft_bus.channel.messages import CaptionStyle, Layer, ScreenInfo, TransitionKind, WallMap
from textcraft_core.events.base import CommittedEvent, Event, FleetingEvent, StopName


class TakenLive(CommittedEvent):
    """A picture was sent to the walls that follow."""

    request_id: str
    sha256: str
    caption: str
    walls: tuple[str, ...]
    by: Literal["operator", "auto", "back", "reserve", "card"] = "operator"


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


class WallFollows(CommittedEvent):
    """A wall follows TAKE, or is pinned to a picture of its own (none: its safe look)."""

    wall: str
    follow: bool
    request_id: str | None = None
    sha256: str | None = None
    caption: str = ""


class WallMapSet(CommittedEvent):
    """How pictures lie on a wall was changed."""

    wall: str
    map: WallMap


class TransitionSet(CommittedEvent):
    """How the next TAKE goes over was chosen."""

    kind: TransitionKind
    seconds: float


class SafeLookSet(CommittedEvent):
    """The picture of the safe look was chosen; none is each wall's own."""

    request_id: str | None = None
    sha256: str | None = None
    path: str = ""
    caption: str = ""


class CaptionsSet(CommittedEvent):
    """Whether walls show captions, and how they are set, was chosen."""

    on: bool
    style: CaptionStyle


class CardChosen(CommittedEvent):
    """What a closed house shows, or what ends a day, was chosen; without a hash it is what is usual."""

    which: Literal["closed", "end"]
    text: str = ""
    """The words of a text card; a picture has none."""
    request_id: str | None = None
    sha256: str | None = None
    path: str = ""
    caption: str = ""


class CardTried(Event):
    """A card shows on the walls while it is chosen; none: no longer."""

    which: Literal["closed", "end"] | None


class HouseClosed(CommittedEvent):
    """The day is over: the safe look is the closed card; off: it is the safe look again."""

    on: bool


class WallNamed(CommittedEvent):
    """A wall was given the name people call it by; empty is its own."""

    wall: str
    title: str


class ScreenAssigned(CommittedEvent):
    """It was said on which screen a wall belongs; none leaves that to the wall."""

    wall: str
    screen: ScreenInfo | None


class WallKept(Event):
    """SHOW was left: the wall keeps what it shows, and takes no test card and no watermark until it is released."""

    wall: str


class WallReleased(CommittedEvent):
    """A wall takes test card and watermark again."""

    wall: str


class WallStalled(Event):
    """A wall is there and painted nothing for so long: it is started again."""

    wall: str
    seconds: float


class WallRested(CommittedEvent):
    """A wall that stalled too often shows its safe look; off: it was sent its scene again."""

    wall: str
    on: bool


class WallPlaced(Event):
    """Where a wall is: on a screen, in a window (`windowed`), or hidden until its screen is back (`away`).

    `present` are the screens of its machine; `free` those of them it may be assigned to.
    """

    wall: str
    screen: ScreenInfo | None = None
    windowed: bool = False
    away: bool = False
    unsure: bool = False
    """Its screen cannot be told from another: someone must say which it is."""
    awake: bool | None = None
    """Whether its machine is kept from sleeping."""
    keyboard: bool = False
    """Whether the keyboard of its machine goes to the wall."""
    present: tuple[ScreenInfo, ...] = ()
    free: tuple[ScreenInfo, ...] = ()


class LiveCounted(FleetingEvent):
    """How many walls painted the picture that was put up: `confirmed` of `reachable`, of all `walls` that follow."""

    request_id: str
    confirmed: int
    reachable: int
    walls: int


class WallKey(FleetingEvent):
    """A key that reached a wall, with Qt's numbers for key and modifiers; `unseen` ones are no stroke, only over."""

    wall: str
    key: int
    modifiers: int = 0
    text: str = ""
    pressed: bool = True
    unseen: bool = False


class WallThumbnail(FleetingEvent):
    """A small JPEG (base64) of what a wall shows, at most 64 KiB and two a second."""

    wall: str
    data: str
