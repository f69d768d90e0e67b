"""The times of the addressed channel, together, so tests can shorten them; knows nothing of who waits."""

from dataclasses import dataclass
from typing import Final

from textcraft_bus.constants import BEAT_SECONDS, LEASE_SECONDS, SILENCE_SECONDS

JOB_SECONDS: Final = 120.0
"""A picture that was asked for is there, or given up, after this long."""


@dataclass(frozen=True, slots=True)
class Timing:
    """All in seconds.

    `beat_s`: between two beats or two hellos. `lease_s`: a peer silent for so long is lost to the core. `silence_s`:
    a core silent for so long is lost to a service. `job_s`: the total deadline of one picture.
    """

    beat_s: float = BEAT_SECONDS
    lease_s: float = LEASE_SECONDS
    silence_s: float = SILENCE_SECONDS
    job_s: float = JOB_SECONDS

    @property
    def tick_s(self) -> float:
        """How often time is looked at: a quarter of a beat."""
        return self.beat_s / 4
