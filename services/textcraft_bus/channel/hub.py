"""The core's side of the bus: calls go down to the bus thread at once, facts come up; knows no story and no widget."""

import asyncio
import os
import secrets
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import psutil

from textcraft_bus.channel.facts import AbroadBeat, Fact, Heard, PeerBeat, RenderProgressed, WallThumbnail
from textcraft_bus.channel.messages import (
    Mode,
    PeerName,
    Quit,
    RenderRequest,
    RequestId,
    WallCommand,
    WallScene,
    encode,
    wall_peer,
)
from textcraft_bus.channel.painters import Painters
from textcraft_bus.channel.switchboard import Switchboard
from textcraft_bus.channel.timing import Timing
from textcraft_bus.clock import Clock
from textcraft_bus.foreign.worker_port import WorkerPort
from textcraft_bus.keys import KeyPair
from textcraft_bus.records import dataclass
from textcraft_bus.schemas_base import BASE_SCHEMAS, MessageBase
from textcraft_bus.transport.mailbox import Mailbox
from textcraft_bus.transport.sockets import PortInUse
from textcraft_bus.zmq.config import (
    IMAGE_SERVER,
    ControllerPullConfig,
    ControllerPushConfig,
    ControllerServiceConfig,
    PublisherConfig,
    SubscriberConfig,
    WorkerConfig,
)
from textcraft_bus.zmq.services import ControllerService

ABROAD_S: Final = 1.0
"""How often it is told who of the ecosystem is connected."""
LOSSY: Final = (PeerBeat, RenderProgressed, WallThumbnail, Heard)
"""Facts that may be dropped when the program is very slow."""
CLOSING_S: Final = 0.05
CLOSING_TRIES: Final = 40
NONCE_PATTERN: Final = "core-*.nonce"


@dataclass(frozen=True, slots=True)
class FarDoor:
    """Where walls and image servers of other machines may connect, always with keys."""

    hosts: tuple[str, ...]
    own: KeyPair
    allowed: Mapping[str, str]
    """Public key → name of each machine that may connect."""


