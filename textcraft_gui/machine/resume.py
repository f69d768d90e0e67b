"""Has screens and services looked at again when this machine slept, or everything here stood still; knows no panel.

What a sleeping machine owes: each wall gets its whole scene once more and has to confirm it, each service has to be
there, and nothing is asked for twice.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, Protocol

from textcraft_core import commands as cmd
from textcraft_core import events as ev
from textcraft_core.errors import CommandRefused
from textcraft_gui.words.i18n import counted

SETTLE_SECONDS: Final = 10.0
"""So long services may take to say hello again."""


class House(Protocol):
    """What is asked of the session."""

    async def handle(self, command: cmd.Command) -> None:
        """Carry out a command. Raises CommandRefused."""

    def wall_names(self) -> Sequence[str]:
        """Return the walls that are to be there."""

    def missing_services(self) -> Sequence[str]:
        """Return the services that are to be there and are not."""


class Resume:
    """Looks after everything when the machine is awake again."""

    def __init__(
        self, house: House, tell: Callable[[ev.Event], None], wait: Callable[[float], Awaitable[object]] = asyncio.sleep
    ) -> None:
        self._house = house
        self._tell = tell
        self._wait = wait

    async def after(self, seconds: float) -> None:
        """Everything stood still for so long."""
        self._tell(ev.MachineAwoke(seconds=seconds))
        for wall in self._house.wall_names():
            try:
                await self._house.handle(cmd.SendAgain(wall=wall))
            except CommandRefused as refusal:
                self._tell(ev.Warned(text=refusal.reason, source="console"))
        await self._wait(SETTLE_SECONDS)
        missing = self._house.missing_services()
        if missing:
            said = counted(
                len(missing),
                "{n} service did not come back: {names}",
                "{n} services did not come back: {names}",
                names=", ".join(missing),
            )
            self._tell(ev.Warned(text=said, source="console", fault=True))
