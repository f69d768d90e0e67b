"""The times of the addressed channel, together, so tests can shorten them; knows nothing of who waits."""

from typing import Final

from textcraft_bus.constants import BEAT_SECONDS, LEASE_SECONDS, SILENCE_SECONDS
from textcraft_bus.records import dataclass

JOB_SECONDS: Final = 120.0
"""A picture that was asked for is there, or given up, after this long."""

BACKEND_SECONDS: Final = 8.0
"""So long a picture waits for a server with the backend it names while others are there that lack it."""


@dataclass(frozen=True, slots=True)
class Timing:
    """All in seconds.

    `beat_s`: between two beats or two hellos. `lease_s`: a peer silent for so long is lost to the core. `silence_s`:
    a core silent for so long is lost to a service. `job_s`: the total deadline of one picture. `backend_s`:
    how long a picture waits for a backend that none of the servers there has.
    """

    beat_s: float = BEAT_SECONDS
    lease_s: float = LEASE_SECONDS
    silence_s: float = SILENCE_SECONDS
    job_s: float = JOB_SECONDS
    backend_s: float = BACKEND_SECONDS

    @property
    def tick_s(self) -> float:
        """How often time is looked at: a quarter of a beat."""
        return self.beat_s / 4
