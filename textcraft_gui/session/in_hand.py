"""Counts the commands a stage carries out now, so that it is not closed under them; knows no stage."""

import asyncio
import contextlib
from collections.abc import Iterator


class InHand:
    """Commands that are being carried out."""

    def __init__(self) -> None:
        self._count = 0
        self._none = asyncio.Event()
        self._none.set()

    @contextlib.contextmanager
    def one(self) -> Iterator[None]:
        """One command is carried out inside."""
        self._count += 1
        self._none.clear()
        try:
            yield
        finally:
            self._count -= 1
            if not self._count:
                self._none.set()

    async def settle(self, seconds: float) -> None:
        """Wait until none is carried out any more, at most so long; what was just asked for begins first."""
        await asyncio.sleep(0)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._none.wait()
