"""Serves pictures that lie in a folder, as they are: rehearsed images, a fallback, a slide show."""

import asyncio
import logging
from pathlib import Path
from typing import Final

from textcraft_bus.disk.sandbox import Sandbox
from textcraft_bus.errors import BusError
from textcraft_bus.pictures import MAX_BYTES
from textcraft_image_server.backends import Backend, BackendError, Order, Painted, Progress
from textcraft_image_server.config import ImageServerConfig
from textcraft_image_server.received import verify

log = logging.getLogger(__name__)

SUFFIXES: Final = (".png", ".jpg", ".jpeg", ".webp")
MAX_TRIES: Final = 16
"""Files looked at for one order when some are no pictures."""


class Folder:
    """One folder, looked through anew for each order; its subfolders, and links out of it, are never entered."""

    name = "folder"

    def __init__(self, path: Path, *, by_seed: bool) -> None:
        self._path = path
        self._by_seed = by_seed
        self._served = 0

    async def paint(self, order: Order, progress: Progress) -> Painted:
        """Return the picture the seed chooses, or the next one; of any size. Raises BackendError."""
        progress(0.0)
        turn = order.seed if self._by_seed else self._served
        self._served += 1
        return Painted(await asyncio.to_thread(self._read, turn))

    async def close(self) -> None:
        """There is nothing to let go of."""

    def _read(self, turn: int) -> bytes:
        folder, names = self._look()
        if not names:
            raise BackendError(f"there is no PNG, JPEG or WebP in {self._path}", retryable=False)
        for step in range(min(len(names), MAX_TRIES)):
            name = names[(turn + step) % len(names)]
            try:
                data = folder.read(name, MAX_BYTES)
                verify(data)
            except BusError as error:
                log.warning("%s is passed over: %s", name, error)
            else:
                return data
        raise BackendError(f"none of the pictures tried in {self._path} can be used", retryable=False)

    def _look(self) -> tuple[Sandbox, list[str]]:
        folder = Sandbox(self._path)
        try:
            return folder, [name for name in folder.list() if name.lower().endswith(SUFFIXES)]
        except BusError as error:
            raise BackendError(f"the folder of pictures cannot be read: {error}") from error


def create(config: ImageServerConfig) -> Backend:
    """Return the backend. Raises BackendError when no folder is configured."""
    if config.folder.path is None:
        raise BackendError("no folder of pictures is set: give folder.path", retryable=False)
    return Folder(config.resolve(config.folder.path), by_seed=config.folder.order == "seed")
