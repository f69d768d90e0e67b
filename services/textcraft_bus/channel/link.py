"""A service's side of the addressed channel: hello, beats, messages both ways; knows nothing of what they do."""

import asyncio
import itertools
import logging
import secrets
from collections import OrderedDict, deque
from collections.abc import Callable
from pathlib import Path
from typing import Final

import zmq

from textcraft_bus.channel.facts import Arrived, CoreLost, CoreSeen, CoreStalled, LinkFact
from textcraft_bus.channel.messages import (
    STALLED,
    BadFrame,
    Bye,
    CoreSnapshot,
    Envelope,
    Heartbeat,
    HelloWanted,
    ImageReady,
    PeerName,
    RenderFailed,
    ServiceHello,
    Shown,
    encode,
    parse,
    peer_name,
)
from textcraft_bus.channel.timing import Timing
from textcraft_bus.clock import Clock
from textcraft_bus.disk.uris import path_of
from textcraft_bus.keys import KeyPair, core_key, keys_folder, own_keys
from textcraft_bus.records import dataclass
from textcraft_bus.transport.drops import Drops
from textcraft_bus.transport.mailbox import Mailbox
from textcraft_bus.transport.sockets import LOOPBACK, BusSocket, connect, host_of, make_socket, show_key
from textcraft_bus.transport.thread import BusThread, Frames, Pump

log = logging.getLogger(__name__)

KEPT: Final = (ImageReady, RenderFailed, Shown)
"""What still matters after a reconnect."""
MAX_KEPT: Final = 256
MAX_ANSWERS: Final = 64
NONCE_SUFFIX: Final = ".nonce"
"""How the file is called by which a service finds out whether it shares its core's disk."""
MAX_ROUTING_ID_BYTES: Final = 255
TICKS_PER_BEAT: Final = 4
LAST_WORD_MS: Final = 200
"""So long a goodbye may take to leave this machine."""


@dataclass(frozen=True, slots=True)
class ClientKeys:
    """This machine's pair, and the public key of the core."""

    own: KeyPair
    core: str


def client_keys(endpoint: str) -> ClientKeys | None:
    """Return the keys for a core on another machine, None for one on loopback. Raises ValueError, ConfigError."""
    if host_of(endpoint) in LOOPBACK:
        return None
    folder = keys_folder()
    return ClientKeys(own_keys(folder), core_key(folder))


class Link:
    """One service's connection to its core, kept alive on the bus thread however busy the program's loop is.

    `hello` and `beat` are called on the bus thread: they must be quick, thread-safe and wait for nothing.
    `deliver(fact)` is called on `loop`. Raises ValueError for an address or a name that cannot be used, and ConfigError
    when the core is on another machine and a key is missing: such a connection always has keys.
    """

    def __init__(
        self,
        endpoint: str,
        *,
        hello: Callable[[], ServiceHello],
        beat: Callable[[], Heartbeat],
        deliver: Callable[[LinkFact], None],
        loop: asyncio.AbstractEventLoop,
        clock: Clock,
        timing: Timing | None = None,
    ) -> None:
        keys = client_keys(endpoint)
        self._thread = BusThread("link")
        self._mailbox: Mailbox[LinkFact] = Mailbox(deliver, loop)
        self._wire = Wire(self._thread, endpoint, hello, beat, self._mailbox.put, clock, timing or Timing(), keys)

    @property
    def peer(self) -> PeerName:
        """The routing id the core knows this service by."""
        return self._wire.peer

    def start(self) -> None:
        """Begin to say hello; returns at once, the core may come later."""
        self._thread.start()
        self._thread.post(self._wire.begin)

    async def stop(self) -> None:
        """Say goodbye to a core that listens and close, within 2 s whatever it does."""
        self._thread.post(self._wire.leave)
        await self._thread.stop()

    def send(self, message: Envelope) -> None:
        """Send to the core; returns at once, from any thread.

        Without a core, the newest 256 ImageReady, RenderFailed and Shown wait for it; anything else is dropped.
        """
        self._thread.post(self._wire.send, message)


