"""The one way a show's texts change: old content kept, new content durable, an event to tell; knows no policy."""

import contextlib
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from textcraft_bus.disk.files import read_bytes
from textcraft_bus.disk.sandbox_names import same_elsewhere, split_path
from textcraft_bus.errors import ChangedMeanwhile, FileMissing, Unreadable, WriteFailed
from textcraft_bus.records import dataclass
from textcraft_core.events import FileRemoved, FileWritten
from textcraft_core.record.changes import NO_FILE, OUTSIDE, ChangeKind, NewChange, hash_of
from textcraft_core.record.journal import Journal
from textcraft_core.show.folder import ShowFolder

__all__ = ["MAX_BYTES", "OUTSIDE", "ShowWriter", "Turn"]

MAX_BYTES: Final = 2 << 20
_TRIES: Final = 8
_WATCHED: Final = (".json", ".md")


@dataclass(frozen=True, slots=True)
class Turn:
    """A file's next content (None: no file) and what kind of change that is, of which earlier one."""

    content: bytes | None
    kind: ChangeKind = ChangeKind.WRITE
    of: int | None = None


class ShowWriter:
    """Blocking, from any thread; writes to one file follow one another.

    Paths given are relative to data/, `FileWritten.path` is relative to the show folder. The caller emits the event.
    Every method raises SecurityError for a path that may lead out, WriteFailed when the disk refuses (the old content
    is intact), JournalError when the old content cannot be kept (then nothing is written).
    """

    def __init__(self, show: ShowFolder, journal: Journal) -> None:
        self._show = show
        self._journal = journal
        self._guard = threading.Lock()
        self._locks: dict[str, tuple[threading.Lock, int]] = {}

    def write(self, relative_to_data: str, data: bytes, by: str) -> FileWritten:
        """Replace or create a file."""
        return self.update(relative_to_data, lambda _: data, by)

    def append(self, relative_to_data: str, data: bytes, by: str) -> FileWritten:
        """Add to the end of a file, which is created if need be."""
        return self.update(relative_to_data, lambda old: (old or b"") + data, by)

    def update(self, relative_to_data: str, change: Callable[[bytes | None], bytes], by: str) -> FileWritten:
        """Write what `change` makes of the content as it is now (None: no file); its own errors pass through."""
        told = self.turn(relative_to_data, lambda old: Turn(change(old)), by)
        if isinstance(told, FileRemoved):
            raise TypeError("a write leaves a file")
        return told

    def turn(self, relative_to_data: str, choose: Callable[[bytes | None], Turn], by: str) -> FileWritten | FileRemoved:
        """Do what `choose` makes of the content as it is now (None: no file); its own errors pass through."""
        relative = "/".join(split_path(relative_to_data))
        with self._held(same_elsewhere(relative)):
            for last in range(_TRIES - 1, -1, -1):
                old = self._read(relative)
                try:
                    return self._replace(relative, old, choose(old), by)
                except ChangedMeanwhile as exc:
                    # The change never reached the disk, which held `old` until somebody else came: kept as void.
                    self._journal.keep_outside(f"data/{relative}", old)
                    if not last:
                        raise WriteFailed(exc.path, 0, "another program keeps changing it: close it there") from exc
            raise AssertionError("the last try returns or raises")

    def note_outside(self, relative_to_data: str, content: bytes | None) -> FileWritten | FileRemoved | None:
        """Keep a content that was found in a file; None when it is what the last change left."""
        path = f"data/{relative_to_data}"
        revision = self._journal.keep_outside(path, content)
        return None if revision is None else _told(path, content, OUTSIDE, revision)

    def note_outside_changes(self, folder: str = "") -> list[FileWritten | FileRemoved]:
        """Keep a revision of each file below data/ that is not as it was when it last went through here, or is gone.

        Reads all of it: for a start in the background. Links are not followed; what cannot be read is left for the
        scan to tell.
        """
        known = self._journal.last_hashes()
        found = [self._note(path, known) for path in self._files(folder)]
        prefix = f"data/{folder}/" if folder else "data/"
        gone = [self._note_gone(name) for name in known if name.startswith(prefix) and known[name] != NO_FILE]
        return [event for event in (*found, *gone) if event is not None]

    def _replace(self, relative: str, old: bytes | None, turn: Turn, by: str) -> FileWritten | FileRemoved:
        path, new = f"data/{relative}", turn.content
        revision = self._journal.keep_change(NewChange(path, old, new, by, turn.kind, turn.of))
        if new is not None:
            self._show.sandbox.write(relative, new, instead_of=old)
        elif old is not None:
            self._show.sandbox.remove(relative)
        return _told(path, new, by, revision)

    def _read(self, relative: str) -> bytes | None:
        try:
            return self._show.sandbox.read(relative, max_bytes=64 << 20)
        except FileMissing:
            return None

    def _note_gone(self, name: str) -> FileWritten | FileRemoved | None:
        if os.path.lexists(self._show.root / name):
            return None
        return self.note_outside(name.removeprefix("data/"), None)

    def _note(self, path: Path, known: dict[str, str]) -> FileWritten | FileRemoved | None:
        name = self._show.relative(path)
        try:
            data = read_bytes(path)
        except Unreadable:
            return None
        if known.get(name) == hash_of(data):
            return None
        return self.note_outside(name.removeprefix("data/"), data)

    def _files(self, folder: str) -> Iterator[Path]:
        for place, _, names in os.walk(self._show.data / folder):
            for name in sorted(names):
                path = Path(place, name)
                if name.endswith(_WATCHED) and path != self._show.matrix and not path.is_symlink():
                    yield path

    @contextlib.contextmanager
    def _held(self, key: str) -> Iterator[None]:
        with self._guard:
            lock, users = self._locks.get(key, (threading.Lock(), 0))
            self._locks[key] = (lock, users + 1)
        try:
            with lock:
                yield
        finally:
            with self._guard:
                lock, users = self._locks[key]
                if users == 1:
                    del self._locks[key]
                else:
                    self._locks[key] = (lock, users - 1)


def _told(path: str, content: bytes | None, by: str, revision: int) -> FileWritten | FileRemoved:
    if content is None:
        return FileRemoved(path=path, by=by, revision=revision)
    return FileWritten(path=path, sha256=hash_of(content), size=len(content), by=by, revision=revision)