class Hub:
    """One core's channel to its walls and image servers, and, with `fixed_ports`, to foreign services.

    `deliver(fact)` is called on `loop`. `port` 0 binds a free one. `foreign` is the core's controller of the
    ecosystem's channels, started and stopped with the hub; instead of one, `fixed_ports` names the ports of what is to
    be opened: `events`, `updates` (bound), `agent` (connected to, as the agent service binds it), `image_requests` and
    `image_results`. `schemas` are the show's own message classes by type name. All methods but start and stop may be
    called from any thread, return at once and are kept until the start when they come early.
    """

    def __init__(
        self,
        deliver: Callable[[Fact], None],
        loop: asyncio.AbstractEventLoop,
        clock: Clock,
        *,
        show_id: str,
        mode: Mode,
        port: int = 0,
        nonce_folder: Path,
        fixed_ports: Mapping[str, int] | None = None,
        schemas: Mapping[str, type[MessageBase]] | None = None,
        foreign: ControllerService | None = None,
        timing: Timing | None = None,
        far: FarDoor | None = None,
    ) -> None:
        self._far = far
        self._foreign = foreign or ControllerService(
            controller_config(fixed_ports or {}), schemas=schemas or BASE_SCHEMAS, clock=clock
        )
        self._foreign.observe(deliver)
        self._extra: ControllerService | None = None
        """The channels that were opened after the start."""
        self._deliver, self._clock = deliver, clock
        self._thread = self._foreign.thread
        self._mailbox: Mailbox[Fact] = Mailbox(deliver, loop, lossy=LOSSY)
        self._board = Switchboard(self._thread, self._mailbox.put, clock, timing or Timing(), show_id, mode)
        self._folder = nonce_folder
        self._painters = self._painters_of(self._foreign.worker_port(IMAGE_SERVER))
        self._board.keep_results_in(nonce_folder)
        self._port = port
        self._nonce = Nonce(nonce_folder)
        self.ports: dict[str, int] = {}
        """After the start: what is bound, by channel name."""

    async def start(self) -> int:
        """Open the channels and return the port of ours. Raises PortInUse; nothing is left open then."""
        self._board.nonce_uri = self._nonce.write()
        try:
            await self._foreign.start()
            self.ports = await self._thread.ask(self._open())
        except BaseException:
            await self.stop()
            raise
        return self.ports["ours"]

    async def stop(self) -> None:
        """Close everything within 2 s, whatever the peers do; may be called again."""
        await self.close_fixed()
        self._thread.post(self._board.close)
        await self._foreign.stop()
        self._nonce.remove()

    def request(self, request: RenderRequest) -> None:
        """Ask for a picture; it ends with exactly one RenderDone or RenderGaveUp of its request_id."""
        self._thread.post(self._request, request)

    def cancel(self, request_id: RequestId) -> None:
        """End a job, if it has not ended: RenderGaveUp follows."""
        self._thread.post(self._cancel, request_id)

    def allow(self, request_id: RequestId, usd: float) -> None:
        """Let a job that waits go to workers that ask for up to so much for a picture, USD."""
        self._thread.post(self._board.allow, request_id, usd)

    def set_scene(self, wall: str, scene: WallScene) -> None:
        """Make this the scene of a wall (name or routing id), now and on each of its hellos. Raises BadFrame."""
        encode(scene)
        self._thread.post(self._board.set_scene, wall_peer(wall), scene)

    def command(self, wall: str, command: WallCommand) -> None:
        """Identify or test card on a wall (name or routing id); one that is not there misses it. Raises BadFrame."""
        encode(command)
        self._thread.post(self._board.send, wall_peer(wall), command)

    def quit(self, peer: PeerName, reason: str = "") -> None:
        """Ask a service to end."""
        self._thread.post(self._board.send, peer, Quit(reason=reason))

    def publish(self, message: MessageBase) -> None:
        """Publish to foreign services; nothing happens when the events port is closed. Raises BadFrame."""
        for channels in self._channels:
            channels.say(message)

    def cut_link(self, seconds: float) -> None:
        """Let nothing of the addressed channel through for so long, as if the cable was pulled: for rehearsals."""
        self._thread.post(self._board.cut, seconds)

    @property
    def publishes(self) -> bool:
        """Whether foreign services can hear what is published."""
        return any("events" in channels.ports for channels in self._channels)

    @property
    def has_displays(self) -> bool:
        """Whether a foreign display listens for pictures."""
        return any(channels.has_displays for channels in self._channels)

    def use_schemas(self, schemas: Mapping[str, type[MessageBase]]) -> None:
        """Read foreign messages with these classes from now on."""
        for channels in self._channels:
            channels.use_schemas(schemas)

    def set_mode(self, mode: Mode) -> None:
        """The mode services are told from now on, in beats and snapshots."""
        self._thread.post(setattr, self._board, "mode", mode)

    def set_stalled(self, stalled: bool) -> None:
        """Say in every beat that the program behind this hub stands still, though its bus thread goes on."""
        self._thread.post(setattr, self._board, "stalled", stalled)

    async def open_fixed(self, ports: Mapping[str, int], channels: ControllerServiceConfig | None = None) -> None:
        """Be found where others look for a core: ours at one more port, and the ecosystem's channels.

        `channels` says where those are; without it they are on loopback at the ports of their names. Raises PortInUse;
        then no channel of the ecosystem is open that was not before.
        """
        if "ours" in ports:
            await self._thread.ask(self._also_at(ports["ours"]))
        await self.close_fixed()
        self._extra = extra = await self._opened(channels or controller_config(ports))
        self._thread.post(self._change_painters, extra.worker_port(IMAGE_SERVER))

    async def open_far(self, door: FarDoor, port: int) -> None:
        """Let other machines connect too, for good; again it changes nothing. Raises PortInUse."""
        if self._far is None:
            self._far = door
            await self._thread.ask(self._open_far(port))

    async def close_fixed(self) -> None:
        """Close those channels of the ecosystem; our own stays reachable wherever it was."""
        extra, self._extra = self._extra, None
        if extra is not None:
            self._thread.post(self._change_painters, self._foreign.worker_port(IMAGE_SERVER))
            await extra.stop()

    async def counts(self) -> dict[str, int]:
        """What was refused or ignored so far, by reason; `refused` are frames that were no message."""
        return await self._thread.ask(self._counts())

    def _painters_of(self, port: WorkerPort | None) -> Painters | None:
        if port is None:
            return None
        return Painters(
            self._thread, self._board.dispatcher, self._board.request, port, self._mailbox.put, self._folder
        )

    def _change_painters(self, port: WorkerPort | None) -> None:
        """From now on these foreign workers paint, or none; what the earlier ones had ends or goes to ours."""
        if self._painters is not None:
            self._painters.close()
        self._painters = self._painters_of(port)
        if self._painters is not None:
            self._painters.open()

    @property
    def _channels(self) -> list[ControllerService]:
        return [self._foreign, *([self._extra] if self._extra is not None else [])]

    async def _opened(self, config: ControllerServiceConfig) -> ControllerService:
        """The channels, open; a port this very program has just closed is free a moment later."""
        for left in reversed(range(CLOSING_TRIES)):
            made = self._extra_channels(config)
            try:
                await made.start()
                return made
            except PortInUse as error:
                is_another = error.holder and f"(process {os.getpid()})" not in error.holder
                if is_another or not left:
                    raise
            await asyncio.sleep(CLOSING_S)
        raise AssertionError("the last try returns or raises")

    def _extra_channels(self, config: ControllerServiceConfig) -> ControllerService:
        made = ControllerService(config, schemas=self._foreign.schemas, clock=self._clock, thread=self._thread)
        made.observe(self._deliver)
        return made

    async def _open_far(self, port: int) -> None:
        if self._far is not None:
            self._board.open_far(self._far.hosts, port, self._far.own.secret, self._far.allowed)

    async def _also_at(self, port: int) -> None:
        self._board.also_at(port)

    async def _open(self) -> dict[str, int]:
        if self._painters is not None:
            self._painters.open()
        self._thread.tasks.start(self._tell_abroad(), name="who is abroad")
        port = self._board.open(self._port)
        await self._open_far(port)
        return {"ours": port, **self._foreign.ports}

    async def _tell_abroad(self) -> None:
        """On the bus thread: that nothing is told any more means that it stands still."""
        was_open = False
        while True:
            beat = self._abroad()
            if beat.is_open or was_open:
                self._mailbox.put(beat)
            was_open = beat.is_open
            await asyncio.sleep(ABROAD_S)

    def _abroad(self) -> AbroadBeat:
        opened = [channels for channels in self._channels if {"events", "image_requests"} & channels.ports.keys()]
        ports = [port for channels in opened if (port := channels.worker_port(IMAGE_SERVER)) is not None]
        return AbroadBeat(
            bool(opened),
            painters=sum(port.workers for port in ports),
            queue=sum(port.queue for port in ports),
            displays=any(channels.has_displays for channels in opened),
        )

    def _request(self, request: RenderRequest) -> None:
        (self._painters or self._board).request(request)

    def _cancel(self, request_id: RequestId) -> None:
        if self._painters is None or not self._painters.cancel(request_id):
            self._board.cancel(request_id)

    async def _counts(self) -> dict[str, int]:
        ignored = {reason.value: count for reason, count in self._board.dispatcher.ignored.items()}
        foreign: Counter[str] = Counter()
        for channels in self._channels:
            foreign.update(channels.counts())
        guarded = self._board.gatekeeper.counts if self._board.gatekeeper else {}
        return {**foreign, **ignored, **guarded, "refused": self._board.drops.total + foreign["refused"]}


