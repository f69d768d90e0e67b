"""The ecosystem's own ports: `<Type> <json>` frames and plain `<json>` ones; knows nothing of our walls."""

import logging
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any, Final

import orjson
import zmq
from pydantic import ValidationError

from textcraft_bus.channel.facts import Fact, Heard
from textcraft_bus.channel.messages import BadFrame, encode
from textcraft_bus.clock import Clock
from textcraft_bus.constants import MAX_MESSAGE_BYTES
from textcraft_bus.foreign.text_pace import TextPace
from textcraft_bus.schemas_base import (
    BASE_SCHEMAS,
    DisplayMedia,
    DisplayText,
    MessageBase,
    MessageType,
    RemoveText,
)
from textcraft_bus.transport.drops import Drops
from textcraft_bus.transport.sockets import BusSocket, Place, bind, bind_to, connect, make_socket
from textcraft_bus.transport.thread import BusThread, Frames, Pump
from textcraft_bus.zmq.config import SubscriberConfig

log = logging.getLogger(__name__)

Schemas = Mapping[str, type[MessageBase]]
LATE_JOINER_WAIT_S: Final = 0.5
"""Displays subscribe one after the other: all of them get the one repetition."""
REPEAT_EVERY_S: Final = 5.0
MAX_TEXTS: Final = 64
"""So many texts at most are said again to a late joiner."""
HOST: Final = "127.0.0.1"


def read_json(frame: bytes, schemas: Schemas = BASE_SCHEMAS, topic: str = "") -> MessageBase:
    """One `<json>` frame → its message; a type nobody declared is a plain MessageBase. Raises BadFrame."""
    if len(frame) > MAX_MESSAGE_BYTES:
        raise BadFrame("larger than a message may be")
    try:
        data = orjson.loads(frame)
    except (orjson.JSONDecodeError, RecursionError) as error:
        raise BadFrame("not JSON") from error
    if not isinstance(data, dict):
        raise BadFrame("not a JSON object")
    kind = data.get("type") or topic
    cls = schemas.get(kind, MessageBase) if isinstance(kind, str) else MessageBase
    try:
        return cls.model_validate({**data, "type": kind})
    except (ValidationError, RecursionError) as error:
        raise BadFrame(f"wrong fields in {str(kind)[:60]}") from error


def read_topic(frame: bytes, schemas: Schemas = BASE_SCHEMAS) -> MessageBase:
    """One `<Type> <json>` frame, split at the first space → its message. Raises BadFrame."""
    topic, space, body = frame.partition(b" ")
    if not space:
        raise BadFrame("no topic")
    try:
        return read_json(body, schemas, topic.decode())
    except UnicodeDecodeError as error:
        raise BadFrame("a topic that is not text") from error


def write_topic(message: MessageBase) -> bytes:
    """A message → its `<Type> <json>` frame. Raises BadFrame."""
    return str(message.type).encode() + b" " + encode(message)


