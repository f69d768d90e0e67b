"""The support bundle of the running console: looks at everything, packs it beside the work, and can be ended."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Final

from textcraft_bus.clock import Clock
from textcraft_bus.disk.folders import data_folder
from textcraft_bus.errors import BusError
from textcraft_bus.redaction import Redactor
from textcraft_core import commands as cmd
from textcraft_core import events as ev
from textcraft_core.diagnosis.bundle import Wanted, usual_name, write_bundle
from textcraft_core.errors import CommandRefused
from textcraft_core.events import CheckState
from textcraft_core.show.folder import ShowFolder
from textcraft_gui.config import ConsoleConfig
from textcraft_gui.doctor.examination import Told, checks, examine
from textcraft_gui.doctor.secrets import secrets_of
from textcraft_gui.words.i18n import tr

LOOKING_SHARE: Final = 0.7
"""Of the whole work: the looks take most of it."""
Tell = Callable[[ev.Event], None]


class Ended(Exception):
    """Somebody ended the work."""


class BundleDesk:
    """One for each console; makes one bundle at a time."""

    def __init__(self, show: ShowFolder, config: ConsoleConfig, clock: Clock, redactor: Redactor, tell: Tell) -> None:
        self._show = show
        self._config = config
        self._clock = clock
        self._redactor = redactor
        self._tell = tell
        self._busy = False
        self._cancelled = False

    async def handle(self, command: cmd.Command) -> None:
        """Make a bundle, or end the one that is made. Raises CommandRefused."""
        if isinstance(command, cmd.CancelBundle):
            self._cancelled = True
        elif isinstance(command, cmd.MakeBundle):
            await self._make(words=command.words)

    async def _make(self, *, words: bool) -> None:
        if self._busy:
            raise CommandRefused(tr("A support bundle is being made."))
        self._busy, self._cancelled = True, False
        try:
            told = await self._look()
            path = await self._pack(told, words=words)
        except Ended:
            raise CommandRefused(tr("It was ended: nothing of it stays.")) from None
        except (BusError, OSError) as error:
            raise CommandRefused(str(error)) from error
        finally:
            self._busy = False
            self._tell(ev.BundleProgressed())
        failing = tuple(one.check for one in told if one.finding.state is CheckState.FAIL)
        self._tell(ev.BundleMade(path=str(path), size=path.stat().st_size, words=words, failing=failing))

    async def _look(self) -> list[Told]:
        await asyncio.to_thread(lambda: self._redactor.add(*secrets_of(self._show.root)))
        names, told = list(checks(self._show, self._config)), list[Told]()
        self._say(names[0], 0.0)
        async for one in examine(self._show, self._config):
            if self._cancelled:
                raise Ended
            told.append(one)
            done = len(told)
            self._say(names[min(done, len(names) - 1)], LOOKING_SHARE * done / len(names))
        return told

    async def _pack(self, told: list[Told], *, words: bool) -> Path:
        folder = data_folder() / "support"
        await asyncio.to_thread(lambda: folder.mkdir(exist_ok=True))
        loop = asyncio.get_running_loop()

        def progress(share: float) -> None:
            if self._cancelled:
                raise Ended
            loop.call_soon_threadsafe(self._say, "bundle", LOOKING_SHARE + (1 - LOOKING_SHARE) * share)

        wanted = Wanted(self._show, [one.as_json() for one in told], words=words)
        path = folder / usual_name(self._clock.now())
        return await asyncio.to_thread(write_bundle, path, wanted, self._redactor, progress)

    def _say(self, doing: str, share: float) -> None:
        if self._busy:
            self._tell(ev.BundleProgressed(doing=doing, fraction=share))
