"""The core's end of the addressed channel, on the bus thread: frames in and out; knows no rules of who paints what."""

import asyncio
import itertools
import logging
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Final

import zmq

from textcraft_bus.channel.blobs import BLOB_ERRORS, BlobShelf, load_blob
from textcraft_bus.channel.dispatcher import MAX_PEERS, Dispatcher
from textcraft_bus.channel.facts import (
    Fact,
    WallIsAt,
    WallKeyPressed,
    WallRefused,
    WallShown,
    WallThumbnail,
)
from textcraft_bus.channel.fetches import Fetches
from textcraft_bus.channel.gatekeeper import Gatekeeper
from textcraft_bus.channel.jobs import Action, Ignored, Send, Tell, Welcome
from textcraft_bus.channel.messages import (
    STALLED,
    BadFrame,
    Blob,
    Bye,
    CoreSnapshot,
    Envelope,
    Heartbeat,
    HelloWanted,
    ImageReady,
    Mode,
    NeedBlob,
    PeerName,
    RenderAccepted,
    RenderFailed,
    RenderProgress,
    RenderRequest,
    RequestId,
    Role,
    ServiceHello,
    Shown,
    ShowRefused,
    WallKey,
    WallPlace,
    WallScene,
    WallThumb,
    encode,
    parse,
    peer_name,
)
from textcraft_bus.channel.numbers import HeardNumbers
from textcraft_bus.channel.timing import Timing
from textcraft_bus.clock import Clock
from textcraft_bus.foreign.pictures import FOREIGN
from textcraft_bus.transport.drops import Drops
from textcraft_bus.transport.sockets import BusSocket, bind, bind_also, lock, make_socket
from textcraft_bus.transport.thread import BusThread, Frames, Pump

log = logging.getLogger(__name__)

MAX_STRANGER_BYTES: Final = 64 * 1024
"""Who has not said hello can send nothing but a hello, and that is small."""
TICKS_PER_BEAT: Final = 4


