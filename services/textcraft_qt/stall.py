"""Notices from a thread of its own that the main loop stands still, and writes down where; knows no Qt.

It never holds a frame of the main thread: a painter that lives in one would end with it, in this thread and in the
middle of the next paint, and Qt would crash there.
"""

import datetime
import enum
import faulthandler
import itertools
import logging
import os
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from textcraft_bus.records import dataclass

TICK_S = 0.1
"""How often the main loop is to call `tick()`."""
WARN_S = 0.25
DUMP_S = 2.0
POLL_S = 0.05
MAX_DUMPS = 20
"""Dump files one process writes at most: weeks of a sick machine must not fill its disk."""

Clock = Callable[[], float]
Tell = Callable[["Finding"], None]
_log = logging.getLogger(__name__)


class Verdict(enum.Enum):
    """What one look found."""

    FINE = "fine"
    STALLED = "stalled"
    HUNG = "hung"
    RECOVERED = "recovered"
    FROZEN = "frozen"


@dataclass(frozen=True)
class Finding:
    """A verdict and how many seconds the loop (FROZEN: the whole process) has stood still."""

    verdict: Verdict
    seconds: float


class StallJudge:
    """Turns the times of ticks and looks into findings, each told once per stall; times are monotonic seconds."""

    def __init__(self, start: float, *, warn_s: float = WARN_S, dump_s: float = DUMP_S) -> None:
        self._warn_s = warn_s
        self._dump_s = dump_s
        self._last_tick = start
        self._last_look = start
        self._began: float | None = None
        self._level = Verdict.FINE
        self.count = 0
        self.longest_s = 0.0

    def tick(self, now: float) -> None:
        """Note that the main loop is alive."""
        self._last_tick = now

    def look(self, now: float) -> Finding:
        """Judge the silence since the last tick."""
        since_look, self._last_look = now - self._last_look, now
        if since_look > self._warn_s:
            self._forgive(since_look)
            return Finding(Verdict.FROZEN, since_look)
        if self._began is not None and self._last_tick > self._began:
            return self._recover(self._last_tick - self._began)
        return self._judge(now - self._last_tick)

    def _forgive(self, seconds: float) -> None:
        """The looking thread stood still as well: so much of the silence is not the loop's own."""
        is_silent = self._began == self._last_tick
        self._last_tick += seconds
        if is_silent:
            self._began = self._last_tick

    def _judge(self, silent: float) -> Finding:
        level = Verdict.HUNG if silent > self._dump_s else Verdict.STALLED if silent > self._warn_s else Verdict.FINE
        if level is Verdict.FINE or level is self._level:
            return Finding(Verdict.FINE, silent)
        if self._began is None:
            self._began = self._last_tick
            self.count += 1
        self._level = level
        return Finding(level, silent)

    def _recover(self, seconds: float) -> Finding:
        self._began = None
        self._level = Verdict.FINE
        self.longest_s = max(self.longest_s, seconds)
        return Finding(Verdict.RECOVERED, seconds)


class StallWatchdog:
    """Watches the thread that creates it: `start()` it, call `tick()` every `TICK_S` on that thread's loop.

    Above 0.25 s without a tick the log gets that thread's stack, above 2 s all stacks go to a file
    `stall-<time>-<pid>-<n>.txt` in `log_folder` (which must exist). `tell` hears each finding but FINE, on this
    watchdog's own thread.
    """

    def __init__(self, log_folder: Path, *, clock: Clock = time.monotonic, tell: Tell | None = None) -> None:
        self._log_folder = log_folder
        self._tell = tell
        self._clock = clock
        self._watched = threading.get_ident()
        self._judge = StallJudge(clock())
        self._stopped = threading.Event()
        self._dumps = itertools.count(1)
        self._thread = threading.Thread(target=self._watch, name="stall-watchdog", daemon=True)

    @property
    def count(self) -> int:
        """How many stalls there were."""
        return self._judge.count

    @property
    def longest_s(self) -> float:
        """The longest stall that has ended, in seconds."""
        return self._judge.longest_s

    def start(self) -> None:
        """Begin to watch."""
        self._judge = StallJudge(self._clock())
        self._thread.start()

    def stop(self) -> None:
        """End the thread; harmless if it was never started or is stopped."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join(1.0)

    def tick(self) -> None:
        """Note that the loop is alive; about 0.2 µs."""
        self._judge.tick(self._clock())

    def _watch(self) -> None:
        while not self._stopped.wait(POLL_S):
            finding = self._judge.look(self._clock())
            if self._tell is not None and finding.verdict is not Verdict.FINE:
                self._tell(finding)
            try:
                self.report(finding)
            except OSError:
                _log.exception("cannot write down a stall")

    def report(self, finding: Finding) -> None:
        """Write one finding to the log, a hang to a file as well; OSError when that file cannot be written."""
        match finding.verdict:
            case Verdict.STALLED:
                _log.warning("the main loop stands still for %.2f s:\n%s", finding.seconds, self._stack())
            case Verdict.HUNG:
                _log.error("the main loop hangs for %.1f s; stacks: %s", finding.seconds, self._dump())
            case Verdict.RECOVERED:
                _log.warning("the main loop goes on after %.2f s", finding.seconds)
            case Verdict.FROZEN:
                _log.warning("the whole process stood still for %.1f s", finding.seconds)

    def _stack(self) -> str:
        with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as file:
            faulthandler.dump_traceback(file, all_threads=True)
            file.seek(0)
            return stack_of(self._watched, file.read()) or "(the thread is gone)"

    def _dump(self) -> str:
        number = next(self._dumps)
        if number > MAX_DUMPS:
            return f"not written, {MAX_DUMPS} are enough"
        stamp = datetime.datetime.now(datetime.UTC).strftime("%Y%m%dT%H%M%SZ")
        path = self._log_folder / f"stall-{stamp}-{os.getpid()}-{number}.txt"
        with path.open("w", encoding="utf-8") as file:
            faulthandler.dump_traceback(file, all_threads=True)
        return str(path)


def stack_of(thread: int, dump: str) -> str:
    """Return one thread's part of what faulthandler wrote of all, newest call first; "" when it is not there."""
    parts = (part for part in dump.split("\n\n") if f"hread 0x{thread:016x} " in part)
    return next(parts, "").partition("\n")[2].rstrip()
