"""When a verb of the day makes no sense, in a few words for the operator; pure."""

from textcraft_bus.channel.messages import Mode
from textcraft_core.events import DayState
from textcraft_gui.state.show_state import ShowState
from textcraft_gui.words.i18n import tr


def no_opening(state: ShowState) -> str:
    """Why the day cannot be opened."""
    if state.mode is Mode.EDIT:
        return tr("A day is opened in SHOW, or rehearsed")
    return "" if state.day.state in {None, DayState.CLOSED} else tr("The day has begun already")


def no_closing(state: ShowState) -> str:
    """Why the day cannot be closed."""
    return "" if state.day.state in {DayState.OPENING, DayState.OPEN} else tr("The day is over already")


def no_extension(state: ShowState) -> str:
    """Why closing time cannot be moved."""
    if state.day.state in {None, DayState.CLOSED}:
        return tr("The day has not begun")
    return "" if state.day.closes_at else tr("It closes by hand: there is no closing time to move")


def no_preflight(state: ShowState) -> str:
    """Why no pre-flight can be made."""
    if state.day.checking:
        return tr("The pre-flight is running")
    return tr("The house is open: it would black its walls") if state.day.state is DayState.OPEN else ""


def no_report(state: ShowState) -> str:
    """Why there is nothing to report."""
    return tr("No day was opened yet") if state.day.state is None else ""
