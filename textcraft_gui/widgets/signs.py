"""Which shape and colour each state has, as one table; a state is told by shape, colour and word together."""

from typing import Final

from textcraft_bus.records import dataclass
from textcraft_core.events import DayState
from textcraft_gui.state.show_state import Freshness, LineState, Severity
from textcraft_gui.theme import Colour
from textcraft_gui.widgets.shapes import Shape


@dataclass(frozen=True)
class Sign:
    """A shape in a colour."""

    shape: Shape
    colour: Colour


OK: Final = Sign(Shape.RING, Colour.OK)
UNKNOWN: Final = Sign(Shape.DASHED_RING, Colour.OK)
WARN: Final = Sign(Shape.TRIANGLE, Colour.WARN)
ACTIVE: Final = Sign(Shape.PLAY, Colour.INFO)
NOT_YET: Final = Sign(Shape.POINT, Colour.OK)
WAITING: Final = Sign(Shape.BARS, Colour.INFO)

FRESHNESS: Final = {
    Freshness.UNKNOWN: UNKNOWN,
    Freshness.OK: OK,
    Freshness.STALE: UNKNOWN,
    Freshness.OLD: WARN,
    Freshness.LOST: WARN,
}
SEVERITY: Final = {
    Severity.NOTE: Sign(Shape.BARS, Colour.INFO),
    Severity.WARN: WARN,
    Severity.FAULT: Sign(Shape.SQUARE, Colour.FAULT),
}
CHAPTER: Final = {
    "EMPTY": NOT_YET,
    "DRAFTING": ACTIVE,
    "REVIEW_READY": Sign(Shape.RING, Colour.INFO),
    "REVISION_NEEDED": WARN,
    "LOCKED": Sign(Shape.CHECK, Colour.NEXT),
    "MISSING": Sign(Shape.SQUARE, Colour.FAULT),
    "STAGNANT": WARN,
}
DAY: Final = {
    None: UNKNOWN,
    DayState.CLOSED: OK,
    DayState.OPENING: ACTIVE,
    DayState.OPEN: Sign(Shape.DOT, Colour.NEXT),
    DayState.CLOSING: ACTIVE,
}
LINE: Final = {
    LineState.WAITING: WAITING,
    LineState.USED: ACTIVE,
    LineState.DONE: Sign(Shape.CHECK, Colour.OK),
    LineState.WITHDRAWN: NOT_YET,
}
