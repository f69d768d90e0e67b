"""The one mechanism that reads and replaces files, by folder handles; knows neither shows nor who may write what.

A replace is: temp in the same folder, fsync, rename over the old name, fsync of the folder. A reader, a kill or a power
cut therefore sees the old bytes or the new ones, never a mixture. Folders are held open and names are taken relative
to the handle, so that nobody can swap a folder for a link between the look and the open.

A replace that expects something is an exchange: temp and file swap their names at one moment, what came out is looked
at, and given back when it is not what was expected. So no edit of another program is overwritten unseen. Whoever is
killed between the two leaves a temp whose name tells whether its content is somebody else's (`temps`, `leftovers`).
"""

import contextlib
import errno
import itertools
import os
import stat
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from textcraft_bus.disk import renames
from textcraft_bus.disk.temps import digest, new_temp, swap_name
from textcraft_bus.errors import ChangedMeanwhile, WriteFailed
from textcraft_bus.records import dataclass

if sys.platform != "win32":
    import fcntl

# Windows has neither folder handles nor these flags; there every name is joined to its folder's path instead (not run).
HAS_FOLDER_HANDLES = os.open in os.supports_dir_fd
_BINARY = getattr(os, "O_BINARY", 0)
_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)
_FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0)
# O_NONBLOCK: opening a FIFO must not wait for its writer. O_NOCTTY: a terminal must not become ours.
_READ = os.O_RDONLY | _NO_FOLLOW | _BINARY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0)
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NO_FOLLOW | _BINARY

_WINDOWS_BUSY = (5, 32, 33)  # access denied, sharing violation, lock violation: a scanner or an indexer looks at it
_WINDOWS_TRIES = 8  # 10 ms doubling: 1.3 s in all
_PIECES_AT_ONCE = 512  # POSIX promises 16, all systems we know take 1,024
_NOT_SYNCABLE = (errno.EINVAL, errno.ENOTSUP)

Content = bytes | tuple[bytes, ...]
"""What a file is to hold, whole or in pieces that follow one another."""


