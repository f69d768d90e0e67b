"""The session: one show before one operator, in EDIT, REHEARSE or SHOW; exchanges the stage, never what a wall shows.

To the window it is the one stage that is always there. Behind it a mode change closes one stage and opens another
(`exchange`): on the show itself or on a rehearsal's copy. Each of the two folders has its venue, so that a rehearsal,
whose venue has another identity and other ports, reaches no wall of the show.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable

from textcraft_bus.channel.messages import Mode
from textcraft_bus.clock import Clock
from textcraft_bus.errors import BusError
from textcraft_bus.processes import NameTaken
from textcraft_bus.tasks import Tasks
from textcraft_core import commands as cmd
from textcraft_core import events as ev
from textcraft_core.brains.choice import Conceal
from textcraft_core.errors import CommandRefused, EngineError
from textcraft_core.replay.view import ReplayView, is_of_the_book
from textcraft_core.show.folder import ShowFolder
from textcraft_core.show.holder import Holder
from textcraft_core.stage.locks import locked
from textcraft_core.stage.stage import Handler, Stage
from textcraft_core.stage.walls import restore
from textcraft_gui.config import ConsoleConfig
from textcraft_gui.rehearsal.bench import Bench
from textcraft_gui.rehearsal.rehearsal_end import RehearsalEnd
from textcraft_gui.rehearsal.replaying import Replays
from textcraft_gui.session.current import CurrentWriting
from textcraft_gui.session.exchange import WATERMARK, Exchange
from textcraft_gui.session.in_hand import InHand
from textcraft_gui.session.listeners import Listeners
from textcraft_gui.session.planner import Planner
from textcraft_gui.session.ports import Listener, WritingPort
from textcraft_gui.session.reading_along import ReadingAlong
from textcraft_gui.session.readings import BETWEEN, Readings
from textcraft_gui.session.session_plan import Farewell, How, Plan
from textcraft_gui.session.venues import Venues
from textcraft_gui.session.working_copy import starting_mode
from textcraft_gui.words.i18n import tr, translated

log = logging.getLogger(__name__)

__all__ = ["WATERMARK", "Farewell", "How", "Session"]


class Session(Readings):
    """Holds the stage in play. Its own commands are served here, all others by the stage."""

    def __init__(self, show: ShowFolder, config: ConsoleConfig, clock: Clock, conceal: Conceal, how: How) -> None:
        self.show = show
        self.clock = clock
        self.how = how
        self._config = config
        self._tasks = Tasks(on_error=self._on_task_error)
        self._entering: Mode | None = None
        """The mode that is being opened: a show that is ended meanwhile has its audience already."""
        self._venues = Venues(show, config, clock, self._tasks, how)
        self.tell_stalled = self._venues.tell_stalled
        self.wall_names, self.missing_services = self._venues.wall_names, self._venues.missing
        self.wanted_services = self._venues.wanted_services
        self._opened: Plan | None = None
        """What was opened and has no services yet."""
        self.prepare: Callable[[Stage], None] = lambda _stage: None
        """Called with each stage before it opens: what the window adds to it."""
        self.hold: Callable[[], None] = lambda: None
        """Called before a show that was read along is opened for work: takes its lock, or raises ShowHeld."""
        self.works: Callable[[], None] = lambda: None
        """Called when that is done."""
        self._listeners = Listeners()
        self._reading: ReadingAlong | None = None
        self._changing = asyncio.Lock()
        self._handlers: dict[type[cmd.Command], Handler] = {}
        self.writing: WritingPort = CurrentWriting(self._writing_desk)
        self._in_hand = InHand()
        self._endings = RehearsalEnd(show)
        self.bench = Bench(show, config, clock, conceal, self)
        self._planner = Planner(show, clock, how, self.bench, self._venues)
        self._exchange = Exchange(
            self, clock, how, self._venues, self._planner, self.bench, self._endings, self._in_hand
        )
        self._replays = Replays(show, clock, self._tasks, self.bench.work, self.tell, self._tell_exchange)
        self._serve_own()

    def _serve_own(self) -> None:
        self.serve((cmd.KeepRehearsal,), self._keep_rehearsal)
        self.serve((cmd.ThrowAwayRehearsal,), self._throw_rehearsal_away)
        self.serve((cmd.SetBench,), self.bench.set)
        self.serve((cmd.PruneRehearsals,), self.bench.prune)
        self.serve((cmd.CancelBenchWork,), self.bench.work.cancel)
        self.serve((cmd.StartReplay,), self._start_replay)
        self.serve((cmd.LeaveReplay,), self._leave_replay)
        self.serve((cmd.PlayReplay,), self._replays.play)
        self.serve((cmd.SeekReplay,), self._replays.seek)
        self.serve((cmd.SetReplaySpeed,), self._replays.set_speed)
        self.serve((cmd.ChangeMode,), self._change_mode)
        self.serve((cmd.ReleaseWall,), self._release)
        self.serve((cmd.StartParked,), self._start_parked)
        self.serve((cmd.OpenForWork,), self._nothing_to_open)

    # Life

    async def open(self, mode: Mode) -> None:
        """Open the show in a mode. Raises CommandRefused, ShowError, BusError."""
        async with self._changing:
            self._entering = mode
            self._opened = await self._planner.plan(mode, self.mode)
            await self._exchange.enter(self._opened)
            self._entering = None

    async def read_along(self, holder: Holder | None) -> None:
        """Follow the show, which another program holds: nothing is bound, started or written."""
        async with self._changing:
            self._reading = ReadingAlong(self.show, self.tell, self._tell_exchange)
            await self._reading.open(holder)
            self._following = self._reading.follow(self._tasks)
            self._tell_exchange()

    async def begin(self) -> None:
        """Start or adopt the services of what was opened; the window is in sight by then."""
        async with self._changing:
            opened, self._opened = self._opened, None
            if opened is not None:
                await self._exchange.begin(opened)

    async def go_on(self) -> None:
        """Start the processes that waited for the assistant, if any did."""
        async with self._changing:
            await self._venues.go_on()

    async def close(self, farewell: Farewell) -> None:
        """Close the show; its own walls end with it, or go on as the farewell says. Those of a rehearsal always end."""
        async with self._changing:
            await self._replays.end()
            if farewell is Farewell.SAFE_LOOK and self.stage is not None and self.mode is not Mode.REHEARSE:
                await self.stage.handle(cmd.SafeLook(on=True))
            await self._exchange.leave_stage()
            await self._venues.close(leave_walls=farewell is not Farewell.CLOSE)
            await self._tasks.stop()

    async def settle(self) -> None:
        """Wait until no change of mode is under way."""
        async with self._changing:
            return

    @property
    def stage(self) -> Stage | None:
        """The stage in play; None while the mode is being changed."""
        return self._exchange.stage

    @property
    def mode(self) -> Mode | None:
        """The present mode."""
        return self._exchange.mode

    @property
    def asks_before_it_ends(self) -> bool:
        """Whether an audience may be before walls that would end with this console."""
        return Mode.SHOW in {self.mode, self._entering} or bool(self._venues.parked)

    @property
    def walls_open(self) -> bool:
        """Whether a wall of this console may be looked at; the window of EDIT is none."""
        return self._venues.walls_open

    @property
    def held(self) -> tuple[str, ...]:
        """The walls that still show what SHOW left on them, by name."""
        return self._venues.parked

    # What is asked

    def serve(self, commands: Iterable[type[cmd.Command]], handler: Handler) -> None:
        """Let `handler` carry out these commands, whichever stage is in play."""
        self._handlers.update(dict.fromkeys(commands, handler))

    async def handle(self, command: cmd.Command) -> None:
        """Carry out one command. Raises CommandRefused with a sentence for the operator."""
        if self._reading is not None:
            await self._open_for_work(command)
            return
        if self.mode is not None and (refusal := locked(command, self.mode)):
            raise CommandRefused(refusal)
        if refusal := self._replays.refusal(command):
            raise CommandRefused(refusal)
        handler = self._handlers.get(type(command))
        if handler is not None:
            await handler(command)
            return
        stage = self._there()
        try:
            with self._in_hand.one():
                await stage.handle(command)
        except (BusError, EngineError) as error:
            if stage is self.stage:
                raise
            raise CommandRefused(translated(BETWEEN)) from error  # it was closed meanwhile: its journal takes nothing

    def verb_used(self, verb: str, who: str, how: str) -> None:
        """Journal who fired a verb, and how."""
        if self.stage is not None:
            self.stage.verb_used(verb, who, how)

    @property
    def _played(self) -> Stage | None:
        return self.stage

    @property
    def _desk(self) -> WritingPort | None:
        return self._exchange.desk

    @property
    def _along(self) -> ReadingAlong | None:
        return self._reading

    @property
    def _replay(self) -> ReplayView | None:
        return self._replays.view

    # What is told

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` with each event of whichever stage is in play; the result ends that."""
        return self._listeners.add(listener)

    def opening_events(self) -> list[ev.Event]:
        """The events that bring an empty projection to the present."""
        if self._reading is not None:
            return [*self._reading.opening_events(), self.bench.told]
        stage, view = self.stage, self._replays.view
        played = stage.opening_events() if stage is not None else []
        if stage is not None and view is not None:
            house = [event for event in played if not is_of_the_book(event)]
            played = [*house, *view.opening_events(stage.show.root, stage.mode)]
        return [*played, *self._own_events()]

    def _own_events(self) -> list[ev.Event]:
        parked = self._venues.parked if self.mode is Mode.REHEARSE else ()
        brain = self._exchange.brain
        return [ev.WallsParked(walls=parked), *([brain] if brain else []), self.bench.told]

    def tell(self, event: ev.Event) -> None:
        """Tell an event that belongs to no stage."""
        self._listeners.tell(event)

    def _tell_exchange(self) -> None:
        self.tell(ev.StageExchanged())

    def hear(self, event: ev.Event) -> None:
        """Hear an event of the stage in play; a replay hides those of the book."""
        if not self._replays.hides(event):
            self.tell(event)

    def _on_task_error(self, name: str, error: BaseException) -> None:
        self.tell(ev.Warned(text=tr("{name} failed: {error}", name=name, error=error), source="console", fault=True))

    # A show that another program held

    async def _open_for_work(self, command: cmd.Command) -> None:
        """The one thing whoever reads along may ask for. Raises CommandRefused, naming the holder, for all others."""
        async with self._changing:
            reading = self._reading
            if reading is None or not isinstance(command, cmd.OpenForWork) or reading.holder is not None:
                raise CommandRefused(reading.refusal() if reading is not None else translated(BETWEEN))
            try:
                self.hold()
            except NameTaken as taken:
                raise CommandRefused(str(taken)) from taken
            self._following.cancel()
            await self._take_over()
        self.works()

    async def _take_over(self) -> None:
        """The show is ours: it opens where it was left, and where that cannot be entered, in EDIT."""
        automatic = self.how.automatic
        mode = await asyncio.to_thread(starting_mode, self.show, None, self.clock, safe=not automatic)
        self.tell(ev.ModeChanging(mode=mode, doing=tr("{word} is being opened", word=mode.upper())))
        self._reading = None
        try:
            plan = await self._planner.plan(mode, self.mode)
            await self._exchange.enter(plan)
            await self._exchange.begin(plan)
        except (BusError, EngineError) as error:
            await self._exchange.come_back()
            self.tell(ev.Warned(text=f"{mode.upper()} cannot be entered: {error}", source="console", fault=True))
        finally:
            self.tell(ev.ModeChanging(mode=mode))

    async def _nothing_to_open(self, _command: cmd.OpenForWork) -> None:
        raise CommandRefused(tr("This console holds the show."))

    # Changing the mode

    async def _change_mode(self, command: cmd.ChangeMode) -> None:
        """Everything that can be refused is asked for before anything is given up; two changes follow one another."""
        async with self._changing:
            if command.mode is self.mode:
                return
            await self._replays.end()
            left = self._endings.playing
            self.tell(ev.ModeChanging(mode=command.mode, doing=tr("{word} is being opened", word=command.mode.upper())))
            try:
                plan = await self._planner.plan(command.mode, self.mode)
                await self._exchange.leave(for_rehearsal=command.mode is Mode.REHEARSE)
                plan.kept = await asyncio.to_thread(restore.load, plan.show.restore, self.clock)
                await self._exchange.enter(plan)
                await self._exchange.begin(plan)
            except (BusError, EngineError) as error:
                await self._exchange.come_back()
                raise CommandRefused(f"{command.mode.upper()} cannot be entered: {error}") from error
            finally:
                self.tell(ev.ModeChanging(mode=command.mode))
        if left and left != self._endings.playing:
            self.tell(await self._endings.left(left))

    async def _keep_rehearsal(self, command: cmd.KeepRehearsal) -> None:
        self.tell(await self._endings.keep(command))

    async def _throw_rehearsal_away(self, command: cmd.ThrowAwayRehearsal) -> None:
        self.tell(await self._endings.throw_away(command))

    async def _start_parked(self, _command: cmd.StartParked) -> None:
        if not await self._venues.start_parked():
            raise CommandRefused("Nothing waits to be started again.")

    # The rehearsal bench

    def rehearsing(self) -> Stage | None:
        """The stage in play, if it is a rehearsal's."""
        return self.stage if self.mode is Mode.REHEARSE else None

    async def play_anew(self) -> None:
        """Exchange the stage of a rehearsal for another on the same copy, before the same walls."""
        async with self._changing:
            stage = self.rehearsing()
            if stage is None:
                return
            show, mode = stage.show, Mode.REHEARSE
            self.tell(ev.ModeChanging(mode=mode, doing=tr("The brain is being exchanged")))
            try:
                make, brain = await self._planner.choose_brain(show, mode)
                await self._replays.end()
                await self._exchange.leave_stage(goes_on=True)
                kept = await asyncio.to_thread(restore.load, show.restore, self.clock)
                await self._exchange.enter(Plan(mode, show, kept, make, brain, crashed=False))
            except (BusError, EngineError) as error:
                await self._exchange.come_back()
                raise CommandRefused(tr("The brain cannot be exchanged: {why}", why=error)) from error
            finally:
                self.tell(ev.ModeChanging(mode=mode))

    async def _start_replay(self, command: cmd.StartReplay) -> None:
        async with self._changing:
            stage = self._there()
            if stage.mode is Mode.SHOW:
                raise CommandRefused(tr("A recording is played in EDIT or REHEARSE, not before an audience."))
            if stage.engine.running or stage.engine.in_cycle:
                raise CommandRefused(tr("A cycle is running: stop it first."))
            await asyncio.to_thread(stage.journal.flush)  # the end of the last cycle belongs to its recording
            await self._replays.start(command)

    async def _leave_replay(self, _command: cmd.LeaveReplay) -> None:
        async with self._changing:
            await self._replays.end()

    # Walls that SHOW left behind

    async def _release(self, command: cmd.ReleaseWall) -> None:
        """In EDIT the wall follows its stage; a rehearsal opens one of its own in its place."""
        if await self._venues.hand_over(command.wall):
            self.tell(ev.WallsParked(walls=self._venues.parked))
            return
        await self._there().handle(command)
        self._venues.forget_parked(command.wall)
