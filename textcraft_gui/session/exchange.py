"""How one stage gives way to another, and never what a wall shows: closing, opening, and the way back to EDIT.

Whoever calls holds the lock of the session: one exchange at a time. Asks nothing that may be refused: that was planned.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from textcraft_bus.channel.messages import Mode
from textcraft_bus.clock import Clock
from textcraft_core import commands as cmd
from textcraft_core import events as ev
from textcraft_core.errors import CommandRefused
from textcraft_core.stage.stage import Stage
from textcraft_core.stage.walls import restore
from textcraft_gui.rehearsal.bench import Bench
from textcraft_gui.rehearsal.rehearsal_end import RehearsalEnd
from textcraft_gui.session.in_hand import InHand
from textcraft_gui.session.planner import Planner
from textcraft_gui.session.ports import WritingPort
from textcraft_gui.session.readings import BETWEEN
from textcraft_gui.session.session_plan import How, Plan
from textcraft_gui.session.venue import Venue
from textcraft_gui.session.venues import Venues
from textcraft_gui.words.i18n import translated

WATERMARK = "REHEARSAL"
KEEP_SECONDS = 2.0
"""So long a stage waits for what editors still keep."""


class Around(Protocol):
    """What an exchange asks of the session around it."""

    prepare: Callable[[Stage], None]

    def tell(self, event: ev.Event) -> None:
        """Tell an event that belongs to no stage."""
        ...

    def hear(self, event: ev.Event) -> None:
        """Hear an event of the stage in play."""
        ...


class Exchange:
    """Holds the stage in play, and its mode."""

    def __init__(
        self,
        around: Around,
        clock: Clock,
        how: How,
        venues: Venues,
        planner: Planner,
        bench: Bench,
        endings: RehearsalEnd,
        in_hand: InHand,
    ) -> None:
        self._around, self._clock, self._how = around, clock, how
        self._venues, self._planner, self._bench = venues, planner, bench
        self._endings, self._in_hand = endings, in_hand
        self.stage: Stage | None = None
        """None while the mode is being changed."""
        self.mode: Mode | None = None
        self.brain: ev.BrainInUse | None = None
        self.desk: WritingPort | None = None
        """What editors read; while the mode is being changed that is still the last stage's."""
        self._forget: Callable[[], None] = lambda: None
        self._venue: Venue | None = None
        """Where the stage in play plays."""
        self._left: Path | None = None
        """restore.json of the stage that closed last: that it ended by itself is said when the next one is there."""

    def there(self) -> Stage:
        """Return the stage in play. Raises CommandRefused while there is none."""
        if self.stage is None:
            raise CommandRefused(translated(BETWEEN))
        return self.stage

    async def leave(self, *, for_rehearsal: bool) -> None:
        """Give the stage up; leaving SHOW holds its walls first. A rehearsal brings an image server of its own."""
        was_show = self.mode is Mode.SHOW
        if was_show:
            await self._hold_walls()
        await self.leave_stage(goes_on=True)
        await self._venues.leave(was_show=was_show, for_rehearsal=for_rehearsal)

    async def _hold_walls(self) -> None:
        stage = self.there()
        await stage.handle(cmd.Auto(on=False))
        await stage.handle(cmd.Hold(on=True))
        self._venues.park_walls()

    async def _let_editors_keep(self) -> None:
        """What was typed last becomes a draft of the folder that is left; no editor takes more from here on."""
        self._around.tell(ev.StageClosing())
        await self._in_hand.settle(KEEP_SECONDS)

    async def leave_stage(self, *, goes_on: bool = False) -> None:
        """Close the stage. `goes_on`: another stage follows; a crash before that is there goes back to this one."""
        if self.stage is not None:  # while it ends the stops still work
            await self._let_editors_keep()
            await self.stage.engine.stop(pictures=True)
        stage, self.stage = self.stage, None
        self._venues.detach()
        self._forget()
        if stage is not None:
            await stage.close(end_services=False, goes_on=goes_on)
            if self._venue is not None:
                self._venue.take_back(stage.untaken())
            self._left = stage.show.restore if goes_on else None

    async def enter(self, plan: Plan) -> None:
        """Open the stage of a plan. Raises CommandRefused, ShowError, BusError."""
        venue = await self._venues.of(plan)
        if plan.mode is not Mode.SHOW and not self._venues.parked:
            plan.kept.playout.house.of_the_show.clear()  # none of those walls is up
        if not self._how.automatic:
            plan.kept.playout.auto = False
        self._venue = venue
        stage = self._make_stage(plan, venue)
        if plan.mode is Mode.REHEARSE:
            await self._bench.apply(stage)
        venue.attach(stage, plan.mode)
        if plan.mode is Mode.SHOW:
            await self._begin_show(stage, resumed=plan.crashed)
        await stage.open()
        left, self._left = self._left, None
        if left is not None and left != plan.show.restore:
            await restore.note_closed(left, self._clock)
        self.stage, self.mode = stage, plan.mode
        self.brain = plan.brain.model_copy(update={"free": stage.engine.is_free})
        self.desk = stage.writing
        self._endings.playing = self._bench.playing = plan.show.root.name if plan.mode is Mode.REHEARSE else ""
        self._forget = stage.subscribe(self._around.hear)
        self._around.tell(ev.StageExchanged())

    async def begin(self, plan: Plan) -> None:
        """Start or adopt the services of a plan, and let it go on as it did."""
        await self._venues.open_services(plan)
        for event in plan.doors:
            self.there().stream.emit(event)
        if plan.goes_on_running and self._how.automatic:
            await self.there().handle(cmd.Run())

    def _make_stage(self, plan: Plan, venue: Venue) -> Stage:
        if venue.hub is None:
            raise CommandRefused(translated(BETWEEN))
        mark = WATERMARK if plan.mode is Mode.REHEARSE else ""
        options = self._bench.options(plan.show, plan.mode, mark, self._how.pace)
        if not self._how.automatic:  # no clock opens or closes the house either
            options = replace(options, day=options.day.model_copy(update={"hours": ()}))
        stage = Stage(plan.show, plan.make_brain, venue.hub, self._clock, options, plan.kept, venue.port)
        self._around.prepare(stage)
        return stage

    async def _begin_show(self, stage: Stage, *, resumed: bool) -> None:
        """From the safe look, unless its walls are still up: a mode never changes what they show."""
        if not self._venues.parked and not resumed:
            await stage.handle(cmd.Hold(on=False))
            await stage.handle(cmd.SafeLook(on=True))
        self._venues.parked = ()

    async def come_back(self) -> None:
        """The mode could not be entered: the show opens in EDIT, its walls as they are."""
        if self.stage is None:
            plan = await self._planner.plan(Mode.EDIT, self.mode)
            await self.enter(plan)
            await self.begin(plan)
