"""P5: from a wanted picture to the picture that has gone through the gate, with a worker that answers at once."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, cast

import zmq
from PIL import Image

from tests.bench.measure import Figure, Measure, Run, p50, p99, timed, usual
from tests.support.waiting import until
from textcraft_bus.channel import facts
from textcraft_bus.channel.hub import Hub
from textcraft_bus.channel.messages import Mode
from textcraft_bus.clock import SystemClock
from textcraft_core import events as ev
from textcraft_core.record.stream import EventStream
from textcraft_core.stage.pictures.intake import Intake
from textcraft_core.stage.pictures.picture_desk import PictureDesk
from textcraft_core.stage.pictures.safety import GatePolicy
from textcraft_core.stage.pictures.words import Words
from textcraft_core.stage.walls.wall_desk import WallDesk

FIELD_MS = 5.9
"""What the field's own console needs for its round trip; ours is to stay below it."""
HERE = Path(__file__).parent


class Core:
    """A core without a story: hub and picture desk, on the main loop."""

    def __init__(self, folder: Path) -> None:
        self.is_served = False
        self.arrived = asyncio.Event()
        clock, stream = SystemClock(), EventStream(None)
        stream.subscribe(self._on_event)
        loop = asyncio.get_running_loop()
        self.hub = Hub(self._on_fact, loop, clock, show_id="bench", mode=Mode.REHEARSE, nonce_folder=folder)
        intake = Intake(
            folder, cast(WallDesk, self), stream, Words(), lambda _attended: GatePolicy(True, "pass", "hand")
        )
        self.desk = PictureDesk(self.hub, intake, stream, clock)

    async def add(self, _candidate: Any) -> None:
        """Take a candidate as the walls' desk would, which is not measured here."""

    async def ask(self, number: int) -> None:
        """Ask for a picture and wait until it arrived."""
        self.arrived.clear()
        request = ev.RenderRequested(
            request_id=f"bench-{number}", prompt="p", seed=number, width=64, height=64, cycle=1, target="ch01.md"
        )
        self.desk.ask(request)
        await self.arrived.wait()

    def _on_fact(self, fact: facts.Fact) -> None:
        self.is_served |= isinstance(fact, facts.PeerSeen)
        self.desk.on_fact(fact)

    def _on_event(self, event: ev.Event) -> None:
        if isinstance(event, ev.RenderFailed):
            raise RuntimeError(event.reason)
        if isinstance(event, ev.ImageArrived):
            self.arrived.set()


def measure(run: Run) -> list[Figure]:
    """Measure our round trips and bare ones between two processes in turns."""
    ours, bare = asyncio.run(_trips(run))
    ours_p99, bare_p99 = usual(p99, ours), usual(p99, bare)
    middle, bare_middle = usual(p50, ours), usual(p50, bare)
    return [
        Figure("picture asked for → arrived, p50", middle, bare_middle + 2, "bare + 2 ms", bare_middle),
        Figure("picture asked for → arrived, p99", ours_p99, bare_p99 + 10, "bare + 10 ms", bare_p99),
        Figure("the same beside the field", middle, FIELD_MS, "its round trip"),
    ]


async def _trips(run: Run) -> tuple[list[float], list[float]]:
    folder = run.folder / "echo"
    folder.mkdir()
    picture = folder / "picture.png"
    Image.effect_noise((64, 64), 80).convert("RGB").save(picture)
    ours: list[float] = []
    bare: list[float] = []
    async with _core(folder) as (core, port), asyncio.timeout(120):
        with _program("echo_worker", str(port), str(picture)), _bare_socket() as socket:
            await until(lambda: core.is_served, what="the worker's hello")
            loop = asyncio.get_running_loop()
            for number in range(run.rounds(1010, 210)):
                began = loop.time()
                await core.ask(number)
                ours.append((loop.time() - began) * 1000)
                bare.append(timed(lambda: _round_trip(socket)))
    return ours[10:], bare[10:]


@asynccontextmanager
async def _core(folder: Path) -> Any:
    core = Core(folder)
    port = await core.hub.start()
    try:
        yield core, port
    finally:
        await core.desk.close()
        await core.hub.stop()


@contextmanager
def _program(name: str, *arguments: str) -> Iterator["subprocess.Popen[bytes]"]:
    command = [sys.executable, "-m", f"tests.bench.{name}", *arguments]
    process = subprocess.Popen(command, cwd=HERE.parent.parent, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


@contextmanager
def _bare_socket() -> Iterator["zmq.Socket[bytes]"]:
    """Give a socket to a process that sends back what it gets."""
    with zmq.Context() as context, context.socket(zmq.DEALER) as socket:
        socket.setsockopt(zmq.LINGER, 0)
        port = socket.bind_to_random_port("tcp://127.0.0.1")
        with _program("bare_echo", str(port)):
            _round_trip(socket)
            yield socket


def _round_trip(socket: "zmq.Socket[bytes]") -> None:
    socket.send_multipart([b"request", b"x" * 300])
    if not socket.poll(10_000):
        raise RuntimeError("the bare echo is silent")
    socket.recv_multipart()


MEASURE = Measure(
    "P5", "picture asked for → arrived, echo worker", "p50 ≤ bare + 2 ms, p99 ≤ bare + 10 ms, below 5.9 ms", measure
)
