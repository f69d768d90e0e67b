"""How the console proves that it lives: its heart, its watchdog, its crash file, and the mark that it runs.

Knows no panel. What stands still is told to the walls by `stalled`, from the watchdog's own thread.
"""

import asyncio
import logging
import os
import time
from collections.abc import Callable

from textcraft_bus.crashes import CrashFile, keep_crash_file
from textcraft_bus.disk.folders import log_folder
from textcraft_core import events as ev
from textcraft_gui.supervision.beats import Heart
from textcraft_gui.supervision.sentinel import CAUSE_VARIABLE, Sentinel, last_words
from textcraft_gui.words.i18n import tr
from textcraft_qt.stall import Finding, StallWatchdog, Verdict

log = logging.getLogger(__name__)

PROGRAM = "textcraft"
TICK_SECONDS = 0.1
LIFE_EVERY = 5
"""Ticks between two words to the crash file."""

Tell = Callable[[ev.Event], None]


class Liveness:
    """One for each console; `begin` and `end` it on the main thread."""

    def __init__(self, show: str, stalled: Callable[[bool], None], tell: Tell) -> None:
        """`stalled(on)` is called from another thread, `tell` on the loop."""
        self._stalled = stalled
        self._tell = tell
        self._heart = Heart.from_environment()
        self._watchdog = StallWatchdog(log_folder(), tell=self._on_finding)
        self._sentinel = Sentinel(show)
        self._crash: CrashFile | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._hung = False
        self.last_end = last_words(self._sentinel.found(), os.environ.pop(CAUSE_VARIABLE, ""))
        """How the last console of this show ended, for the operator; "" when it ended by itself."""

    @property
    def is_supervised(self) -> bool:
        """Whether a parent waits to start this console again."""
        return self._heart.is_heard

    def begin(self) -> None:
        """From now on a crash leaves its stacks, and a stall is noticed."""
        self._loop = asyncio.get_running_loop()
        self._crash = keep_crash_file(log_folder(), PROGRAM)
        self._sentinel.put()
        self._watchdog.start()

    async def tick_forever(self) -> None:
        """Say that the loop is alive."""
        turn = 0
        while True:
            self._watchdog.tick()
            self._heart.tick(time.monotonic())
            if self._crash is not None and turn % LIFE_EVERY == 0:
                self._crash.expect_life()
            turn += 1
            await asyncio.sleep(TICK_SECONDS)

    def rest(self) -> None:
        """The console ends: from here on nobody ticks."""
        self._watchdog.stop()
        if self._crash is not None:
            self._crash.rest()

    def holds(self, show: str) -> None:
        """From here on this console holds the show of this id: the mark it leaves is that one's."""
        self._sentinel.take_away()
        self._sentinel = Sentinel(show)
        self._sentinel.put()

    def end(self) -> None:
        """The console ended by itself."""
        self.rest()
        self._sentinel.take_away()
        self._heart.close()
        if self._crash is not None:
            self._crash.close()

    def _on_finding(self, finding: Finding) -> None:
        """On the watchdog's thread."""
        if finding.verdict is Verdict.HUNG:
            self._hung = True
            self._stalled(True)
        elif finding.verdict in {Verdict.RECOVERED, Verdict.FROZEN} and self._hung:
            self._hung = False
            self._stalled(False)
            if self._loop is not None:
                self._loop.call_soon_threadsafe(self._tell_stall, finding.seconds)

    def _tell_stall(self, seconds: float) -> None:
        text = tr("The console stood still for {seconds:.1f} s. The walls kept their picture.", seconds=seconds)
        self._tell(ev.Warned(text=text, source="console"))
