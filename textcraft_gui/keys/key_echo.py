"""Tells a held key's repeats from strokes where the window system does not say it; pure, knows no Qt and no verb.

Remote desktops and some X servers send each repeat as a key that comes up and goes down again at the same moment.
Taken for strokes, a held stop would be set and unset, a hand on Esc would be PANIC, and nothing could be held at all.
"""

from typing import Final

ECHO_MS: Final = 30
"""Nobody presses one key twice within this, and no bouncing contact means two strokes."""


class Echo:
    """Remembers when each key came up. Times are the window system's own, in milliseconds."""

    def __init__(self) -> None:
        self._up: dict[int, int] = {}

    def came_up(self, code: int, at: int) -> None:
        """A key came up. Code 0, a key no hand pressed, is not remembered."""
        if code:
            self._up[code] = at

    def is_repeat(self, code: int, at: int) -> bool:
        """Whether a key that goes down now never was up."""
        up = self._up.get(code)
        return up is not None and 0 <= at - up <= ECHO_MS
