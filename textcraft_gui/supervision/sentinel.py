"""The mark a console leaves while it runs: found by the next one it says that the last one did not end by itself."""

import logging
import os
import time
from dataclasses import asdict
from pathlib import Path
from typing import Final

import psutil

from textcraft_bus.crashes import crash_of
from textcraft_bus.disk.files import read_json, write_json
from textcraft_bus.disk.folders import log_folder, service_folder
from textcraft_bus.errors import BusError, Unreadable
from textcraft_bus.records import dataclass

log = logging.getLogger(__name__)

CAUSE_VARIABLE: Final = "TEXTCRAFT_LAST_END"
"""How the last console ended, as its supervisor saw it."""
_MAX_CAUSE: Final = 400
_SAID: Final = "The last console did not end by itself: {}."


@dataclass(frozen=True, slots=True)
class Mark:
    """One console that runs, or ran."""

    pid: int
    began: float
    """Seconds since the epoch."""


class Sentinel:
    """One show's mark on this machine."""

    def __init__(self, show: str) -> None:
        """`show` is the id of its folder."""
        folder = service_folder() / "sentinel"
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / f"{show}.json"

    def found(self) -> Mark | None:
        """Return the mark of a console that did not take it away."""
        try:
            data = read_json(self._path)
            return Mark(int(data["pid"]), float(data["began"]))
        except (Unreadable, KeyError, TypeError, ValueError):
            return None

    def put(self) -> None:
        """This console runs from now on. A disk that refuses is no reason not to play."""
        try:
            write_json(self._path, asdict(Mark(os.getpid(), time.time())))
        except BusError as error:
            log.warning("a crash of this console would not be told to the next one: %s", error)

    def take_away(self) -> None:
        """This console ended by itself."""
        try:
            self._path.unlink(missing_ok=True)
        except OSError as error:
            log.warning("%s could not be removed: %s", self._path.name, error)


def last_words(mark: Mark | None, cause: str = "", *, boot: float | None = None, logs: Path | None = None) -> str:
    """Tell how the last console ended, as sentences for the operator; "" when it ended by itself.

    `cause` is what a supervisor saw of it. Without one the machine itself is asked: a start of the system since then
    says more than no word at all.
    """
    if mark is None:
        return _SAID.format(cause[:_MAX_CAUSE]) if cause else ""
    said = _SAID.format(cause[:_MAX_CAUSE] or _guess(mark, psutil.boot_time() if boot is None else boot))
    dump = crash_of(logs or log_folder(), mark.pid)
    return f"{said} Where it stood is in {dump.name}, beside the logs." if dump is not None else said


def _guess(mark: Mark, boot: float) -> str:
    if boot > mark.began:
        return "the computer was switched off or started anew"
    return f"process {mark.pid} was gone without a word"
