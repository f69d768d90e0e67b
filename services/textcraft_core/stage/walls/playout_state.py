"""What the playout knows: candidates, the program, the stops, and what each wall said; what of it survives a crash."""

from dataclasses import field

from textcraft_bus.channel.messages import Layer, Mode, Picture, RequestId
from textcraft_bus.records import dataclass
from textcraft_core.events import StopName
from textcraft_core.stage.walls.house import HouseState, Program


@dataclass(frozen=True, slots=True)
class Candidate:
    """A picture that passed, or failed, the gate, with its words."""

    request_id: RequestId
    picture: Picture
    caption: str
    approved: bool
    pinned: bool = False
    taken: bool = False
    failed: tuple[str, ...] = ()
    """Checks of the gate it did not pass and nobody overruled: it is never staged by itself and never taken."""
    flags: tuple[str, ...] = ()
    """What an operator should know of it."""


@dataclass(slots=True)
class Wall:
    """What is known of one wall."""

    name: str
    present: bool = False
    confirmed: str | None = None
    """Hash of the program picture whose first frame it painted last."""
    layer: Layer | None = None
    sent_at: float | None = None
    """When a program it has not confirmed yet was sent; None when nothing is open."""

    def stands_at(self, sha256: str) -> bool:
        """Whether it shows this picture and is on its way to no other."""
        return self.sent_at is None and self.confirmed == sha256


@dataclass(slots=True)
class PlayoutState:
    """Everything that must survive a crash, and what is known of the walls now."""

    mode: Mode = Mode.REHEARSE
    candidates: dict[RequestId, Candidate] = field(default_factory=dict)
    next_id: RequestId | None = None
    program: Program | None = None
    history: list[Program] = field(default_factory=list)
    stops: set[StopName] = field(default_factory=set)
    black_walls: tuple[str, ...] = ()
    """Walls BLACK is on for; empty means all."""
    layer_seconds: float = 1.0
    auto: bool = False
    was_on: tuple[str, ...] = ()
    attended: bool = True
    """Whether an operator is there; SHOW may be left alone."""
    reel: dict[RequestId, Candidate] = field(default_factory=dict)
    """The reserve reel: pinned pictures, in the order they were pinned; they stay when they fall out elsewhere."""
    reel_at: RequestId | None = None
    """The one the reel showed last."""
    house: HouseState = field(default_factory=HouseState)
