"""Who paints a picture: our own image servers, or a foreign one where none of ours is there; never both for one.

Runs on the bus thread. A request nobody was given yet changes sides when the other one gains a painter.
"""

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Final

from textcraft_bus import schemas_base as base
from textcraft_bus.channel import messages as wire
from textcraft_bus.channel.dispatcher import Dispatcher
from textcraft_bus.channel.facts import Fact, RenderDone, RenderGaveUp, RenderStarted
from textcraft_bus.channel.messages import PeerName, RequestId
from textcraft_bus.errors import BusError
from textcraft_bus.foreign.jobs import WorkRefused
from textcraft_bus.foreign.pictures import FOREIGN, ForeignFolders, measured
from textcraft_bus.foreign.worker_port import WorkerPort
from textcraft_bus.schemas_base import MessageBase, new_request_id
from textcraft_bus.transport.thread import BusThread

log = logging.getLogger(__name__)

LOOK_S: Final = 0.25
_OURS_ALONE: Final = {"type", "request_id", "protocol", "seq", "sent_at", "attempt", "budget"}


class Painters:
    """Routes requests between our dispatcher and one port of foreign workers."""

    def __init__(
        self,
        thread: BusThread,
        dispatcher: Dispatcher,
        ask_ours: Callable[[wire.RenderRequest], None],
        port: WorkerPort,
        tell: Callable[[Fact], object],
        folder: Path,
    ) -> None:
        self._thread = thread
        self._dispatcher = dispatcher
        self._ask_ours = ask_ours
        self._port = port
        self._tell = tell
        self._folder = folder
        self._folders = ForeignFolders(port.folders)
        self._abroad: dict[str, wire.RenderRequest] = {}
        """What a foreign worker was asked for, by the id it was given over there: a fresh one for each request."""
        self._looking: asyncio.Task[None] | None = None

    def open(self) -> None:
        """Begin to look who is there."""
        self._port.on_presence = lambda _count: self._balance()
        self._looking = self._thread.tasks.start(self._live(), name="painters")

    def close(self) -> None:
        """Hand out nothing more: what waits goes to ours, what a foreign worker has is given up."""
        if self._looking is not None:
            self._looking.cancel()
        self._port.on_presence = None
        for waiting in self._port.withdraw_waiting():
            self._ask_ours(self._abroad.pop(waiting.request_id))
        for foreign_id in tuple(self._abroad):
            self._port.cancel(foreign_id)

    def request(self, request: wire.RenderRequest) -> None:
        """Ask whoever is there; with nobody it waits for the first to come."""
        if self._has_only_foreign:
            self._ask_abroad(request)
        else:
            self._ask_ours(request)

    def cancel(self, request_id: RequestId) -> bool:
        """End a request a foreign worker has; False when it is none of those."""
        for foreign_id, request in self._abroad.items():
            if request.request_id == request_id:
                self._port.cancel(foreign_id)
                return True
        return False

    @property
    def _has_only_foreign(self) -> bool:
        return bool(self._port.workers) and not self._dispatcher.has_image_servers

    async def _live(self) -> None:
        while True:
            await asyncio.sleep(LOOK_S)
            self._balance()

    def _balance(self) -> None:
        if self._has_only_foreign:
            for request in self._dispatcher.reclaim():
                self._ask_abroad(request)
        elif self._abroad:
            for waiting in self._port.withdraw_waiting():
                self._ask_ours(self._abroad.pop(waiting.request_id))

    def _ask_abroad(self, request: wire.RenderRequest) -> None:
        foreign_id = new_request_id()
        fields = request.model_dump(exclude=_OURS_ALONE)
        self._abroad[foreign_id] = request
        try:
            self._port.request(base.RenderRequest(**fields, request_id=foreign_id), self._on_end)
        except WorkRefused as error:
            del self._abroad[foreign_id]
            self._give_up(RequestId(request.request_id), str(error))
        else:
            self._tell(RenderStarted(RequestId(request.request_id), PeerName(FOREIGN), 1))

    def _on_end(self, message: MessageBase) -> None:
        request = self._abroad.pop(str(getattr(message, "request_id", "")), None)
        if request is None:
            return
        if isinstance(message, base.ImageReady):
            name = f"measure {request.request_id}"
            self._thread.tasks.start(self._measure(RequestId(request.request_id), message), name=name)
        else:
            reason = getattr(message, "message", None) or f"a foreign image server answered with {message.type}"
            self._give_up(RequestId(request.request_id), str(reason))

    async def _measure(self, request_id: RequestId, said: base.ImageReady) -> None:
        try:
            ready = await asyncio.to_thread(measured, request_id, said, self._folder, self._folders)
        except (BusError, OSError) as error:
            self._give_up(request_id, str(error))
        else:
            self._tell(RenderDone(request_id, ready))

    def _give_up(self, request_id: RequestId, reason: str) -> None:
        self._tell(RenderGaveUp(request_id, reason, 1))
