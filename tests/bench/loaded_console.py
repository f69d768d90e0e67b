"""The console, whole, with its services, under the load of P4; prints how its main loop stalled.

200 pieces of text a second, a matrix of 10,000 rows that changes, two pictures a second from a folder, 50 other events.
"""

import asyncio
import logging
import sys
from pathlib import Path
from typing import Any
from uuid import uuid4

from tests.bench.stall_probe import StallProbe
from tests.support.waiting import until
from textcraft_bus import garbage
from textcraft_bus.tasks import Tasks
from textcraft_core import events as ev
from textcraft_core.show.folder import open_show
from textcraft_gui.app import Console, Start
from textcraft_gui.config import ConsoleConfig
from textcraft_qt.guards import application
from textcraft_qt.program import run

ROWS = 10_000
CHANGED = 50
SIDE = 1024
TURN = 0.02


class Load:
    """Tells the stage's own stream what a busy evening tells; pictures are really asked for."""

    def __init__(self, stage: Any) -> None:
        self._stage = stage
        self._turn = 0

    def fill(self) -> None:
        """Put the whole matrix there."""
        self._stage.stream.emit(ev.MatrixChanged(entries={f"ch{n:05}": _entry(n, 0) for n in range(ROWS)}))

    async def go_on(self) -> None:
        """Tell four pieces and one other event every 20 ms; 50 rows and two pictures a second."""
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            self._tell(self._turn)
            self._turn += 1
            due += TURN
            await asyncio.sleep(max(0.0, due - loop.time()))

    def _tell(self, turn: int) -> None:
        emit = self._stage.stream.emit
        for _ in range(4):
            emit(ev.TokensStreamed(cycle=1, role="narrator", target="ch00001.md", text="word "))
        emit(ev.ToolCalled(cycle=1, role="narrator", tool="read_file", path="ch00001.md", status="ok"))
        if turn % 25 == 0:
            emit(_request())
        if turn % 50 == 0:
            first = turn % ROWS
            emit(ev.MatrixChanged(entries={f"ch{n:05}": _entry(n, turn) for n in range(first, first + CHANGED)}))


def _entry(number: int, words: int) -> dict[str, Any]:
    path = f"data/manuscripts/ch{number:05}.md"
    return {"title": f"Chapter {number}", "path": path, "word_count": words, "status": "DRAFTING"}


def _request() -> ev.RenderRequested:
    return ev.RenderRequested(
        request_id=str(uuid4()), prompt="p", seed=1, width=SIDE, height=SIDE, cycle=1, target="ch00001.md"
    )


async def under_load(show: Path, seconds: float) -> int:
    """Open the console, load it, count; MANUSCRIPT is in sight for one half of the time, MATRIX for the other."""
    config = ConsoleConfig.from_overrides(config_file=show / "core.toml", args=None)
    console = Console(config, Start(open_show(str(show)), stands=garbage.settle))
    tasks, probe = Tasks(), StallProbe()
    playing = tasks.start(console.run(), name="console")
    await until(lambda: console.window is not None or playing.done(), 60, "the console")
    load = Load(console.stage)
    load.fill()
    loading = tasks.start(load.go_on(), name="load")
    await asyncio.sleep(5)
    probe.begin()
    await asyncio.sleep(seconds / 2)
    console.window.centre.open(console.window.matrix)
    await asyncio.sleep(seconds / 2)
    probe.report()
    loading.cancel()
    console.window.close_requested.emit()
    await playing
    return 0


if __name__ == "__main__":
    logging.disable(logging.WARNING)  # the stalls it would tell of are what is counted
    garbage.pause()
    app = application(["loaded"], gui=True)
    sys.exit(run(lambda: under_load(Path(sys.argv[1]), float(sys.argv[2])), app, grace_s=10))
