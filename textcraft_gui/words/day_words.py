"""What the clock will do to the day, in words; pure."""

from datetime import datetime
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo

from textcraft_core.events import DayState
from textcraft_gui.state.day import Day
from textcraft_gui.words.i18n import later, tr, translated

WORDS: Final = {
    None: later("NO DAY YET"),
    DayState.CLOSED: later("CLOSED"),
    DayState.OPENING: later("OPENING"),
    DayState.OPEN: later("OPEN"),
    DayState.CLOSING: later("CLOSING"),
}


def word_of(state: DayState | None) -> str:
    """Return the state of the day as one word."""
    return translated(WORDS[state])


def when(day: Day, now: datetime) -> str:
    """Return what happens to the day next: `closes 21:00`, `opens by itself Mon 10:00`, `opens by hand`."""
    if day.state in {None, DayState.CLOSED}:
        at = day.opens_at
        return tr("opens by itself {when}", when=local(at, now, day.zone)) if at else tr("opens by hand")
    if day.state is DayState.OPENING and day.opens_at:
        return tr("opens at {when}", when=local(day.opens_at, now, day.zone))
    return tr("closes {when}", when=local(day.closes_at, now, day.zone)) if day.closes_at else tr("closes by hand")


def local(at: datetime, now: datetime, zone: str = "") -> str:
    """Return a moment as the time of day where the house stands, with its weekday when it is not today there.

    `zone` is the one its hours are written in. Where this machine's clock says otherwise, its name stands beside.
    """
    there = _zone(zone)
    here, today = at.astimezone(there), now.astimezone(there).date()
    time = f"{here:%H:%M}" if here.date() == today else f"{here:%a %H:%M}"
    return time if here.utcoffset() == at.astimezone(now.tzinfo).utcoffset() else f"{time} {here.tzname()}"


@cache
def _zone(name: str) -> ZoneInfo | None:
    """The zone of that name; None, this machine's, where it has none of it."""
    try:
        return ZoneInfo(name) if name else None
    except (KeyError, ValueError, OSError):
        return None
