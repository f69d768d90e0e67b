"""Events: from a wanted picture to a candidate in NEXT."""

from textcraft_core.events.base import Event, FleetingEvent


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


class GateDecided(Event):
    """The gate's checks: name → passed, and why not."""

    request_id: str
    passed: bool
    checks: dict[str, bool]
    reason: str = ""


class CandidateAdded(Event):
    """A verified picture joined the candidates."""

    request_id: str
    path: str
    sha256: str
    caption: str
    approved: bool
    width: int
    height: int
    mime: str


class CandidateDropped(Event):
    """A candidate fell out or was rejected; its file stays."""

    request_id: str
    reason: str


class CandidateApproved(Event):
    """A candidate passed by hand or policy."""

    request_id: str
    by: str


class CandidatePinned(Event):
    """A candidate was pinned to the reserve reel, or let go."""

    request_id: str
    on: bool


class CaptionEdited(Event):
    """A candidate's words changed."""

    request_id: str
    text: str


class NextStaged(Event):
    """What stands in NEXT; None is empty."""

    request_id: str | None