class Folder:
    """An open folder; close it, or use it as a context manager. Names are single components, never paths."""

    def __init__(self, path: Path, fd: int | None) -> None:
        self.path = path
        self._fd = fd

    @classmethod
    def at(cls, path: Path) -> Self:
        """Open the folder at a trusted path, links followed. Raises OSError."""
        if not HAS_FOLDER_HANDLES:
            return cls(path, None)
        return cls(path, os.open(path, _FOLDER))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the handle back; harmless when done twice."""
        fd, self._fd = self._fd, None
        if fd is not None:
            os.close(fd)

    def enter(self, name: str) -> "Folder":
        """Open a folder inside this one, never through a link. Raises OSError (ELOOP or ENOTDIR for a link)."""
        path = self.path / name
        if self._fd is not None:
            return Folder(path, os.open(name, _FOLDER | _NO_FOLLOW, dir_fd=self._fd))
        if not stat.S_ISDIR(path.lstat().st_mode) or is_link(path.lstat()):
            raise NotADirectoryError(errno.ENOTDIR, "not a plain folder", name)
        return Folder(path, None)

    def make(self, name: str) -> None:
        """Create a folder inside this one, durably; one that exists already is fine. Raises OSError."""
        with contextlib.suppress(FileExistsError):
            os.mkdir(self._at(name), dir_fd=self._fd)
            self.sync()

    def look(self, name: str) -> os.stat_result | None:
        """Return what is there under `name` itself, links not followed; None when nothing is. Raises OSError."""
        try:
            return os.stat(self._at(name), dir_fd=self._fd, follow_symlinks=False)
        except FileNotFoundError:
            return None

    def names(self) -> list[str]:
        """Return the names of everything inside, in no order. Raises OSError."""
        return os.listdir(self.path if self._fd is None else self._fd)  # noqa: PTH208 - a Path has no handle

    def stamp(self) -> tuple[int, int, int, int]:
        """Return what changes when a name inside comes, goes or changes; its third item is the date. Raises OSError."""
        seen = self.path.stat() if self._fd is None else os.fstat(self._fd)
        return seen.st_dev, seen.st_ino, seen.st_mtime_ns, seen.st_ctime_ns

    def open_to_read(self, name: str) -> int:
        """Open a file without following a link and without waiting, return its descriptor. Raises OSError."""
        return os.open(self._at(name), _READ, dir_fd=self._fd)

    def create(self, name: str, mode: int) -> int:
        """Create a new file for writing; it must not exist. Raises OSError."""
        return os.open(self._at(name), _CREATE, mode, dir_fd=self._fd)

    def rename(self, old: str, new: str) -> None:
        """Give `old` the name `new`, in place of what had it. Raises OSError.

        Passing refusals of Windows are waited out, for 1.3 s at most.
        """
        for attempt in itertools.count():
            try:
                os.replace(self._at(old), self._at(new), src_dir_fd=self._fd, dst_dir_fd=self._fd)
            except OSError as exc:
                if getattr(exc, "winerror", None) not in _WINDOWS_BUSY or attempt >= _WINDOWS_TRIES - 1:
                    raise
                time.sleep(0.01 * 2**attempt)
            else:
                return

    def exchange(self, one: str, other: str) -> bool:
        """Let two files swap their names at one moment. False where the system cannot. Raises OSError."""
        return renames.exchange(self._at(one), self._at(other), self._fd)

    def take_free(self, old: str, new: str) -> bool:
        """Give `old` a name nobody has, else FileExistsError. False where the system cannot. Raises OSError."""
        return renames.take_free(self._at(old), self._at(new), self._fd)

    def remove(self, name: str) -> None:
        """Remove a file or a link. Raises OSError."""
        os.unlink(self._at(name), dir_fd=self._fd)

    def sync(self) -> None:
        """Make the names inside survive a power cut. Raises OSError."""
        if self._fd is None:
            return
        try:
            sync_file(self._fd)
        except OSError as exc:
            # Some network and user-space file systems cannot sync a folder at all: there is nothing more to be had.
            if exc.errno not in _NOT_SYNCABLE:
                raise

    def _at(self, name: str) -> str | Path:
        return name if self._fd is not None else self.path / name


def is_link(seen: os.stat_result) -> bool:
    """Say whether this is a symbolic link or, on Windows, any other reparse point (a junction, a mount)."""
    return stat.S_ISLNK(seen.st_mode) or bool(getattr(seen, "st_reparse_tag", 0))


def sync_file(fd: int) -> None:
    """Make what was written to `fd` survive a power cut. Raises OSError."""
    if sys.platform == "darwin":
        # There fsync only hands the bytes to the drive; a volume without F_FULLFSYNC (a network share) falls through.
        with contextlib.suppress(OSError):
            fcntl.fcntl(fd, fcntl.F_FULLFSYNC)
            return
    os.fsync(fd)


def read_all(fd: int, max_bytes: int) -> bytes | None:
    """Read the open file to its end; None when it is longer than `max_bytes`. Raises OSError."""
    if os.fstat(fd).st_size > max_bytes:
        return None
    chunks: list[bytes] = []
    left = max_bytes + 1
    while left and (chunk := os.read(fd, min(left, 1 << 20))):
        chunks.append(chunk)
        left -= len(chunk)
    return b"".join(chunks) if left else None


@dataclass(frozen=True, slots=True)
class Expected:
    """What a write is to replace: a content (None: no file), and what says of a name whether it holds just that."""

    content: bytes | None
    is_in: Callable[[str], bool]


def replace_file(
    folder: Folder, name: str, data: Content, *, mode: int | None = None, expected: Expected | None = None
) -> None:
    """Give `name` the content `data`, durably and all at once; no temp is left behind on failure.

    An existing file keeps its permissions unless `mode` is given; a read-only one is respected. What is not `expected`
    stays, where something is. Raises OSError, ChangedMeanwhile.
    """
    wanted = _mode_to_keep(folder, name) if mode is None else mode
    temp, fd = _create_temp(folder, name, wanted)
    ours = os.fstat(fd).st_ino
    try:
        _fill(fd, data, wanted)
        if expected is None:
            folder.rename(temp, name)
        else:
            temp = _named_for_swap(folder, temp, data, expected)
            _put_in_place_of(folder, temp, name, expected)
    except BaseException:
        # A temp that cannot be removed now is swept at the next start; the first error is the one to tell.
        with contextlib.suppress(OSError):
            if _inode(folder, temp) == ours:  # and not another program's file that could not be given back
                folder.remove(temp)
        raise
    folder.sync()


def _named_for_swap(folder: Folder, temp: str, data: Content, expected: Expected) -> str:
    """Let a whole temp tell by its name what is in it and what is to come out: a half-written one never tells that."""
    instead = None if expected.content is None else (expected.content,)
    name = swap_name(temp, digest(pieces_of(data)), digest(instead))
    folder.rename(temp, name)
    return name


def _put_in_place_of(folder: Folder, temp: str, name: str, expected: Expected) -> None:
    """Rename `temp` to `name`, in place of what is expected there and of nothing else."""
    if not expected.is_in(name):
        raise ChangedMeanwhile(folder.path / name)
    try:
        if folder.look(name) is None:
            if not folder.take_free(temp, name):
                folder.rename(temp, name)
            return
        ours = mark(folder, temp)
        if not folder.exchange(temp, name):
            folder.rename(temp, name)  # here the microseconds since the look above stay unseen
            return
    except (FileExistsError, FileNotFoundError) as exc:  # it came, or went, since the look
        raise ChangedMeanwhile(folder.path / name) from exc
    _judge(folder, temp, name, expected, ours)


def _inode(folder: Folder, name: str) -> int | None:
    seen = folder.look(name)
    return None if seen is None else seen.st_ino


Mark = tuple[int, int, int, int] | None
"""Which file has a name, and in which state, as far as that can be seen without opening it."""


def mark(folder: Folder, name: str) -> Mark:
    """Return which file has a name, and in which state. Raises OSError."""
    seen = folder.look(name)
    return None if seen is None else (seen.st_dev, seen.st_ino, seen.st_size, seen.st_mtime_ns)


def _judge(folder: Folder, temp: str, name: str, expected: Expected, ours: Mark) -> None:
    """Look at what came out of an exchange and drop it, or give it back: also when it cannot be looked at."""
    is_known = False
    try:
        is_known = expected.is_in(temp)
    finally:
        if not is_known:
            give_back(folder, temp, name, ours)
    if not is_known:
        raise ChangedMeanwhile(folder.path / name)
    with contextlib.suppress(OSError):  # the new content is in its place: a leftover is swept at the next start
        folder.remove(temp)


def give_back(folder: Folder, temp: str, name: str, put: Mark) -> bool:
    """Swap the names until what comes out is what was put in last: a newer file that came meanwhile goes back too.

    False where the system cannot: then nothing happened. Raises OSError.
    """
    while True:
        held = mark(folder, temp)
        try:
            if not folder.exchange(temp, name):
                return False
        except FileNotFoundError:  # another program took the name away meanwhile: so it shall be gone
            break
        if mark(folder, temp) == put:
            break
        put = held
    folder.sync()  # or a power cut may leave ours under the name and theirs as a temp
    folder.remove(temp)
    return True


@contextlib.contextmanager
def failures_as_write_failed(path: Path) -> Iterator[None]:
    """Turn what the system refuses inside the block into a WriteFailed that says what the operator can do."""
    try:
        yield
    except OSError as exc:
        raise WriteFailed(path, exc.errno or 0, advice(exc)) from exc
    except ValueError as exc:
        raise WriteFailed(path, 0, "its name holds characters no file system takes") from exc


def advice(exc: OSError) -> str:
    """Return one phrase for the operator: what happened, and what helps."""
    return _ADVICE.get(exc.errno or 0, exc.strerror or type(exc).__name__)


def _create_temp(folder: Folder, name: str, mode: int | None) -> tuple[str, int]:
    temp = new_temp(name)
    return temp, folder.create(temp, 0o666 if mode is None else mode)


def _mode_to_keep(folder: Folder, name: str) -> int | None:
    seen = folder.look(name)
    if seen is None:
        return None
    if not stat.S_ISREG(seen.st_mode) or is_link(seen):
        raise OSError(errno.EEXIST, "something that is not a file has this name", name)
    # A rename would go over a read-only file on POSIX and fail on Windows: one verdict, and the operator's wish holds.
    if not seen.st_mode & 0o222:
        raise PermissionError(errno.EACCES, "the file is read-only", name)
    return stat.S_IMODE(seen.st_mode) & 0o777


def pieces_of(data: Content) -> tuple[bytes, ...]:
    """Return a content in pieces, also when it is given whole."""
    return data if isinstance(data, tuple) else (data,)


def _fill(fd: int, data: Content, mode: int | None) -> None:
    try:
        if mode is not None and stat.S_IMODE(os.fstat(fd).st_mode) != mode and sys.platform != "win32":
            os.fchmod(fd, mode)
        _write_all(fd, [memoryview(piece) for piece in pieces_of(data)])
        sync_file(fd)
    finally:
        os.close(fd)


def _write_all(fd: int, pieces: list[memoryview]) -> None:
    """Write the pieces one after the other, many with one call where the system can: each call costs on its own."""
    at_once = _PIECES_AT_ONCE if hasattr(os, "writev") else 1
    while pieces:
        some = pieces[:at_once]
        written = os.write(fd, some[0]) if len(some) == 1 else os.writev(fd, some)
        del pieces[:at_once]
        pieces[:0] = _rest_of(some, written)


def _rest_of(pieces: list[memoryview], written: int) -> list[memoryview]:
    """Return what a system that took only `written` bytes has not taken yet."""
    for place, piece in enumerate(pieces):
        if written < len(piece):
            return [piece[written:], *pieces[place + 1 :]]
        written -= len(piece)
    return []


_ADVICE = {
    errno.ENOSPC: "the disk is full: free some space",
    errno.EDQUOT: "the disk quota is used up: free some space",
    errno.EROFS: "the disk is read-only: check it, or choose another folder",
    errno.EACCES: "no permission: check the rights of the file and its folder",
    errno.EPERM: "no permission: check the rights of the file and its folder",
    errno.EIO: "the disk reports an error: check the drive and its cable",
    errno.EMFILE: "too many files are open: close something, or restart the program",
    errno.ENFILE: "too many files are open on this machine: close something",
    errno.EFBIG: "the file would be larger than this system allows",
    errno.ENOENT: "the folder is gone: is the drive still connected?",
    errno.ENOTDIR: "a file stands where a folder is needed",
    errno.ENAMETOOLONG: "the name is too long",
    errno.EEXIST: "something that is not a file has this name",
}