class EventsPort:
    """Publishes to whoever subscribes; runs on the bus thread.

    The scene (the newest DisplayMedia and the texts that were not removed) is said once more when somebody subscribes
    to DisplayMedia, as a late joiner missed it. It keeps its request id: displays that have shown it already ignore it.
    """

    def __init__(
        self, thread: BusThread, *, wait_s: float = LATE_JOINER_WAIT_S, every_s: float = REPEAT_EVERY_S
    ) -> None:
        self._thread = thread
        self._wait_s = wait_s
        self._every_s = every_s
        self._pump: Pump | None = None
        self._media: bytes | None = None
        self._wanted_by: set[bytes] = set()
        self._texts: OrderedDict[str, bytes] = OrderedDict()
        self._pace = TextPace(lambda: thread.loop, self._send)
        self._due: Any = None
        self._repeated_at = float("-inf")

    @property
    def has_displays(self) -> bool:
        """Whether somebody listens for pictures; may be asked from any thread."""
        return bool(self._wanted_by)

    def open(self, place: Place | int, *, lan: bool = False) -> int:
        """Bind to a place, or a port on loopback; returns the port. Raises PortInUse, BindRefused."""
        socket = make_socket(self._thread.context, zmq.XPUB)
        socket.set(zmq.XPUB_VERBOSE, 1)
        bound = bind(socket, HOST, place) if isinstance(place, int) else bind_to(socket, place, lan=lan)
        self._pump = Pump(self._thread.loop, socket, self._on_subscription)
        return bound

    def close(self) -> None:
        """Close the port."""
        self._pace.stop()
        if self._due is not None:
            self._due.cancel()
        if self._pump is not None:
            self._pump.close()
            self._pump = None

    def publish(self, message: MessageBase) -> None:
        """Say it to all subscribers; one that does not keep up misses messages. Raises BadFrame."""
        frame = write_topic(message)
        if self._pump is None:
            return
        if isinstance(message, DisplayText | RemoveText):
            self._note_text(message, frame)
            self._pace.put(frame)
            return
        if isinstance(message, DisplayMedia):
            self._media = frame
        self._send(frame)

    def _note_text(self, message: DisplayText | RemoveText, frame: bytes) -> None:
        self._texts.pop(message.text_id, None)
        lasts = isinstance(message, DisplayText) and message.duration is None
        if lasts:
            self._texts[message.text_id] = frame
        if len(self._texts) > MAX_TEXTS:
            self._texts.popitem(last=False)

    def _on_subscription(self, frames: Frames) -> None:
        said = frames[0]
        if not _overlap(said[1:], MessageType.DISPLAY_MEDIA.encode()):
            return
        joins = said[:1] == b"\x01"
        self._wanted_by = self._wanted_by | {said[1:]} if joins else self._wanted_by - {said[1:]}
        if joins and self._due is None:
            loop = self._thread.loop
            wait = max(self._wait_s, self._repeated_at + self._every_s - loop.time())
            self._due = loop.call_later(wait, self._repeat)

    def _repeat(self) -> None:
        self._due = None
        self._repeated_at = self._thread.loop.time()
        if self._media is not None:
            self._send(self._media)
        for frame in self._texts.values():
            self._pace.put(frame)

    def _send(self, frame: bytes) -> None:
        if self._pump is not None:
            self._pump.send([frame])


def _overlap(topic: bytes, wanted: bytes) -> bool:
    return wanted.startswith(topic) or topic.startswith(wanted)


class Listener:
    """Hears `updates` (bound: anybody connects) and `agent` (connected: the agent service binds); on the bus thread."""

    def __init__(
        self, thread: BusThread, tell: Callable[[Fact], object], clock: Clock, schemas: Schemas | None = None
    ) -> None:
        self._thread = thread
        self._tell = tell
        self._clock = clock
        self._schemas = schemas or BASE_SCHEMAS
        self._pumps: list[Pump] = []
        self.drops = Drops()

    def open(self, ports: Mapping[str, int]) -> dict[str, int]:
        """Open those of the two channels that `ports` names; returns them with their ports. Raises PortInUse."""
        binds = {"updates": True, "agent": False}
        return {
            channel: self.hear(channel, SubscriberConfig(port=ports[channel], bind=bind_it))
            for channel, bind_it in binds.items()
            if channel in ports
        }

    def hear(self, channel: str, config: SubscriberConfig, *, lan: bool = False) -> int:
        """Listen to one channel; returns its port. Raises PortInUse, BindRefused."""
        socket = make_socket(self._thread.context, zmq.SUB)
        for topic in config.topics:
            socket.set(zmq.SUBSCRIBE, f"{topic} ".encode())  # with the space: or ImageReady2 would come as well
        if not config.topics:
            socket.set(zmq.SUBSCRIBE, b"")
        port = config.port
        if config.bind:
            port = bind_to(socket, config, lan=lan)
        else:
            connect(socket, f"{config.address}:{config.port}")
        self._hear(channel, socket)
        return port

    def use_schemas(self, schemas: Schemas) -> None:
        """Read messages with these classes from now on."""
        self._schemas = schemas

    def close(self) -> None:
        """Close the channels."""
        for pump in self._pumps:
            pump.close()
        self._pumps.clear()

    def _hear(self, channel: str, socket: BusSocket) -> None:
        self._pumps.append(Pump(self._thread.loop, socket, lambda frames: self._on_frames(channel, frames)))

    def _on_frames(self, channel: str, frames: Frames) -> None:
        try:
            if len(frames) != 1:
                raise BadFrame("more than one frame")
            self._tell(Heard(channel, read_topic(frames[0], self._schemas)))
        except BadFrame as error:
            self.drops.add(f"{channel}: {error}")
        dropped = self.drops.take(self._clock.monotonic())
        if dropped is not None:
            self._tell(dropped)
