"""The message lane as a bounded list: what enters it, which line stands in front; knows no widget."""

from typing import Final

from textcraft_gui.state.show_state import Area, Message, Moment, Severity, ShowState

FRONT_SECONDS: Final = 6.0
"""How long the newest line stands in front of an older one that still waits to be acknowledged."""
_LOUDNESS: Final = (Severity.NOTE, Severity.WARN, Severity.FAULT)


def tell(state: ShowState, now: Moment, text: str, severity: Severity = Severity.NOTE, details: str = "") -> Area:
    """Add a line; the same line said again only counts."""
    last = state.lane[-1] if state.lane else None
    if last and (last.text, last.severity, last.details) == (text, severity, details):
        last.times, last.at, last.mono = last.times + 1, now.date, now.mono
        last.acknowledged = severity is Severity.NOTE
        return Area.LANE
    number = last.number + 1 if last else 1
    quiet = severity is Severity.NOTE
    state.lane.append(Message(number, now.date, now.mono, severity, text, details, acknowledged=quiet))
    return Area.LANE


def warn(state: ShowState, now: Moment, text: str, details: str = "") -> Area:
    """Add a line the operator acknowledges."""
    return tell(state, now, text, Severity.WARN, details)


def front(state: ShowState, now: Moment) -> Message | None:
    """Return the line to show: the newest while fresh, else the loudest that waits, else the newest."""
    if not state.lane:
        return None
    newest = state.lane[-1]
    waiting = [message for message in state.lane if not message.acknowledged]
    if not waiting or now.mono - newest.mono < FRONT_SECONDS:
        return newest
    return max(waiting, key=lambda message: (_LOUDNESS.index(message.severity), message.number))


def acknowledge(state: ShowState, number: int | None = None) -> Area:
    """Tick off one line by its number, or all."""
    for message in state.lane:
        if number is None or message.number == number:
            message.acknowledged = True
    return Area.LANE
