"""The small picture of the wall that its core gets: when to take one and how to make it small; knows no socket."""

import asyncio
import base64
import contextlib
from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QBuffer, QIODevice, QSize
from PySide6.QtGui import QImage, QImageWriter

SIZE = QSize(320, 180)
EVERY_S = 5.0
APART_S = 0.5
MAX_BYTES = 64 << 10
QUALITIES = (82, 65, 45, 25, 10)


class Source(Protocol):
    """What a thumbnail is taken from."""

    def is_still(self) -> bool:
        """Whether it is on a screen and nothing on it moves."""
        ...

    async def grab(self, most: QSize) -> QImage | None:
        """Return what shows, at most so large; None when it cannot be had now."""
        ...


class Thumbs:
    """Takes a thumbnail when asked and every five seconds, at most two a second, never during a transition."""

    def __init__(self, source: Source, send: Callable[[str], None]) -> None:
        self._source = source
        self._send = send
        self._wanted = asyncio.Event()

    def want(self) -> None:
        """Take one soon: something new has settled."""
        self._wanted.set()

    async def run(self) -> None:
        """Go on until cancelled."""
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(EVERY_S):
                    await self._wanted.wait()
            self._wanted.clear()
            await self._take()
            await asyncio.sleep(APART_S)

    async def _take(self) -> None:
        image = await self._source.grab(SIZE) if self._source.is_still() else None
        if image is not None and self._source.is_still():
            data = await asyncio.to_thread(encode_small, image)
            if data:
                self._send(base64.b64encode(data).decode())


def encode_small(image: QImage) -> bytes:
    """Return a JPEG of at most 64 KiB, as good as that allows; empty when Qt can make none."""
    for quality in QUALITIES:
        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        writer = QImageWriter(buffer, b"jpeg")
        writer.setQuality(quality)
        if not writer.write(image):
            return b""
        data = bytes(buffer.data().data())
        if len(data) <= MAX_BYTES:
            return data
    return b""
