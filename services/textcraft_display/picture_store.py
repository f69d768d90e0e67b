"""The pictures a wall may show: checked by hash and header, copied into its own cache; knows no Qt and no sockets.

Only files of the cache ever reach the screen, named by what they contain, so nothing can change them in between.
"""

import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path

from textcraft_bus.channel.messages import Picture
from textcraft_bus.constants import MAX_IMAGE_BYTES
from textcraft_bus.disk.temps import new_temp
from textcraft_bus.disk.uris import path_of
from textcraft_bus.errors import BusError, PictureRefused
from textcraft_bus.pictures import check, sha256_of


class NotHere(BusError):
    """The picture is not on this machine, or not where it may be read from: ask for it by value."""


class PictureStore:
    """A cache `<sha256>.<ext>` of bounded size; all methods block and belong in a worker thread."""

    def __init__(self, cache: Path, allowed: Path | None, max_bytes: int) -> None:
        self._cache = cache
        self._allowed = allowed.resolve() if allowed is not None else None
        self._shares: Callable[[], Path | None] | None = None
        self._max_bytes = max_bytes
        self._unseen = 0
        """Bytes that may still be written before the whole cache is looked through again."""

    def ask_for_folder(self, find: Callable[[], Path | None]) -> None:
        """From the next picture on, read only where `find` allows (None: nowhere); it may block, and is called once.

        A folder given at the start stays the only one even then.
        """
        self._shares = find

    def fetch(self, picture: Picture) -> Path:
        """Return the verified copy of a picture. Raises NotHere, or PictureRefused when its bytes are not as promised.

        The file it was announced at is read again each time: one that changed since is refused, and an earlier copy
        of the true one does not hide that.
        """
        try:
            data = self._read(picture.uri)
        except NotHere:
            cached = self._cached(picture.sha256)
            if cached is None:
                raise
            return cached
        return self.keep(data, picture.sha256)

    def keep(self, data: bytes, sha256: str) -> Path:
        """Verify bytes and return their copy in the cache. Raises PictureRefused, OSError."""
        if sha256_of(data) != sha256:
            raise PictureRefused("the file is not the one that was announced")
        info = check(data)
        path = self._cache / f"{sha256}.{info.ext}"
        if not self._is_whole(path):
            self._write(path, data)
            self._prune(path, len(data))
        os.utime(path)
        return path

    def _read(self, uri: str) -> bytes:
        path = self._allowed_path(uri)
        try:
            with path.open("rb") as file:
                data = file.read(MAX_IMAGE_BYTES + 1)
        except OSError as error:
            raise NotHere(f"{path.name} cannot be read here: {error.strerror}") from error
        if len(data) > MAX_IMAGE_BYTES:
            raise PictureRefused("it is larger than a picture may be")
        return data

    def _allowed_path(self, uri: str) -> Path:
        path = path_of(uri)
        if path is None:
            raise NotHere("its address is no file of this machine")
        path, folder = path.resolve(), self._folder()
        if folder is None:
            raise NotHere("this machine does not share the core's disk")
        if not path.is_relative_to(folder):
            raise NotHere("its address is not under the folder of the show's pictures")
        return path

    def _folder(self) -> Path | None:
        """Where files may be read: the configured folder, or the core's, but only when its disk is shared."""
        if self._shares is None:
            return self._allowed
        shared = self._shares()
        return None if shared is None else self._allowed or shared.resolve()

    def _cached(self, sha256: str) -> Path | None:
        return next((path for path in self._cache.glob(f"{sha256}.*") if self._is_whole(path)), None)

    def _is_whole(self, path: Path) -> bool:
        """Whether a copy still holds what its name says: a disk forgets, and others may write there."""
        try:
            return sha256_of(path.read_bytes()) == path.stem
        except OSError:
            return False

    def _write(self, path: Path, data: bytes) -> None:
        """Write a copy whole or not at all; nobody waits for the disk, a copy that got lost is made again."""
        temp = path.with_name(new_temp(path.name))
        try:
            temp.write_bytes(data)
            temp.replace(path)
        except OSError:
            temp.unlink(missing_ok=True)
            raise

    def _prune(self, newest: Path, written: int) -> None:
        """Forget the pictures used longest ago beyond the bound; other walls of this machine do the same.

        Looking through thousands of files would hold up the picture that waits to be shown: that happens once for each
        sixteenth of the bound, which the cache may be larger meanwhile.
        """
        self._unseen -= written
        if self._unseen > 0:
            return
        self._unseen = self._max_bytes // 16
        files = sorted(self._files())
        total = sum(size for _, size, _ in files)
        for _, size, path in files:
            if total <= self._max_bytes or path == newest:
                return
            total -= size
            path.unlink(missing_ok=True)

    def _files(self) -> Iterator[tuple[float, int, Path]]:
        for path in self._cache.iterdir():
            with contextlib.suppress(FileNotFoundError):
                facts = path.stat()
                yield facts.st_mtime, facts.st_size, path
