"""Keeps one console running until it ends as it was meant to; the means are handed to it, so tests need no process."""

import logging
import time
from collections.abc import Callable
from typing import Protocol

from textcraft_bus.processes import EXIT_NAME_TAKEN
from textcraft_bus.records import dataclass
from textcraft_gui.supervision.rules import (
    EXIT_PARKED,
    LOOK_SECONDS,
    MAX_STARTS,
    STEADY_SECONDS,
    WINDOW_SECONDS,
    End,
    Intensity,
    Silence,
)

log = logging.getLogger(__name__)

END_SECONDS = 20.0
"""So long a console may take to close a show when it is asked to."""


class Child(Protocol):
    """What is asked of a running console."""

    @property
    def pid(self) -> int:
        """The process id."""

    def code(self) -> int | None:
        """Return its exit code, None while it runs."""

    def ask_to_end(self) -> None:
        """Ask it to close the show and end."""

    def end_hung(self) -> None:
        """Let it write where it stands, then kill it."""

    def kill(self) -> None:
        """End it at once, with what it left behind."""


class Ear(Protocol):
    """What listens to the console's heart."""

    def wait(self, seconds: float) -> bool:
        """Wait at most so long; whether a beat came."""

    def begin_anew(self) -> None:
        """Another console follows."""


@dataclass(frozen=True)
class Means:
    """What a supervisor works with."""

    start: Callable[[str], Child]
    """Starts a console that is told how the last one ended. Raises OSError."""
    ear: Ear
    holder: Callable[[], Child | None]
    """The console that has the show open though we did not start it."""
    on_parked: Callable[[str], None]
    """Puts the walls at rest and gives alarm."""
    on_steady: Callable[[], None] = lambda: None
    """A console has lived for a while: time to prepare for its end. Called once for each."""
    now: Callable[[], float] = time.monotonic


class Supervisor:
    """`run` it on the main thread; `ask_to_end` may be called from a signal handler."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self._intensity = Intensity()
        self._asked = False
        self._killed_by_us = False

    def ask_to_end(self) -> None:
        """End the console, then this."""
        self._asked = True

    def run(self) -> int:
        """Keep a console running; returns the exit code of this process."""
        cause = ""
        while not self._asked:
            if not self._intensity.may_start(self._means.now()):
                return self._park(cause)
            began = self._means.now()
            end = self._one_life(cause)
            if self._asked or end.is_final:
                return 1 if self._killed_by_us else (end.code or 0)
            cause = end.words()
            now = self._means.now()
            self._wait(self._intensity.delay(now, now - began), cause)
        return 0

    def _one_life(self, cause: str) -> End:
        """Start a console and stay with it to its end."""
        self._means.ear.begin_anew()
        try:
            child = self._means.start(cause)
        except OSError as error:
            log.error("the console cannot be started: %s", error)
            return End(127)
        log.info("the console is process %d", child.pid)
        end = self._watch(child)
        child.kill()  # what it left in its own session
        other = self._means.holder() if end.code == EXIT_NAME_TAKEN else None
        if other is None:
            return end
        log.info("process %d has the show open: it is watched until it ends", other.pid)
        return self._watch(other, beats=False)

    def _watch(self, child: Child, *, beats: bool = True) -> End:
        began = self._means.now()
        silence, steady = Silence(began), False
        while (code := child.code()) is None:
            if self._asked:
                return self._end(child)
            if self._means.ear.wait(LOOK_SECONDS):
                if not silence.beats:
                    log.info("the console's heart beats, %.1f s after its start", self._means.now() - began)
                silence.heard(self._means.now())
            if not steady and self._means.now() - began >= STEADY_SECONDS:
                steady = True
                self._means.on_steady()
            if silence.too_long(self._means.now()) and beats:
                stalled = self._means.now() - silence.heard_at
                log.error("the console has not beaten for %.0f s: it is ended and started again", stalled)
                child.end_hung()
                return End(child.code(), stalled=stalled)
        return End(code)

    def _end(self, child: Child) -> End:
        child.ask_to_end()
        deadline = self._means.now() + END_SECONDS
        while child.code() is None and self._means.now() < deadline:
            self._means.ear.wait(LOOK_SECONDS)
        if child.code() is None:
            log.error("the console did not end within %.0f s: it is killed", END_SECONDS)
            self._killed_by_us = True
            child.kill()
        return End(child.code())

    def _wait(self, seconds: float, cause: str) -> None:
        log.error("the console is gone: %s. It is started again in %.0f s", cause, seconds)
        until = self._means.now() + seconds
        while not self._asked and self._means.now() < until:
            self._means.ear.wait(LOOK_SECONDS)

    def _park(self, cause: str) -> int:
        minutes = WINDOW_SECONDS / 60
        text = f"The console was started {MAX_STARTS} times in {minutes:.0f} minutes and is not started again: {cause}"
        log.critical("%s", text)
        self._means.on_parked(text)
        return EXIT_PARKED
