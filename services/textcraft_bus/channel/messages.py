"""Our own messages on the addressed channel (port 5558), and the one parser; knows nothing of sockets.

Each message is one JSON frame and carries `protocol`, `seq` and `sent_at`. Walls and image servers say ServiceHello
each second until CoreSnapshot answers; then both sides beat once a second.
"""

from enum import StrEnum
from typing import Annotated, Final, Literal, NewType

import orjson
from pydantic import ConfigDict, Field, StringConstraints, ValidationError

from textcraft_bus import schemas_base as base
from textcraft_bus.constants import MAX_MESSAGE_BYTES, PROTOCOL
from textcraft_bus.models import Model
from textcraft_bus.schemas_base import ImageData, MessageBase, Name, Pixels, Text

PeerName = NewType("PeerName", str)
"""The routing id `<role>.<name>`, e.g. `wall.brick`."""
RequestId = NewType("RequestId", str)

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Seconds = Annotated[float, Field(ge=0, le=86400)]
Usd = Annotated[float, Field(ge=0, le=1000)]
Share = Annotated[float, Field(ge=0, le=1)]
MAX_CAPTION_CHARS: Final = 140
STALLED: Final = "stalled"
"""The state in the beats of a core whose main loop stands still; otherwise that is its mode."""


class Role(StrEnum):
    """What kind of service a peer is."""

    WALL = "wall"
    IMAGE_SERVER = "image_server"


def peer_name(role: Role, name: str) -> PeerName:
    """The routing id of a service."""
    return PeerName(f"{role.value}.{name}")


def wall_peer(wall: str) -> PeerName:
    """A wall's name (`brick`), or its routing id already (`wall.brick`) → its routing id."""
    prefix = f"{Role.WALL.value}."
    return PeerName(wall) if wall.startswith(prefix) else PeerName(prefix + wall)


class Mode(StrEnum):
    """The mode of the console; a wall watermarks REHEARSE."""

    EDIT = "edit"
    REHEARSE = "rehearse"
    SHOW = "show"


class Layer(StrEnum):
    """The topmost layer of a wall that hides those beneath; ordered by precedence in the engine, not here."""

    PROGRAM = "program"
    SAFE_LOOK = "safe_look"
    BLACK = "black"


class ShownPhase(StrEnum):
    """`first_frame`: the new picture began to appear. `settled`: the transition is over."""

    FIRST_FRAME = "first_frame"
    SETTLED = "settled"


class TransitionKind(StrEnum):
    """How one program picture gives way to the next."""

    CUT = "cut"
    FADE = "fade"
    THROUGH_BLACK = "through_black"
    SLIDE = "slide"
    WIPE = "wipe"


class Envelope(MessageBase):
    """What each of our messages carries; `seq` and `sent_at` (epoch seconds) are set by the sending link."""

    protocol: Literal[1] = PROTOCOL
    seq: int = 0
    sent_at: float = 0.0


class Part(Model):
    """A piece of a message; frozen, unknown fields kept."""

    model_config = ConfigDict(extra="allow", frozen=True, defer_build=True)


class ScreenInfo(Part):
    """Which physical screen a wall is on; sizes in native pixels."""

    manufacturer: Text = ""
    model: Text = ""
    serial: Text = ""
    connector: Text = ""
    width: int = 0
    height: int = 0
    x: int = 0
    y: int = 0


class Picture(Part):
    """A verified picture file: its content hash, address and size in pixels."""

    sha256: Sha256
    uri: Text
    mime: Name
    width: Pixels
    height: Pixels
    request_id: Text = ""


class Caption(Part):
    """The words under a picture; literal text, at most two lines on the wall."""

    text: Annotated[str, StringConstraints(max_length=MAX_CAPTION_CHARS)]


class CaptionStyle(Part):
    """How a wall sets captions: type at least a twenty-fourth of its smaller side, clear of its edges."""

    size: Annotated[float, Field(ge=1, le=3)] = 1.0
    """Times the least size."""
    plate: bool = True
    """A dark plate beneath; without it the letters are outlined."""
    place: Literal["bottom", "top"] = "bottom"
    margin: Annotated[float, Field(ge=0.02, le=0.25)] = 0.06
    """Share of the wall's height between its edge and the caption."""


class Transition(Part):
    """Kind and length of the change to a new program picture."""

    kind: TransitionKind = TransitionKind.FADE
    seconds: Annotated[float, Field(ge=0, le=5)] = 1.2


