"""The one way a show's texts change: old content kept, new content durable, an event to tell; knows no policy."""

import contextlib
import hashlib
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from textcraft_bus.errors import FileMissing, Unreadable
from textcraft_bus.files import read_bytes
from textcraft_bus.sandbox_names import same_elsewhere, split_path
from textcraft_core.events import FileWritten
from textcraft_core.record.journal import Journal
from textcraft_core.show.folder import ShowFolder

MAX_BYTES: Final = 2 << 20
OUTSIDE: Final = "changed outside"
_WATCHED: Final = (".json", ".md")


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
        parts = split_path(relative_to_data)
        relative = "/".join(parts)
        with self._held(same_elsewhere(relative)):
            old = self._read(relative)
            return self._replace(relative, old, change(old), by)

    def note_outside_changes(self, folder: str = "") -> list[FileWritten]:
        """Keep a revision of each file below data/ that is not as it was when it last went through here.

        Reads all of it: for a start in the background. Links are not followed; what cannot be read is left for the
        scan to tell.
        """
        known = self._journal.last_hashes()
        return [event for path in self._files(folder) if (event := self._note(path, known)) is not None]

    def _replace(self, relative: str, old: bytes | None, new: bytes, by: str) -> FileWritten:
        path, sha256 = f"data/{relative}", hashlib.sha256(new).hexdigest()
        revision = self._journal.keep_revision(path, old, by, sha256)
        self._show.sandbox.write(relative, new)
        return FileWritten(path=path, sha256=sha256, size=len(new), by=by, revision=revision)

    def _read(self, relative: str) -> bytes | None:
        try:
            return self._show.sandbox.read(relative, max_bytes=64 << 20)
        except FileMissing:
            return None

    def _note(self, path: Path, known: dict[str, str]) -> FileWritten | None:
        name = self._show.relative(path)
        try:
            data = read_bytes(path)
        except Unreadable:
            return None
        sha256 = hashlib.sha256(data).hexdigest()
        if known.get(name) == sha256:
            return None
        revision = self._journal.keep_revision(name, data, OUTSIDE, sha256)
        return FileWritten(path=name, sha256=sha256, size=len(data), by=OUTSIDE, revision=revision)

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
