"""The account of the show itself, for a rehearsal that spends real money on a copy of it; knows no brain and no stage.

What a rehearsal spends is in its own journal and, set aside before it is spent, in the show's: it counts to the caps of
the show's day and of the whole show, also when the copy is thrown away. Nothing is opened while nothing costs money.
"""

import asyncio
from collections.abc import Callable

from textcraft_bus.clock import Clock
from textcraft_core.errors import BrainError, BrainFault, JournalError
from textcraft_core.events import CapReached, Event, SpendCapped, Warned
from textcraft_core.record.journal import Journal
from textcraft_core.record.stream import EventStream
from textcraft_core.show.folder import ShowFolder
from textcraft_core.spend import Caps, Ledger, Reservation

Tell = Callable[[Event], None]


class ShowAccount:
    """One for each stage of a rehearsal. `name` says in the show's journal which rehearsal spent."""

    def __init__(self, show: ShowFolder, caps: Caps, clock: Clock, name: str) -> None:
        self._show = show
        self._caps = caps
        self._clock = clock
        self._name = name
        self._opening = asyncio.Lock()
        self._journal: Journal | None = None
        self._ledger: Ledger | None = None
        self._closed = False
        self.tell: Tell = lambda _event: None
        """Told of caps that are reached and of what the operator should know."""

    @property
    def narrower(self) -> SpendCapped | None:
        """What was spent under the cap that leaves less; None before anything is spent here."""
        return self._ledger.narrower if self._ledger is not None else None

    @property
    def left(self) -> float:
        """What may still be spent, USD; infinite while that was not asked yet."""
        return self._ledger.left if self._ledger is not None else float("inf")

    async def reserve(self, call_id: str, source: str, usd: float) -> Reservation | None:
        """Set aside; returns once that is on disk in the show's journal. None for what costs nothing.

        Raises BrainError when a cap of the show would be passed, or its journal cannot be used.
        """
        if usd <= 0:
            return None
        ledger = await self._open()
        return await ledger.reserve(f"{self._name}:{call_id}", source, usd)

    def settle(self, held: Reservation, usd: float, *, estimated: bool = False) -> None:
        """Replace what was set aside by what it came to, USD."""
        if self._ledger is not None:
            self._ledger.settle(held, usd, estimated=estimated)

    async def close(self) -> None:
        """Close the show's journal, if it was opened; nothing can be set aside any more."""
        async with self._opening:
            self._closed = True
            journal, self._journal = self._journal, None
            if journal is not None:
                await asyncio.to_thread(journal.close)

    async def _open(self) -> Ledger:
        async with self._opening:
            if self._closed:
                raise BrainError(BrainFault.REFUSED, "the rehearsal has ended: nothing more may be spent")
            if self._ledger is None:
                try:
                    self._journal = await asyncio.to_thread(Journal, self._show.journal, self._clock)
                except JournalError as fault:
                    text = f"no money may be spent while the show's journal is out of order: {fault}"
                    raise BrainError(BrainFault.REFUSED, text) from fault
                stream = EventStream(self._journal)
                stream.subscribe(self._pass_on)
                self._ledger = Ledger(self._caps, stream, self._journal, self._clock)
            return self._ledger

    def _pass_on(self, event: Event) -> None:
        if isinstance(event, CapReached | Warned):
            self.tell(event)
