"""Events: what other programs ask through control.json, and what became of orders for one plan."""

from textcraft_core.events.base import Event


class ControlRead(Event):
    """control.json says something new; "" and None say nothing."""

    status: str = ""
    instruction: str = ""
    target: str = ""
    temperature: float | None = None
    model: str = ""


class OrderCarriedOut(Event):
    """A one-turn order was dispatched and is used up; `wanted` is its target as it was asked for."""

    instruction: str
    wanted: str = ""
    source: str = "operator"
    cycle: int = 0
