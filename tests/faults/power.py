"""What a disk may hold after a power cut: file operations as they were made, and every state they may have left.

The model is POSIX at its strictest, as a test file system has it: a write is on the disk only after an fsync of its
file, a name only after an fsync of its folder; what was not synced is there, not there, cut short or zeros, in any mix.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any
from unittest.mock import patch

from textcraft_bus.disk import renames

MOST_OPEN_NAMES = 6
"""More changes of names between two syncs of a folder than our saves make: all their subsets are still few."""


@dataclass(slots=True)
class Inode:
    """A file's content: what is surely on the disk (None: nothing, not even that it is empty), and what was written."""

    synced: bytes | None
    written: bytes

    def versions(self) -> list[bytes]:
        """Return what may be found in it."""
        if self.synced == self.written:
            return [self.written]
        size = len(self.written)
        torn = [self.written[: size * part // 4].ljust(filled, b"\0") for part in range(4) for filled in (0, size)]
        return [self.synced or b"", *torn, self.written]


@dataclass(frozen=True, slots=True)
class Rename:
    """A name that came, went (`new` None) or was given to a file."""

    inode: int
    old: str | None
    new: str | None

    def apply(self, names: dict[str, int]) -> None:
        """Make this change."""
        names.pop(self.old or "", None)
        if self.new is not None:
            names[self.new] = self.inode


@dataclass(frozen=True, slots=True)
class Exchange:
    """Two names that changed their files: one change, of which a power cut leaves all or nothing."""

    now: tuple[tuple[str, int], tuple[str, int]]

    def apply(self, names: dict[str, int]) -> None:
        """Make this change."""
        names.update(self.now)


@dataclass(slots=True)
class Place:
    """A folder's names: what is surely on the disk, and what changed since its last sync."""

    synced: dict[str, int] = field(default_factory=dict)
    pending: list[Rename | Exchange] = field(default_factory=list)

    def versions(self) -> Iterator[dict[str, int]]:
        """Yield what names may be found: any of the changes since, in their order."""
        for chosen in product((False, True), repeat=len(self.pending)):
            names = dict(self.synced)
            for change, made in zip(self.pending, chosen, strict=True):
                if made:
                    change.apply(names)
            yield names


class Disk:
    """The files below one folder, as a recorder sees them change."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.inodes: dict[int, Inode] = {}
        self.places: dict[Path, Place] = {}
        for folder, _, names in os.walk(root):
            place = self.places[Path(folder)] = Place()
            for name in names:
                data = (Path(folder) / name).read_bytes()
                place.synced[name] = self._add(Inode(data, data))

    def created(self, path: Path) -> int:
        """A new, empty file."""
        inode = self._add(Inode(None, b""))
        self.places[path.parent].pending.append(Rename(inode, None, path.name))
        return inode

    def at(self, path: Path) -> int | None:
        """Return the file that has this name now."""
        *_, now = self.places[path.parent].versions()
        return now.get(path.name)

    def renamed(self, old: Path, new: Path) -> None:
        """A file took another name in its folder."""
        inode = self.at(old)
        if inode is None or old.parent != new.parent:
            raise ValueError(f"{old} to {new} is no replace within a folder")
        self._note(old.parent, Rename(inode, old.name, new.name))

    def exchanged(self, one: Path, other: Path) -> None:
        """Two files of one folder took each other's names."""
        first, second = self.at(one), self.at(other)
        if first is None or second is None or one.parent != other.parent:
            raise ValueError(f"{one} and {other} are no two files of one folder")
        self._note(one.parent, Exchange(((one.name, second), (other.name, first))))

    def removed(self, path: Path) -> None:
        """A name went."""
        self._note(path.parent, Rename(-1, path.name, None))

    def made(self, path: Path) -> None:
        """A new folder; that its own name is synced is not modelled, for it never holds the only copy."""
        self.places[path] = Place()

    def synced_folder(self, path: Path) -> None:
        """The names of a folder are on the disk."""
        place = self.places[path]
        *_, place.synced = place.versions()
        place.pending.clear()

    def states(self) -> Iterator[dict[Path, bytes]]:
        """Yield everything that may be found after a power cut now."""
        for names in product(*(place.versions() for place in self.places.values())):
            found = {
                folder / name: inode
                for folder, held in zip(self.places, names, strict=True)
                for name, inode in held.items()
            }
            choices = {inode: self.inodes[inode].versions() for inode in found.values()}
            for contents in product(*choices.values()):
                chosen = dict(zip(choices, contents, strict=True))
                yield {path: chosen[inode] for path, inode in found.items()}

    def _add(self, inode: Inode) -> int:
        self.inodes[len(self.inodes)] = inode
        return len(self.inodes) - 1

    def _note(self, folder: Path, change: Rename | Exchange) -> None:
        pending = self.places[folder].pending
        pending.append(change)
        if len(pending) > MOST_OPEN_NAMES:
            raise ValueError(f"{folder} is not synced for so long that its states cannot be counted")


class Recorder:
    """Stands before the system calls that saves make below a folder, carries them out, and tells after each change."""

    def __init__(self, disk: Disk, changed: Callable[[], None]) -> None:
        self._disk, self._changed = disk, changed
        self._held: dict[int, Path] = {}
        self._files: dict[int, int] = {}
        self.exchanges = 0
        self._system = {name: getattr(where, name) for name, where in _CALLS.items()}

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Watch for the length of the block."""
        with ExitStack() as stack:
            for name, where in _CALLS.items():
                stack.enter_context(patch.object(where, name, getattr(self, name)))
            yield

    def open(self, name: Any, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
        path = self._path(name, dir_fd)
        fd = int(self._system["open"](name, flags, mode, dir_fd=dir_fd))
        if self._is_ours(path):
            self._held[fd] = path
            if flags & os.O_CREAT:
                self._files[fd] = self._disk.created(path)
                self._changed()
        return fd

    def close(self, fd: int) -> None:
        self._held.pop(fd, None)
        self._files.pop(fd, None)
        self._system["close"](fd)

    def write(self, fd: int, data: Any) -> int:
        taken = int(self._system["write"](fd, data))
        self._wrote(fd, bytes(data)[:taken])
        return taken

    def writev(self, fd: int, pieces: Any) -> int:
        taken = int(self._system["writev"](fd, pieces))
        self._wrote(fd, b"".join(bytes(piece) for piece in pieces)[:taken])
        return taken

    def fsync(self, fd: int) -> None:
        self._system["fsync"](fd)
        if fd in self._files:
            inode = self._disk.inodes[self._files[fd]]
            inode.synced = inode.written
        elif fd in self._held:
            self._disk.synced_folder(self._held[fd])
        self._changed()

    def replace(self, old: Any, new: Any, *, src_dir_fd: int | None = None, dst_dir_fd: int | None = None) -> None:
        self._system["replace"](old, new, src_dir_fd=src_dir_fd, dst_dir_fd=dst_dir_fd)
        source, target = self._path(old, src_dir_fd), self._path(new, dst_dir_fd)
        if self._is_ours(target):
            self._disk.renamed(source, target)
            self._changed()

    def exchange(self, one: Any, other: Any, folder: int | None) -> bool:
        done = bool(self._system["exchange"](one, other, folder))
        if done and self._is_ours(self._path(one, folder)):
            self.exchanges += 1
            self._disk.exchanged(self._path(one, folder), self._path(other, folder))
            self._changed()
        return done

    def take_free(self, old: Any, new: Any, folder: int | None) -> bool:
        done = bool(self._system["take_free"](old, new, folder))
        if done and self._is_ours(self._path(old, folder)):
            self._disk.renamed(self._path(old, folder), self._path(new, folder))
            self._changed()
        return done

    def unlink(self, name: Any, *, dir_fd: int | None = None) -> None:
        self._system["unlink"](name, dir_fd=dir_fd)
        path = self._path(name, dir_fd)
        if self._is_ours(path):
            self._disk.removed(path)
            self._changed()

    def mkdir(self, name: Any, mode: int = 0o777, *, dir_fd: int | None = None) -> None:
        self._system["mkdir"](name, mode, dir_fd=dir_fd)
        path = self._path(name, dir_fd)
        if self._is_ours(path):
            self._disk.made(path)

    def _wrote(self, fd: int, data: bytes) -> None:
        if fd in self._files:
            self._disk.inodes[self._files[fd]].written += data
            self._changed()

    def _path(self, name: Any, dir_fd: int | None) -> Path:
        return self._held.get(dir_fd, Path()) / os.fspath(name) if dir_fd is not None else Path(os.fspath(name))

    def _is_ours(self, path: Path) -> bool:
        return path == self._disk.root or self._disk.root in path.parents


_CALLS = dict.fromkeys(("open", "close", "write", "writev", "fsync", "replace", "unlink", "mkdir"), os) | dict.fromkeys(
    ("exchange", "take_free"), renames
)
"""Each call, and the module it is looked up in when it is made."""
