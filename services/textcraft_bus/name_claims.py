"""How a name goes from a service whose core is gone to a newer one: a file beside the lock; no sockets, no screens.

A wall outlives its core, and may keep its name for hours. Who wants the name says so in `<role>s/<name>.claim`; a
holder that has been without a core for a few seconds then ends by itself, one with a core takes the claim away.
"""

import asyncio
import logging
import os
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Final

import psutil

from textcraft_bus.disk.files import write_json
from textcraft_bus.processes import NameLock, NameTaken, Record, read_record

log = logging.getLogger(__name__)

POLL_SECONDS: Final = 0.1
LOOK_SECONDS: Final = 0.5
GONE_SECONDS: Final = 2.0
"""A core that was just lost, or not found yet, may be there in a moment."""
REFUSE_SECONDS: Final = 8.0
"""Longer than it takes to notice that a core is gone: only then is it plain that it is there."""
PATIENCE_SECONDS: Final = 12.0


async def take_name(lock: NameLock, endpoint: str, show: str, patience: float = PATIENCE_SECONDS) -> None:
    """Take a name, after some seconds if its holder has no core. Raises NameTaken with the holder's pid."""
    try:
        lock.acquire(endpoint, show)
    except NameTaken as taken:
        if _is_double(lock.record_path, endpoint, show):
            raise  # the same core has started two: the first one serves
        log.info("%s; it is asked to yield", taken)
        await _claim(lock, endpoint, show, time.monotonic() + patience)


async def _claim(lock: NameLock, endpoint: str, show: str, deadline: float) -> None:
    path = claim_path(lock)
    pid = os.getpid()
    write_json(path, asdict(Record(lock.peer, pid, psutil.Process(pid).create_time(), endpoint, show)))
    try:
        while True:
            await asyncio.sleep(POLL_SECONDS)
            try:
                lock.acquire(endpoint, show)
            except NameTaken:
                if time.monotonic() > deadline or not path.exists():
                    raise
            else:
                return
    finally:
        _remove(path)


def _is_double(record: Path, endpoint: str, show: str) -> bool:
    holder = read_record(record)
    return holder is not None and holder.alive() and (holder.endpoint, holder.show) == (endpoint, show)


def claim_path(lock: NameLock) -> Path:
    """Where who wants this name says so."""
    return lock.record_path.with_suffix(".claim")


class Yielding:
    """The holder's side: asks again and again whether the name is claimed, and whether there is still a core."""

    def __init__(self, lock: NameLock, gone_since: Callable[[], float | None]) -> None:
        """`gone_since` is the moment (monotonic) since which there is no core, None while there is one."""
        self._path = claim_path(lock)
        self._gone_since = gone_since
        self._asked_at: float | None = None

    async def until_asked(self) -> None:
        """Return when the name is to be given up."""
        while not self.is_due(time.monotonic()):  # noqa: ASYNC110 - another process asks
            await asyncio.sleep(LOOK_SECONDS)

    def is_due(self, now: float) -> bool:
        """Whether to give the name up now; takes a claim away that was answered with no."""
        claim = read_record(self._path) if self._path.exists() else None
        if claim is None or not claim.alive():
            self._asked_at = None
            return False
        gone = self._gone_since()
        if gone is not None and now - gone >= GONE_SECONDS:
            log.warning("process %d wants this name and there is no core: it yields", claim.pid)
            return True
        self._asked_at = self._asked_at if self._asked_at is not None else now
        if gone is None and now - self._asked_at >= REFUSE_SECONDS:
            self._asked_at = None
            _remove(self._path)
        return False


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        log.warning("%s cannot be removed: %s", path.name, error)
