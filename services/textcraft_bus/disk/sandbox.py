"""A folder that names from outside cannot leave: checked names, folder handles, no links; knows nothing of who asks."""

import contextlib
import errno
import functools
import os
import stat
import time
import unicodedata
from collections.abc import Iterable, Iterator
from enum import Enum, auto
from pathlib import Path

from textcraft_bus.disk.durable import (
    HAS_FOLDER_HANDLES,
    Expected,
    Folder,
    advice,
    failures_as_write_failed,
    is_link,
    read_all,
    replace_file,
)
from textcraft_bus.disk.sandbox_names import is_plain_name, same_elsewhere, split_path
from textcraft_bus.errors import FileMissing, SecurityError, Unreadable, WriteFailed

_FRAME = "/"  # no name holds one
Names = list[str]  # inside the class `list` is a method
_LISTINGS = 8  # folders whose names are kept
_KEPT_NS = 500_000_000
_SECOND_NS = 1_000_000_000
_FINE_TICK_NS = 20_000_000  # clocks that give fractions of a second tick at least 100 times in one
_COARSE_TICK_NS = 2 * _SECOND_NS  # FAT
MAX_BYTES = 2 << 20  # of one write, and of one read unless told otherwise
_LONGEST = 64 << 20


class Anything(Enum):
    """Says that a write asks for no particular content to be replaced."""

    ANYTHING = auto()


ANYTHING = Anything.ANYTHING


class Sandbox:
    """Reads and writes below `root`, an existing trusted folder, by relative paths nobody has to trust.

    Every method raises SecurityError for a path that leaves, or could leave on another system: see `split_path`; and
    links, FIFOs, devices, files with a second hard link, and names that differ from an existing one in case only.
    """

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self._listings = _Listings()

    def read(self, relative: str, max_bytes: int = MAX_BYTES) -> bytes:
        """Return the content of a file. Raises SecurityError, FileMissing, Unreadable (also when it is larger)."""
        path, parts = self._place(relative)
        try:
            with self._walk(relative, parts[:-1], create=False) as folder:
                return self._read_in(folder, relative, parts[-1], max_bytes)
        except (FileNotFoundError, NotADirectoryError) as exc:
            raise FileMissing(path) from exc
        except OSError as exc:
            raise Unreadable(path, advice(exc)) from exc

    def write(
        self, relative: str, data: bytes, max_bytes: int = MAX_BYTES, *, instead_of: bytes | Anything | None = ANYTHING
    ) -> None:
        """Replace or create a file durably, missing folders with it.

        With `instead_of` (None: no file) nothing is written when something else is there at the very moment the new
        content takes its place. Raises SecurityError, WriteFailed, ChangedMeanwhile.
        """
        path, parts = self._place(relative)
        if len(data) > max_bytes:
            raise WriteFailed(path, 0, f"{len(data)} bytes are more than the {max_bytes} allowed")
        with failures_as_write_failed(path), self._walk(relative, parts[:-1], create=True) as folder:
            name = self._spelling(folder, relative, parts[-1])
            seen = folder.look(name)
            if seen is not None:
                _refuse_special(relative, seen)
            expected = None
            if not isinstance(instead_of, Anything):
                expected = Expected(instead_of, functools.partial(_holds, folder, relative, content=instead_of))
            replace_file(folder, name, data, expected=expected)

    def remove(self, relative: str) -> None:
        """Remove a file durably; one that is not there is fine. Raises SecurityError, WriteFailed."""
        path, parts = self._place(relative)
        with failures_as_write_failed(path):
            try:
                folder = self._walk(relative, parts[:-1], create=False)
            except FileNotFoundError:
                return
            with folder:
                self._remove_in(folder, relative, parts[-1])

    def exists(self, relative: str) -> bool:
        """Say whether there is a file or a folder. Raises SecurityError, Unreadable."""
        path, parts = self._place(relative)
        try:
            with self._walk(relative, parts[:-1], create=False) as folder:
                seen = folder.look(self._spelling(folder, relative, parts[-1]))
        except (FileNotFoundError, NotADirectoryError):
            return False
        except OSError as exc:
            raise Unreadable(path, advice(exc)) from exc
        if seen is not None and not stat.S_ISDIR(seen.st_mode):
            _refuse_special(relative, seen)
        return seen is not None

    def list(self, relative_dir: str = "") -> Names:
        """Return the sorted names in a folder ("" for the root), folders with a slash at the end.

        What could not be opened anyway (links, devices, names refused elsewhere) is left out.
        Raises SecurityError, FileMissing, Unreadable.
        """
        parts = split_path(relative_dir[:-1] if len(relative_dir) > 1 and relative_dir[-1] == "/" else relative_dir)
        path = self.root.joinpath(*parts)
        try:
            with self._walk(relative_dir, parts, create=False) as folder:
                found = [_listed(folder, name) for name in folder.names()]
        except (FileNotFoundError, NotADirectoryError) as exc:
            raise FileMissing(path) from exc
        except OSError as exc:
            raise Unreadable(path, advice(exc)) from exc
        return sorted(name for name in found if name is not None)

    def _place(self, relative: str) -> tuple[Path, tuple[str, ...]]:
        parts = split_path(relative)
        if not parts:
            raise SecurityError(relative, "it names the folder itself")
        return self.root.joinpath(*parts), parts

    def _walk(self, relative: str, parts: tuple[str, ...], *, create: bool) -> Folder:
        folder = Folder.at(self.root)
        for part in parts:
            with folder:
                folder = self._step(folder, relative, part, create=create)
        if not HAS_FOLDER_HANDLES and not folder.path.resolve().is_relative_to(self.root):
            raise SecurityError(relative, "it leads out of its folder")  # Windows only: not run
        return folder

    def _read_in(self, folder: Folder, relative: str, name: str, max_bytes: int) -> bytes:
        return _read_plain(folder, relative, self._spelling(folder, relative, name), max_bytes)

    def _remove_in(self, folder: Folder, relative: str, name: str) -> None:
        name = self._spelling(folder, relative, name)
        seen = folder.look(name)
        if seen is None:
            return
        _refuse_special(relative, seen)
        folder.remove(name)
        folder.sync()

    def _step(self, folder: Folder, relative: str, part: str, *, create: bool) -> Folder:
        name = self._spelling(folder, relative, part)
        seen = folder.look(name)
        if seen is None and create:
            folder.make(name)
        elif seen is not None and is_link(seen):
            raise SecurityError(relative, "a link is on the way")
        with _links_told(relative):
            return folder.enter(name)

    def _spelling(self, folder: Folder, relative: str, name: str) -> str:
        """Return how the folder spells `name` (composed or decomposed), or `name` when it is not there."""
        twins = self._listings.of(folder).twins(name)
        if not twins:
            return name
        if len(twins) > 1 or unicodedata.normalize("NFC", twins[0]) != name:
            raise SecurityError(relative, f"{twins[0]!r} has the same name on other systems")
        return twins[0]


