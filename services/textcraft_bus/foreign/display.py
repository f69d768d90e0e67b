"""A wall's side towards a foreign core: SUB to its events, PUB of alerts to its updates; knows nothing of pictures."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from typing import Final

import zmq

from textcraft_bus.channel.messages import BadFrame
from textcraft_bus.foreign.client import ForeignClient
from textcraft_bus.foreign.ports import Schemas, read_topic, write_topic
from textcraft_bus.schemas_base import BASE_SCHEMAS, Alert, DisplayMedia, DisplayText, MessageBase, RemoveText
from textcraft_bus.transport.drops import Drops
from textcraft_bus.transport.mailbox import Mailbox
from textcraft_bus.transport.sockets import connect, make_socket
from textcraft_bus.transport.thread import Frames, Pump

log = logging.getLogger(__name__)

HEARD: Final = (DisplayMedia, DisplayText, RemoveText)
"""What a display acts upon; only their topics are subscribed to, with the space behind them."""
MAX_ALERT_CHARS: Final = 300
MAX_UNHEARD: Final = 32
"""So many alerts wait for the first who listens."""
SUBSCRIBED: Final = b"\x01"

Shown = DisplayMedia | DisplayText | RemoveText


class ForeignEvents(ForeignClient):
    """Hears the display messages of a foreign core on `loop`; what is none is logged and counted in `dropped`."""

    def __init__(
        self,
        deliver: Callable[[Shown], None],
        loop: asyncio.AbstractEventLoop,
        *,
        events: str,
        updates: str,
        schemas: Schemas | None = None,
    ) -> None:
        super().__init__()
        self._mailbox: Mailbox[Shown] = Mailbox(deliver, loop)
        self._events = events
        self._updates = updates
        self._schemas = schemas or BASE_SCHEMAS
        self._drops = Drops()
        self._listeners = 0
        self._unheard: deque[bytes] = deque(maxlen=MAX_UNHEARD)

    @property
    def dropped(self) -> int:
        """How many frames were no message for a display."""
        return self._drops.total

    def alert(self, reason: str, request_id: str | None = None) -> None:
        """Tell whoever listens why something is not shown; returns at once, from any thread."""
        message = Alert(request_id=request_id, severity="warning", message=reason[:MAX_ALERT_CHARS])
        self._thread.post(self._publish, message)

    async def _open(self) -> None:
        events = make_socket(self._thread.context, zmq.SUB)
        for cls in HEARD:
            events.set(zmq.SUBSCRIBE, f"{cls.__name__} ".encode())
        connect(events, self._events)
        self._pumps.append(Pump(self._thread.loop, events, self._on_frames))
        updates = make_socket(self._thread.context, zmq.XPUB)
        updates.set(zmq.XPUB_VERBOSER, 1)
        connect(updates, self._updates)
        self._pumps.append(Pump(self._thread.loop, updates, self._on_listener))

    def _publish(self, message: MessageBase) -> None:
        self._unheard.append(write_topic(message))
        self._tell()

    def _tell(self) -> None:
        while self._pumps and self._listeners and self._unheard:
            self._pumps[1].send([self._unheard.popleft()])

    def _on_listener(self, frames: Frames) -> None:
        """Somebody begins or ceases to listen; alerts nobody could hear yet are told now."""
        self._listeners = max(0, self._listeners + (1 if frames[0][:1] == SUBSCRIBED else -1))
        self._tell()

    def _on_frames(self, frames: Frames) -> None:
        try:
            self._mailbox.put(self._read(frames))
        except BadFrame as error:
            self._drops.add(str(error))
        told = self._drops.take(self._thread.loop.time())
        if told is not None:
            log.warning("%d messages of the foreign core were dropped: %s", told.count, told.reason)
            self._publish(Alert(severity="warning", message=f"{told.count} messages were dropped: {told.reason}"))

    def _read(self, frames: Frames) -> Shown:
        if len(frames) != 1:
            raise BadFrame("more than one frame")
        message = read_topic(frames[0], self._schemas)
        if not isinstance(message, HEARD):
            raise BadFrame(f"{message.type[:60]} is nothing a display shows")
        return message
