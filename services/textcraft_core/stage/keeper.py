"""Starts the image server and the walls a show wants, adopts those that run, and starts again what ended by itself.

Knows no sockets: who is there is told by the bus. A service that ended three times in five minutes is parked; one whose
process runs but says nothing for a minute hangs, and is ended and started again. Many that end together are started
one after the other, and never in step: each start stops Python for a moment, and takes a processor for longer.
"""

import asyncio
import logging
import random
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import field
from itertools import pairwise
from typing import Protocol

from textcraft_bus.channel.messages import Mode, PeerName, Role, ServiceHello, peer_name
from textcraft_bus.processes import (
    EXIT_NAME_TAKEN,
    Child,
    Record,
    command_line,
    end_process,
    is_alive,
    running_services,
    start_detached,
)
from textcraft_bus.records import dataclass
from textcraft_core import events as ev

log = logging.getLogger(__name__)

ADOPT_SECONDS = 1.5
"""So long services of an earlier session may say hello before missing ones are started."""
WATCH_SECONDS = 0.5
END_SECONDS = 3.0
SILENT_SECONDS = 60.0
"""So long a process that is to be heard may say nothing, its start included."""
SLEPT_SECONDS = 10.0
"""More than this between two looks: this process stood still. No lease lets a service be silent for so long unseen."""
MAX_ENDS, ENDS_WINDOW_SECONDS = 3, 300.0
GAP_SECONDS = 0.1
"""At least so long between two starts, whoever asks for them."""
LOOK_SECONDS = 0.05
"""So often is looked for what is due to be started again."""
AGAIN_SECONDS = 0.5, 1.5
"""Between these is the wait before what ended again is started; after its first end it is started at once."""

Start = Callable[[str, list[str], str], Child]


class QuitPort(Protocol):
    """What is asked of the bus."""

    def quit(self, peer: PeerName, reason: str = "") -> None:
        """Ask a service to end."""


class Teller(Protocol):
    """Whoever is told what became of a service; an EventStream is one."""

    def emit(self, event: ev.Event) -> None:
        """Tell an event."""

    def subscribe(self, listener: Callable[[ev.Event], None]) -> Callable[[], None]:
        """Call `listener` with every event from now on; the result ends that."""
        ...


@dataclass(frozen=True, slots=True)
class Wanted:
    """A service the show wants: its routing id, program and arguments."""

    peer: PeerName
    program: str
    arguments: tuple[str, ...]
    in_show: tuple[str, ...] = ()
    """More arguments in SHOW; a service that has some is started anew when SHOW begins or ends, and only adopted when
    it runs with the right ones."""
    hears: bool = True
    """Whether it hears a core and ends when asked; one that does not is told by the system."""

    def arguments_in(self, mode: Mode) -> tuple[str, ...]:
        """All arguments it is started with in a mode."""
        return (*self.arguments, *(self.in_show if mode is Mode.SHOW else ()))

    def looks_at(self, endpoint: str) -> bool:
        """Whether a process of that record looks for its core where this one is to look."""
        core = dict(pairwise(self.arguments)).get("--core", endpoint)
        return core == endpoint


@dataclass(slots=True)
class _Kept:
    wanted: Wanted
    pid: int | None = None
    started: float | None = None
    child: Child | None = None
    ends: deque[float] = field(default_factory=lambda: deque(maxlen=MAX_ENDS))
    parked: bool = False
    again: bool = False
    """Whether it is to be ended and started anew."""
    heard: bool = False
    """Whether it ever said hello."""
    silent_since: float | None = None
    """Since when nothing is heard of it; None while it speaks, or when nobody listens."""
    due: float | None = None
    """When it is to be started again; None while it runs, or rests."""

    def hangs(self, now: float) -> bool:
        return self.silent_since is not None and now - self.silent_since >= SILENT_SECONDS

    def alive(self) -> bool:
        if self.child is not None:
            return self.child.exit_code() is None
        return self.pid is not None and is_alive(self.pid, self.started)


