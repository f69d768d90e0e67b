"""What the clock will do to the day, in words; pure."""

from datetime import date, datetime
from typing import Final

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


def when(day: Day, today: date) -> str:
    """Return what happens to the day next: `closes 21:00`, `opens by itself Mon 10:00`, `opens by hand`."""
    if day.state in {None, DayState.CLOSED}:
        return tr("opens by itself {when}", when=local(day.opens_at, today)) if day.opens_at else tr("opens by hand")
    if day.state is DayState.OPENING and day.opens_at:
        return tr("opens at {when}", when=local(day.opens_at, today))
    return tr("closes {when}", when=local(day.closes_at, today)) if day.closes_at else tr("closes by hand")


def local(at: datetime, today: date) -> str:
    """Return a moment as local time of day, with its weekday when it is not today."""
    here = at.astimezone()
    return f"{here:%H:%M}" if here.date() == today else f"{here:%a %H:%M}"
