"""A core's channels to the ecosystem behind one object: publish, subscribe, hand out work; knows no story.

All sockets live on a bus thread; handlers run on the loop that called `start`.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from textcraft_bus.channel.facts import Fact, FramesDropped, Heard
from textcraft_bus.channel.messages import encode
from textcraft_bus.clock import Clock, SystemClock
from textcraft_bus.foreign.jobs import OnEnd, WorkRefused, check_request
from textcraft_bus.foreign.ports import EventsPort, Listener
from textcraft_bus.foreign.worker_port import WorkerPort
from textcraft_bus.project import current_project
from textcraft_bus.records import dataclass
from textcraft_bus.schemas_base import Alert, MessageBase, RenderRequest
from textcraft_bus.transport.mailbox import Mailbox
from textcraft_bus.transport.thread import BusThread
from textcraft_bus.zmq.config import ControllerServiceConfig
from textcraft_bus.zmq.handlers import Data, Handler, Handlers

log = logging.getLogger(__name__)

RESPONSE: Final = "response of a worker"
ResponseHandler = Callable[[str, Data], Awaitable[None]]
Message = MessageBase | Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class WorkerSaid:
    """A worker's result, or the Alert that stands for its failure or silence."""

    worker: str
    message: MessageBase


class ControllerService:
    """Publisher, subscribers and workers of one core.

    `schemas` are message classes by type (default: those of the project in play). `thread`: a running bus thread to
    share; without one it has its own. Handlers are added before `start` or later. Raises ProjectError at the start
    when the project's own code is broken.
    """

    def __init__(
        self,
        config: ControllerServiceConfig,
        *,
        schemas: Mapping[str, type[MessageBase]] | None = None,
        clock: Clock | None = None,
        thread: BusThread | None = None,
    ) -> None:
        self.config = config
        self.schemas = schemas if schemas is not None else current_project().schemas
        self.ports: dict[str, int] = {}
        """After the start: what is open, by channel name."""
        self._clock = clock or SystemClock()
        self.thread = thread or BusThread("bus")
        self._owns_thread = thread is None
        self._handlers = Handlers()
        self._observers: list[Callable[[Fact], None]] = []
        self._mailbox: Mailbox[Fact | WorkerSaid] | None = None
        self._events = EventsPort(self.thread)
        self._listener = Listener(self.thread, self._put, self._clock, self.schemas)
        self._workers = {name: self._port_of(name) for name in config.workers}

    # --- what a service adds --------------------------------------------------------------------------------------

    def add_message_handler(self, message_type: str, handler: Handler) -> None:
        """Have `handler(topic, data)` called with each message of a type; `data` holds every known field."""
        self._handlers.add(str(message_type), handler)

    def add_response_handler(self, handler: ResponseHandler) -> None:
        """Have `handler(worker, data)` called with what workers answer.

        That is their ImageReady, or an Alert: their own, or ours when they were silent for too long.
        """
        self._handlers.add(RESPONSE, handler)

    def observe(self, observer: Callable[[Fact], None]) -> None:
        """Have `observer` called, on the loop, with every message heard and with counts of refused frames."""
        self._observers.append(observer)

    def use_schemas(self, schemas: Mapping[str, type[MessageBase]]) -> None:
        """Read messages with these classes from now on: a project was trusted while the service runs."""
        self.schemas = schemas
        self.thread.post(self._listener.use_schemas, schemas)
        for port in self._workers.values():
            self.thread.post(port.use_schemas, schemas)

    # --- life -----------------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Open every configured channel. Raises PortInUse, BindRefused; nothing is left open then."""
        self._mailbox = Mailbox(self._deliver, asyncio.get_running_loop(), lossy=(Heard,))
        if self._owns_thread:
            self.thread.start()
        try:
            self.ports = await self.thread.ask(self._open())
        except BaseException:
            await self.stop()
            raise
        if self.ports:
            log.info("%s: %s", self.config.name, ", ".join(f"{name} {port}" for name, port in self.ports.items()))

    async def stop(self) -> None:
        """Close everything within 2 s, whatever the peers do; may be called again."""
        self.thread.post(self._close)
        if self._owns_thread:
            await self.thread.stop()
        await self._handlers.stop()

    # --- what a service says ----------------------------------------------------------------------------------------

    async def publish(self, message: Message) -> None:
        """Publish to whoever subscribes. Raises BadFrame, ValueError for what is no message."""
        self.say(message)

    async def send_work_to_worker(self, worker_name: str, message: Message) -> None:
        """Hand out work; returns at once, the answer comes to the response handlers.

        Raises WorkRefused for what the worker would fall over in silence, KeyError for a name nobody configured.
        """
        self.hand_out(worker_name, message)

    def say(self, message: Message) -> None:
        """As `publish`, from any thread and without a loop."""
        told = self._message(message, self.config.publisher.default_topic if self.config.publisher else None)
        encode(told)
        self.thread.post(self._events.publish, told)

    def hand_out(self, worker_name: str, message: Message, on_end: OnEnd | None = None) -> None:
        """As `send_work_to_worker`; `on_end` hears, on the bus thread, how the request ended."""
        port = self._workers.get(worker_name)
        if port is None:
            raise KeyError(f"no worker {worker_name!r} is configured: {', '.join(self._workers) or 'none is'}")
        work = self._message(message, RenderRequest.__name__)
        encode(work)
        if isinstance(work, RenderRequest):
            check_request(work)
            self.thread.post(self._request, worker_name, port, work, on_end)
        else:
            self.thread.post(self._send, worker_name, port, work)

    @property
    def has_displays(self) -> bool:
        """Whether somebody listens for pictures."""
        return self._events.has_displays

    def worker_port(self, worker_name: str) -> WorkerPort | None:
        """The sockets towards a worker, for use on the bus thread."""
        return self._workers.get(worker_name)

    @property
    def failures(self) -> int:
        """How often a handler raised."""
        return self._handlers.failed

    def counts(self) -> dict[str, int]:
        """What was refused or ignored so far, by reason; on the bus thread."""
        refused = self._listener.drops.total + sum(port.drops.total for port in self._workers.values())
        ignored: dict[str, int] = {}
        for port in self._workers.values():
            for reason, count in port.ignored.items():
                ignored[reason] = ignored.get(reason, 0) + count
        return {**ignored, "refused": refused}

    # --- inside, on any thread --------------------------------------------------------------------------------------

    def _message(self, message: Message, default_type: str | None) -> MessageBase:
        if isinstance(message, MessageBase):
            return message
        fields = {**message, "type": message.get("type") or default_type}
        return self.schemas.get(str(fields["type"]), MessageBase).model_validate(fields)

    def _put(self, fact: Fact | WorkerSaid) -> None:
        if self._mailbox is not None:
            self._mailbox.put(fact)

    # --- inside, on the bus thread ----------------------------------------------------------------------------------

    def _port_of(self, name: str) -> WorkerPort:
        def tell(said: MessageBase | FramesDropped) -> None:
            self._put(said if isinstance(said, FramesDropped) else WorkerSaid(name, said))

        config = self.config.workers[name]
        return WorkerPort(self.thread, config, tell, self._clock, self.schemas, lan=self.config.insecure_lan)

    async def _open(self) -> dict[str, int]:
        lan, ports = self.config.insecure_lan, {}
        if self.config.publisher is not None:
            ports["events"] = self._events.open(self.config.publisher, lan=lan)
        for channel, config in (("updates", self.config.updates), ("agent", self.config.subscriber)):
            if config is not None:
                ports[channel] = self._listener.hear(channel, config, lan=lan)
        for name, port in self._workers.items():
            prefix = "image" if name == "image_server" else name
            ports[f"{prefix}_requests"], ports[f"{prefix}_results"] = port.open()
        return ports

    def _close(self) -> None:
        self._listener.close()
        self._events.close()
        for port in self._workers.values():
            port.close()

    def _request(self, name: str, port: WorkerPort, work: RenderRequest, on_end: OnEnd | None) -> None:
        try:
            port.request(work, on_end)
        except WorkRefused as error:
            log.error("%s does not get request %s: %s", name, work.request_id, error)
            refusal = Alert(request_id=work.request_id, severity="error", message=str(error))
            self._put(WorkerSaid(name, refusal))
            if on_end is not None:
                on_end(refusal)

    def _send(self, name: str, port: WorkerPort, work: MessageBase) -> None:
        if not port.send(work):
            log.error("a %s was dropped: no %s takes it", work.type, name)

    # --- inside, on the service's loop ------------------------------------------------------------------------------

    def _deliver(self, fact: Fact | WorkerSaid) -> None:
        if isinstance(fact, WorkerSaid):
            self._handlers.dispatch(RESPONSE, fact.worker, fields_of(fact.message))
            return
        for observer in self._observers:
            observer(fact)
        if isinstance(fact, Heard):
            self._handlers.dispatch(str(fact.message.type), str(fact.message.type), fields_of(fact.message))
        elif isinstance(fact, FramesDropped):
            log.warning("%d messages were refused: %s", fact.count, fact.reason)


def fields_of(message: MessageBase) -> Data:
    """A message as the plain dictionary handlers get: every known field, and the project's own."""
    return message.model_dump(mode="json")
