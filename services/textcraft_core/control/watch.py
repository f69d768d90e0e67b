"""Tells when one file changes: at once where the system can say so, within a second where it cannot; reads nothing.

For its first second it only looks: what the system's word needs is read when a program's start is over.
"""

import asyncio
import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

log = logging.getLogger(__name__)

POLL_SECONDS: Final = 1.0
GATHER_MS: Final = 20
"""So long further changes of the same moment are waited for."""
JOIN_SECONDS: Final = 2.0


class FileWatch:
    """Calls `look` on the loop after each change of a file, of which there may be none yet, and once a second besides.

    `look` itself decides whether anything is new.
    """

    def __init__(self, path: Path, look: Callable[[], None], poll_seconds: float = POLL_SECONDS) -> None:
        self._path = path
        self._look = look
        self._poll_seconds = poll_seconds
        self._stop = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._thread = threading.Thread(target=self._watch, name=f"watch {path.name}", daemon=True)

    def start(self) -> None:
        """Watch from now on, on the running loop."""
        self._loop = asyncio.get_running_loop()
        self._thread.start()
        self._poll()

    @property
    def _started(self) -> bool:
        return self._loop is not None

    async def close(self) -> None:
        """Watch no more."""
        self._stop.set()
        if self._timer is not None:
            self._timer.cancel()
        if self._started:
            await asyncio.to_thread(self._thread.join, JOIN_SECONDS)

    def _poll(self) -> None:
        if self._loop is not None and not self._stop.is_set():
            self._look()
            self._timer = self._loop.call_later(self._poll_seconds, self._poll)

    def _watch(self) -> None:
        if self._stop.wait(self._poll_seconds):
            return
        try:
            from watchfiles import watch  # noqa: PLC0415 - off the start path, and some systems cannot load it

            folder, name = self._path.parent, self._path.name
            for changes in watch(
                folder,
                watch_filter=lambda _change, path: Path(path).name == name,
                debounce=GATHER_MS,
                step=GATHER_MS // 2,
                stop_event=self._stop,
                rust_timeout=500,
                recursive=False,
                raise_interrupt=False,
            ):
                if changes and self._loop is not None:
                    self._loop.call_soon_threadsafe(self._look)
        except (ImportError, OSError, RuntimeError) as fault:
            log.info("%s is looked at once a second: it cannot be watched here (%s)", self._path.name, fault)
