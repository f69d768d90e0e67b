"""What killed writers left behind: removed where it is ours, given back where it is somebody else's; knows no shows.

A writer that was killed between an exchange of names and its judgement leaves, as a temp, whatever the file held then:
nearly always what was expected, now and then another program's edit that nobody ever read.
"""

import contextlib
import logging
import os
import stat
import time
from collections.abc import Collection, Iterator
from dataclasses import field
from pathlib import Path
from typing import Final

import psutil

from textcraft_bus.disk.durable import Folder, failures_as_write_failed, give_back, mark
from textcraft_bus.disk.folders import MACHINE
from textcraft_bus.disk.temps import Swap, digest, is_temp, swap_of, temp_owner
from textcraft_bus.errors import BusError
from textcraft_bus.records import dataclass

log = logging.getLogger(__name__)

# A temp older than the process that now has its number belongs to another one. Generous, since dates get set.
_REUSED_AFTER_S: Final = 60.0
_CHUNK: Final = 1 << 20
SETTLED_S: Final = 60.0
"""A home may be several machines': of a younger temp in it nobody here knows whether its writer lives."""


@dataclass(frozen=True, slots=True)
class Stray:
    """A temp with somebody else's content that cannot go back: the file has changed since, or is gone.

    `of` is the file it came out of; None where the temp's name is too short to tell.
    """

    path: Path
    of: Path | None


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep did: temps that are gone, files that hold another program's edit again, and what it left."""

    removed: list[Path] = field(default_factory=list)
    given_back: list[Path] = field(default_factory=list)
    strays: list[Stray] = field(default_factory=list)


def sweep_machine(but: Collection[Path]) -> list[Path]:
    """Take up what killed writers left in this machine's own folders, `but` for some in them; return what is gone.

    Blocking, for a worker: caches hold thousands of pictures. Safe beside all that run. Raises nothing: what a disk
    refuses is logged, and swept another time.
    """
    removed: list[Path] = []
    for folder_of in MACHINE:
        try:
            removed += sweep_temps(folder_of(), deep=True, but=but, settled_s=SETTLED_S).removed
        except BusError as error:
            log.warning("what kills left in this machine's folders could not be swept: %s", error)
    if removed:
        log.info("swept %d files that killed programs left", len(removed))
    return removed


def sweep_temps(folder: Path, *, deep: bool = False, but: Collection[Path] = (), settled_s: float = 0.0) -> Swept:
    """Take up what killed writers left in `folder` (with `deep`, below it too, links not followed, without `but`).

    Only files named as our temps, of processes that no longer run, are touched, and none younger than `settled_s`;
    what is not ours is never removed. Raises WriteFailed; a folder that does not exist holds nothing.
    """
    swept = Swept()
    waiting = [folder]
    while waiting:
        place = waiting.pop()
        with failures_as_write_failed(place):
            inner = _sweep_one(place, swept, settled_s)
        if deep:
            waiting += [path for path in inner if path not in but]
    return swept


def _sweep_one(place: Path, swept: Swept, settled_s: float) -> list[Path]:
    if not place.is_dir():
        return []
    inner: list[Path] = []
    with Folder.at(place) as folder:
        for name in folder.names():
            seen = folder.look(name)
            if seen is None:
                continue
            if is_temp(name):
                is_settled = abs(time.time() - seen.st_mtime) >= settled_s  # by either sign: dates get set
                if is_settled and not _is_live(name, seen.st_mtime):
                    _take_up(folder, name, seen, swept)
            elif stat.S_ISDIR(seen.st_mode):
                inner.append(place / name)
    return inner


def _take_up(folder: Folder, name: str, seen: os.stat_result, swept: Swept) -> None:
    swap, is_file = swap_of(name), stat.S_ISREG(seen.st_mode)
    if swap is None:
        if is_file:
            _remove(folder, name, swept)
        return
    found = _digest_in(folder, name)
    if found in {swap.ours, swap.instead}:
        _remove(folder, name, swept)
        return
    # What cannot be read may be ours, and an acknowledged save under the name: it stays. A link is surely not ours.
    file = _still_ours(folder, swap) if found is not None or not is_file else None
    if file is not None and give_back(folder, name, file[0], file[1]):
        swept.given_back.append(folder.path / file[0])
    else:
        swept.strays.append(Stray(folder.path / name, _came_out_of(folder, swap)))


def _remove(folder: Folder, name: str, swept: Swept) -> None:
    with contextlib.suppress(FileNotFoundError):  # another console sweeps, too
        folder.remove(name)
    swept.removed.append(folder.path / name)


def _still_ours(folder: Folder, swap: Swap) -> tuple[str, tuple[int, int, int, int]] | None:
    """Return the file that holds what the killed writer put into it, and its state before that was looked at."""
    for name in _candidates(folder, swap):
        state = mark(folder, name)
        if state is not None and _digest_in(folder, name) == swap.ours:
            return name, state
    return None


def _came_out_of(folder: Folder, swap: Swap) -> Path | None:
    names = _candidates(folder, swap)
    return folder.path / names[0] if len(names) == 1 else None


def _candidates(folder: Folder, swap: Swap) -> list[str]:
    if not swap.is_cut:
        return [swap.stem]
    return [name for name in folder.names() if name.startswith(swap.stem)]


def _digest_in(folder: Folder, name: str) -> str | None:
    """Return the digest of a plain file; None for what is none or cannot be read."""
    seen = folder.look(name)
    if seen is None or not stat.S_ISREG(seen.st_mode):
        return None
    try:
        fd = folder.open_to_read(name)
        try:
            return digest(_chunks(fd)) if stat.S_ISREG(os.fstat(fd).st_mode) else None
        finally:
            os.close(fd)
    except OSError:
        return None


def _chunks(fd: int) -> Iterator[bytes]:
    while chunk := os.read(fd, _CHUNK):
        yield chunk


def _is_live(name: str, written: float) -> bool:
    pid = temp_owner(name)
    if pid is None:
        return False
    if pid == os.getpid():
        return True
    try:
        return psutil.Process(pid).create_time() < written + _REUSED_AFTER_S
    except psutil.NoSuchProcess:
        return False
    except psutil.AccessDenied:
        return True
