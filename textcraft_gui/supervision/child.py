"""One console as a process: how it is started, asked to end, made to say where it hangs, and killed; knows no rule."""

import contextlib
import logging
import os
import signal
import subprocess
from collections.abc import Callable, Sequence

from textcraft_bus.disk.folders import service_folder
from textcraft_bus.processes import Record, clean_environment, command, end_process, read_record
from textcraft_gui.supervision.beats import VARIABLE
from textcraft_gui.supervision.rules import EXIT_UNSEEN
from textcraft_gui.supervision.sentinel import CAUSE_VARIABLE, Sentinel
from textcraft_gui.supervision.spare import Spare

log = logging.getLogger(__name__)

DUMP_SECONDS = 2.0
"""So long a hung console may take to write where it stands."""


class ConsoleChild:
    """The running console. It has a session of its own, so that nothing it started in passing outlives it."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self._process = process

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    def code(self) -> int | None:
        """Return its exit code, None while it runs."""
        return self._process.poll()

    def ask_to_end(self) -> None:
        """As if its window was closed by the system: a SHOW leaves its walls as they are."""
        if os.name == "nt":  # not run
            self._process.send_signal(signal.CTRL_BREAK_EVENT)  # type: ignore[attr-defined]  # of Windows alone
        else:
            self._process.terminate()

    def end_hung(self) -> None:
        """Let it write where it stands, then kill it."""
        if hasattr(signal, "SIGABRT") and os.name != "nt":
            self._process.send_signal(signal.SIGABRT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(DUMP_SECONDS)
        self.kill()

    def kill(self) -> None:
        """End it at once, with all it started in its own session; walls and image servers have theirs."""
        if os.name != "nt":
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        self._process.wait()


class Consoles:
    """Starts one console after the other, all with the same words; from a spare where one waits."""

    def __init__(self, arguments: Sequence[str], address: Callable[[], str]) -> None:
        """`address()` is where the next one is listened to."""
        self._arguments = arguments
        self._address = address
        self._spare: Spare | None = None

    def start(self, cause: str) -> ConsoleChild:
        """Start one that is told how the last one ended. Raises OSError."""
        told = {VARIABLE: self._address(), **({CAUSE_VARIABLE: cause} if cause else {})}
        woken = self._spare.wake(told) if self._spare is not None else None
        if woken is not None:
            log.info("the console that waited goes on")
            self._spare = None
        else:
            self.end_spare()
        return ConsoleChild(woken or self._start_anew(told))

    def keep_spare(self) -> None:
        """Have one wait for the end of the one that runs; where it cannot be started, there is none."""
        if os.name == "nt" or self._spare is not None:  # not tried: a program with a window has no input there
            return
        try:
            self._spare = Spare(self._arguments)
        except OSError as error:
            log.warning("no spare console: %s", error)

    def end_spare(self) -> None:
        """None is needed any more."""
        spare, self._spare = self._spare, None
        if spare is not None:
            spare.end()

    def _start_anew(self, told: dict[str, str]) -> "subprocess.Popen[bytes]":
        environment = {name: value for name, value in clean_environment().items() if name != CAUSE_VARIABLE}
        return subprocess.Popen(
            [*command("textcraft"), *self._arguments],
            stdin=subprocess.DEVNULL,
            env={**environment, **told},
            start_new_session=os.name != "nt",
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0) if os.name == "nt" else 0,  # not run
        )


class OtherConsole:
    """A console that holds the show though we did not start it, such as one whose supervisor was killed."""

    def __init__(self, record: Record, sentinel: Sentinel) -> None:
        self._record = record
        self._sentinel = sentinel

    @property
    def pid(self) -> int:
        """The process id."""
        return self._record.pid

    def code(self) -> int | None:
        """Return None while it runs; then whether it took its mark away, which it does when it ends by itself."""
        if self._record.alive():
            return None
        mark = self._sentinel.found()
        return EXIT_UNSEEN if mark is not None and mark.pid == self._record.pid else 0

    def ask_to_end(self) -> None:
        """As for one of our own."""
        with contextlib.suppress(OSError):
            os.kill(self._record.pid, signal.SIGTERM)

    def end_hung(self) -> None:
        """Kill it."""
        self.kill()

    def kill(self) -> None:
        """End it at once."""
        end_process(self._record.pid, self._record.started)


def console_of(show: str) -> OtherConsole | None:
    """Return the console that has a show open, by the show's id; None when none runs."""
    record = read_record(service_folder() / "consoles" / f"{show}.json")
    return OtherConsole(record, Sentinel(show)) if record is not None and record.alive() else None
