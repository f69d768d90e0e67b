"""What the console knows of the show, as plain data; filled only by the projection, and knows no Qt."""

from collections import deque
from dataclasses import field
from datetime import datetime
from enum import Enum, Flag, StrEnum, auto
from typing import Any, Final, Literal, NamedTuple

from textcraft_bus.channel.messages import Layer, Mode, ScreenInfo, WallMap
from textcraft_bus.clock import Clock
from textcraft_bus.records import dataclass
from textcraft_core.events import (
    CaptionsSet,
    CardChosen,
    EngineState,
    LiveCounted,
    Phase,
    ReadingAlong,
    SafeLookSet,
    StopName,
    TransitionSet,
    WallPlaced,
)
from textcraft_gui.state.bench import BenchState, Replay
from textcraft_gui.state.day import Day
from textcraft_gui.state.steering import Steering
from textcraft_gui.state.support import Support

STALE_SECONDS: Final = 3.0
"""A value older than this looks grey; a peer silent this long has lost its lease."""
OLD_SECONDS: Final = 10.0
"""A value older than this carries the warning shape."""


class Moment(NamedTuple):
    """Now, twice: seconds that never go back, and the operator's local date."""

    mono: float
    date: datetime


def moment(clock: Clock) -> Moment:
    """Read both faces of the clock at once."""
    return Moment(clock.monotonic(), clock.now().astimezone())


class Area(Flag):
    """Which part of the state an event touched, so that only its widgets look again."""

    NOTHING = 0
    SHOW = auto()
    ENGINE = auto()
    STREAM = auto()
    MATRIX = auto()
    PERSONAS = auto()
    QUEUE = auto()
    VISITORS = auto()
    PICTURES = auto()
    LIVE = auto()
    AUTO = auto()
    STOPS = auto()
    SERVICES = auto()
    SPEND = auto()
    LANE = auto()
    DAY = auto()
    BENCH = auto()
    SUPPORT = auto()
    TIME = auto()


class Severity(Enum):
    """How loud a message in the lane is."""

    NOTE = "note"
    WARN = "warn"
    FAULT = "fault"


class LineState(StrEnum):
    """What became of a line given to the engine."""

    WAITING = "waiting"
    USED = "in this cycle"
    DONE = "done"
    WITHDRAWN = "taken back"


class Freshness(Enum):
    """How far a live value may be trusted; unknown is not ok."""

    UNKNOWN = "unknown"
    OK = "ok"
    STALE = "stale"
    OLD = "old"
    LOST = "lost"


@dataclass
class Engine:
    """The story engine: its state, the running cycle and how long each phase took."""

    state: EngineState | None = None
    reason: str = ""
    run: bool = False
    cycle: int = 0
    busy: bool = False
    phase: Phase | None = None
    role: str = ""
    target: str = ""
    action: str = ""
    attempt: int = 1
    cycle_since: float = 0.0
    phase_since: float = 0.0
    held_up: bool = False
    """PAUSE AI was on in this phase, so its time says nothing about the next."""
    took: dict[Phase, float] = field(default_factory=dict)
    """Seconds of each phase that ended in this cycle."""
    picture_since: float | None = None
    """When the Illustrator was asked; its work goes on beside the next cycle."""
    picture_took: float | None = None
    before: dict[Phase, float] = field(default_factory=dict)
    """Seconds each phase took the last time it ended."""
    outcome: str = ""


@dataclass
class Brain:
    """The last call of the brain, as far as it was told."""

    name: str = ""
    model: str = ""
    """What the persona asked for; the brain answers with what it has."""
    calls: dict[tuple[int, str], float] = field(default_factory=dict)
    """Cycle and role of each call that is not answered yet, and since when: a picture is described beside a cycle."""
    again_at: float | None = None
    """When a call that failed is tried again."""
    trouble: str = ""
    answered_at: float | None = None
    seconds: float = 0.0
    pieces: deque[float] = field(default_factory=lambda: deque(maxlen=600))
    """When the last pieces of text arrived."""

    @property
    def calling_since(self) -> float | None:
        """When the newest open call began; None while nothing is asked."""
        return max(self.calls.values(), default=None)


@dataclass
class Stream:
    """The text one call writes at this moment; literal."""

    cycle: int
    role: str
    target: str
    pieces: list[str] = field(default_factory=list)
    words: int = 0
    open: bool = True
    kept: bool = False
    """A tool has put it into a file: what the service still says is about the text, not of it."""


@dataclass
class QueuedLine:
    """One line for the Architect."""

    input_id: str
    text: str
    source: str
    state: LineState = LineState.WAITING
    cycle: int = 0


@dataclass
class Gate:
    """What the gate found: check → passed. A check that is not named was not made."""

    passed: bool
    checks: dict[str, bool]
    reason: str = ""