class ServiceKeeper:
    """Keeps the wanted services running."""

    def __init__(
        self,
        show_id: str,
        wanted: Sequence[Wanted],
        stream: Teller,
        start: Start = start_detached,
        mode: Mode = Mode.REHEARSE,
    ) -> None:
        self._show_id = show_id
        self._mode = mode
        self._kept = {item.peer: _Kept(item) for item in wanted}
        self._stream = stream
        self._start = start
        self._starting = asyncio.Lock()
        self._free_at = 0.0

    @property
    def wanted(self) -> tuple[PeerName, ...]:
        """Who is to be there."""
        return tuple(self._kept)

    async def open(self) -> None:
        """Adopt what runs, start what is missing; from then on do what events ask for."""
        self._stream.subscribe(self._on_event)
        for found in await asyncio.to_thread(_running, self._show_id):
            self._adopt(*found)
        await asyncio.gather(*(self._start_one(kept) for kept in self._kept.values() if kept.pid is None))

    def _adopt(self, record: Record, line: tuple[str, ...]) -> None:
        kept = self._kept.get(PeerName(record.peer))
        if kept is not None:
            kept.pid, kept.started, kept.child, kept.due = record.pid, record.started, None, None
            expected = kept.wanted.arguments_in(self._mode)
            other_mode = bool(kept.wanted.in_show) and line[-len(expected) :] != expected
            # One that looks elsewhere for its core would never be heard.
            kept.again = other_mode or not kept.wanted.looks_at(record.endpoint)
            kept.silent_since = time.monotonic() if kept.wanted.hears and not kept.heard else None
            self._stream.emit(ev.ServiceAdopted(service=record.peer, pid=record.pid))

    async def _start_one(self, kept: _Kept) -> None:
        wanted, kept.due = kept.wanted, None
        async with self._starting:
            await asyncio.sleep(max(0.0, self._free_at - time.monotonic()))
            if self._kept.get(wanted.peer) is kept:
                kept.child = await self._begin(wanted)
                self._free_at = time.monotonic() + GAP_SECONDS
        if kept.child is None:
            return
        if self._kept.get(wanted.peer) is not kept:  # it was let go meanwhile
            kept.child.kill()
            return
        kept.pid, kept.started, kept.heard = kept.child.pid, None, False
        kept.silent_since = time.monotonic() if wanted.hears else None
        self._stream.emit(ev.ServiceStarted(service=wanted.peer, pid=kept.pid))

    async def _begin(self, wanted: Wanted) -> Child:
        name, arguments = wanted.peer.replace(".", "-"), list(wanted.arguments_in(self._mode))
        starting = asyncio.get_running_loop().run_in_executor(None, self._start, wanted.program, arguments, name)
        try:
            return await asyncio.shield(starting)
        except asyncio.CancelledError:  # nobody would know of it any more
            starting.add_done_callback(_kill_started)
            raise

    def seen(self, peer: PeerName, hello: ServiceHello) -> None:
        """A service said hello."""
        kept = self._kept.get(peer)
        if kept is None:
            return
        kept.silent_since, kept.heard = None, True
        if kept.child is None:
            kept.pid = hello.pid

    async def watch_forever(self) -> None:
        """Start again what ended by itself."""
        await asyncio.gather(self._watch(), self._start_what_is_due())

    async def _start_what_is_due(self) -> None:
        """Beside the watch, so that nobody waits to be missed until all others were started."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            waiting = [kept for kept in self._kept.values() if kept.due is not None]
            first = min(waiting, key=_due, default=None)
            if first is not None and _due(first) <= time.monotonic():
                await self._start_one(first)

    async def _watch(self) -> None:
        looked_at = time.monotonic()
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            passed = time.monotonic() - looked_at
            looked_at += passed
            if passed > SLEPT_SECONDS:
                self._forgive(passed)
            for kept in tuple(self._kept.values()):
                if kept.again:
                    await self._restart(kept)
                elif await self._has_ended(kept):
                    await self._on_end(kept)
                elif not kept.parked and kept.hangs(time.monotonic()):
                    self._on_hang(kept)

    def _forgive(self, seconds: float) -> None:
        """This process stood still for so long, perhaps with all others: nobody could be heard."""
        for kept in self._kept.values():
            if kept.silent_since is not None:
                kept.silent_since = min(kept.silent_since + seconds, time.monotonic())

    async def _has_ended(self, kept: _Kept) -> bool:
        """Whether a service ended by itself; one that was let go meanwhile did not."""
        if kept.pid is None or kept.parked:
            return False
        alive = await asyncio.to_thread(kept.alive)
        return not alive and kept.wanted.peer in self._kept

    def _on_hang(self, kept: _Kept) -> None:
        kept.silent_since, kept.again = None, True
        text = f"{kept.wanted.peer} said nothing for {SILENT_SECONDS:.0f} s though it runs: it is started again"
        self._stream.emit(ev.Warned(text=text, source=kept.wanted.peer))

    def _on_event(self, event: ev.Event) -> None:
        match event:
            case ev.ServiceLost(service=service, silent_s=silent) if kept := self._kept.get(PeerName(service)):
                kept.silent_since = time.monotonic() - min(silent, SLEPT_SECONDS)  # a longer one was slept through
            case ev.ModeChanged(mode=mode):
                changed, self._mode = (mode is Mode.SHOW) != (self._mode is Mode.SHOW), mode
                for kept in self._kept.values():
                    kept.again |= changed and bool(kept.wanted.in_show)
            case ev.WallStalled(wall=wall) if (peer := peer_name(Role.WALL, wall)) in self._kept:
                self._kept[peer].again = True

    async def _restart(self, kept: _Kept) -> None:
        """End a service that is not to be asked, and start it anew."""
        kept.again, kept.due = False, None
        await asyncio.to_thread(_end_now, kept)
        if kept.child is not None:
            kept.child.exit_code()
        await self._start_one(kept)

    async def _adopt_double(self, kept: _Kept) -> bool:
        """The last console had started one of this name for this show, just before it ended: that one serves."""
        for record, line in await asyncio.to_thread(_running, self._show_id):
            if record.peer == kept.wanted.peer:
                self._adopt(record, line)
                return True
        return False

    async def _on_end(self, kept: _Kept) -> None:
        code = kept.child.exit_code() if kept.child else None
        if code == EXIT_NAME_TAKEN and await self._adopt_double(kept):
            return
        self._stream.emit(ev.ServiceEnded(service=kept.wanted.peer, code=code))
        kept.ends.append(time.monotonic())
        reason = _why_parked(kept, code)
        if reason:
            kept.parked = True
            self._stream.emit(ev.ServiceParked(service=kept.wanted.peer, reason=reason))
            self._stream.emit(ev.Warned(text=reason, source=kept.wanted.peer, fault=True))
        else:
            kept.pid, kept.due = None, time.monotonic() + _wait_after(kept.ends)

    async def start_parked(self) -> int:
        """Start again what was parked, and return how many that were."""
        parked = [kept for kept in self._kept.values() if kept.parked]
        for kept in parked:
            kept.parked, kept.pid = False, None
            kept.ends.clear()
        await asyncio.gather(*(self._start_one(kept) for kept in parked))
        return len(parked)

    def dismiss(self, bus: QuitPort) -> None:
        """Ask every service kept here to end; `close` ends those that do not."""
        for peer in self._kept:
            bus.quit(peer, "the show was closed")

    @property
    def peers(self) -> tuple[PeerName, ...]:
        """The services that are kept running."""
        return tuple(self._kept)

    async def add(self, wanted: Sequence[Wanted]) -> None:
        """Keep these running too, from now on; those that are kept already go on, those that were parked begin anew."""
        await self.start_parked()
        new = {item.peer: _Kept(item) for item in wanted if item.peer not in self._kept}
        self._kept.update(new)
        for record, line in await asyncio.to_thread(_running, self._show_id):
            if PeerName(record.peer) in new:
                self._adopt(record, line)
        await asyncio.gather(*(self._start_one(kept) for kept in new.values() if kept.pid is None))

    async def end(self, peers: Sequence[PeerName], ask: Callable[[PeerName], bool] | None = None) -> None:
        """Keep these no longer, `ask` each to go (False: it cannot hear, and is ended), and wait for their end."""
        gone = [kept for peer in peers if (kept := self._kept.pop(peer, None)) is not None]
        patience = [END_SECONDS if ask is None or ask(kept.wanted.peer) else 0.0 for kept in gone]
        ends = zip(gone, patience, strict=True)
        await asyncio.gather(*(asyncio.to_thread(_end, kept, seconds) for kept, seconds in ends))

    async def close(self) -> None:
        """End every service, however long it takes them up to a few seconds."""
        await self.end(self.peers)


def _running(show_id: str) -> list[tuple[Record, tuple[str, ...]]]:
    """What runs for a show, and with which command line each was started."""
    return [(record, command_line(record.pid)) for record in running_services(show_id)]


def _why_parked(kept: _Kept, code: int | None) -> str:
    """Why a service is not started again, as a sentence for the operator; nothing when it is."""
    peer, ends = kept.wanted.peer, kept.ends
    if code == EXIT_NAME_TAKEN:
        return f"{peer} is open for another show on this machine: close that show, then start this one again"
    if len(ends) == MAX_ENDS and ends[-1] - ends[0] < ENDS_WINDOW_SECONDS:
        return f"{peer} ended {MAX_ENDS} times in five minutes and is not started again: its log says why"
    return ""


def _due(kept: _Kept) -> float:
    return float("inf") if kept.due is None else kept.due


def _wait_after(ends: Sequence[float]) -> float:
    """How long what ended just now rests before it is started again, seconds; never the same for two of them."""
    often = sum(ends[-1] - end < ENDS_WINDOW_SECONDS for end in ends) > 1
    return random.uniform(*AGAIN_SECONDS) if often else 0.0


def _kill_started(starting: "asyncio.Future[Child]") -> None:
    if not starting.cancelled() and starting.exception() is None:
        starting.result().kill()


def _end_now(kept: _Kept) -> None:
    if kept.pid is not None:
        end_process(kept.pid, kept.started)


def _end(kept: _Kept, patience: float) -> None:
    if not kept.wanted.hears:
        _end_now(kept)
    if kept.child is not None:
        if kept.child.wait(patience) is None:
            kept.child.kill()
            kept.child.wait(END_SECONDS)
    elif kept.pid is not None:
        deadline = time.monotonic() + patience
        while is_alive(kept.pid, kept.started) and time.monotonic() < deadline:
            time.sleep(0.02)
        end_process(kept.pid, kept.started)
