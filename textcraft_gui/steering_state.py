"""What the console knows of those who steer the story besides its operator: visitors, sensors, the chain of brains."""

from dataclasses import dataclass, field


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
