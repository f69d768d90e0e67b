"""Lets a candidate that was rejected stand among the candidates again; knows no walls and no files."""

from collections.abc import Awaitable, Callable
from typing import Final

from textcraft_core import commands as cmd
from textcraft_core.errors import CommandRefused
from textcraft_core.stage.walls.playout import Candidate, Playout

MAX_REJECTED: Final = 12
"""As many as there are candidates: what was rejected before them is found in the gallery."""
Add = Callable[[Candidate], Awaitable[None]]
Carry = Callable[[cmd.Command], Awaitable[None]]


class SecondThoughts:
    """Remembers what was rejected; `reject` carries a Reject out, `add` puts a candidate in."""

    def __init__(self, playout: Playout, reject: Carry, add: Add) -> None:
        self._playout = playout
        self._reject = reject
        self._add = add
        self._rejected: dict[str, Candidate] = {}

    async def reject(self, command: cmd.Reject) -> None:
        """Take a candidate out and remember it. Raises CommandRefused."""
        known = {str(key): candidate for key, candidate in self._playout.state.candidates.items()}
        if candidate := known.get(command.request_id):
            self._rejected[command.request_id] = candidate  # told before it is kept on disk: undo may be that quick
        try:
            await self._reject(command)
        except CommandRefused:
            self._rejected.pop(command.request_id, None)
            raise
        while len(self._rejected) > MAX_REJECTED:
            del self._rejected[next(iter(self._rejected))]

    async def readmit(self, command: cmd.Readmit) -> None:
        """Put a rejected candidate back, as it was. Raises CommandRefused."""
        candidate = self._rejected.pop(command.request_id, None)
        if candidate is None:
            raise CommandRefused("This picture was not rejected lately: stage it from the gallery.")
        await self._add(candidate)