@dataclass
class Origin:
    """How a picture came to be, as far as it was told; `cost` in USD."""

    prompt: str = ""
    negative_prompt: str = ""
    caption: str = ""
    target: str = ""
    seed: int | None = None
    path: str = ""
    sha256: str = ""
    cost: float | None = None


@dataclass(frozen=True)
class Undoable:
    """The last take or reject: what [undo] would take back."""

    what: Literal["take", "reject"]
    request_id: str
    caption: str = ""


@dataclass
class Candidate:
    """A verified picture that may go up."""

    request_id: str
    path: str
    sha256: str
    caption: str
    approved: bool
    pinned: bool = False
    gate: Gate | None = None
    failed: tuple[str, ...] = ()
    """Checks of the gate it did not pass and nobody overruled: it may be looked at in NEXT, and not taken."""
    flags: tuple[str, ...] = ()


@dataclass
class Render:
    """A picture that is asked for and not there yet."""

    request_id: str
    target: str
    since: float
    worker: str = ""
    fraction: float | None = None


@dataclass
class Sent:
    """A picture on its way to the walls."""

    request_id: str
    sha256: str
    caption: str
    walls: tuple[str, ...]
    since: float
    by: str


@dataclass
class Live:
    """The picture the walls confirmed."""

    request_id: str
    sha256: str
    caption: str
    confirmed: int
    walls: int
    since: float


@dataclass
class Service:
    """A process that speaks with us; `name` is what messages call it."""

    name: str
    role: str = ""
    seen_at: float | None = None
    lost: bool = False
    back_at: float | None = None
    """When it came back after it was lost."""
    lost_told: int = 0
    """The line of the lane that told of it; it asks for nothing any more when the service is back."""
    state: str = ""
    queue: int = 0
    rss: int = 0
    """Bytes of memory it said it holds; 0 is unknown."""
    pid: int = 0


@dataclass
class Abroad:
    """Programs of others that are connected: they have no names, so one line stands for all of a kind."""

    painters: Service = field(default_factory=lambda: Service("foreign_image_server", "foreign image server"))
    count: int = 0
    """How many image servers."""
    displays: Service = field(default_factory=lambda: Service("foreign_display", "foreign display"))


@dataclass
class Wall:
    """What a wall confirmed, refused or left unsaid."""

    name: str
    layer: Layer | None = None
    sha256: str | None = None
    silent: bool = False
    refused: str = ""
    title: str = ""
    """What people call it; empty is its name."""
    follow: bool = True
    own_sha256: str | None = None
    """The picture it is pinned to."""
    map: WallMap = field(default_factory=WallMap)
    kept: bool = False
    """It still shows what SHOW put there, until it is released."""
    resting: bool = False
    """It stalled too often and shows the safe look."""
    wanted: ScreenInfo | None = None
    """The screen it was assigned to."""
    place: WallPlaced | None = None
    """Where it said it is."""
    thumb: str = ""
    """The newest small JPEG of what it shows, base64."""

    @property
    def label(self) -> str:
        """What messages call it."""
        return self.title or self.name


@dataclass(frozen=True)
class SpendCap:
    """A cap of the `day` or the `show`, and what was spent under it, USD."""

    name: str
    spent: float
    usd: float

    @property
    def share(self) -> float:
        """How much of it is gone, 0–1."""
        return min(1.0, self.spent / self.usd) if self.usd > 0 else 1.0


@dataclass
class Message:
    """One line of the message lane."""

    number: int
    at: datetime
    mono: float
    severity: Severity
    text: str
    details: str = ""
    times: int = 1
    acknowledged: bool = False
    earlier: bool = False
    """It was told before this console looked, so its time is not known here."""