class Wire:
    """The bus thread's part of a link."""

    def __init__(
        self,
        thread: BusThread,
        endpoint: str,
        hello: Callable[[], ServiceHello],
        beat: Callable[[], Heartbeat],
        tell: Callable[[LinkFact], object],
        clock: Clock,
        timing: Timing,
        keys: ClientKeys | None = None,
    ) -> None:
        self._keys = keys
        self._thread = thread
        self._endpoint = endpoint
        self._hello = hello
        self._beat = beat
        self._tell = tell
        self._clock = clock
        self._timing = timing
        self.peer = _routing_id(hello())
        self._instance = secrets.token_hex(8)
        self._seq = itertools.count(1)
        self._pump: Pump | None = None
        self._socket: BusSocket | None = None
        self._monitor: Pump | None = None
        self._connected = False
        self._core_stalled = False
        self._heard_at = clock.monotonic()
        self._waiting: deque[Envelope] = deque(maxlen=MAX_KEPT)
        self._answers: OrderedDict[str, Envelope] = OrderedDict()
        self._drops = Drops()

    def begin(self) -> None:
        """Open the first socket and start the beats."""
        self._reopen()
        self._thread.tasks.start(self._live(), name="link beats")

    def close(self, linger_ms: int = 0) -> None:
        """Close the socket; what was just sent may take so long to get out."""
        if self._socket is not None and not self._socket.closed:
            self._socket.disable_monitor()  # first: telling a monitor nobody reads would block the library's thread
        if self._monitor is not None:
            self._monitor.close()
            self._monitor = None
        if self._pump is not None:
            self._pump.close(linger_ms)
            self._pump = None

    def leave(self) -> None:
        """Say goodbye, so that the core need not wait for the lease to end, and close."""
        said = self._connected and self._post(Bye())
        self._connected = False
        self.close(LAST_WORD_MS if said else 0)

    def send(self, message: Envelope) -> None:
        """Send now, or keep what matters until the core is back."""
        if isinstance(message, ImageReady | RenderFailed):
            self._remember(message.request_id, message)
        if (not self._connected or not self._post(message)) and isinstance(message, KEPT):
            self._waiting.append(message)

    async def _live(self) -> None:
        for turn in itertools.count():
            try:
                self._tick(is_beat=turn % TICKS_PER_BEAT == 0)
            except Exception:
                log.exception("a beat of the link failed")
            await asyncio.sleep(self._timing.tick_s)

    def _tick(self, *, is_beat: bool) -> None:
        now = self._clock.monotonic()
        silent_s = now - self._heard_at
        is_lost = silent_s >= self._timing.silence_s
        if is_lost:
            self._lose(silent_s)
        if is_beat or is_lost:
            self._post(self._beat() if self._connected else self._present())
        self._flush()
        dropped = self._drops.take(now)
        if dropped is not None:
            self._tell(dropped)

    def _present(self) -> ServiceHello:
        return self._hello().model_copy(update={"instance": self._instance})

    def _lose(self, silent_s: float) -> None:
        was_connected, self._connected = self._connected, False
        self._reopen()
        if was_connected:
            self._tell(CoreLost(silent_s))

    def _reopen(self) -> None:
        """A new socket: the old one may hold on to a connection that is long dead."""
        self.close()
        socket = make_socket(self._thread.context, zmq.DEALER)
        socket.set(zmq.ROUTING_ID, self.peer.encode())
        if self._keys is not None:
            show_key(socket, self._keys.own.public, self._keys.own.secret, self._keys.core)
        self._socket = socket
        self._monitor = Pump(self._thread.loop, socket.get_monitor_socket(zmq.EVENT_DISCONNECTED), self._on_cut)
        connect(socket, self._endpoint)
        self._heard_at = self._clock.monotonic()
        self._pump = Pump(self._thread.loop, socket, self._on_frames)

    def _on_cut(self, _frames: Frames) -> None:
        """The connection broke: the library makes another by itself, but what was under way is lost on both sides.

        A hello asks the core for what it holds of us: the scene, the jobs, the answers it still waits for.
        """
        if self._connected:
            self._connected = False
            self._tell(CoreLost(self._clock.monotonic() - self._heard_at))
            self._post(self._present())

    def _post(self, message: Envelope) -> bool:
        """False when the message could not be queued; one that cannot be written at all is logged and gone."""
        stamp = {"seq": next(self._seq), "sent_at": self._clock.now().timestamp()}
        try:
            frame = encode(message.model_copy(update=stamp))
        except BadFrame as error:
            log.error("a %s was not sent: %s", message.type, error)
            return True
        return self._pump is not None and self._pump.send([frame])

    def _on_frames(self, frames: Frames) -> None:
        try:
            if len(frames) != 1:
                raise BadFrame("more than one frame")
            message = parse(frames[0])
        except BadFrame as error:
            self._drops.add(str(error))
            return
        self._heard_at = self._clock.monotonic()
        self._on_message(message)

    def _on_message(self, message: Envelope) -> None:
        if isinstance(message, CoreSnapshot):
            self._on_snapshot(message)
        elif isinstance(message, HelloWanted):
            self._post(self._present())
        elif isinstance(message, Heartbeat):
            self._note_stall(message.state == STALLED)
        else:
            self._tell(Arrived(message))

    def _note_stall(self, stalled: bool) -> None:
        if stalled is not self._core_stalled:
            self._core_stalled = stalled
            self._tell(CoreStalled(stalled))

    def _on_snapshot(self, snapshot: CoreSnapshot) -> None:
        """The core asks for what it never got: an answer may have been lost with the old connection."""
        self._connected, self._core_stalled = True, False
        self._tell(CoreSeen(snapshot))
        kept = {id(message) for message in self._waiting}
        for request_id in snapshot.open_jobs:
            answer = self._answers.get(request_id)
            if answer is not None and id(answer) not in kept:
                self._waiting.append(answer)
        self._flush()

    def _flush(self) -> None:
        while self._connected and self._waiting and self._post(self._waiting[0]):
            self._waiting.popleft()

    def _remember(self, request_id: str, message: Envelope) -> None:
        self._answers[request_id] = message
        self._answers.move_to_end(request_id)
        if len(self._answers) > MAX_ANSWERS:
            self._answers.popitem(last=False)


def shared_folder(endpoint: str, snapshot: CoreSnapshot) -> Path | None:
    """The folder of this core whose files can be opened here: it is on loopback and its nonce file is there.

    Opens a file, so call it off the loop. Where None, ask with NeedBlob.
    """
    path = path_of(snapshot.nonce_uri) if snapshot.nonce_uri else None
    if path is None or host_of(endpoint) not in LOOPBACK or path.suffix != NONCE_SUFFIX:
        return None
    try:
        with path.open("rb"):
            return path.parent
    except OSError:
        return None


def needs_value(endpoint: str, snapshot: CoreSnapshot) -> bool:
    """Whether this core cannot open files of ours, so that pictures go to it by value. Opens a file, as above."""
    if host_of(endpoint) not in LOOPBACK:
        return True
    return bool(snapshot.nonce_uri) and shared_folder(endpoint, snapshot) is None


def _routing_id(hello: ServiceHello) -> PeerName:
    peer = peer_name(hello.role, hello.name)
    if len(peer.encode()) > MAX_ROUTING_ID_BYTES:
        raise ValueError(f"the name {hello.name[:40]!r}… is too long")
    return peer
