"""What may be done by whoever only reads along, and why the rest is refused; pure, knows no widget."""

from textcraft_core.events import ReadingAlong
from textcraft_gui.state.show_state import ShowState
from textcraft_gui.words.i18n import tr


def refusal(told: ReadingAlong) -> str:
    """Why nothing is changed here, naming who holds the show."""
    if told.ended:
        return tr("Reading along: nobody holds this show now, open it for work first")
    return tr("Reading along: {who} holds this show", who=told.who)


def no_change(state: ShowState) -> str:
    """Why nothing may be changed; "" for whoever holds the show."""
    return refusal(state.reading) if state.reading is not None else ""


def no_work(state: ShowState) -> str:
    """Why the show cannot be opened for work."""
    if state.changing:
        return tr("The mode is being changed")
    if state.reading is None:
        return tr("This console holds the show")
    return "" if state.reading.ended else refusal(state.reading)


def about_reading(state: ShowState) -> str:
    """The banner of the sentence; nothing for whoever holds the show."""
    told = state.reading
    if told is None:
        return ""
    if told.ended:
        return tr("Nobody holds this show any more ({who} has ended): open for work takes it.", who=told.who)
    return tr("Reading along: {who} holds this show. Nothing here changes it.", who=told.who)
