"""JSON files people and other programs also write: a broken one is set aside and its last good copy used.

Knows nothing of what the files mean. The last good copy lies beside the file as `<name>.bak`.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, Generic, TypeVar

from textcraft_bus.clock import Clock
from textcraft_bus.disk.durable import Content
from textcraft_bus.disk.files import read_bytes, read_json, set_aside, write_durably
from textcraft_bus.errors import FileMissing, Unreadable, WriteFailed
from textcraft_bus.records import dataclass
from textcraft_core.events import Warned

log = logging.getLogger(__name__)

T = TypeVar("T")
Stamp = tuple[int, int, int]
MAX_BYTES: Final = 64 << 20
SETTLE_SECONDS: Final = 2.0
"""An editor that saves in place is seen half-way: a file this young is not taken from under its hands."""


class Warnings:
    """What the operator should be told, gathered on any thread until the engine takes it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[Warned] = []
        self._told: dict[str, str] = {}

    def add(self, source: str, text: str, *, fault: bool = False) -> None:
        """Tell something once; the same text about the same source is not repeated until something else happened."""
        with self._lock:
            if self._told.get(source) != text:
                self._told[source] = text
                self._waiting.append(Warned(text=text, source=source, fault=fault))

    def settle(self, source: str) -> None:
        """The source is well again: its next trouble is news."""
        with self._lock:
            self._told.pop(source, None)

    def take(self) -> tuple[Warned, ...]:
        """Return and forget what waits."""
        with self._lock:
            waiting, self._waiting = self._waiting, []
        return tuple(waiting)


@dataclass(frozen=True, slots=True)
class _Known(Generic[T]):
    stamp: Stamp | None
    value: T


