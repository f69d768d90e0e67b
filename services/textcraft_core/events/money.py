"""Events: what was reserved, spent and refused."""

from textcraft_core.events.base import CommittedEvent, Event, FleetingEvent


class SpendReserved(CommittedEvent):
    """Money was reserved before a paid call, USD."""

    call_id: str
    usd: float


class SpendSettled(Event):
    """A reservation is over: what the attempt came to, USD; `estimated` when nobody saw its end or knows its price."""

    call_id: str
    usd: float
    estimated: bool = False


class SpendAdded(Event):
    """Money was spent; `total` of this show, USD."""

    source: str
    usd: float
    total: float
    estimated: bool = False


class SpendCapped(FleetingEvent):
    """What was spent under the narrower cap, and that cap, USD: of the day, or of the whole show."""

    cap: str
    spent: float
    usd: float


class CapReached(Event):
    """A paid call was refused because of the cap."""

    cap: str
    usd: float
