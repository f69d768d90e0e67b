"""A console that has read its libraries and waits: when the one that runs is gone, this one goes on within a moment.

Reading them is most of a start, and on a busy machine takes seconds in which nobody drives the walls. A spare opens
nothing, holds nothing and shows nothing before its word comes; when whoever keeps it is gone, it ends.
"""

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import IO, Final

import textcraft_bus
import textcraft_gui
from textcraft_bus.processes import clean_environment, command
from textcraft_gui.supervision import WAITS

MAX_BYTES: Final = 64 << 10
END_SECONDS: Final = 2.0
_READS: Final = (
    "textcraft_gui.app",
    "textcraft_gui.batch",
    "textcraft_qt.program",
    "textcraft_qt.guards",
    "pydantic.dataclasses",
)


class Spare:
    """The supervisor's side of one spare console."""

    def __init__(self, arguments: Sequence[str]) -> None:
        """Begin to read. Raises OSError when no process can be started."""
        self._installed = installed()
        self._process = subprocess.Popen(
            [*command("textcraft"), WAITS, *arguments],
            stdin=subprocess.PIPE,
            env=clean_environment(),
            start_new_session=True,
        )

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    @property
    def waits(self) -> bool:
        """Whether it is there."""
        return self._process.poll() is None

    def wake(self, environment: Mapping[str, str]) -> "subprocess.Popen[bytes] | None":
        """Let it be the console, with these variables added; None when it is gone or what it read was replaced."""
        pipe = self._process.stdin
        if pipe is None or pipe.closed or not self.waits or self._installed != installed():
            return None
        try:
            with pipe:
                pipe.write(json.dumps(dict(environment)).encode() + b"\n")
        except OSError:
            return None
        return self._process

    def end(self) -> None:
        """It is not needed any more."""
        with contextlib.suppress(OSError):
            if self._process.stdin is not None:
                self._process.stdin.close()
        try:
            self._process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def installed() -> tuple[int, ...]:
    """Return what changes when this installation is replaced by another one."""
    places = (Path(sys.executable), *(Path(package.__path__[0]) for package in (textcraft_bus, textcraft_gui)))
    return tuple(place.stat().st_mtime_ns for place in places if place.exists())


def wait_for_word(words: Sequence[str], said: IO[bytes] | None = None) -> bool:
    """Read the libraries of a console, then wait; whether this process is the console now.

    The command line and the environment are as if it had been started just then.
    """
    from textcraft_bus import garbage, heap  # noqa: PLC0415 - as the console itself, see its command line

    garbage.pause()
    heap.give_back()
    _read_libraries()
    told = _word(said or sys.stdin.buffer)
    if told is None:
        return False
    os.environ.update(told)
    sys.argv[1:] = words
    return True


def _read_libraries() -> None:
    import_module("textcraft_gui.command_line")
    features = import_module("textcraft_qt.features")
    features.read_no_sources()
    for name in _READS:
        import_module(name)


def _word(said: IO[bytes]) -> dict[str, str] | None:
    """Return the variables that come with the word; None when nobody will say it any more."""
    line = said.readline(MAX_BYTES)
    if not line.endswith(b"\n"):
        return None
    told = json.loads(line)
    return {str(name): str(value) for name, value in told.items()}
