"""What the bus thread tells the program: plain facts, already validated; knows nothing of what they will be used for.

Facts cross by `call_soon_threadsafe`; going up never waits.
"""

from dataclasses import field

from textcraft_bus.channel.messages import (
    CoreSnapshot,
    Envelope,
    Heartbeat,
    ImageReady,
    PeerName,
    RequestId,
    ServiceHello,
    Shown,
    ShowRefused,
    WallKey,
    WallPlace,
    WallThumb,
)
from textcraft_bus.records import dataclass
from textcraft_bus.schemas_base import MessageBase


@dataclass(frozen=True, slots=True)
class PeerSeen:
    """A service said hello for the first time, or again after it was lost."""

    peer: PeerName
    hello: ServiceHello


@dataclass(frozen=True, slots=True)
class PeerBeat:
    """A known service's heartbeat."""

    peer: PeerName
    beat: Heartbeat


@dataclass(frozen=True, slots=True)
class PeerLost:
    """A known service was silent for `silent_s` seconds."""

    peer: PeerName
    silent_s: float


@dataclass(frozen=True, slots=True)
class RenderStarted:
    """A worker accepted the job."""

    request_id: RequestId
    worker: PeerName
    attempt: int


@dataclass(frozen=True, slots=True)
class RenderProgressed:
    """How far the job is, 0–1."""

    request_id: RequestId
    fraction: float


@dataclass(frozen=True, slots=True)
class RenderRetried:
    """The job lost its worker and waits for another."""

    request_id: RequestId
    reason: str
    attempt: int


@dataclass(frozen=True, slots=True)
class RenderDone:
    """The job's one result; later ones are counted, never told."""

    request_id: RequestId
    ready: ImageReady
    unseen: int = field(default=0, compare=False)
    """Attempts besides this one whose end nobody saw: each may have cost something."""
    lost_cost: float = field(default=0.0, compare=False)
    """USD that attempts without a picture cost."""


@dataclass(frozen=True, slots=True)
class RenderGaveUp:
    """The job ended without a picture, once: failed, out of attempts or cancelled."""

    request_id: RequestId
    reason: str
    attempts: int
    unseen: int = field(default=0, compare=False)
    lost_cost: float = field(default=0.0, compare=False)


@dataclass(frozen=True, slots=True)
class WallShown:
    """A wall painted what it says."""

    peer: PeerName
    shown: Shown


@dataclass(frozen=True, slots=True)
class WallRefused:
    """A wall kept its old picture."""

    peer: PeerName
    refused: ShowRefused


@dataclass(frozen=True, slots=True)
class WallThumbnail:
    """A small picture of what a wall shows."""

    peer: PeerName
    thumb: WallThumb


@dataclass(frozen=True, slots=True)
class WallIsAt:
    """Where a wall is, and which screens its machine has."""

    peer: PeerName
    place: WallPlace


@dataclass(frozen=True, slots=True)
class WallKeyPressed:
    """A key reached a wall."""

    peer: PeerName
    key: WallKey


@dataclass(frozen=True, slots=True)
class AbroadBeat:
    """Once a second while a channel of the ecosystem is open, and once when all are closed: who is connected there."""

    is_open: bool
    painters: int = 0
    """Foreign image servers, by their handshakes: they have no names and say nothing by themselves."""
    queue: int = 0
    """Requests they have or that wait for them."""
    displays: bool = False
    """Whether anybody subscribed to pictures; how many cannot be told."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A message of the ecosystem arrived on a subscribed port."""

    channel: str
    message: MessageBase


@dataclass(frozen=True, slots=True)
class FramesDropped:
    """Frames that were no valid message, counted since the last such fact."""

    count: int
    reason: str


@dataclass(frozen=True, slots=True)
class CoreSeen:
    """Service side: the core answered the hello."""

    snapshot: CoreSnapshot


@dataclass(frozen=True, slots=True)
class CoreLost:
    """Service side: nothing heard from the core for `silent_s` seconds."""

    silent_s: float


@dataclass(frozen=True, slots=True)
class Arrived:
    """Service side: a message from the core, other than its beats and snapshots."""

    message: Envelope


Fact = (
    PeerSeen
    | PeerBeat
    | PeerLost
    | RenderStarted
    | RenderProgressed
    | RenderRetried
    | RenderDone
    | RenderGaveUp
    | WallShown
    | WallRefused
    | WallThumbnail
    | WallIsAt
    | WallKeyPressed
    | AbroadBeat
    | Heard
    | FramesDropped
)


@dataclass(frozen=True, slots=True)
class CoreStalled:
    """The core is there and its main loop stands still, or goes on again: told at each change."""

    stalled: bool


LinkFact = CoreSeen | CoreLost | CoreStalled | Arrived | FramesDropped
