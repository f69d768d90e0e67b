"""The account of one show: money is set aside on disk before it can be spent, and no cap is ever passed.

Knows no brain and no price: who spends says how much an attempt can cost at most, and what it came to.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable
from datetime import date, datetime, tzinfo
from typing import Final, Protocol

from textcraft_bus.clock import Clock
from textcraft_bus.records import dataclass
from textcraft_core.errors import BrainError, BrainFault, JournalError
from textcraft_core.events import CapReached, SpendCapped, SpendReserved, SpendSettled, Warned
from textcraft_core.record.journal import Journal, Record
from textcraft_core.record.stream import EventStream

log = logging.getLogger(__name__)

Spend = Callable[[str, float, bool], None]
CENT_DUST: Final = 1e-9
"""Sums of binary fractions are not exact; a billionth of a dollar is no money."""


@dataclass(frozen=True, slots=True)
class Caps:
    """The most that may be spent, USD, on one day (local time) and on the whole show; None is no cap."""

    day: float | None = None
    show: float | None = None


@dataclass(frozen=True, slots=True)
class Reservation:
    """Money set aside for one attempt; it counts to the day on which it was set aside."""

    call_id: str
    source: str
    usd: float
    day: date


class Payer(Protocol):
    """Another account the same money is taken from: the show's, for a rehearsal on its copy."""

    @property
    def narrower(self) -> SpendCapped | None:
        """What was spent under the cap that leaves less."""
        ...

    @property
    def left(self) -> float:
        """What may still be spent, USD."""
        ...

    async def reserve(self, call_id: str, source: str, usd: float) -> Reservation | None:
        """Set aside on disk; None for what costs nothing. Raises BrainError when it must not be."""
        ...

    def settle(self, held: Reservation, usd: float, *, estimated: bool = False) -> None:
        """Replace what was set aside by what it came to."""
        ...


