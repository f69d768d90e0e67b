"""P7: frames a second of a 1080p cross-fade, the real wall program in turns with a bare Qt Quick window."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bench.measure import Figure, Measure, Run, p50
from tests.bench.p06_wall import Core, make_picture
from tests.support.programs import programs
from tests.support.waiting import until
from textcraft_bus.channel.messages import Picture

SIZE = (1920, 1080)


def measure(run: Run) -> list[Figure]:
    """Let both paint for two seconds of a fade, in turns: what else the machine does meets both alike."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TEXTCRAFT_HOME", str(run.folder / "home"))
        ours, bare = asyncio.run(_turns(run))
    return [
        Figure("1080p cross-fade", p50(ours), 0.95 * p50(bare), "0.95 × bare", p50(bare), "frames/s", at_least=True)
    ]


async def _turns(run: Run) -> tuple[list[float], list[float]]:
    folder = run.folder / "fade"
    folder.mkdir()
    pictures = [make_picture(folder, number, SIZE) for number in range(run.rounds(5, 2) + 2)]
    core = Core(folder)
    port = await core.hub.start()
    where = ["--wall", "bench", "--windowed", "--position", "0,0", "--size", f"{SIZE[0]}x{SIZE[1]}"]
    ours: list[float] = []
    bare: list[float] = []
    try:
        with programs(folder) as started:
            started.start("textcraft-display", "--core", f"tcp://127.0.0.1:{port}", "--show", "bench", *where)
            await until(lambda: core.is_served, 20, "the wall's hello")
            await core.show(1, pictures[0][1])
            for number, (_, picture) in enumerate(pictures[2:], start=2):
                bare.append(await asyncio.to_thread(_bare, pictures[0][0], pictures[1][0]))
                ours.append(await _fade(core, number, picture))
    finally:
        await core.hub.stop()
    return ours, bare


async def _fade(core: Core, number: int, picture: Picture) -> float:
    return 1000 / await core.frame_ms(number, picture)


def _bare(first: Path, second: Path) -> float:
    """Frames a second between the second and the fourth second of a bare window."""
    script = Path(__file__).with_name("bare_fade.py")
    command = [sys.executable, str(script), f"{SIZE[0]}x{SIZE[1]}", str(first), str(second)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as window:
        try:
            assert window.stdout is not None
            told = [int(window.stdout.readline()) for _ in range(4)]
        finally:
            window.kill()
    return (told[3] - told[1]) / 2


MEASURE = Measure("P7", "frames of a 1080p cross-fade", "≥ 0.95 × bare Qt Quick", measure, needs_screen=True)
