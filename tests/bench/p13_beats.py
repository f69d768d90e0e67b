"""P13: beats go on while the main loop computes for two seconds, and while a picture of 32 MiB goes to a wall."""

import asyncio
import hashlib
import json
import subprocess
import sys
import time
from pathlib import Path

from PIL import Image

from tests.bench.measure import Figure, Measure, Run
from tests.support.waiting import until
from textcraft_bus.channel import facts
from textcraft_bus.channel.hub import Hub
from textcraft_bus.channel.messages import Layer, Mode, Picture, WallScene
from textcraft_bus.clock import SystemClock

BEAT_MS = 1000.0
MOST_LATE_MS = 250.0
BUSY_SECONDS = 2.0
LISTEN_SECONDS = 9.0
LARGE = 31 << 20
"""Just below what a picture may weigh."""


class Core:
    """A hub and what it told of its one wall."""

    def __init__(self, folder: Path) -> None:
        self.seen = 0
        self.lost = 0
        loop = asyncio.get_running_loop()
        self.hub = Hub(self._on_fact, loop, SystemClock(), show_id="", mode=Mode.REHEARSE, nonce_folder=folder)

    def _on_fact(self, fact: facts.Fact) -> None:
        self.seen += isinstance(fact, facts.PeerSeen)
        self.lost += isinstance(fact, facts.PeerLost)


def measure(run: Run) -> list[Figure]:
    """Measure both on a hub of their own; a wall counted as lost, or a picture that came broken, ends the run."""
    busy, large = asyncio.run(_busy(run.folder)), asyncio.run(_large(run.folder))
    return [
        Figure("beat late while the main loop computes for 2 s", busy, MOST_LATE_MS, "absolute"),
        Figure("beat late while 31 MiB go to a wall", large, MOST_LATE_MS, "absolute"),
    ]


async def _busy(folder: Path) -> float:
    core, listener = await _begin(folder)
    await asyncio.sleep(2)
    ended = time.perf_counter() + BUSY_SECONDS
    total = 0
    while time.perf_counter() < ended:
        total += sum(range(1000))
    late, _ = await _end(core, listener)
    return late


async def _large(folder: Path) -> float:
    path = folder / "large.png"
    side = 3220
    Image.effect_noise((side, side), 120).convert("RGB").save(path, compress_level=0)
    data = path.read_bytes()[:LARGE]
    path.write_bytes(data)
    sha256 = hashlib.sha256(data).hexdigest()
    picture = Picture(sha256=sha256, mime="image/png", width=side, height=side, uri=path.as_uri())
    core, listener = await _begin(folder, sha256, picture)
    late, whole = await _end(core, listener)
    if not whole:
        raise RuntimeError("the picture did not come whole")
    return late


async def _begin(folder: Path, *asked: str | Picture) -> tuple[Core, asyncio.subprocess.Process]:
    core = Core(folder)
    port = await core.hub.start()
    for picture in asked:
        if isinstance(picture, Picture):
            core.hub.set_scene("bench", WallScene(scene=1, layer=Layer.PROGRAM, program=picture))
    hashes = [item for item in asked if isinstance(item, str)]
    command = [sys.executable, "-m", "tests.bench.beat_listener", str(port), str(LISTEN_SECONDS), *hashes]
    listener = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE)
    await until(lambda: core.seen, 20, "the listener's hello")
    return core, listener


async def _end(core: Core, listener: asyncio.subprocess.Process) -> tuple[float, bool]:
    out, _ = await listener.communicate()
    await core.hub.stop()
    if core.lost:
        raise RuntimeError("the wall was counted as lost")
    told = json.loads(out)
    return max(gap - BEAT_MS for gap in told["gaps_ms"]), bool(told["whole"])


MEASURE = Measure("P13", "beats under a stalled main loop", "≤ 250 ms late", measure)
