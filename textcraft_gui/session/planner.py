"""Asks for everything that may be refused before a mode is entered: folder, brain, ports; gives nothing up."""

import asyncio

from textcraft_bus.channel.messages import Mode
from textcraft_bus.clock import Clock
from textcraft_core import events as ev
from textcraft_core.show.folder import ShowFolder
from textcraft_core.stage.stage import BrainMaker
from textcraft_core.stage.walls import restore
from textcraft_core.stage.walls.restore import Restore
from textcraft_gui.rehearsal.bench import Bench
from textcraft_gui.session.session_plan import How, Plan
from textcraft_gui.session.venues import Venues
from textcraft_gui.session.working_copy import working_copy
from textcraft_gui.words.i18n import tr


class Planner:
    """One for each session."""

    def __init__(self, show: ShowFolder, clock: Clock, how: How, bench: Bench, venues: Venues) -> None:
        self._show = show
        self._clock = clock
        self._how = how
        self._bench = bench
        self._venues = venues

    async def plan(self, mode: Mode, present: Mode | None) -> Plan:
        """Plan a mode that follows the `present` one (None: the console just began).

        Raises CommandRefused, ShowError, SettingsError, BusError.
        """
        await self._bench.look()
        show, kept = await self._folder(mode)
        crashed = not kept.closed and kept.playout.mode is mode and present is None
        make, brain = await self.choose_brain(show, mode)
        doors = await self._venues.open_doors(mode, kept)
        return Plan(mode, show, kept, make, brain, crashed, doors)

    async def choose_brain(self, show: ShowFolder, mode: Mode) -> tuple[BrainMaker, ev.BrainInUse]:
        """Return what makes the brain of a mode, and what is told of it."""
        make = await asyncio.to_thread(self._bench.brain_maker, show, mode)
        name = self._bench.config(mode).brain
        return make, ev.BrainInUse(name=name, by_config=mode is Mode.SHOW and name != "live")

    async def _folder(self, mode: Mode) -> tuple[ShowFolder, Restore]:
        if mode is not Mode.REHEARSE:
            return self._show, await asyncio.to_thread(restore.load, self._show.restore, self._clock)

        def told(share: float) -> ev.Event:
            return ev.ModeChanging(mode=mode, doing=tr("The show is being copied for the rehearsal"), fraction=share)

        progress = self._bench.work.begin(told)
        return await asyncio.to_thread(working_copy, self._show, self._clock, fresh=self._how.fresh, progress=progress)
