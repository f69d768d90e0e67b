"""M16: a reader that is stopped while it is flooded, on each kind of socket: we live, stay small, and it catches up."""

import asyncio
import itertools
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import psutil

from tests.faults.case import Case, Figure, Run, at_most, is_so
from tests.support.ports import free_ports
from tests.support.waiting import until
from textcraft_bus.channel.facts import CoreSeen, Fact, LinkFact, PeerSeen
from textcraft_bus.channel.hub import Hub
from textcraft_bus.channel.link import Link
from textcraft_bus.channel.messages import Blob, Heartbeat, Mode, Role, ServiceHello, WallScene
from textcraft_bus.clock import SystemClock
from textcraft_bus.foreign.worker import ForeignWorker
from textcraft_bus.schemas_base import ImageReady, MessageBase, SpaceTimeUpdate

PAYLOAD: Final = "x" * 20_000
MESSAGES_A_SECOND: Final = 500
ROOT: Final = Path(__file__).resolve().parents[2]
MIB: Final = 1 << 20
PATIENCE_S: Final = 30.0
Flood = Callable[[int], object]


async def inject(run: Run) -> list[Figure]:
    """Stop a reader for `run.count` seconds on each kind of socket."""
    figures: list[Figure] = []
    for name, rig in (("ROUTER", _router), ("DEALER", _dealer), ("XPUB", _xpub), ("PUSH", _push)):
        async with rig(run.folder) as (flood, reader):
            figures += await _stop_and_flood(name, flood, reader, run.count)
    return figures


class Reader:
    """The process that is stopped."""

    def __init__(self, kind: str, endpoint: str, folder: Path) -> None:
        self.file = folder / f"{kind}.last"
        command = [sys.executable, "-m", "tests.faults.reader", kind, endpoint, "wall.stopped", str(self.file)]
        self.process = subprocess.Popen(command, cwd=ROOT)

    @property
    def last(self) -> int:
        """The last number it read."""
        text = self.file.read_text() if self.file.exists() else ""
        return int(text or -1)

    def close(self) -> None:
        """End it."""
        self.process.kill()
        self.process.wait()


async def _stop_and_flood(name: str, flood: Flood, reader: Reader, seconds: int) -> list[Figure]:
    numbers = itertools.count(1)
    loop, me = asyncio.get_running_loop(), psutil.Process()
    if lags := await _catches_up(flood, numbers, reader):  # subscribed, connected and reading
        raise AssertionError(f"{name}: before it was stopped {lags}")
    before = me.memory_info().rss
    reader.process.send_signal(signal.SIGSTOP)
    end, worst = loop.time() + seconds, before
    while loop.time() < end:
        for _ in range(MESSAGES_A_SECOND // 50):
            flood(next(numbers))
        await asyncio.sleep(0.02)
        worst = max(worst, me.memory_info().rss)
    reader.process.send_signal(signal.SIGCONT)
    lags = await _catches_up(flood, numbers, reader)
    return [
        at_most(f"{name}: memory meanwhile", (worst - before) / MIB, 64.0, "MiB"),
        is_so(f"{name}: it catches up", not lags, lags),
    ]


async def _catches_up(flood: Flood, numbers: "itertools.count[int]", reader: Reader) -> str:
    """Send until something of it is read; returns how far it got when nothing is within PATIENCE_S, else nothing."""
    loop, first = asyncio.get_running_loop(), next(numbers)
    end = loop.time() + PATIENCE_S
    while (read := reader.last) < first and loop.time() < end:
        flood(next(numbers))
        await asyncio.sleep(0.02)
    state = psutil.Process(reader.process.pid).status()
    return "" if read >= first else f"{read} was read last, of {first} to {next(numbers)}; the reader is {state}"


@asynccontextmanager
async def _router(folder: Path) -> AsyncIterator[tuple[Flood, Reader]]:
    """Scenes for a wall that is stopped: lost after three seconds, back with its next word."""
    facts: list[Fact] = []
    hub = _hub(folder, facts.append)
    port = await hub.start()
    reader = Reader("DEALER", f"tcp://127.0.0.1:{port}", folder)
    try:
        await until(lambda: any(isinstance(fact, PeerSeen) for fact in facts), 20.0, what="the reader's hello")
        yield lambda n: hub.set_scene("stopped", WallScene(scene=n, watermark=f"{PAYLOAD}#{n}")), reader
    finally:
        reader.close()
        await hub.stop()


@asynccontextmanager
async def _dealer(folder: Path) -> AsyncIterator[tuple[Flood, Reader]]:
    """Pictures by value for a core that is stopped: its service goes on, and says hello again when it is back."""
    at = f"tcp://127.0.0.1:{free_ports(1)[0]}"
    reader, met = Reader("ROUTER", at, folder), list[LinkFact]()
    hello = ServiceHello(role=Role.IMAGE_SERVER, name="flooding", show="faults")
    link = Link(
        at, hello=lambda: hello, beat=Heartbeat, deliver=met.append, loop=asyncio.get_running_loop(),
        clock=SystemClock(),
    )  # fmt: skip
    link.start()
    try:
        await until(lambda: any(isinstance(fact, CoreSeen) for fact in met), 20.0, what="the core's answer")
        yield lambda n: link.send(Blob(sha256="0" * 64, mime="image/png", data=f"{PAYLOAD}#{n}")), reader
    finally:
        reader.close()
        await link.stop()


@asynccontextmanager
async def _xpub(folder: Path) -> AsyncIterator[tuple[Flood, Reader]]:
    """Events for a foreign display that is stopped."""
    hub = _hub(folder, lambda _fact: None, {"events": 0})
    await hub.start()
    reader = Reader("SUB", f"tcp://127.0.0.1:{hub.ports['events']}", folder)
    try:
        yield lambda n: hub.publish(SpaceTimeUpdate(tags=[f"{PAYLOAD}#{n}"])), reader
    finally:
        reader.close()
        await hub.stop()


@asynccontextmanager
async def _push(folder: Path) -> AsyncIterator[tuple[Flood, Reader]]:
    """Results for a foreign core that is stopped."""
    at = f"tcp://127.0.0.1:{free_ports(1)[0]}"
    reader = Reader("PULL", at, folder)
    loop = asyncio.get_running_loop()
    worker = ForeignWorker(lambda _request: None, loop, requests="tcp://127.0.0.1:9", results=at)
    await worker.start()
    try:
        yield lambda n: worker.answer(_result(n)), reader
    finally:
        reader.close()
        await worker.stop()


def _result(number: int) -> MessageBase:
    return ImageReady(request_id=f"r{number}", uri="/nowhere", prompt=f"{PAYLOAD}#{number}")


def _hub(folder: Path, deliver: Callable[[Fact], object], ports: dict[str, int] | None = None) -> Hub:
    return Hub(
        lambda fact: _drop(deliver(fact)), asyncio.get_running_loop(), SystemClock(), show_id="faults",
        mode=Mode.REHEARSE, nonce_folder=folder, fixed_ports=ports,
    )  # fmt: skip


def _drop(_value: object) -> None:
    return None


CASE = Case("M16", "a reader stopped under a flood", inject, short=3, long=30, seconds=120.0)
