"""Something long on the bench: its progress told on the loop, from whatever thread, and a way to end it."""

import asyncio
from collections.abc import Callable

from textcraft_core import events as ev
from textcraft_core.errors import CommandRefused
from textcraft_core.show.folder import Progress
from textcraft_gui.words.i18n import later, translated

CANCELLED = later("The copying was ended: nothing of it stays.")
_STEP = 0.01


class BenchWork:
    """One piece of work at a time; the next one is not ended by what ended the last."""

    def __init__(self, tell: Callable[[ev.Event], None]) -> None:
        self._tell = tell
        self._cancelled = False

    def begin(self, told: Callable[[float], ev.Event]) -> Progress:
        """Return what a copying thread calls with its share; it raises CommandRefused once the work is cancelled."""
        loop = asyncio.get_running_loop()
        self._cancelled = False
        last = -1.0

        def progress(share: float) -> None:
            nonlocal last
            if self._cancelled:
                raise CommandRefused(translated(CANCELLED))
            if share - last >= _STEP or share >= 1:
                last = share
                loop.call_soon_threadsafe(self._tell, told(share))

        return progress

    async def cancel(self, _command: object = None) -> None:
        """End what is under way; nothing happens where nothing is."""
        self._cancelled = True