class WallMap(Part):
    """How a picture is laid onto the wall."""

    fit: Literal["fit", "fill", "stretch"] = "fill"
    rotate: Literal[0, 90, 180, 270] = 0
    crop: tuple[Share, Share, Share, Share] = (0.0, 0.0, 1.0, 1.0)
    """The part of the picture that is used: left, top, width and height as shares of it."""
    corners: tuple[tuple[float, float], tuple[float, float], tuple[float, float], tuple[float, float]] | None = None
    brightness: Annotated[float, Field(ge=-1, le=1)] = 0.0
    contrast: Annotated[float, Field(ge=-1, le=1)] = 0.0


class ServiceHello(Envelope):
    """A service presents itself; repeated each second until CoreSnapshot answers."""

    type: Name = "ServiceHello"
    role: Role
    name: Name
    version: Text = ""
    host: Text = ""
    pid: int = 0
    show: Text = ""
    """The id of the show it was started for; a console adopts only its own."""
    instance: Text = ""
    """Made anew at each start of the service (its link fills it in): a changed one means that its jobs are gone."""
    capabilities: Annotated[list[Text], Field(max_length=64)] = Field(default_factory=list)
    """Image servers: the backends it can paint with."""
    generator: Text = ""
    """Image servers: the backend it uses when a request names none."""
    prices: dict[Name, Usd] = Field(default_factory=dict)
    """Image servers: USD one picture of a backend can cost at most; backends that are not named cost nothing."""
    slots: Annotated[int, Field(ge=1, le=16)] = 1
    screen: ScreenInfo | None = None
    width: int = 0
    height: int = 0
    dpr: float = 1.0
    layer: Layer | None = None
    shown: Sha256 | None = None
    """Walls: the hash of the program picture now painted."""
    shown_caption: Text = ""


class CoreSnapshot(Envelope):
    """The core's answer to a hello: from here on the service is known."""

    type: Name = "CoreSnapshot"
    show: Text = ""
    mode: Mode = Mode.REHEARSE
    nonce_uri: Text = ""
    """A file both sides can open when they share a disk; unreadable means pictures travel as Blob."""
    scene: "WallScene | None" = None
    open_jobs: list[Text] = Field(default_factory=list)
    """Request ids the core still waits for from this worker."""


class HelloWanted(Envelope):
    """The core heard somebody it does not know, after a restart: say hello now, not after five silent seconds."""

    type: Name = "HelloWanted"


class Heartbeat(Envelope):
    """Once a second, both ways."""

    type: Name = "Heartbeat"
    state: Text = ""
    queue: int = 0
    rss: int = 0
    """Resident memory, bytes."""
    oldest_job_age: float = 0.0
    frames_painted: int = 0
    worst_frame_ms: float = 0.0
    hidden: bool = False


class RenderRequest(Envelope, base.RenderRequest):
    """A job for one of our image servers; leased to the routing id it was sent to."""

    type: Name = "RenderRequest"
    attempt: Annotated[int, Field(ge=1, le=100)] = 1
    budget: Usd | None = None
    """USD set aside for each attempt: a worker that asks for more never gets the job. None is any price."""


class RenderAccepted(Envelope):
    """The worker began, or queued, the job."""

    type: Name = "RenderAccepted"
    request_id: Name
    attempt: int = 1


class RenderProgress(Envelope):
    """How far a job is, 0–1."""

    type: Name = "RenderProgress"
    request_id: Name
    attempt: int = 1
    fraction: Annotated[float, Field(ge=0, le=1)]


class CancelRender(Envelope):
    """Ends one job by its id."""

    type: Name = "CancelRender"
    request_id: Name
    attempt: int = 1


class ImageReady(Envelope, base.ImageReady):
    """A picture of ours is done; the file's hash, size and origin come with it."""

    type: Name = "ImageReady"
    attempt: int = 1
    sha256: Sha256
    mime: Name
    width: Pixels
    height: Pixels
    worker: Text = ""
    seed: int = 0
    backend: Text = ""
    cost: Usd = 0.0
    cost_estimated: bool = False


class RenderFailed(Envelope):
    """A job ended without a picture."""

    type: Name = "RenderFailed"
    request_id: Name
    attempt: int = 1
    reason: Text
    retryable: bool = True
    cost: Usd = 0.0
    """USD the attempt cost, or may have cost, all the same."""


class WallScene(Envelope):
    """The complete state of one wall; idempotent, the newest `scene` number wins."""

    type: Name = "WallScene"
    scene: int
    mode: Mode = Mode.REHEARSE
    layer: Layer = Layer.SAFE_LOOK
    """The topmost layer; the program lies beneath and keeps changing there."""
    program: Picture | None = None
    caption: Caption | None = None
    caption_style: CaptionStyle = CaptionStyle.model_construct()
    transition: Transition = Transition.model_construct()
    layer_seconds: Annotated[float, Field(ge=0, le=10)] = 1.0
    """How long going to or from black and safe look takes."""
    hold: bool = False
    watermark: Text = ""
    map: WallMap = WallMap.model_construct()
    screen: ScreenInfo | None = None
    """Where the wall is wanted; none leaves that to the wall."""
    safe_look: Picture | None = None
    """The picture of the safe look; none is the wall's own."""
    lonely_minutes: float = 10.0


