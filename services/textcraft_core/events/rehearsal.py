"""Events: what was made to go wrong in a rehearsal, so that nobody takes it for the real thing."""

from textcraft_core.events.base import Event


class FaultRehearsed(Event):
    """Something went wrong because the fault profile says so; `seconds` is how long a link stays cut."""

    fault: str
    cycle: int = 0
    role: str = ""
    target: str = ""
    seconds: float = 0.0
