"""Notices that this machine slept, or that everything here stood still, and has screens and services looked at again.

Knows no panel. What a sleeping machine owes: each wall gets its whole scene once more and has to confirm it, each
service has to be there, and nothing is asked for twice.
"""

import asyncio
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, Protocol

from textcraft_core import commands as cmd
from textcraft_core import events as ev
from textcraft_core.errors import CommandRefused
from textcraft_gui.words.i18n import counted

LOOK_SECONDS: Final = 1.0
SLEPT_SECONDS: Final = 4.0
"""More than this beside the look's own second: the machine slept, or this process was stopped as a whole."""
SETTLE_SECONDS: Final = 10.0
"""So long services may take to say hello again."""


def boot_seconds() -> float:
    """Return seconds since the machine started, its sleep included: what a monotonic clock leaves out."""
    if sys.platform == "darwin":  # not run
        return time.clock_gettime(time.CLOCK_MONOTONIC)
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()  # Windows, whose monotonic clock goes on while it sleeps: not run


class SleepWatch:
    """A thread of its own: a main loop that stands still is no sleep. `awoke(seconds)` is called from that thread."""

    def __init__(self, awoke: Callable[[float], None], clock: Callable[[], float] = boot_seconds) -> None:
        self._awoke = awoke
        self._clock = clock
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="sleep-watch", daemon=True)

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def stop(self) -> None:
        """Watch no more."""
        self._ended.set()

    def _watch(self) -> None:
        before = self._clock()
        while not self._ended.wait(LOOK_SECONDS):
            now = self._clock()
            if now - before - LOOK_SECONDS > SLEPT_SECONDS:
                self._awoke(now - before)
            before = now


class House(Protocol):
    """What is asked of the session."""

    async def handle(self, command: cmd.Command) -> None:
        """Carry out a command. Raises CommandRefused."""

    def wall_names(self) -> Sequence[str]:
        """Return the walls that are to be there."""

    def missing_services(self) -> Sequence[str]:
        """Return the services that are to be there and are not."""


class Resume:
    """Looks after everything when the machine is awake again."""

    def __init__(
        self, house: House, tell: Callable[[ev.Event], None], wait: Callable[[float], Awaitable[object]] = asyncio.sleep
    ) -> None:
        self._house = house
        self._tell = tell
        self._wait = wait

    async def after(self, seconds: float) -> None:
        """Everything stood still for so long."""
        self._tell(ev.MachineAwoke(seconds=seconds))
        for wall in self._house.wall_names():
            try:
                await self._house.handle(cmd.SendAgain(wall=wall))
            except CommandRefused as refusal:
                self._tell(ev.Warned(text=refusal.reason, source="console"))
        await self._wait(SETTLE_SECONDS)
        missing = self._house.missing_services()
        if missing:
            said = counted(
                len(missing),
                "{n} service did not come back: {names}",
                "{n} services did not come back: {names}",
                names=", ".join(missing),
            )
            self._tell(ev.Warned(text=said, source="console", fault=True))
