"""The two sockets towards one kind of foreign worker: PUSH requests, PULL results; knows nothing of pictures.

Everything here runs on the bus thread. Who is connected is read from the PUSH socket's own monitor.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import zmq
from zmq.utils.monitor import parse_monitor_message

from textcraft_bus.channel.facts import FramesDropped
from textcraft_bus.channel.messages import BadFrame, encode
from textcraft_bus.clock import Clock
from textcraft_bus.foreign.jobs import Action, End, ForeignJobs, OnEnd, Push
from textcraft_bus.foreign.ports import read_json
from textcraft_bus.schemas_base import Alert, ImageReady, MessageBase, RenderRequest
from textcraft_bus.transport.drops import Drops
from textcraft_bus.transport.sockets import BusSocket, bind_to, make_socket
from textcraft_bus.transport.thread import BusThread, Frames, Pump
from textcraft_bus.zmq.config import WorkerConfig

log = logging.getLogger(__name__)

TICK_S: Final = 0.25
_FAILED: Final = frozenset(
    {zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL, zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL, zmq.EVENT_HANDSHAKE_FAILED_AUTH}
)
_WATCHED: Final = zmq.EVENT_HANDSHAKE_SUCCEEDED | zmq.EVENT_DISCONNECTED | sum(_FAILED)

Tell = Callable[[MessageBase | FramesDropped], object]


class WorkerPort:
    """Hands requests to the workers of one name; `tell` hears results, failures and counts of refused frames."""

    def __init__(
        self,
        thread: BusThread,
        config: WorkerConfig,
        tell: Tell,
        clock: Clock,
        schemas: Mapping[str, type[MessageBase]],
        *,
        lan: bool = False,
    ) -> None:
        self._thread = thread
        self._config = config
        self._tell = tell
        self._clock = clock
        self._schemas = schemas
        self._lan = lan
        self._jobs = ForeignJobs(config.timeout)
        self._push: Pump | None = None
        self._socket: BusSocket | None = None
        self._pumps: list[Pump] = []
        self._presence = _Presence()
        self.drops = Drops()
        self.on_presence: Callable[[int], None] | None = None
        """Called with the number of connected workers whenever it changes."""

    @property
    def folders(self) -> tuple[Path, ...]:
        """The folders their results may lie in; none named: the first result teaches it."""
        return tuple(self._config.folders)

    @property
    def workers(self) -> int:
        """How many workers are connected."""
        return self._jobs.workers

    @property
    def queue(self) -> int:
        """How many requests they have, or wait for them."""
        return len(self._jobs.open_jobs)

    @property
    def ignored(self) -> dict[str, int]:
        """Results without effect so far, by reason."""
        return {reason.value: count for reason, count in self._jobs.ignored.items()}

    def open(self) -> tuple[int, int]:
        """Bind both; returns the ports of requests and of results. Raises PortInUse, BindRefused."""
        self._socket = push = make_socket(self._thread.context, zmq.PUSH)
        monitor = push.get_monitor_socket(_WATCHED)
        self._pumps.append(Pump(self._thread.loop, monitor, self._on_monitor))
        requests = bind_to(push, self._config.push_config, lan=self._lan)
        self._push = Pump(self._thread.loop, push, None)
        self._pumps.append(self._push)  # at once: should the next port be taken, this one is closed with the others
        pull = make_socket(self._thread.context, zmq.PULL)
        results = bind_to(pull, self._config.pull_config, lan=self._lan)
        self._pumps.append(Pump(self._thread.loop, pull, self._on_result))
        self._thread.tasks.start(self._live(), name=f"deadlines of {self._config.name}")
        return requests, results

    def use_schemas(self, schemas: Mapping[str, type[MessageBase]]) -> None:
        """Read results with these classes from now on."""
        self._schemas = schemas

    def close(self) -> None:
        """Close the sockets; what is outstanding ends here without a word."""
        if self._socket is not None and not self._socket.closed:
            self._socket.disable_monitor()  # first: telling a monitor nobody reads would block the library's thread
        for pump in self._pumps:
            pump.close()
        self._pumps.clear()
        self._push = None

    def request(self, request: RenderRequest, on_end: OnEnd | None = None) -> None:
        """Hand out a request; `on_end` hears its end besides `tell`. Raises WorkRefused."""
        self._perform(self._jobs.request(self._clock.monotonic(), request, on_end))

    def send(self, message: MessageBase) -> bool:
        """Hand out a message nobody keeps account of; False when there is no worker to take it. Raises BadFrame."""
        return self._push is not None and self._push.send([encode(message)])

    def cancel(self, request_id: str) -> None:
        """End a request here; a later result is ignored."""
        self._perform(self._jobs.cancel(self._clock.monotonic(), request_id))

    def withdraw_waiting(self) -> list[RenderRequest]:
        """Take back what no worker was given yet."""
        return self._jobs.withdraw_waiting()

    async def _live(self) -> None:
        while self._pumps:
            await asyncio.sleep(TICK_S)
            now = self._clock.monotonic()
            self._perform(self._jobs.tick(now))
            dropped = self.drops.take(now)
            if dropped is not None:
                self._tell(dropped)

    def _perform(self, actions: list[Action]) -> None:
        for action in actions:
            if isinstance(action, Push):
                self._send_request(action.request)
            else:
                self._end(action)

    def _send_request(self, request: RenderRequest) -> None:
        try:
            sent = self.send(request)
        except BadFrame as error:
            fault = Alert(request_id=request.request_id, severity="error", message=f"it cannot be sent: {error}")
            self._perform(self._jobs.answered(self._clock.monotonic(), fault))
            return
        if not sent:
            self._jobs.unsent(request.request_id)

    def _end(self, action: End) -> None:
        if action.on_end is not None:
            action.on_end(action.message)
        self._tell(action.message)

    def _on_result(self, frames: Frames) -> None:
        try:
            if len(frames) != 1:
                raise BadFrame("more than one frame")
            message = read_json(frames[0], self._schemas, ImageReady.__name__)
        except BadFrame as error:
            self.drops.add(f"{self._config.name}: {error}")
            return
        if isinstance(message, ImageReady | Alert) and getattr(message, "request_id", None):
            self._perform(self._jobs.answered(self._clock.monotonic(), message))
        else:
            self._tell(message)

    def _on_monitor(self, frames: Frames) -> None:
        before = self._jobs.workers
        count = self._presence.after(parse_monitor_message(frames)["event"])
        if count != before:
            log.info("%s: %d foreign workers are connected", self._config.name, count)
            self._perform(self._jobs.connected(self._clock.monotonic(), count))
            if self.on_presence is not None:
                self.on_presence(count)


class _Presence:
    """Counts workers; a connection that never shook hands ends as well, and was none."""

    def __init__(self) -> None:
        self._count = 0
        self._strangers = 0

    def after(self, event: int) -> int:
        """The number of workers after this event."""
        if event == zmq.EVENT_HANDSHAKE_SUCCEEDED:
            self._count += 1
        elif event in _FAILED:
            self._strangers += 1
        elif self._strangers:
            self._strangers -= 1
        else:
            self._count = max(0, self._count - 1)
        return self._count
