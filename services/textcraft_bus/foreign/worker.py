"""An image server's side towards a foreign core: PULL requests, PUSH results; knows nothing of painting."""

import asyncio
import logging
from collections.abc import Callable
from typing import Final

import zmq

from textcraft_bus.channel.messages import BadFrame, encode
from textcraft_bus.constants import DEFAULT_PORTS, ZMQ_TCP_CONNECT_PREFIX
from textcraft_bus.foreign.client import ForeignClient
from textcraft_bus.foreign.ports import Schemas, read_json
from textcraft_bus.schemas_base import BASE_SCHEMAS, MessageBase, RenderRequest
from textcraft_bus.transport.mailbox import Mailbox
from textcraft_bus.transport.sockets import connect, make_socket
from textcraft_bus.transport.thread import Frames, Pump

log = logging.getLogger(__name__)

REQUESTS: Final = f"{ZMQ_TCP_CONNECT_PREFIX}:{DEFAULT_PORTS['image_requests']}"
RESULTS: Final = f"{ZMQ_TCP_CONNECT_PREFIX}:{DEFAULT_PORTS['image_results']}"
_NOT_IN_IDS: Final = frozenset("/\\\0")


class ForeignWorker(ForeignClient):
    """Hears RenderRequests of a foreign core on `loop`; what is no valid one is logged and counted in `dropped`.

    Every request is to be answered, a repeated id too, in less than 25 s; the address in an answer is `file://` and an
    absolute path, not escaped.
    """

    def __init__(
        self,
        deliver: Callable[[RenderRequest], None],
        loop: asyncio.AbstractEventLoop,
        *,
        requests: str = REQUESTS,
        results: str = RESULTS,
        schemas: Schemas | None = None,
    ) -> None:
        super().__init__()
        self._mailbox: Mailbox[RenderRequest] = Mailbox(deliver, loop)
        self._requests = requests
        self._results = results
        self._schemas = schemas or BASE_SCHEMAS
        self.dropped = 0

    def answer(self, message: MessageBase) -> None:
        """Send an ImageReady of the ecosystem; returns at once, from any thread. Raises BadFrame."""
        self._thread.post(self._push, encode(message))

    async def _open(self) -> None:
        for kind, endpoint, hear in (
            (zmq.PULL, self._requests, self._on_request),
            (zmq.PUSH, self._results, None),
        ):
            socket = make_socket(self._thread.context, kind)
            connect(socket, endpoint)
            self._pumps.append(Pump(self._thread.loop, socket, hear))

    def _push(self, frame: bytes) -> None:
        if not self._pumps or not self._pumps[1].send([frame]):
            log.error("a result was dropped: the foreign core takes none")

    def _on_request(self, frames: Frames) -> None:
        try:
            self._mailbox.put(self._read(frames))
        except BadFrame as error:
            self.dropped += 1
            log.warning("a request of the foreign core was dropped: %s", error)

    def _read(self, frames: Frames) -> RenderRequest:
        if len(frames) != 1:
            raise BadFrame("more than one frame")
        message = read_json(frames[0], self._schemas, RenderRequest.__name__)
        if not isinstance(message, RenderRequest):
            raise BadFrame(f"{message.type[:60]} is no RenderRequest")
        if not message.prompt.strip() or _NOT_IN_IDS & set(message.request_id):
            raise BadFrame("a blank prompt, or a request id that is no file name")
        return message