class Ledger:
    """Keeps a show's account, on the loop's thread; its past is read from the journal before the first reservation.

    What was reserved and never settled, because the program ended meanwhile, is presumed spent.
    """

    def __init__(
        self,
        caps: Caps,
        stream: EventStream,
        journal: Journal | None,
        clock: Clock,
        zone: tzinfo | None = None,
        payer: Payer | None = None,
    ) -> None:
        self._caps = caps
        self._stream = stream
        self._journal = journal
        self._clock = clock
        self._zone = zone
        self._payer = payer
        self._paid: dict[str, Reservation] = {}
        """What is set aside in the payer's account as well, by call."""
        self._open: dict[str, Reservation] = {}
        self._show = 0.0
        self._days: defaultdict[date, float] = defaultdict(float)
        self._spend: Spend | None = None
        self._untold: list[tuple[str, float, bool]] = []
        self._reading = asyncio.Lock()
        self._read = False

    @property
    def spent(self) -> float:
        """What the show has spent, USD, without what is only set aside."""
        return self._show

    @property
    def spent_today(self) -> float:
        """What was spent today, USD."""
        return self._days.get(self._today(), 0.0)

    @property
    def reserved(self) -> float:
        """What is set aside at present, USD."""
        return sum(each.usd for each in self._open.values())

    @property
    def narrower(self) -> SpendCapped | None:
        """What was spent under the cap that leaves less; None without caps."""
        capped = [
            SpendCapped(cap=name, spent=spent, usd=cap)
            for name, cap, spent in (
                ("day", self._caps.day, self.spent_today),
                ("show", self._caps.show, self._show),
            )
            if cap is not None
        ]
        if self._payer is not None and (outer := self._payer.narrower) is not None:
            capped.append(outer)
        return min(capped, key=lambda each: each.usd - each.spent, default=None)

    @property
    def left(self) -> float:
        """What may still be spent under the narrower cap, USD; infinite without caps."""
        rooms = (
            cap - spent
            for cap, spent in ((self._caps.day, self.spent_today), (self._caps.show, self._show))
            if cap is not None
        )
        left = max(0.0, min(rooms, default=float("inf")) - self.reserved)
        return min(left, self._payer.left) if self._payer is not None else left

    def tell(self, spend: Spend) -> None:
        """Tell `spend(source, usd, estimated)` of everything spent from now on, and of what nobody was told yet."""
        self._spend = spend
        untold, self._untold = self._untold, []
        for entry in untold:
            spend(*entry)

    async def open(self) -> None:
        """Read the past, once; `reserve` does it otherwise. Raises JournalError."""
        async with self._reading:
            if not self._read and self._journal is not None:
                records = await asyncio.to_thread(self._journal.select, ["SpendReserved", "SpendSettled"])
                self._replay(records)
            self._read = True

    async def reserve(self, call_id: str, source: str, usd: float) -> Reservation:
        """Set aside what an attempt can cost at most; returns once that is on disk.

        Raises BrainError, and tells CapReached, when a cap would be passed; BrainError too when the journal cannot
        store it. Then nothing may be spent.
        """
        fault = await _fault_of(self.open())
        if fault is not None:
            raise fault
        # Between this look and the entry nothing is awaited: two calls at once cannot both take the last cent.
        self._refuse_beyond_caps(usd)
        held = Reservation(call_id, source, usd, self._today())
        self._open[call_id] = held
        try:
            fault = await self._take(held)
        except asyncio.CancelledError:
            self.settle(held, 0.0)
            raise
        if fault is not None:
            del self._open[call_id]
            self._give_back(call_id, 0.0)
            raise fault
        return held

    async def _take(self, held: Reservation) -> BrainError | None:
        """Put it on disk, in the payer's account first; returns why it must not be spent."""
        if self._payer is not None:
            try:
                paid = await self._payer.reserve(held.call_id, held.source, held.usd)
            except BrainError as fault:
                return fault
            if paid is not None:
                self._paid[held.call_id] = paid
        return await _fault_of(self._stream.commit(SpendReserved(call_id=held.call_id, usd=held.usd)))

    def _give_back(self, call_id: str, usd: float, *, estimated: bool = False) -> None:
        paid = self._paid.pop(call_id, None)
        if paid is not None and self._payer is not None:
            self._payer.settle(paid, usd, estimated=estimated)

    def settle(self, held: Reservation, usd: float, *, estimated: bool = False) -> None:
        """Replace what was set aside by what it came to, USD; harmless when done twice."""
        if self._open.pop(held.call_id, None) is None:
            return
        self._give_back(held.call_id, usd, estimated=estimated)
        self._count(held.day, usd)
        try:
            self._stream.emit(SpendSettled(call_id=held.call_id, usd=usd, estimated=estimated))
        except JournalError:
            # The journal was closed under a call that was given up: its reservation stays, and is presumed spent.
            log.warning("call %s was settled after the journal was closed", held.call_id)
            return
        if usd > held.usd + CENT_DUST:
            text = f"a call cost ${usd:.4f} though at most ${held.usd:.4f} was set aside for it"
            self._stream.emit(Warned(text=text, source="spend", fault=True))
        self._book(held.source, usd, estimated)

    # Parts

    def _book(self, source: str, usd: float, estimated: bool) -> None:
        if usd <= 0:
            return
        if self._spend is None:
            self._untold.append((source, usd, estimated))
        else:
            self._spend(source, usd, estimated)

    def _refuse_beyond_caps(self, usd: float) -> None:
        today = self._today()
        held_today = sum(each.usd for each in self._open.values() if each.day == today)
        for name, cap, taken in (
            ("day", self._caps.day, self._days.get(today, 0.0) + held_today),
            ("show", self._caps.show, self._show + self.reserved),
        ):
            if cap is not None and taken + usd > cap + CENT_DUST:
                self._stream.emit(CapReached(cap=name, usd=cap))
                raise BrainError(
                    BrainFault.REFUSED,
                    f"the cap of ${cap:.2f} for the {name} does not allow this call: ${taken:.2f} is taken, "
                    f"and the call could cost ${usd:.2f}",
                )

    def _count(self, day: date, usd: float) -> None:
        self._show += usd
        self._days[day] += usd

    def _today(self) -> date:
        return self._day(self._clock.now())

    def _day(self, at: datetime) -> date:
        return at.astimezone(self._zone).date()

    def _replay(self, records: Iterable[Record]) -> None:
        reserved: dict[str, Reservation] = {}
        for record in records:
            match record.event:
                case SpendReserved(call_id=call_id, usd=usd):
                    reserved[call_id] = Reservation(call_id, "recovered", usd, self._day(record.at))
                case SpendSettled(call_id=call_id, usd=usd):
                    held = reserved.pop(call_id, None)
                    self._count(held.day if held else self._day(record.at), usd)
        self._settle_lost(list(reserved.values()))

    def _settle_lost(self, lost: list[Reservation]) -> None:
        for held in lost:
            self._open[held.call_id] = held
            self.settle(held, held.usd, estimated=True)
        if lost:
            total = sum(held.usd for held in lost)
            text = f"{len(lost)} paid calls were cut off when the program last ended; ${total:.2f} is presumed spent"
            self._stream.emit(Warned(text=text, source="spend"))


async def _fault_of(work: Awaitable[None]) -> BrainError | None:
    """Return what kept the journal from its part as a BrainError, None when all went well."""
    try:
        await work
    except JournalError as fault:
        return BrainError(BrainFault.REFUSED, f"no money may be spent while the journal is out of order: {fault}")
    return None
