"""Which names in some folders changed since they were last asked for, told by the system; knows not what they are.

Linux only (inotify). Everywhere else, and wherever it is not certain, the answer is None: look at everything. Heard is
what any program of this machine does to a name, before it returns from doing it; not heard is what is written through
a mapping or under a second hard link, or by another machine. So this shortens a look; it never replaces all of them.
"""

import contextlib
import ctypes
import functools
import os
import struct
import sys
import weakref
from collections.abc import Callable, Iterator
from typing import Final

_HEAD: Final = struct.Struct("iIII")
_READ_BYTES: Final = 1 << 16
_CHANGED: Final = 0x2 | 0x4 | 0x40 | 0x80 | 0x100 | 0x200  # modify, attributes, moved from, moved to, create, delete
_LOST: Final = 0x400 | 0x800 | 0x2000 | 0x4000 | 0x8000  # the folder or its disk went, or the queue ran over
_OVERRUN: Final = 0x4000
_A_FOLDER: Final = 0x40000000
_WANTED: Final = _CHANGED | 0x400 | 0x800 | 0x01000000 | 0x02000000  # and only a folder, and no link to one
_IS_LINUX: Final = sys.platform.startswith("linux")
Names = set[tuple[str, str]]


class FolderNews:
    """Hears of the folders it follows; takes one handle from the first `follow` to `close`. One call at a time."""

    def __init__(self) -> None:
        self._fd: int | None = None
        self._keys: dict[int, str] = {}
        self._is_sure = False
        self._let_go: Callable[[], object] = lambda: None

    def follow(self, folders: Iterator[tuple[str, str]]) -> Iterator[tuple[str, str]]:
        """Pass on (path, key) of each folder, heard of from just before that; no others are heard of any more."""
        if self._fd is None:
            self._open()
        self._keys, self._is_sure = {}, self._fd is not None
        if self._fd is not None:
            for _ in self._events(self._fd):
                pass
        for path, key in folders:
            if self._fd is not None:
                self._add(self._fd, path, key)
            yield path, key

    def take(self) -> Names | None:
        """Return (key, name) of what changed since `follow` or the last take; None when that is not certain."""
        if self._fd is None or not self._is_sure:
            return None
        names: Names = set()
        for mask, key, name in self._events(self._fd):
            if mask & _OVERRUN or (key and mask & (_LOST | _A_FOLDER)):
                self._is_sure = False
            if key:
                names.add((key, name))
        return names if self._is_sure else None

    def close(self) -> None:
        """Give the handle back; harmless when done twice."""
        self._let_go()
        self._fd, self._keys, self._is_sure = None, {}, False

    def _open(self) -> None:
        fd = _libc().inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC) if _IS_LINUX else -1
        if fd >= 0:
            self._fd, self._let_go = fd, weakref.finalize(self, os.close, fd)

    def _add(self, fd: int, path: str, key: str) -> None:
        watch = _libc().inotify_add_watch(fd, os.fsencode(path), _WANTED)
        if watch < 0 or watch in self._keys:
            self._is_sure = False
        self._keys[watch] = key

    def _events(self, fd: int) -> Iterator[tuple[int, str, str]]:
        while data := _read(fd):
            at = 0
            while at < len(data):
                watch, mask, _, length = _HEAD.unpack_from(data, at)
                at += _HEAD.size + length
                yield mask, self._keys.get(watch, ""), os.fsdecode(data[at - length : at].rstrip(b"\0"))


def _read(fd: int) -> bytes:
    with contextlib.suppress(BlockingIOError):
        return os.read(fd, _READ_BYTES)
    return b""


@functools.cache
def _libc() -> "ctypes.CDLL":
    return ctypes.CDLL(None)