@dataclass
class ShowState:
    """Everything the console shows, as the events told it."""

    title: str = ""
    folder: str = ""
    mode: Mode | None = None
    insecure_lan: str = ""
    """Where the ecosystem's ports are open to other machines, without keys; "" nowhere."""
    changing: str = ""
    """What a change of mode waits for; empty while none is under way."""
    changing_to: Mode | None = None
    changing_share: float | None = None
    reading: ReadingAlong | None = None
    """Another program holds the show, and this console reads along; None for whoever holds it."""
    parked_services: set[str] = field(default_factory=set)
    """Processes that ended too often to be started again by themselves."""
    parked_walls: tuple[str, ...] = ()
    """Walls of the show that keep their picture beside a rehearsal."""
    brain_kind: str = ""
    """`live` or `rehearsal`; empty while it is not known."""
    brain_by_config: bool = False
    brain_free: bool = True
    """Asking the brain in use costs nothing."""
    """SHOW plays without the live brain because its configuration says so."""
    attended: bool = True
    awake: str = ""
    """Whether this computer is kept awake: `awake`, `may sleep`, or empty where nobody asks that."""
    engine: Engine = field(default_factory=Engine)
    brain: Brain = field(default_factory=Brain)
    stream: Stream | None = None
    matrix: dict[str, dict[str, Any]] = field(default_factory=dict)
    metrics: dict[str, Any] = field(default_factory=dict)
    queue: dict[str, QueuedLine] = field(default_factory=dict)
    candidates: dict[str, Candidate] = field(default_factory=dict)
    renders: dict[str, Render] = field(default_factory=dict)
    gates: dict[str, Gate] = field(default_factory=dict)
    reel: dict[str, Candidate] = field(default_factory=dict)
    """The pinned pictures, in the order they were pinned; they stay when they fall out of the candidates."""
    origins: dict[str, Origin] = field(default_factory=dict)
    """Request id → how its picture came to be."""
    undoable: Undoable | None = None
    paths: dict[str, str] = field(default_factory=dict)
    """Content hash → file of every picture heard of lately."""
    paint_seconds: float | None = None
    """How long the last picture took, from the order to its arrival."""
    picture_seconds: float | None = None
    """The same from the Illustrator's task on."""
    next_id: str | None = None
    sent: Sent | None = None
    live: Live | None = None
    counted: LiveCounted | None = None
    """How many walls painted what was put up."""
    transition: TransitionSet | None = None
    safe_look: SafeLookSet | None = None
    """The picture chosen for the safe look; without a path it is each wall's own."""
    captions: CaptionsSet | None = None
    cards: dict[str, CardChosen] = field(default_factory=dict)
    """The closed card and the end card (`closed`, `end`), as they were chosen."""
    card_tried: str | None = None
    """The card that shows on the walls while it is chosen."""
    house_closed: bool = False
    """The day is over, and the safe look is the closed card."""
    taken: list[str] = field(default_factory=list)
    """The pictures that went up, oldest first."""
    auto: bool = False
    auto_due: float | None = None
    """When AUTO takes NEXT, monotonic; None stands still."""
    stops: set[StopName] = field(default_factory=set)
    black_walls: tuple[str, ...] = ()
    """The walls BLACK is on for; empty while it is on means all."""
    was_on: set[str] = field(default_factory=set)
    services: dict[str, Service] = field(default_factory=dict)
    walls: dict[str, Wall] = field(default_factory=dict)
    former_walls: dict[str, Wall] = field(default_factory=dict)
    """What is remembered of walls this show once had, and nobody has heard of since it was opened."""
    sent_to_displays: Layer | None = None
    """What was sent to displays of others, which never say what they show."""
    sent_at: float = 0.0
    abroad: Abroad = field(default_factory=Abroad)
    code_to_trust: str = ""
    """Why the show's own code did not run, when trusting it would let it."""
    spent: float = 0.0
    cap: SpendCap | None = None
    """The cap that leaves less; None without one."""
    spend_estimated: bool = False
    personas_saved: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    """Path of a file that changed → hash of its content."""
    steering: Steering = field(default_factory=Steering)
    day: Day = field(default_factory=Day)
    bench: BenchState = field(default_factory=BenchState)
    health: dict[str, str] = field(default_factory=dict)
    """Processes of this machine that say they are not well: name of the health file → what is wrong."""
    support: Support = field(default_factory=Support)
    replay: Replay | None = None
    """The recording that is before the operator; the book shown is its."""
    setting_up: bool = False
    """The assistant is in sight."""
    lane: deque[Message] = field(default_factory=lambda: deque(maxlen=500))

    def forget(self) -> None:
        """Begin again as an empty state, in place: whoever holds it goes on reading it."""
        fresh = ShowState()
        for name in fresh.__dataclass_fields__:
            setattr(self, name, getattr(fresh, name))

    @property
    def locked(self) -> bool:
        """Whether what changes the show for good is locked: edits become drafts. Who reads along has no lock."""
        return self.mode is Mode.SHOW and self.reading is None

    @property
    def next(self) -> Candidate | None:
        """The candidate that stands in NEXT."""
        return self.candidates.get(self.next_id) if self.next_id else None

    def has(self, stop: StopName) -> bool:
        """Whether a stop is set."""
        return stop in self.stops

    @property
    def warnings(self) -> int:
        """How many warnings and faults wait to be acknowledged."""
        return sum(1 for message in self.lane if not message.acknowledged)


def chapter_id(target: str) -> str:
    """A file name, path or id → the id of its chapter: the stem up to the first underscore."""
    return target.rsplit("/", 1)[-1].removesuffix(".md").split("_", 1)[0]


def freshness(seen_at: float | None, now: Moment, *, lost: bool = False) -> Freshness:
    """How far a value seen at a monotonic time may still be trusted."""
    if lost:
        return Freshness.LOST
    if seen_at is None:
        return Freshness.UNKNOWN
    age = now.mono - seen_at
    if age > OLD_SECONDS:
        return Freshness.OLD
    return Freshness.STALE if age > STALE_SECONDS else Freshness.OK
