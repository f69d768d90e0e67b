"""What the sentence says of the day: opening, closing, and when the house opens again; pure."""

from typing import Final

from textcraft_core.events import CheckState, DayState
from textcraft_gui.state.day import Day
from textcraft_gui.state.show_state import Moment, ShowState
from textcraft_gui.words.day_words import local
from textcraft_gui.words.i18n import tr, translated

SOON_SECONDS: Final = 600.0
"""Closing is spoken of when it is nearer than this."""


def about_day(state: ShowState, now: Moment) -> str:
    """Return what the day does next; nothing while an open house stays open for long."""
    day = state.day
    match day.state:
        case DayState.OPENING:
            return _opening(day, now)
        case DayState.OPEN if day.closes_at and (day.closes_at - now.date).total_seconds() <= SOON_SECONDS:
            return tr("The house closes at {when}.", when=local(day.closes_at, now.date, day.zone))
        case DayState.CLOSING:
            return tr("The house is closing: the last cycle ends, nothing more is paid.")
        case DayState.CLOSED if day.opens_at:
            return tr("The house is closed; it opens by itself {when}.", when=local(day.opens_at, now.date, day.zone))
    return ""


def _opening(day: Day, now: Moment) -> str:
    if check := day.check_now:
        return tr("The house is opening: the pre-flight tries {check}.", check=translated(check.name))
    failing = [translated(row.name) for row in day.checks.values() if row.state is CheckState.FAIL and not row.waived]
    if failing:
        return tr("The house is not ready: {names}. Mend it, or waive it in DAY.", names=", ".join(failing))
    if day.opens_at:
        return tr("The house opens at {when}.", when=local(day.opens_at, now.date, day.zone))
    return tr("The house is opening.")
