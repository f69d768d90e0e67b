"""Whether the walls still paint: each asks its window for a frame a second, and tells how many it painted; pure.

A window that is hidden or unplugged paints nothing and is no fault. One that is to be seen and paints nothing for a
minute is: its process lives, its picture may be gone. A wall that says nothing at all may be on a machine that was
switched off; only when another process speaks in its name afterwards had it stalled, and was started anew.
"""

from collections import deque
from dataclasses import field
from typing import Final

from textcraft_bus.records import dataclass

STALL_SECONDS: Final = 60.0
REST_AFTER: Final = 3
"""So many stalls within the window, and a wall shows its safe look until somebody looks after it."""
REST_WINDOW_SECONDS: Final = 1800.0


@dataclass(slots=True)
class _Pulse:
    frames: int
    since: float
    pid: int = 0
    stalls: deque[float] = field(default_factory=lambda: deque(maxlen=REST_AFTER))

    def has_stalled(self, now: float) -> bool:
        """Count a stall; whether there were too many of them."""
        self.since = now
        self.stalls.append(now)
        often = len(self.stalls) == REST_AFTER and now - self.stalls[0] <= REST_WINDOW_SECONDS
        if often:
            self.stalls.clear()
        return often


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

    def seen(self, wall: str, pid: int, now: float) -> bool:
        """A wall says hello; whether a new process of its name is one too many, after ones that hung."""
        pulse = self._walls.setdefault(wall, _Pulse(-1, now))
        hung = pulse.pid not in (0, pid) and pulse.frames < 0 and now - pulse.since >= STALL_SECONDS
        pulse.pid = pid
        return hung and pulse.has_stalled(now)

    def lost(self, wall: str, since: float) -> None:
        """A wall that says nothing since then cannot be judged; its stalls are remembered."""
        if wall in self._walls:
            self._walls[wall].since = since
            self._walls[wall].frames = -1

    def slept(self, seconds: float) -> None:
        """Whoever looks stood still for so long, with its machine or by itself: nobody could be heard meanwhile."""
        for pulse in self._walls.values():
            pulse.since += seconds

    def stalled(self, now: float) -> list[Stall]:
        """The walls that just became too quiet, once each; their time begins anew."""
        judged = [(wall, pulse) for wall, pulse in self._walls.items() if pulse.frames >= 0]
        quiet = [(wall, pulse, now - pulse.since) for wall, pulse in judged if now - pulse.since >= STALL_SECONDS]
        return [Stall(wall, seconds, pulse.has_stalled(now)) for wall, pulse, seconds in quiet]
