"""What the console knows of how the story is steered: visitors, sensors, the chain of brains, RUN and its price."""

from collections import deque
from dataclasses import field

from textcraft_bus.records import dataclass


@dataclass
class Visitor:
    """One story that waits for an answer; `since` is monotonic, None when it was heard before this console looked."""

    story_id: str
    text: str
    speaker: str = ""
    reason: str = ""
    since: float | None = None


@dataclass
class Steering:
    """Filled only by the projection."""

    visitors: dict[str, Visitor] = field(default_factory=dict)
    policy: str = ""
    """auto, ask or ignore; with nobody there screened or ignored; "" until it was told."""
    attended: bool = True
    sensors: tuple[str, ...] = ()
    """What sensors are bound to, as `type: binding`."""
    present: bool | None = None
    people: int | None = None
    passed_over: int = 0
    passed_over_why: str = ""
    brain: str = ""
    """The brain of the chain that answers now; "" while the first does."""
    reserve: bool = False
    """No brain answers: the reserve reel is wanted."""
    stuck: str = ""
    """Why the engine is stuck; "" while it is not."""
    run: str = ""
    """The limit of the RUN that is on, in words; "" when it has none."""
    goes_on_at: float | None = None
    """When the engine goes on by itself, monotonic; None when that is not known."""
    cycle_cost: float = 0.0
    """What the running cycle has cost so far, USD."""
    cycle_costs: deque[float] = field(default_factory=lambda: deque(maxlen=5))
    """What the last cycles cost, USD."""

    @property
    def usual_cost(self) -> float:
        """What a cycle costs as a rule, USD; 0 while nothing was paid yet."""
        return sum(self.cycle_costs) / len(self.cycle_costs) if self.cycle_costs else 0.0