class Switchboard:
    """Everything here runs on the bus thread; `tell` may be called from it and never waits."""

    def __init__(
        self, thread: BusThread, tell: Callable[[Fact], object], clock: Clock, timing: Timing, show_id: str, mode: Mode
    ) -> None:
        self._thread = thread
        self._tell = tell
        self._clock = clock
        self._timing = timing
        self._show_id = show_id
        self.mode = mode
        self.stalled = False
        """The program's own loop stands still: peers are told, for nobody answers them."""
        self.nonce_uri = ""
        self._pump: Pump | None = None
        self._far: list[Pump] = []
        self._door: dict[PeerName, Pump] = {}
        """The sockets with keys that peers of other machines came by; all others come by the one on loopback."""
        self.gatekeeper: Gatekeeper | None = None
        self.fetches: Fetches | None = None
        self._socket: BusSocket | None = None
        self._bound: set[int] = set()
        self._seq = itertools.count(1)  # also taken from by the threads that read pictures
        self._scenes: dict[PeerName, WallScene] = {}
        self._unsent: set[PeerName] = set()
        self._asked: dict[PeerName, float] = {}
        self._shelf = BlobShelf()
        self._numbers = HeardNumbers()
        self._cut_until = float("-inf")
        self.drops = Drops()
        self.dispatcher = Dispatcher(timing)

    # --- life -----------------------------------------------------------------------------------------------------

    def open(self, port: int) -> int:
        """Bind on loopback and begin; returns the port. Raises PortInUse."""
        socket = make_socket(self._thread.context, zmq.ROUTER)
        bound = bind(socket, "127.0.0.1", port)
        self._pump = Pump(self._thread.loop, socket, self._on_frames)
        self._socket, self._bound = socket, {bound}
        self._thread.tasks.start(self._live(), name="core beats")
        return bound

    def also_at(self, port: int) -> None:
        """Be reached at one more port, for good: who came by it keeps its core. Raises PortInUse."""
        if self._socket is not None and port not in self._bound:
            bind_also(self._socket, "127.0.0.1", port)
            self._bound.add(port)

    def open_far(self, hosts: Sequence[str], port: int, secret: str, allowed: Collection[str]) -> None:
        """Bind for other machines too, with keys. Raises PortInUse."""
        self.gatekeeper = Gatekeeper(self._thread, allowed, self.drops.add)
        self.gatekeeper.open()
        for host in hosts:
            socket = make_socket(self._thread.context, zmq.ROUTER)
            lock(socket, secret)
            self.gatekeeper.watch(socket)
            bind(socket, host, port)
            self._far.append(self._far_pump(socket))

    def _far_pump(self, socket: BusSocket) -> Pump:
        pumps: list[Pump] = []
        pumps.append(Pump(self._thread.loop, socket, lambda frames: self._on_frames(frames, pumps[0])))
        return pumps[0]

    def close(self) -> None:
        """Close the socket; whoever is connected notices by our silence."""
        if self._pump is not None:
            self._pump.close()
            self._pump = self._socket = None

    def cut(self, seconds: float) -> None:
        """Let nothing through for so long, as if the cable was pulled; for rehearsals."""
        self._cut_until = max(self._cut_until, self._clock.monotonic() + seconds)

    @property
    def _is_cut(self) -> bool:
        return self._clock.monotonic() < self._cut_until

    async def _live(self) -> None:
        turn = 0
        while True:
            await asyncio.sleep(self._timing.tick_s)
            turn += 1
            try:
                self._tick(is_beat=turn % TICKS_PER_BEAT == 0)
            except Exception:
                log.exception("a tick of the core's channel failed")

    def _tick(self, *, is_beat: bool) -> None:
        now = self._clock.monotonic()
        self._perform(self.dispatcher.tick(now))
        for wall in tuple(self._unsent):
            self._send_scene(wall)
        if is_beat:
            state = STALLED if self.stalled else self.mode.value
            for peer in self.dispatcher.peers:
                self._send(peer, Heartbeat(state=state, queue=len(self.dispatcher.open_jobs)))
        dropped = self.drops.take(now)
        if dropped is not None:
            self._tell(dropped)

    # --- from the program -------------------------------------------------------------------------------------------

    def request(self, request: RenderRequest) -> None:
        """A job for an image server."""
        self._perform(self.dispatcher.request(self._clock.monotonic(), request))

    def cancel(self, request_id: RequestId) -> None:
        """End a job."""
        self._perform(self.dispatcher.cancel(self._clock.monotonic(), request_id))

    def allow(self, request_id: RequestId, usd: float) -> None:
        """More was set aside for each attempt of a job."""
        self._perform(self.dispatcher.allow(self._clock.monotonic(), request_id, usd))

    def set_scene(self, wall: PeerName, scene: WallScene) -> None:
        """Keep the newest scene of a wall, and send it if the wall is there."""
        self._scenes[wall] = scene
        if scene.program is not None:
            self._shelf.register(scene.program)
        self._send_scene(wall)

    def send(self, peer: PeerName, message: Envelope) -> None:
        """Send one message that is worth nothing later; a peer that is not there misses it."""
        if not self.dispatcher.knows(peer) or not self._send(peer, message):
            log.warning("%s did not get a %s: it is not there", peer, message.type)

    # --- from the peers ---------------------------------------------------------------------------------------------

    def _on_frames(self, frames: Frames, door: Pump | None = None) -> None:
        if self._is_cut:
            return
        try:
            peer, message = self._read(frames)
        except BadFrame as error:
            self.drops.add(str(error))
            return
        if self._numbers.is_repeated(peer, message, self.dispatcher.peers):
            self.drops.add("a message that was heard before")
            return
        now = self._clock.monotonic()
        if isinstance(message, ServiceHello) or not self.dispatcher.knows(peer):
            self._note_door(peer, door)
        if isinstance(message, ServiceHello):
            self._asked.pop(peer, None)
            self._on_hello(now, peer, message)
        elif not self.dispatcher.knows(peer):
            self.dispatcher.ignored[Ignored.NO_HELLO] += 1
            self._want_hello(now, peer)
        else:
            self._on_message(now, peer, message)

    def _want_hello(self, now: float, peer: PeerName) -> None:
        """Ask a stranger who it is, twice a beat at most: one that answers by anything else must not keep us busy."""
        if now - self._asked.get(peer, float("-inf")) >= self._timing.beat_s / 2:
            if len(self._asked) >= MAX_PEERS:
                self._asked.clear()
            self._asked[peer] = now
            self._send(peer, HelloWanted())

    def _note_door(self, peer: PeerName, door: Pump | None) -> None:
        """Answers go out where the peer said hello."""
        if door is None:
            self._door.pop(peer, None)
            return
        if len(self._door) >= MAX_PEERS:
            self._door = {known: pump for known, pump in self._door.items() if self.dispatcher.knows(known)}
        if peer in self._door or len(self._door) < MAX_PEERS:
            self._door[peer] = door

    def _read(self, frames: Frames) -> tuple[PeerName, Envelope]:
        if len(frames) != 2:
            raise BadFrame("more or less than one frame")
        try:
            peer = PeerName(frames[0].decode())
        except UnicodeDecodeError as error:
            raise BadFrame("a peer without a name") from error
        if len(frames[1]) > MAX_STRANGER_BYTES and not self.dispatcher.knows(peer):
            raise BadFrame("too large for a stranger")
        return peer, parse(frames[1])

    def _on_hello(self, now: float, peer: PeerName, hello: ServiceHello) -> None:
        if peer != peer_name(hello.role, hello.name):
            self.drops.add("a hello under another name")
        elif hello.show and hello.show != self._show_id:
            self.drops.add("a service of another show")
        else:
            self._perform(self.dispatcher.hello(now, peer, hello))

    def _on_message(self, now: float, peer: PeerName, message: Envelope) -> None:
        role = Role.WALL if peer.startswith(f"{Role.WALL.value}.") else Role.IMAGE_SERVER
        known = self._as_beat(now, peer, message) or (
            self._from_wall(peer, message) if role is Role.WALL else self._from_worker(now, peer, message)
        )
        if known:
            self._perform(self.dispatcher.heard(now, peer))
        else:
            self.drops.add(f"{message.type} is nothing a {role.value} says")

    def _as_beat(self, now: float, peer: PeerName, message: Envelope) -> bool:
        match message:
            case Heartbeat():
                self._perform(self.dispatcher.beat(now, peer, message))
            case Bye():
                if self.fetches is not None:
                    self.fetches.forget(peer)
                self._perform(self.dispatcher.bye(now, peer))
            case _:
                return False
        return True

    def _from_wall(self, peer: PeerName, message: Envelope) -> bool:
        match message:
            case Shown():
                self._tell(WallShown(peer, message))
            case ShowRefused():
                self._tell(WallRefused(peer, message))
            case WallThumb():
                self._tell(WallThumbnail(peer, message))
            case WallPlace():
                self._tell(WallIsAt(peer, message))
            case WallKey():
                self._tell(WallKeyPressed(peer, message))
            case NeedBlob():
                self._serve(peer, message.sha256)
            case _:
                return False
        return True

    def _from_worker(self, now: float, peer: PeerName, message: Envelope) -> bool:
        if isinstance(message, ImageReady):  # whose it is, its connection says, not the message
            message = message.model_copy(update={"worker": peer if peer.endswith(f".{FOREIGN}") else _name(peer)})
        match message:
            case RenderAccepted():
                self._perform(self.dispatcher.accepted(now, peer, message))
            case RenderProgress():
                self._perform(self.dispatcher.progress(now, peer, message))
            case ImageReady() if self.fetches is not None and self.fetches.is_by_value(message):
                self._fetch(now, peer, message)
            case Blob():
                self._take_blob(peer, message)
            case ImageReady():
                self._perform(self.dispatcher.ready(now, peer, message))
            case RenderFailed():
                self._perform(self.dispatcher.failed(now, peer, message))
            case _:
                return False
        return True

    def keep_results_in(self, folder: Path) -> None:
        """From now on pictures of servers on other machines are asked for and kept there."""
        self.fetches = Fetches(folder, self._send, self._on_fetched, self._on_unfetched, _off_loop)

    def _fetch(self, now: float, peer: PeerName, message: ImageReady) -> None:
        """Ask for a picture by value, unless its job is over."""
        wanted = RequestId(message.request_id) in self.dispatcher.open_jobs
        if not wanted or self.fetches is None or not self.fetches.begin(peer, message):
            self._perform(self.dispatcher.ready(now, peer, message) if not wanted else [])

    def _take_blob(self, peer: PeerName, blob: Blob) -> None:
        if self.fetches is not None:
            self._thread.tasks.start(self.fetches.take(peer, blob), name=f"picture of {peer}")

    def _on_fetched(self, peer: PeerName, message: ImageReady) -> None:
        self._perform(self.dispatcher.ready(self._clock.monotonic(), peer, message))

    def _on_unfetched(self, peer: PeerName, message: RenderFailed) -> None:
        self._perform(self.dispatcher.failed(self._clock.monotonic(), peer, message))

    # --- to the peers -----------------------------------------------------------------------------------------------

    def _perform(self, actions: list[Action]) -> None:
        for action in actions:
            match action:
                case Tell():
                    self._tell(action.fact)
                case Welcome():
                    self._welcome(action)
                case Send():
                    self._send_leased(action)

    def _welcome(self, action: Welcome) -> None:
        snapshot = CoreSnapshot(
            show=self._show_id,
            mode=self.mode,
            nonce_uri=self.nonce_uri,
            scene=self._scenes.get(action.peer),
            open_jobs=list(action.open_jobs),
        )
        if self._send(action.peer, snapshot):
            self._unsent.discard(action.peer)

    def _send_leased(self, action: Send) -> None:
        message = action.message
        try:
            sent = self._send(action.peer, message)
        except BadFrame as error:
            log.error("a picture cannot be asked for: %s", error)
            sent = True
            if isinstance(message, RenderRequest):
                now, request_id = self._clock.monotonic(), RequestId(message.request_id)
                self._perform(self.dispatcher.unsendable(now, request_id, str(error)))
        if not sent and isinstance(message, RenderRequest):
            now, request_id = self._clock.monotonic(), RequestId(message.request_id)
            self._perform(self.dispatcher.unreachable(now, action.peer, request_id))

    def _send_scene(self, wall: PeerName) -> None:
        self._unsent.discard(wall)
        if self.dispatcher.knows(wall) and not self._send(wall, self._scenes[wall]):
            self._unsent.add(wall)

    def _send(self, peer: PeerName, message: Envelope) -> bool:
        """False when the peer is unreachable or its queue is full. Raises BadFrame."""
        return self._post(peer, encode(self._stamp(message)))

    def _stamp(self, message: Envelope) -> Envelope:
        return message.model_copy(update={"seq": next(self._seq), "sent_at": self._clock.now().timestamp()})

    def _post(self, peer: PeerName, frame: bytes) -> bool:
        door = self._door.get(peer, self._pump)
        return door is not None and not self._is_cut and door.send([peer.encode(), frame])

    # --- pictures by value ------------------------------------------------------------------------------------------

    def _serve(self, peer: PeerName, sha256: str) -> None:
        picture = self._shelf.begin(peer, sha256)
        if picture is None:
            log.warning("%s asked for a picture no scene named, or for two at once", peer)
            return

        def make() -> bytes:
            return encode(self._stamp(load_blob(picture)))

        self._thread.tasks.start(self._serve_one(peer, make), name=f"picture for {peer}")

    async def _serve_one(self, peer: PeerName, make: Callable[[], bytes]) -> None:
        try:
            self._post(peer, await asyncio.to_thread(make))
        except (*BLOB_ERRORS, BadFrame) as error:
            log.error("%s does not get its picture: %s", peer, error)
        finally:
            self._shelf.end(peer)


async def _off_loop(work: Callable[[], Path]) -> Path:
    return await asyncio.to_thread(work)


def _name(peer: PeerName) -> str:
    return peer.partition(".")[2]
