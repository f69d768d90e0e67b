"""Whether the walls still paint: each asks its window for a frame a second, and tells how many it painted; pure.

A window that is hidden or unplugged paints nothing and is no fault. One that is to be seen and paints nothing for a
minute is: its process lives, its picture may be gone.
"""

from collections import deque
from dataclasses import dataclass, field
from typing import Final

STALL_SECONDS: Final = 60.0
REST_AFTER: Final = 3
"""So many stalls within the window, and a wall shows its safe look until somebody looks after it."""
REST_WINDOW_SECONDS: Final = 1800.0


@dataclass(slots=True)
class _Pulse:
    frames: int
    since: float
    stalls: deque[float] = field(default_factory=lambda: deque(maxlen=REST_AFTER))


@dataclass(frozen=True, slots=True)
class Stall:
    """A wall that painted nothing for `seconds`; `often` when that happened too many times."""

    wall: str
    seconds: float
    often: bool


class Pulses:
    """The signs of life of all walls."""

    def __init__(self) -> None:
        self._walls: dict[str, _Pulse] = {}

    def beat(self, wall: str, frames: int, *, hidden: bool, now: float) -> None:
        """A wall told how many frames it painted so far."""
        pulse = self._walls.setdefault(wall, _Pulse(frames, now))
        if hidden or frames != pulse.frames:
            pulse.frames, pulse.since = frames, now

    def lost(self, wall: str, now: float) -> None:
        """A wall that says nothing cannot be judged; its stalls are remembered."""
        if wall in self._walls:
            self._walls[wall].since = now
            self._walls[wall].frames = -1

    def stalled(self, now: float) -> list[Stall]:
        """The walls that just became too quiet, once each; their time begins anew."""
        found = []
        for wall, pulse in self._walls.items():
            quiet = now - pulse.since
            if pulse.frames >= 0 and quiet >= STALL_SECONDS:
                pulse.since = now
                pulse.stalls.append(now)
                full = len(pulse.stalls) == REST_AFTER and now - pulse.stalls[0] <= REST_WINDOW_SECONDS
                found.append(Stall(wall, quiet, full))
                if full:
                    pulse.stalls.clear()
        return found