def controller_config(ports: Mapping[str, int]) -> ControllerServiceConfig:
    """The channels of the ecosystem that `ports` names, on loopback; the others stay closed."""
    return ControllerServiceConfig(
        name="core",
        publisher=PublisherConfig(port=ports["events"]) if "events" in ports else None,
        subscriber=SubscriberConfig(port=ports["agent"]) if "agent" in ports else None,
        updates=SubscriberConfig(port=ports["updates"], bind=True) if "updates" in ports else None,
        workers={IMAGE_SERVER: _worker_config(ports)} if "image_requests" in ports else {},
    )


def _worker_config(ports: Mapping[str, int]) -> WorkerConfig:
    return WorkerConfig(
        push_config=ControllerPushConfig(port=ports["image_requests"]),
        pull_config=ControllerPullConfig(port=ports.get("image_results", 0)),
    )


class Nonce:
    """A file of a fresh name: who can open it shares this disk, so pictures can go to it by address."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path: Path | None = None

    def write(self) -> str:
        """Make the file, sweep those of cores that crashed, and return its address."""
        self._folder.mkdir(parents=True, exist_ok=True)
        for stale in self._folder.glob(NONCE_PATTERN):
            if not psutil.pid_exists(_pid_in(stale.name)):
                stale.unlink(missing_ok=True)
        self._path = self._folder.absolute() / f"core-{os.getpid()}-{secrets.token_hex(16)}.nonce"
        self._path.touch()
        return self._path.as_uri()

    def remove(self) -> None:
        """Take the file away."""
        if self._path is not None:
            self._path.unlink(missing_ok=True)


def _pid_in(name: str) -> int:
    pid = name.split("-")[1]
    return int(pid) if pid.isdecimal() and len(pid) < 10 else 0
