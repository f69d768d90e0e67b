"""The walls and image servers of one folder, and the hub they speak to: they outlive the stages that play on them.

A venue whose stage was closed is parked: its hub goes on beating, its walls keep what they show, and what they say is
remembered for the next stage. Knows no window.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Mapping, Sequence

from textcraft_bus.channel import facts
from textcraft_bus.channel.hub import Hub
from textcraft_bus.channel.messages import Mode, PeerName, Role
from textcraft_bus.clock import Clock
from textcraft_bus.constants import DEFAULT_PORTS
from textcraft_bus.processes import Record, end_process, running_services
from textcraft_bus.tasks import Tasks
from textcraft_bus.transport.sockets import PortInUse
from textcraft_bus.zmq.config import ControllerServiceConfig
from textcraft_core.events import Event
from textcraft_core.network import NetworkConfig, far_door, opened
from textcraft_core.show.folder import ShowFolder, show_id
from textcraft_core.stage.keeper import ServiceKeeper, Wanted
from textcraft_core.stage.stage import Stage

log = logging.getLogger(__name__)

_WALL = f"{Role.WALL}."


class Venue:
    """One folder's services; at most one stage plays on them at a time."""

    def __init__(self, show: ShowFolder, clock: Clock, tasks: Tasks) -> None:
        self.show = show
        self.id = show_id(show)
        self.port = 0
        self.hub: Hub | None = None
        self._clock = clock
        self._tasks = tasks
        self._keeper: ServiceKeeper | None = None
        self._stage: Stage | None = None
        self._listeners: list[Callable[[Event], None]] = []
        self._forget: Callable[[], None] = lambda: None
        self._waiting: list[facts.Fact] = []
        self._peers: dict[PeerName, facts.PeerSeen] = {}

    # Life

    async def open(self, mode: Mode, kept_port: int) -> None:
        """Bind where services of a crashed console look for their core; where that is taken, end them, begin anew."""
        self.show.images.mkdir(exist_ok=True)
        left = await asyncio.to_thread(running_services, self.id)
        # The black behind the walls runs too and looks for nobody: its port is 0, and 0 is the last to be tried.
        looked_for = (port for port in (*map(_port_of, left), kept_port) if port)
        for port in (*dict.fromkeys(looked_for), 0):
            hub = self._make_hub(mode, port)
            try:
                self.port = await hub.start()
                self.hub = hub
                return
            except PortInUse as error:
                log.warning("%s; services of the last session are ended", error)
                await asyncio.to_thread(_end_all, left)
        raise AssertionError("port 0 is never in use")

    def _make_hub(self, mode: Mode, port: int) -> Hub:
        return Hub(
            self._on_fact,
            asyncio.get_running_loop(),
            self._clock,
            show_id=self.id,
            mode=mode,
            port=port,
            nonce_folder=self.show.images,
        )

    async def keep(self, wanted: Sequence[Wanted], mode: Mode) -> None:
        """Adopt or start these services, and keep them running from now on."""
        if self._keeper is not None:
            await self._keeper.add(wanted)
            return
        self._keeper = ServiceKeeper(self.id, wanted, self, mode=mode)
        for peer, fact in self._peers.items():
            self._keeper.seen(peer, fact.hello)
        await self._keeper.open()
        self._tasks.start(self._keeper.watch_forever(), name=f"keep the services of {self.show.root.name}")

    async def start_parked(self) -> int:
        """Start again what ended too often, and return how many that were."""
        return await self._keeper.start_parked() if self._keeper is not None else 0

    async def end(self, peers: Sequence[PeerName]) -> None:
        """Let some services go, and wait for their end."""
        if self._keeper is not None and self.hub is not None:
            await self._keeper.end(peers, self._ask_to_go)

    def _ask_to_go(self, peer: PeerName) -> bool:
        """False when it has not said hello yet: it would not hear."""
        is_there = peer in self._peers and self.hub is not None
        if is_there and self.hub is not None:
            self.hub.quit(peer, "no longer wanted")
        return is_there

    async def close(self, *, leave_walls: bool = False) -> None:
        """End every service, then the hub; what an audience sees may go on without a core, adopted already or not."""
        if self.hub is None:
            return
        try:
            for peer in [
                peer for peer in self._peers if peer not in self.kept and not (leave_walls and _is_seen(peer))
            ]:
                self._ask_to_go(peer)
            await self.end([peer for peer in self.kept if not (leave_walls and _is_seen(peer))])
            left = await asyncio.to_thread(running_services, self.id)
            await asyncio.to_thread(_end_all, [one for one in left if not (leave_walls and _is_seen(one.peer))])
        finally:
            hub, self.hub = self.hub, None
            await hub.stop()

    # Who is there

    @property
    def kept(self) -> tuple[PeerName, ...]:
        """The services that are kept running."""
        return self._keeper.peers if self._keeper is not None else ()

    @property
    def walls(self) -> tuple[PeerName, ...]:
        """The walls among them, by routing id; those that only visit are not counted."""
        return tuple(peer for peer in self.kept if peer.startswith(_WALL))

    @property
    def missing(self) -> tuple[PeerName, ...]:
        """The services that are to speak and do not."""
        return tuple(peer for peer in self.speakers if peer not in self._peers)

    @property
    def speakers(self) -> tuple[PeerName, ...]:
        """The services that are kept and speak: the black behind the walls never does."""
        return tuple(peer for peer in self.kept if not peer.startswith("backdrop."))

    @property
    def seen_by_audience(self) -> tuple[PeerName, ...]:
        """The walls, and the black behind them."""
        return tuple(peer for peer in self.kept if _is_seen(peer))

    async def find(self, ports: Mapping[str, int], channels: ControllerServiceConfig | None = None) -> None:
        """Be found at these ports, the ecosystem's channels as set. Raises PortInUse, with the holder's name."""
        if self.hub is not None:
            await self.hub.open_fixed(ports, channels)

    async def open_doors(self, network: NetworkConfig, channels: ControllerServiceConfig) -> list[Event]:
        """Let other machines connect, as the settings say; returns what is to be told of that. Raises ConfigError."""
        door = await asyncio.to_thread(far_door, network)
        if door is not None and self.hub is not None:
            await self.hub.open_far(door, DEFAULT_PORTS["ours"])
        return opened(door, channels)

    async def hide(self) -> None:
        """Be found by no foreign service any more."""
        if self.hub is not None:
            await self.hub.close_fixed()

    # The stage

    def attach(self, stage: Stage, mode: Mode) -> None:
        """Let a stage play here: it hears who is there and what was said meanwhile. Call it before the stage opens."""
        self._stage = stage
        self._forget = stage.subscribe(self._pass_on)
        if self.hub is not None:
            self.hub.set_mode(mode)
        for seen in self._peers.values():
            stage.on_fact(seen)
        waiting, self._waiting = self._waiting, []
        for fact in waiting:
            stage.on_fact(fact)

    def detach(self) -> None:
        """The stage goes; everybody keeps what they have."""
        self._stage = None
        self._forget()

    def take_back(self, untaken: Sequence[facts.Fact]) -> None:
        """Keep, for the next stage, what the last one did not come to."""
        self._waiting = [*filter(_is_worth_keeping, untaken), *self._waiting]

    def subscribe(self, listener: Callable[[Event], None]) -> Callable[[], None]:
        """Call `listener` with the events of whichever stage plays here; the result ends that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def _pass_on(self, event: Event) -> None:
        for listener in tuple(self._listeners):
            listener(event)

    def emit(self, event: Event) -> None:
        """Tell what became of a service, to the stage if there is one."""
        if self._stage is not None:
            self._stage.stream.emit(event)
        else:
            log.info("%s while no stage is open", event)

    def _on_fact(self, fact: facts.Fact) -> None:
        self._note(fact)
        if self._stage is not None:
            self._stage.on_fact(fact)
        elif _is_worth_keeping(fact):
            self._waiting.append(fact)

    def _note(self, fact: facts.Fact) -> None:
        match fact:
            case facts.PeerSeen(peer, hello):
                self._peers[peer] = fact
                if self._keeper is not None:
                    self._keeper.seen(peer, hello)
            case facts.PeerLost(peer, _):
                self._peers.pop(peer, None)
            case facts.WallShown(peer, shown) if peer in self._peers:
                hello = self._peers[peer].hello
                now = hello.model_copy(update={"shown": shown.sha256, "layer": shown.layer})
                self._peers[peer] = facts.PeerSeen(peer, now)


def _is_worth_keeping(fact: facts.Fact) -> bool:
    """Whether the next stage would miss it; who is there it hears anyway."""
    return isinstance(fact, facts.RenderDone | facts.RenderGaveUp | facts.Heard)


def _is_seen(peer: str) -> bool:
    """Whether an audience sees it, or what it hides: all but the image servers."""
    return not peer.startswith(f"{Role.IMAGE_SERVER}.")


def _port_of(record: Record) -> int:
    port = record.endpoint.rpartition(":")[2]
    return int(port) if port.isdigit() else 0


def _end_all(records: list[Record]) -> None:
    for record in records:
        with contextlib.suppress(ProcessLookupError):
            end_process(record.pid, record.started)
