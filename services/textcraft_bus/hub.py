"""The core's side of the bus: calls go down to the bus thread at once, facts come up; knows no story and no widget."""

import asyncio
import os
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import psutil

from textcraft_bus.clock import Clock
from textcraft_bus.facts import Fact, Heard, PeerBeat, RenderProgressed, WallThumbnail
from textcraft_bus.foreign import EventsPort, Listener
from textcraft_bus.mailbox import Mailbox
from textcraft_bus.messages import (
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
from textcraft_bus.schemas_base import MessageBase
from textcraft_bus.switchboard import Switchboard
from textcraft_bus.thread import BusThread
from textcraft_bus.timing import Timing

LOSSY: Final = (PeerBeat, RenderProgressed, WallThumbnail, Heard)
"""Facts that may be dropped when the program is very slow."""
NONCE_PATTERN: Final = "core-*.nonce"


class Hub:
    """One core's channel to its walls and image servers, and, with `fixed_ports`, to foreign services.

    `deliver(fact)` is called on `loop`. `port` 0 binds a free one; `fixed_ports` names the ports `events`, `updates`
    (bound) and `agent` (connected to, as the agent service binds it); absent ones stay closed.
    `schemas` are the show's own message classes by type name. All methods but start and stop may be called from any
    thread, return at once and are kept until the start when they come early.
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
        timing: Timing | None = None,
    ) -> None:
        self._thread = BusThread("bus")
        self._mailbox: Mailbox[Fact] = Mailbox(deliver, loop, lossy=LOSSY)
        self._board = Switchboard(self._thread, self._mailbox.put, clock, timing or Timing(), show_id, mode)
        self._events = EventsPort(self._thread)
        self._listener = Listener(self._thread, self._mailbox.put, clock, schemas)
        self._port = port
        self._fixed_ports = dict(fixed_ports or {})
        self._nonce = Nonce(nonce_folder)
        self.ports: dict[str, int] = {}
        """After the start: what is bound, by channel name."""

    async def start(self) -> int:
        """Open the channels and return the port of ours. Raises PortInUse; nothing is left open then."""
        self._board.nonce_uri = self._nonce.write()
        self._thread.start()
        try:
            self.ports = await self._thread.ask(self._open())
        except BaseException:
            await self.stop()
            raise
        return self.ports["ours"]

    async def stop(self) -> None:
        """Close everything within 2 s, whatever the peers do; may be called again."""
        self._thread.post(self._close)
        await self._thread.stop()
        self._nonce.remove()

    def request(self, request: RenderRequest) -> None:
        """Ask for a picture; it ends with exactly one RenderDone or RenderGaveUp of its request_id."""
        self._thread.post(self._board.request, request)

    def cancel(self, request_id: RequestId) -> None:
        """End a job, if it has not ended: RenderGaveUp follows."""
        self._thread.post(self._board.cancel, request_id)

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
        encode(message)
        self._thread.post(self._events.publish, message)

    def cut_link(self, seconds: float) -> None:
        """Let nothing of the addressed channel through for so long, as if the cable was pulled: for rehearsals."""
        self._thread.post(self._board.cut, seconds)

    def set_mode(self, mode: Mode) -> None:
        """The mode services are told from now on, in beats and snapshots."""
        self._thread.post(setattr, self._board, "mode", mode)

    async def counts(self) -> dict[str, int]:
        """What was refused or ignored so far, by reason; `refused` are frames that were no message."""
        return await self._thread.ask(self._counts())

    async def _open(self) -> dict[str, int]:
        ports = {"ours": self._board.open(self._port)}
        if "events" in self._fixed_ports:
            ports["events"] = self._events.open(self._fixed_ports["events"])
        return ports | self._listener.open(self._fixed_ports)

    def _close(self) -> None:
        self._listener.close()
        self._events.close()
        self._board.close()

    async def _counts(self) -> dict[str, int]:
        ignored = {reason.value: count for reason, count in self._board.dispatcher.ignored.items()}
        return {**ignored, "refused": self._board.drops.total + self._listener.drops.total}


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
