"""In-memory stand-ins for Hub and Link of textcraft_bus: every call is recorded, facts are fed by hand."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from textcraft_bus.channel.facts import CoreLost, CoreSeen, Fact, LinkFact
from textcraft_bus.channel.hub import FarDoor
from textcraft_bus.channel.messages import (
    CoreSnapshot,
    Envelope,
    Heartbeat,
    Mode,
    PeerName,
    RenderRequest,
    RequestId,
    ServiceHello,
    WallCommand,
    WallScene,
    peer_name,
    wall_peer,
)
from textcraft_bus.schemas_base import MessageBase
from textcraft_bus.zmq.config import ControllerServiceConfig


@dataclass(frozen=True)
class Call:
    """One call of a public method: its name and its arguments."""

    name: str
    args: tuple[Any, ...] = ()


@dataclass
class Calls:
    """What was called, in order."""

    all: list[Call] = field(default_factory=list)

    def add(self, name: str, *args: Any) -> None:
        self.all.append(Call(name, args))

    def of(self, name: str) -> list[tuple[Any, ...]]:
        """The arguments of each call of `name`, oldest first."""
        return [call.args for call in self.all if call.name == name]


class FakeHub:
    """Takes the arguments of Hub; `feed(fact)` hands a fact to `deliver` at once, as the program's loop would."""

    def __init__(
        self,
        deliver: Callable[[Fact], None],
        loop: Any = None,
        clock: Any = None,
        *,
        show_id: str = "show",
        mode: Mode = Mode.REHEARSE,
        port: int = 0,
        nonce_folder: Path | None = None,
        fixed_ports: Mapping[str, int] | None = None,
        schemas: Mapping[str, type[MessageBase]] | None = None,
        foreign: Any = None,
        far: Any = None,
        **_timing: Any,
    ) -> None:
        self._deliver = deliver
        self._port = port or 15558
        self.show_id = show_id
        self.mode = mode
        self.calls = Calls()
        self.running = False
        self.scenes: dict[PeerName, WallScene] = {}
        """The latest scene of each wall, by peer name."""
        self.requests: dict[RequestId, RenderRequest] = {}
        self.published: list[MessageBase] = []
        self.ports: dict[str, int] = {"ours": self._port, **(fixed_ports or {})}

    async def start(self) -> int:
        self.calls.add("start")
        self.running = True
        return self._port

    async def stop(self) -> None:
        self.calls.add("stop")
        self.running = False

    def request(self, request: RenderRequest) -> None:
        self.calls.add("request", request)
        self.requests[RequestId(request.request_id)] = request

    def cancel(self, request_id: RequestId) -> None:
        self.calls.add("cancel", request_id)

    def allow(self, request_id: RequestId, usd: float) -> None:
        self.calls.add("allow", request_id, usd)

    def set_scene(self, wall: str, scene: WallScene) -> None:
        self.calls.add("set_scene", wall, scene)
        self.scenes[wall_peer(wall)] = scene

    def command(self, wall: str, command: WallCommand) -> None:
        self.calls.add("command", wall, command)

    def quit(self, peer: PeerName, reason: str = "") -> None:
        self.calls.add("quit", peer, reason)

    def publish(self, message: MessageBase) -> None:
        self.calls.add("publish", message)
        self.published.append(message)

    def cut_link(self, seconds: float) -> None:
        self.calls.add("cut_link", seconds)

    def set_stalled(self, stalled: bool) -> None:
        self.calls.add("set_stalled", stalled)

    @property
    def publishes(self) -> bool:
        return "events" in self.ports

    @property
    def has_displays(self) -> bool:
        return self.publishes

    def use_schemas(self, schemas: Mapping[str, type[MessageBase]]) -> None:
        self.calls.add("use_schemas", schemas)

    def set_mode(self, mode: Mode) -> None:
        self.calls.add("set_mode", mode)
        self.mode = mode

    async def open_fixed(self, ports: Mapping[str, int], channels: ControllerServiceConfig | None = None) -> None:
        self.calls.add("open_fixed", dict(ports))

    async def open_far(self, door: FarDoor, port: int) -> None:
        self.calls.add("open_far", door, port)

    async def close_fixed(self) -> None:
        self.calls.add("close_fixed")

    async def counts(self) -> dict[str, int]:
        self.calls.add("counts")
        return {"refused": 0}

    def feed(self, fact: Fact) -> None:
        """Deliver a fact as if a service had caused it."""
        self._deliver(fact)


class FakeLink:
    """Takes the arguments of Link; `see`, `lose` and `feed` play the core."""

    def __init__(
        self,
        endpoint: str,
        *,
        hello: Callable[[], ServiceHello],
        beat: Callable[[], Heartbeat],
        deliver: Callable[[LinkFact], None],
        loop: Any = None,
        clock: Any = None,
        **_timing: Any,
    ) -> None:
        self.endpoint = endpoint
        said = hello()
        self.peer = peer_name(said.role, said.name)
        self.hello = hello
        self.beat = beat
        self._deliver = deliver
        self.calls = Calls()
        self.sent: list[Envelope] = []
        self.running = False
        self.connected = False

    def start(self) -> None:
        self.calls.add("start")
        self.running = True

    async def stop(self) -> None:
        self.calls.add("stop")
        self.running = False

    def send(self, message: Envelope) -> None:
        self.calls.add("send", message)
        self.sent.append(message)

    def sent_of(self, kind: type[Envelope]) -> list[Any]:
        """What was sent of one message class, oldest first."""
        return [message for message in self.sent if isinstance(message, kind)]

    def feed(self, fact: LinkFact) -> None:
        """Deliver a fact as if the core had caused it."""
        self._deliver(fact)

    def see(self, snapshot: CoreSnapshot | None = None) -> None:
        """The core answers the hello."""
        self.connected = True
        self.feed(CoreSeen(snapshot or CoreSnapshot()))

    def lose(self, silent_s: float = 5.0) -> None:
        """The core falls silent."""
        self.connected = False
        self.feed(CoreLost(silent_s))