class GoodFile(Generic[T]):
    """One JSON file, parsed by `parse` (which raises ValueError for what it cannot use) and kept while unchanged.

    `settle_seconds`: how old a broken file must be before it is set aside; younger ones are only passed over.
    """

    def __init__(
        self, path: Path, parse: Callable[[Any], T], clock: Clock, warnings: Warnings, *, settle_seconds: float = 0.0
    ) -> None:
        self._path = path
        self._backup = path.with_name(path.name + ".bak")
        self._parse = parse
        self._clock = clock
        self._warnings = warnings
        self._settle_seconds = settle_seconds
        self._known: _Known[T] | None = None
        self._owed: deque[Content] = deque(maxlen=1)
        self._lock = threading.RLock()
        self._copying = threading.Lock()

    @property
    def name(self) -> str:
        """The file's name, for the operator."""
        return self._path.name

    @property
    def is_current(self) -> bool:
        """Whether what was last read or written is what lies on the disk now."""
        return self._known is not None and self._known.stamp is not None and self._known.stamp == stamp_of(self._path)

    def read(self, *, fresh: bool = False) -> T | None:
        """Return the content, the last good one if the file is broken or gone, or None when there never was one.

        With `fresh` the file is read again even if it seems unchanged.

        Blocking. Raises Unreadable only when the system does not let us read (then nothing is set aside) and nothing
        is known yet.
        """
        with self._lock:
            return self._read(fresh=fresh)

    def _read(self, *, fresh: bool) -> T | None:
        stamp = stamp_of(self._path)
        if not fresh and self._known is not None and stamp is not None and self._known.stamp == stamp:
            return self._known.value
        try:
            value = self._parse_file(self._path)
        except FileMissing:
            return self._after_loss()
        except Unreadable as exc:
            return self._after_break(exc)
        self._known = _Known(stamp, value)
        self._warnings.settle(self.name)
        self._keep_copy(stamp)
        return value

    def adopt(self, value: T) -> None:
        """Take `value` for what the file holds: `read` returns it while the file stays as it is."""
        if self._known is not None:
            self._known = _Known(self._known.stamp, value)

    def write(self, data: Content, value: T, *, copy: bool = True) -> None:
        """Replace the file, and its good copy, durably by `data`, which parses to `value`. Raises WriteFailed.

        Without `copy` the caller owes the good copy: it is to call `keep_copy` soon, from any thread.
        """
        with self._lock:
            if self._is_changed_outside():
                text = f"{self.name} was changed by another program meanwhile: that change was replaced"
                self._warnings.add(self.name, text, fault=True)
            write_durably(self._path, data)
            self._known = _Known(stamp_of(self._path), value)
            self._owed.append(data)
        if copy:
            self.keep_copy()

    def keep_copy(self) -> None:
        """Bring the good copy to what was last written, if it is not there yet; holds up neither reads nor writes."""
        with self._copying:
            try:
                write_durably(self._backup, self._owed.pop())
            except IndexError:
                return
            except WriteFailed as exc:
                self._warnings.add(self._backup.name, str(exc), fault=True)

    def _is_changed_outside(self) -> bool:
        known = self._known.stamp if self._known is not None else None
        return known is not None and stamp_of(self._path) not in {known, None}

    def _parse_file(self, path: Path) -> T:
        try:
            read = read_json(path, MAX_BYTES)
            if read is None:
                raise Unreadable(path, "it holds nothing but null")  # else a whole matrix would be gone without a word
            return self._parse(read)
        except ValueError as exc:
            raise Unreadable(path, _first_line(exc)) from exc
        except RecursionError as exc:
            raise Unreadable(path, "nested too deeply") from exc

    def _after_loss(self) -> T | None:
        value = self._last_good()
        if value is not None:
            text = f"{self.name} is gone: its last good copy {self._backup.name} is used"
            self._warnings.add(self.name, text, fault=True)
        return value

    def _after_break(self, error: Unreadable) -> T | None:
        is_refused = isinstance(error.__cause__, OSError)
        if is_refused and self._known is None:
            raise error
        if is_refused or self._is_young():
            value = self._last_good()
            self._warnings.add(self.name, f"{error}: its last good copy is used", fault=True)
            return value
        return self._set_aside(error)

    def _set_aside(self, error: Unreadable) -> T | None:
        value = self._last_good()
        try:
            aside = set_aside(self._path, self._clock)
        except WriteFailed as exc:
            self._warnings.add(self.name, f"{error}; it could not be set aside ({exc})", fault=True)
            return value
        use = "there is no good copy of it"
        if value is not None:
            use = "its last good copy is used"
            self._put_back()
        self._warnings.add(self.name, f"{error}; it was set aside as {aside.name}, {use}", fault=True)
        return value

    def _is_young(self) -> bool:
        try:
            age = self._clock.now().timestamp() - self._path.stat().st_mtime
        except OSError:
            return False
        return 0 <= age < self._settle_seconds

    def _last_good(self) -> T | None:
        if self._known is None:
            try:
                self._known = _Known(None, self._parse_file(self._backup))
            except FileMissing:
                return None
            except Unreadable as exc:
                log.warning("the good copy is none: %s", exc)
                return None
        else:
            self._known = _Known(None, self._known.value)
        return self._known.value

    def _keep_copy(self, stamp: Stamp | None) -> None:
        try:
            with self._copying:
                self._copy_as_of(stamp)
        except (Unreadable, WriteFailed) as exc:
            log.warning("no good copy of %s could be kept: %s", self.name, exc)

    def _copy_as_of(self, stamp: Stamp | None) -> None:
        data = read_bytes(self._path, MAX_BYTES)
        is_what_was_parsed = stamp_of(self._path) == stamp
        if is_what_was_parsed:
            self._owed.clear()
            if not (self._backup.exists() and read_bytes(self._backup, MAX_BYTES) == data):
                write_durably(self._backup, data)

    def _put_back(self) -> None:
        self.keep_copy()
        try:
            write_durably(self._path, read_bytes(self._backup, MAX_BYTES))
        except (Unreadable, WriteFailed) as exc:
            log.warning("%s was not put back: %s", self.name, exc)


def stamp_of(path: Path) -> Stamp | None:
    """Return what changes when a file does: (inode, size, mtime in ns); None when it cannot be seen."""
    try:
        seen = path.stat()
    except OSError:
        return None
    return seen.st_ino, seen.st_size, seen.st_mtime_ns


def _first_line(error: Exception) -> str:
    return str(error).split("\n", 1)[0][:200] or type(error).__name__
