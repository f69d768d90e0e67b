"""D10: a flood of log lines: the loop goes on, the disk keeps its room, and what was left out is told."""

import asyncio
import logging
import time
from pathlib import Path
from typing import Any

from tests.faults.case import Case, Figure, Run, at_most, is_so
from textcraft_bus.logs import FILES, setup_logging

WRITERS = 2
COUNTING_SECONDS = 2.0
TICK_SECONDS = 0.005
MOST_MB = 60.0
LONGEST_STALL_MS = 50.0
TURNS = 3
"""What else the machine does is late once; what a flood holds up is late each time."""


async def inject(run: Run) -> list[Figure]:
    """Log so many lines from threads beside the loop, and look how late its timer comes."""
    for turn in range(TURNS):
        folder = run.folder / f"logs-{turn}"
        late, bare = await _flooded(folder, run.count)
        if late <= bare + LONGEST_STALL_MS:
            break
    size = sum(path.stat().st_size for path in folder.iterdir()) / 1e6
    text = "".join(path.read_text(encoding="utf-8") for path in sorted(folder.iterdir()))
    return [
        at_most(
            f"the loop's timer late, 99 of 100 ({bare:.0f} ms beside threads that only count)",
            late,
            bare + LONGEST_STALL_MS,
            "ms",
        ),
        at_most("on the disk", size, MOST_MB, "MB"),
        at_most("files of five megabytes", len(list(folder.iterdir())), FILES, ""),
        is_so("what was left out is told", "lines dropped" in text),
        is_so("no line is forged", "\nforged" not in text),
    ]


async def _flooded(folder: Path, count: int) -> tuple[float, float]:
    """Return how late the loop's timer comes under a flood, and beside as many threads that only count, ms."""
    logs = setup_logging("flood", folder, "INFO", console=False)
    try:
        writers = [asyncio.to_thread(_flood, number, count // WRITERS) for number in range(WRITERS)]
        flood = asyncio.gather(*writers)
        late = _worst(await _lateness(flood))
        counting = [asyncio.to_thread(_count, COUNTING_SECONDS) for _ in range(WRITERS)]
        bare = _worst(await _lateness(asyncio.gather(*counting)))
    finally:
        logs.close()
    return late, bare


def _worst(late: list[float]) -> float:
    """Return how late 99 of 100 timers came, ms."""
    return sorted(late)[int(len(late) * 0.99)] * 1000


async def _lateness(flood: "asyncio.Future[Any]") -> list[float]:
    late = []
    while not flood.done():
        began = time.perf_counter()
        await asyncio.sleep(TICK_SECONDS)
        late.append(time.perf_counter() - began - TICK_SECONDS)
    await flood
    return late


def _count(seconds: float) -> None:
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        pass


def _flood(number: int, count: int) -> None:
    log = logging.getLogger(f"flood.{number}")
    for line in range(count):
        log.info("line %d of a flood\nforged", line)


CASE = Case("D10", "a flood of log lines", inject, short=50_000, long=1_000_000)
