"""What this process holds just now, counted inside it; a health file tells it when an endurance run asks for that.

Knows no Qt: who has more to count says so by `also`.
"""

import asyncio
import sys
import threading
from collections.abc import Callable, Mapping
from typing import Any, Final
from weakref import WeakSet

Counts = Mapping[str, int]
"""Name of what is counted → how many."""

_loops: Final[WeakSet[asyncio.AbstractEventLoop]] = WeakSet()
_counters: Final[list[Callable[[], Counts]]] = []


def watch(loop: asyncio.AbstractEventLoop) -> None:
    """Count the tasks and timers of this loop too; the loop that asks is always counted."""
    _loops.add(loop)


def also(counter: Callable[[], Counts]) -> None:
    """Count this too; it is called where `count` is."""
    if counter not in _counters:
        _counters.append(counter)


def count() -> dict[str, int]:
    """Return how many tasks, timers, threads and blocks of Python's own memory there are. Call it on the main loop."""
    loops = {*_loops, asyncio.get_running_loop()}
    found = {
        "tasks": sum(len(asyncio.all_tasks(loop)) for loop in loops if not loop.is_closed()),
        "timers": sum(map(_timers, loops)),
        "python_threads": threading.active_count(),
        "blocks": sys.getallocatedblocks(),
    }
    for counter in _counters:
        for name, number in counter().items():
            found[name] = found.get(name, 0) + number
    return found


def _timers(loop: asyncio.AbstractEventLoop) -> int:
    """How many calls wait for their time; asyncio has no public word for it."""
    return sum(not handle.cancelled() for handle in map(_handle, tuple(getattr(loop, "_scheduled", ()))))


def _handle(entry: Any) -> asyncio.TimerHandle:
    """A loop's heap holds its handles, that of the Qt programs (when, order, handle)."""
    handle: asyncio.TimerHandle = entry[-1] if isinstance(entry, tuple) else entry
    return handle
