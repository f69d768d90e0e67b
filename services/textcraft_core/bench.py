"""How a rehearsal is played, as the operator sets it on the bench: pure figures; knows no brain and no stage."""

from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, ConfigDict, Field

from textcraft_bus.models import Model

EVENING_CYCLE_SECONDS: Final = 60.0
"""The least time between two cycle starts of an evening in SHOW …"""
EVENING_AUTO_SECONDS: Final = 45.0
"""… and how long AUTO leaves a picture there, when nothing else is set."""
LEAST_AUTO_SECONDS: Final = 1.0
SPEEDS: Final = (0.0, 1.0, 5.0, 20.0, 60.0)
"""What the console offers: the rehearsal's own quick pace, or an evening so many times as fast."""


def _known_speed(speed: float) -> float:
    if 0 < speed < 1:
        raise ValueError("an evening is played as fast as it is, or faster")
    return speed


class BenchSettings(Model):
    """Brain, latency, faults, speed and watermark of a rehearsal."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    brain: Literal["rehearsal", "live"] = "rehearsal"
    most_usd: float = Field(default=0.0, ge=0, le=1000)
    """What a live brain may cost in this rehearsal; 0 lets only a free one play."""
    first_token_s: float = Field(default=0.6, ge=0, le=60)
    tokens_per_s: float = Field(default=60.0, ge=0, le=1000)
    fault_profile: str = Field(default="", max_length=1000)
    """The name of a profile or a TOML file; "" is nothing. A profile has its own latency."""
    speed: Annotated[float, Field(ge=0, le=100), AfterValidator(_known_speed)] = 0.0
    """0: the rehearsal's own pace; else an evening of SHOW, so many times as fast."""
    watermark: bool = True

    @property
    def scale(self) -> float:
        """What the brain's times are multiplied by."""
        return 1.0 / self.speed if self.speed else 1.0

    def cycle_seconds(self, own: float) -> float:
        """Return the least time between two cycle starts; `own` is that of a rehearsal."""
        return EVENING_CYCLE_SECONDS / self.speed if self.speed else own

    def auto_seconds(self, own: float) -> float:
        """Return how long AUTO leaves a picture; a wall needs a second for its transition."""
        return max(LEAST_AUTO_SECONDS, EVENING_AUTO_SECONDS / self.speed) if self.speed else own

    def begins_anew(self, other: "BenchSettings") -> bool:
        """Whether going over to `other` needs another brain, and with it another stage on the same copy."""
        return self.brain != other.brain or (other.brain == "live" and self.most_usd != other.most_usd)

    def table(self) -> dict[str, Any]:
        """Return the settings as events and commands carry them."""
        return self.model_dump()
