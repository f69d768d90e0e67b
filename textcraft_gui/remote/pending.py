"""What was asked a moment ago and is not told back yet: two faders of one thing must not undo each other; pure."""

from collections.abc import Callable
from typing import Any, Final, TypeVar

FORGET_SECONDS: Final = 2.0
"""After so long what was asked has happened or was refused."""
Kept = TypeVar("Kept")


class Pending:
    """`now` gives monotonic seconds."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._asked: dict[object, tuple[float, Any, Any]] = {}

    def change(self, what: object, stands: Kept, change: Callable[[Kept], Kept]) -> Kept:
        """Return what is to be asked: a change of what stands, or of what was asked while that was still the same."""
        at, before, wanted = self._asked.get(what, (0.0, None, None))
        fresh = before == stands and self._now() - at < FORGET_SECONDS
        changed = change(wanted if fresh else stands)
        self._asked[what] = (self._now(), stands, changed)
        return changed
