"""When a console is started again, how soon, and when no more; pure: time comes in, and nothing is done here."""

import signal
from collections import deque
from dataclasses import field
from typing import Final

from textcraft_bus.processes import EXIT_NAME_TAKEN
from textcraft_bus.records import dataclass

MAX_STARTS, WINDOW_SECONDS = 6, 300.0
"""So many starts within the window, and the console is parked: the same measure as for every service."""
DELAYS: Final = (0.0, 1.0, 2.0, 4.0, 8.0)
"""How long each start in a row waits."""
STEADY_SECONDS: Final = 20.0
"""A console that lived so long did not fall at its start."""
START_SECONDS: Final = 90.0
"""So long a console may take until its main loop beats for the first time."""
STALL_SECONDS: Final = 30.0
"""So long its main loop may stand still."""
LOOK_SECONDS: Final = 0.1
ASLEEP_SECONDS: Final = 2.0
"""Between two looks of ours: more, and this process slept as well, with the machine or stopped by hand."""

EXIT_USAGE: Final = 2
EXIT_UNSEEN: Final = 255
"""Stands for the exit code of a console that others started."""
EXIT_PARKED: Final = 4
"""Exit code of a supervisor that gave up; units of the system do not start it again by themselves."""


class Intensity:
    """How often something was started of late, and whether once more is too often."""

    def __init__(self, most: int = MAX_STARTS, window: float = WINDOW_SECONDS) -> None:
        self._most = most
        self._window = window
        self._starts: deque[float] = deque()

    def may_start(self, now: float) -> bool:
        """Whether one more start is within the measure; if so it is counted."""
        self._forget(now)
        if len(self._starts) >= self._most:
            return False
        self._starts.append(now)
        return True

    def delay(self, now: float, lived: float = 0.0) -> float:
        """Seconds to wait before the next start: the longer, the more often it was started of late.

        Who `lived` for a while before it fell is started again at once: an audience looks at the walls.
        """
        self._forget(now)
        if lived >= STEADY_SECONDS:
            return 0.0
        return DELAYS[min(max(0, len(self._starts) - 1), len(DELAYS) - 1)]

    def _forget(self, now: float) -> None:
        while self._starts and now - self._starts[0] >= self._window:
            self._starts.popleft()


@dataclass(slots=True)
class Silence:
    """How long a console has said nothing while we listened; what both of us slept does not count."""

    heard_at: float
    looked_at: float = field(init=False)
    beats: bool = False
    """Whether it beat at all since its start."""

    def __post_init__(self) -> None:
        self.looked_at = self.heard_at

    def heard(self, now: float) -> None:
        """It beat."""
        self.heard_at, self.beats = now, True

    def too_long(self, now: float) -> bool:
        """Whether it has to be started again."""
        since_look, self.looked_at = now - self.looked_at, now
        if since_look > ASLEEP_SECONDS:
            self.heard_at += since_look
        return now - self.heard_at > (STALL_SECONDS if self.beats else START_SECONDS)


@dataclass(frozen=True, slots=True)
class End:
    """How a console ended."""

    code: int | None
    """As the system gives it: negative is the signal that ended it."""
    stalled: float = 0.0
    """Seconds its main loop had stood still when it was ended for that."""

    @property
    def is_final(self) -> bool:
        """Whether it ended as it was meant to, or was asked for what it does not know: it is not started again."""
        return not self.stalled and self.code in {0, EXIT_USAGE, EXIT_NAME_TAKEN}

    def words(self) -> str:
        """Why it is gone, as half a sentence for the operator."""
        if self.stalled:
            return f"its main loop stood still for {self.stalled:.0f} s and it was ended"
        if self.code is None or self.code == EXIT_UNSEEN:
            return "it was gone without a word"
        if self.code < 0:
            return f"it was killed by {_signal_name(-self.code)}"
        return f"it failed with exit code {self.code}"


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