class _Listing:
    """The names in one folder, to be asked for those that are one name on systems that fold case."""

    def __init__(self, names: Names) -> None:
        self._names = names
        # One text of all keys, and not a list of them: 3,000 strings more cost as much as looking into the folder.
        text = _framed(names)
        self._keys = text.lower() if text.isascii() else _framed(map(same_elsewhere, names))

    def twins(self, name: str) -> Names:
        """Return the names that are `name` where case and normalisation do not count."""
        key = same_elsewhere(name)
        framed = _framed((key,))
        count = self._keys.count(framed)
        if count == 1:
            place = self._keys.count(_FRAME, 0, self._keys.index(framed)) // 2
            return [self._names[place]]
        return [each for each in self._names if same_elsewhere(each) == key] if count else []


def _framed(names: Iterable[str]) -> str:
    return _FRAME + (_FRAME * 2).join(names) + _FRAME


class _Listings:
    """The names in folders, kept for one change's read and write: a long one costs more than both; from any thread.

    They count while the folder's date says that they are the same, and for a moment only, since dates of folders are
    not kept up everywhere.
    """

    def __init__(self) -> None:
        self._known: dict[tuple[int, ...], tuple[int, _Listing]] = {}

    def of(self, folder: Folder) -> _Listing:
        """Return the names of everything inside. Raises OSError."""
        stamp, now_ns = folder.stamp(), time.monotonic_ns()
        known = self._known.get(stamp)
        if known is not None and now_ns - known[0] < _KEPT_NS:
            return known[1]
        age_ns = time.time_ns() - stamp[2]
        listing = _Listing(folder.names())
        # Within one tick of the file system's clock a folder may change again and keep its date.
        if age_ns > (_FINE_TICK_NS if stamp[2] % _SECOND_NS else _COARSE_TICK_NS):
            self._known = {**dict(list(self._known.items())[1 - _LISTINGS :]), stamp: (now_ns, listing)}
        return listing


def _holds(folder: Folder, relative: str, name: str, *, content: bytes | None) -> bool:
    """Say whether a name holds just this content (None: whether there is no such file)."""
    try:
        return _read_plain(folder, relative, name, _LONGEST) == content
    except FileNotFoundError:
        return content is None
    except Unreadable:  # longer than anything we write
        return False


def _read_plain(folder: Folder, relative: str, name: str, max_bytes: int) -> bytes:
    seen = folder.look(name)
    if seen is None:
        raise FileNotFoundError(errno.ENOENT, "no such file", name)
    # Before opening, for opening a device may already do something; and again after, on what was opened.
    _refuse_special(relative, seen)
    with _links_told(relative):
        fd = folder.open_to_read(name)
    try:
        _refuse_special(relative, os.fstat(fd))
        data = read_all(fd, max_bytes)
    finally:
        os.close(fd)
    if data is None:
        raise Unreadable(folder.path / name, f"it is larger than {max_bytes} bytes")
    return data


@contextlib.contextmanager
def _links_told(relative: str) -> Iterator[None]:
    """What was no link when we looked may be one when we open: the system then refuses with ELOOP."""
    try:
        yield
    except OSError as exc:
        if exc.errno in {errno.ELOOP, errno.EMLINK}:
            raise SecurityError(relative, "it became a link") from exc
        raise


def _refuse_special(relative: str, seen: os.stat_result) -> None:
    if is_link(seen):
        raise SecurityError(relative, "it is a link")
    if stat.S_ISDIR(seen.st_mode):
        raise IsADirectoryError(errno.EISDIR, "it is a folder", relative)
    if not stat.S_ISREG(seen.st_mode):
        raise SecurityError(relative, "it is a device or a pipe")
    if seen.st_nlink > 1:
        raise SecurityError(relative, "it has a second name somewhere (a hard link)")


def _listed(folder: Folder, name: str) -> str | None:
    shown = unicodedata.normalize("NFC", name)
    seen = folder.look(name) if is_plain_name(shown) else None
    if seen is None or is_link(seen):
        return None
    if stat.S_ISDIR(seen.st_mode):
        return f"{shown}/"
    return shown if stat.S_ISREG(seen.st_mode) and seen.st_nlink == 1 else None
