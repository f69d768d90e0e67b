"""Events: from a wanted picture to a candidate in NEXT."""

from typing import Literal

from textcraft_core.events.base import CommittedEvent, Event, FleetingEvent


class RenderRequested(Event):
    """A picture was asked for."""

    request_id: str
    prompt: str
    negative_prompt: str = ""
    caption: str = ""
    alt: str = ""
    seed: int
    width: int
    height: int
    cycle: int
    target: str
    generator: str = ""
    """The backend that is to paint; empty: whatever the image server uses."""
    of: str = ""
    """The request this one paints again, with another prompt or seed."""


class RenderAccepted(Event):
    """A worker began to paint."""

    request_id: str
    worker: str
    attempt: int


class RenderProgressed(FleetingEvent):
    """How far a picture is, 0–1."""

    request_id: str
    fraction: float


class RenderFailed(Event):
    """A picture job ended without a picture."""

    request_id: str
    reason: str


class ImageArrived(Event):
    """A picture file arrived; `seconds` since it was asked for."""

    request_id: str
    path: str
    sha256: str
    width: int
    height: int
    worker: str
    backend: str
    seconds: float
    cost: float = 0.0


class PictureNoted(FleetingEvent):
    """What the show knows of a picture now stands in the file beside it."""

    request_id: str
    path: str


class GateDecided(Event):
    """The gate's checks: name → passed, and why not."""

    request_id: str
    passed: bool
    checks: dict[str, bool]
    reason: str = ""


class CandidateAdded(Event):
    """A verified picture joined the candidates; with `failed`, one that decodes and that the gate refused."""

    request_id: str
    path: str
    sha256: str
    caption: str
    approved: bool
    width: int
    height: int
    mime: str
    pinned: bool = False
    failed: tuple[str, ...] = ()
    """Checks of the gate it did not pass; while there are any it can be staged by hand but not taken."""
    flags: tuple[str, ...] = ()
    """What an operator should know, e.g. `placeholder` or `unchecked`."""


class CandidateDropped(Event):
    """A candidate fell out or was rejected; its file stays."""

    request_id: str
    reason: str


class CandidateApproved(Event):
    """A candidate passed by hand or policy."""

    request_id: str
    by: str


class CandidatePinned(Event):
    """A picture was pinned to the reserve reel, or let go; it stays there when it is no candidate any more."""

    request_id: str
    on: bool
    path: str = ""
    sha256: str = ""
    caption: str = ""


class CardAdded(Event):
    """An operator brought in a picture or a text of their own; it goes through the gate as any other."""

    request_id: str
    kind: Literal["picture", "text"]
    source: str
    """The file it came from, or the text."""


class GateOverruled(CommittedEvent):
    """An operator let a picture pass though it failed these checks."""

    request_id: str
    checks: tuple[str, ...]


class ReserveChanged(Event):
    """The reserve reel began to serve the walls, or something newer took over."""

    on: bool
    pictures: int = 0


class CaptionEdited(Event):
    """A candidate's words changed."""

    request_id: str
    text: str


class NextStaged(Event):
    """What stands in NEXT; None is empty."""

    request_id: str | None