class WallCommand(Envelope):
    """Identify or test card, over everything, for so long."""

    type: Name = "WallCommand"
    command: Literal["identify", "test_card", "clear"]
    seconds: Seconds = 5.0


class Quit(Envelope):
    """Asks a service to end."""

    type: Name = "Quit"
    reason: Text = ""


class Bye(Envelope):
    """A service that ends says so, and its jobs go to others at once, not after three silent seconds."""

    type: Name = "Bye"
    reason: Text = ""


class Shown(Envelope):
    """What a wall really painted; the hash is of the bytes it decoded, never copied from the scene."""

    type: Name = "Shown"
    scene: int
    layer: Layer
    sha256: Sha256 | None = None
    caption: Text = ""
    phase: ShownPhase
    painted_at: float


class ShowRefused(Envelope):
    """A wall keeps its old picture, and why."""

    type: Name = "ShowRefused"
    scene: int
    sha256: Sha256 | None = None
    reason: Text


class WallThumb(Envelope):
    """A small JPEG of what the wall shows, ≤ 64 KiB, ≤ 2 a second."""

    type: Name = "WallThumb"
    scene: int = 0
    mime: Literal["image/jpeg"] = "image/jpeg"
    data: Annotated[str, StringConstraints(max_length=64 * 1024 * 4 // 3 + 4)]


class WallPlace(Envelope):
    """Where a wall is, told after each hello and each change: on a screen, in a window, or waiting for its screen."""

    type: Name = "WallPlace"
    screen: ScreenInfo | None = None
    windowed: bool = False
    away: bool = False
    """Hidden: the screen is not there."""
    unsure: bool = False
    """No screen is surely the wanted one."""
    screens: Annotated[list[ScreenInfo], Field(max_length=32)] = Field(default_factory=list)
    """All screens of its machine."""
    console: ScreenInfo | None = None
    """The one no wall may cover."""
    awake: bool | None = None
    """Whether its machine is kept from sleeping; None before that is known."""
    keyboard: bool = False
    """Whether the keyboard of its machine goes to the wall."""


class WallKey(Envelope):
    """A key that reached a wall, forwarded to the console's one router."""

    type: Name = "WallKey"
    key: int
    modifiers: int = 0
    text: Text = ""
    pressed: bool = True
    unseen: bool = False
    """It went up, or may have, while the wall did not have the keyboard: it is no stroke."""


class NeedBlob(Envelope):
    """The peer cannot open the file: send it as a Blob."""

    type: Name = "NeedBlob"
    sha256: Sha256


class Blob(Envelope):
    """A picture by value, base64; verified by hash before use."""

    type: Name = "Blob"
    sha256: Sha256
    mime: Name
    data: ImageData


OURS: Final[dict[str, type[Envelope]]] = {
    cls.__name__: cls
    for cls in (
        ServiceHello, CoreSnapshot, HelloWanted, Heartbeat, RenderRequest, RenderAccepted, RenderProgress, CancelRender,
        ImageReady, RenderFailed, WallScene, WallCommand, Quit, Bye, Shown, ShowRefused, WallThumb, WallPlace, WallKey,
        NeedBlob, Blob,
    )
}  # fmt: skip


class BadFrame(ValueError):
    """A frame that is no message of ours: too large, no JSON, unknown type or wrong fields."""


def parse(frame: bytes) -> Envelope:
    """One frame of port 5558 → its message. Raises BadFrame with a short reason; never anything else."""
    if len(frame) > MAX_MESSAGE_BYTES:
        raise BadFrame("larger than a message may be")
    try:
        data = orjson.loads(frame)
    except (orjson.JSONDecodeError, RecursionError) as error:
        raise BadFrame("not JSON") from error
    kind = data.get("type") if isinstance(data, dict) else None
    cls = OURS.get(kind) if isinstance(kind, str) else None
    if cls is None:
        raise BadFrame("unknown type")
    try:
        return cls.model_validate(data)
    except (ValidationError, RecursionError) as error:
        raise BadFrame(f"wrong fields in {kind}") from error


def encode(message: MessageBase) -> bytes:
    """A message → its frame; every known field is written.

    Raises BadFrame when it would be too large to send or holds what JSON in UTF-8 cannot, such as half a character.
    """
    try:
        frame = message.model_dump_json().encode()
    except ValueError as error:
        raise BadFrame("cannot be written as JSON") from error
    if len(frame) > MAX_MESSAGE_BYTES:
        raise BadFrame("larger than a message may be")
    return frame
