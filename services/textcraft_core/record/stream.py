"""The one stream of events: first the journal, then whoever listens; knows nothing of what the events mean.

Everything here runs on the loop's thread.
"""

import asyncio
import logging
from collections.abc import Callable

from textcraft_core.events import Durability, Event
from textcraft_core.record.journal import Journal

log = logging.getLogger(__name__)

Listener = Callable[[Event], None]


class EventStream:
    """Hands each event to the journal and then to its subscribers, in the order they subscribed.

    Without a journal (None) nothing is stored and `commit` tells at once.
    """

    def __init__(self, journal: Journal | None) -> None:
        self._journal = journal
        self._listeners: dict[object, Listener] = {}

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` with every event from now on; the returned function ends that, and may be called twice."""
        key = object()
        self._listeners[key] = listener
        return lambda: self._forget(key)

    def emit(self, event: Event) -> None:
        """Journal an event (unless it is fleeting) and tell it at once.

        Raises TypeError for an event that must be committed before its effect, and JournalError after the journal
        was closed. A subscriber that fails is logged and stops nobody.
        """
        if event.durability is Durability.BEFORE:
            raise TypeError(f"{type(event).__name__} must be on disk before its effect: await commit(), not emit()")
        if self._journal is not None and event.durability is Durability.GROUP:
            self._journal.write(event)
        self._tell(event)

    async def commit(self, event: Event) -> None:
        """Wait until the event, and all before it, is on disk; then tell it.

        Raises JournalError when it could not be stored: then nobody was told, and its effect must not happen.
        """
        if event.durability is not Durability.NONE:
            await self._on_disk(event)
        self._tell(event)

    async def store(self, event: Event) -> None:
        """Journal an event that `announce` tells when all else of it is kept too; wait for the disk if its effect does.

        Raises JournalError when it could not be stored.
        """
        if event.durability is Durability.BEFORE:
            await self._on_disk(event)
        elif event.durability is Durability.GROUP and self._journal is not None:
            self._journal.write(event)

    def announce(self, event: Event) -> None:
        """Tell an event that is stored, or whose record could not be kept although its effect happens."""
        self._tell(event)

    async def _on_disk(self, event: Event) -> None:
        if self._journal is not None:
            # Who waits may be cancelled; the journal's own future must not be, its writer will settle it.
            await asyncio.shield(asyncio.wrap_future(self._journal.write(event)))

    def _forget(self, key: object) -> None:
        self._listeners.pop(key, None)

    def _tell(self, event: Event) -> None:
        for key, listener in tuple(self._listeners.items()):
            if key in self._listeners:
                _tell_one(listener, event)


def _tell_one(listener: Listener, event: Event) -> None:
    try:
        listener(event)
    except Exception:
        log.exception("a subscriber failed on %s", type(event).__name__)
