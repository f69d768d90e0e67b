"""The show in play: engine, pictures, walls and services behind one object; the console and the headless core use it.

Down come commands, up go events. Knows no Qt; the bus is handed in.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import asdict, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from textcraft_bus.channel import facts
from textcraft_bus.channel.messages import Mode, PeerName
from textcraft_bus.clock import Clock
from textcraft_bus.records import dataclass
from textcraft_bus.tasks import Tasks
from textcraft_core import commands as cmd
from textcraft_core import events as ev
from textcraft_core.ai_services.client import Brain
from textcraft_core.ai_services.moderation import safety_of
from textcraft_core.audience.hearing import Hearing
from textcraft_core.audience.settings import AudienceConfig, SensorsConfig
from textcraft_core.brains.faults import load_profile
from textcraft_core.control.desk import ControlDesk
from textcraft_core.day.away import AwayDesk
from textcraft_core.day.desk import COMMANDS as DAY_COMMANDS
from textcraft_core.day.settings import DayConfig
from textcraft_core.engine.history_commands import HISTORY_COMMANDS
from textcraft_core.engine.trial import COMMANDS as TRIAL_COMMANDS
from textcraft_core.errors import CommandRefused
from textcraft_core.events import Event, StopName
from textcraft_core.options import EngineOptions
from textcraft_core.orchestrator import ENGINE_COMMANDS, Orchestrator
from textcraft_core.record.history import History
from textcraft_core.record.journal import Journal, Record
from textcraft_core.record.stream import EventStream
from textcraft_core.record.timeline import Query, export, page
from textcraft_core.scanner import Scanner
from textcraft_core.show.bible import Bible
from textcraft_core.show.folder import ShowFolder
from textcraft_core.show.matrix import MatrixStore
from textcraft_core.show.text_bytes import text_of
from textcraft_core.show.writer import ShowWriter
from textcraft_core.show_account import ShowAccount
from textcraft_core.spend import Caps, Ledger
from textcraft_core.stage.attendance import AttendanceDesk
from textcraft_core.stage.bench_desk import BenchDesk, OwnPace
from textcraft_core.stage.day import make_day, printed_report
from textcraft_core.stage.fact_queue import FactQueue
from textcraft_core.stage.fault_desk import CutPort, FaultDesk
from textcraft_core.stage.foreign import abroad
from textcraft_core.stage.foreign.abroad import Abroad, AbroadPort
from textcraft_core.stage.foreign.displays import DisplayOptions
from textcraft_core.stage.keeper import ServiceKeeper
from textcraft_core.stage.locks import locked
from textcraft_core.stage.opening import engine_events, past_events
from textcraft_core.stage.pictures import candidate_desk
from textcraft_core.stage.pictures.candidate_desk import CandidateDesk
from textcraft_core.stage.pictures.card_desk import CardDesk
from textcraft_core.stage.pictures.gate import OVERRULED_BY_HAND
from textcraft_core.stage.pictures.intake import GateOptions, Intake
from textcraft_core.stage.pictures.picture_desk import PictureDesk, RenderPort
from textcraft_core.stage.pictures.picture_notes import PictureNotes
from textcraft_core.stage.pictures.purse import Purse
from textcraft_core.stage.pictures.reserve import ReserveReel
from textcraft_core.stage.pictures.safety import GatePolicy, policy
from textcraft_core.stage.pictures.second_thoughts import SecondThoughts
from textcraft_core.stage.pictures.words import Words
from textcraft_core.stage.walls import house_cards, restore
from textcraft_core.stage.walls.ending_desk import EndingDesk
from textcraft_core.stage.walls.house_cards import HouseCards
from textcraft_core.stage.walls.playout import Playout
from textcraft_core.stage.walls.restore import Restore
from textcraft_core.stage.walls.wall_desk import WALL_COMMANDS, WallDesk, WallPort
from textcraft_core.stage.writing_desk import WritingDesk

Handler = Callable[[Any], Awaitable[None]]
"""Carries out one command. Raises CommandRefused with a sentence for the operator."""
BrainMaker = Callable[[EventStream, Journal, Ledger], Brain]
"""A live brain keeps its account in the journal of the show it works for, so it is made when that is open.

Everything that can cost money pays from the one account it is handed.
"""


class BusPort(WallPort, RenderPort, CutPort, AbroadPort, Protocol):
    """What the stage asks of the bus."""

    def quit(self, peer: PeerName, reason: str = "") -> None:
        """Ask a service to end."""


@dataclass(frozen=True, slots=True)
class StageOptions:
    """How a show is played."""

    mode: Mode = Mode.REHEARSE
    auto_seconds: float = 45.0
    watermark: str = ""
    lonely_minutes: float = 10.0
    approve_by_hand: bool = False
    displays: DisplayOptions = field(default_factory=DisplayOptions)
    caps: Caps = field(default_factory=Caps)
    payer: ShowAccount | None = None
    """The account of the show whose copy this rehearsal plays on: money is taken from there as well."""
    end_card: str = ""
    gate: GateOptions = field(default_factory=GateOptions)
    fault_profile: str = ""
    """What goes wrong in a rehearsal: the name of a profile or a TOML file; "" is nothing."""
    audience: AudienceConfig = field(default_factory=AudienceConfig)
    sensors: SensorsConfig = field(default_factory=SensorsConfig)
    day: DayConfig = field(default_factory=DayConfig)
    engine: EngineOptions = field(default_factory=EngineOptions)


class Stage:
    """One open show."""

    def __init__(
        self,
        show: ShowFolder,
        make_brain: BrainMaker,
        bus: BusPort,
        clock: Clock,
        options: StageOptions,
        kept: Restore,
        port: int = 0,
    ) -> None:
        self.show = show
        self.clock = clock
        self.journal = Journal(show.journal, clock)
        self.stream = EventStream(self.journal)
        self.history = History(self.journal)
        self.bible = Bible(show, clock)
        self._payer = options.payer
        if self._payer is not None:
            self._payer.tell = self.stream.emit
        self.account = Ledger(options.caps, self.stream, self.journal, clock, payer=self._payer)
        brain = make_brain(self.stream, self.journal, self.account)
        self.engine = engine_of(show, brain, self.stream, self.journal, clock, options.engine)
        self.account.tell(self.engine.spend)
        self.writing = WritingDesk(show, self.engine, self.journal)
        self._make_walls(bus, options, kept)
        self._make_pictures(bus, options, kept)
        self._open_ears(options)
        self.abroad = Abroad(show.root, bus, self.stream, self.playout.scene_for, options.displays, clock.monotonic)
        self.keeper: ServiceKeeper | None = None
        self._bus = bus
        self._port = port
        self._kept = kept
        self._closed = False
        self._saving = asyncio.Lock()
        self._peers: dict[PeerName, facts.PeerSeen] = {}
        self._facts = FactQueue(self._take, self.stream.emit)
        self._tasks = Tasks(on_error=self._on_task_error)
        self._handlers: dict[type[cmd.Command], Handler] = {}
        self.pace_seconds = options.engine.cycle_seconds
        self._day_config = options.day
        self.day = make_day(self, options.day, kept.day)
        visitors = self.hearing.visitors
        self.attendance = AttendanceDesk(self.playout, self.walls, visitors, self.handle, self.stream, self._tasks)
        AwayDesk(self.journal, self.stream, clock, self._tasks)
        self._serve_own()
        self.stream.subscribe(self._on_event)

    def _make_walls(self, bus: BusPort, options: StageOptions, kept: Restore) -> None:
        """Make what stands in NEXT and LIVE, and the hand on the walls."""
        self.playout = Playout(
            kept.playout,
            auto_seconds=options.auto_seconds,
            watermark=options.watermark,
            lonely_minutes=options.lonely_minutes,
        )
        self.playout.change_mode(options.mode)
        self.engine.drafts.direct = lambda: self.playout.state.mode is not Mode.SHOW
        self.walls = WallDesk(self.playout, bus, self.stream, self.clock, self._save, kept.scene)

    def _make_pictures(self, bus: BusPort, options: StageOptions, kept: Restore) -> None:
        """Make the way of a picture: asked for, paid, through the gate, among the candidates."""
        show, stream, words = self.show, self.stream, Words(options.gate.words)
        gate = options.gate
        safety = safety_of(gate.moderation_url, gate.moderation_model, gate.safety_seconds, show.root)
        self.intake = Intake(show.images, self.walls, stream, words, self._gate_policy(options), safety, gate.folders)
        self.reserve = ReserveReel(self.playout, self.walls, stream, self.clock, gate.reel)
        purse, paused = Purse(self.account), self.playout.is_ai_paused
        self.pictures = PictureDesk(bus, self.intake, stream, self.clock, self.journal, purse, paused)
        may_be_overruled = OVERRULED_BY_HAND | ({"safe"} if gate.overrule_unsafe else frozenset())
        self.candidates = CandidateDesk(self.playout, self.walls, words, may_be_overruled)
        size = options.engine.picture_width, options.engine.picture_height
        self.cards = CardDesk(show.images, self.intake, stream, words, size)
        self.house_cards = HouseCards(self.playout, self.walls, self.cards)
        faults = load_profile(options.fault_profile, show.root) if options.fault_profile else None
        fault_desk = FaultDesk(faults, options.engine.seed, bus, stream)
        self.pictures.generator = fault_desk.generator
        own = OwnPace(options.engine.cycle_seconds, options.auto_seconds)
        self.bench = BenchDesk(self.engine, self.playout, self.walls, fault_desk, own, options.watermark)
        self.bench.listen(stream.subscribe)
        self.notes = PictureNotes(stream, show.images, kept.open_renders)

    def _gate_policy(self, options: StageOptions) -> Callable[[bool], GatePolicy]:
        """What the gate does in the mode the show is in, with an operator there or not."""
        by_hand, unchecked = options.approve_by_hand, options.gate.unchecked
        return lambda attended: policy(self.playout.state.mode, attended=attended, by_hand=by_hand, unchecked=unchecked)

    def _open_ears(self, options: StageOptions) -> None:
        """Make what hears others than the operator: visitors, sensors, other programs."""

        def may_run() -> bool:
            return StopName.PAUSE_AI not in self.playout.state.stops and self.mode is not Mode.EDIT

        self.hearing = Hearing(
            options.audience,
            options.sensors,
            self.engine,
            self.stream,
            self.journal,
            self.clock,
            mode=lambda: self.playout.state.mode,
            may_run=may_run,
        )
        self.control = ControlDesk(self.show, self.engine, self.engine.writer, self.stream, may_run)
        self.ending = EndingDesk(
            self.walls,
            self.house_cards.show_end,
            self.stream,
            self.journal,
            lambda: options.end_card or self.title,
            seconds=options.auto_seconds,
        )

    # Life

    async def open(self) -> None:
        """Bring the walls back first, then ask again for open pictures, then wake the engine."""
        for request in self._kept.open_renders:  # before any fact: its end may have been told already
            self.pictures.ask(request)
        self._tasks.start(self._facts.take_forever(), name="facts from the bus")
        self._tasks.start(self.walls.tick_forever(), name="walls tick")
        self._tasks.start(self.reserve.run_forever(), name="reserve reel")
        await self.walls.change_mode(self.playout.state.mode)
        if StopName.PAUSE_AI in self.playout.state.stops:
            self.engine.pause_ai(True)
        await self._save()
        await self.abroad.open()
        await self.engine.start()
        self.attendance.open()
        await self.hearing.open()
        await self.control.open()
        opened = ev.ShowOpened(path=str(self.show.root), title=self.title, mode=self.playout.state.mode)
        self.stream.emit(opened)
        await self.day.open()

    async def keep_services(self, keeper: ServiceKeeper) -> None:
        """Start or adopt the services and keep them running."""
        self.keeper = keeper
        await keeper.open()
        self._tasks.start(keeper.watch_forever(), name="keep services")

    async def close(self, *, end_services: bool, goes_on: bool = False) -> None:
        """End the engine, then, when asked, the services; what is on disk is complete.

        `goes_on`: another stage follows, and until it is there a crash is one of this stage.
        """
        await self.ending.close()
        await self.day.close()
        await self.control.close()
        await self.hearing.close()
        await self.engine.close()
        await self.pictures.close()
        await self.intake.close()
        await self.notes.close()
        await self.abroad.close()
        await self._tasks.stop()
        if self._payer is not None:
            await self._payer.close()
        if end_services:
            for peer in self._peers:
                self._bus.quit(peer, "the show was closed")
            if self.keeper is not None:
                await self.keeper.close()
        self._closed = not goes_on
        await self._save()
        await asyncio.to_thread(self.journal.close)

    # Commands come down

    def serve(self, commands: Iterable[type[cmd.Command]], handler: Handler) -> None:
        """Let `handler` carry out these commands; each command has one place that carries it out."""
        self._handlers.update(dict.fromkeys(commands, handler))

    async def handle(self, command: cmd.Command) -> None:
        """Carry out one command. Raises CommandRefused with a sentence for the operator."""
        if refusal := locked(command, self.playout.state.mode):
            raise CommandRefused(refusal)
        handler = self._handlers.get(type(command))
        if handler is None:
            raise CommandRefused(f"{type(command).__name__} is not there yet.")
        await handler(command)

    def _serve_own(self) -> None:
        self.serve(ENGINE_COMMANDS, self.engine.handle)
        self.serve((cmd.LeaveAlone, cmd.Attend), self.attendance.handle)
        self.serve(HISTORY_COMMANDS, self.engine.drafts.guarded(self.engine.history.handle))
        self.serve(TRIAL_COMMANDS, self.engine.trials.handle)
        self.serve(WALL_COMMANDS, self._handle_wall)
        self.serve(DAY_COMMANDS, self.day.handle)
        self.serve(candidate_desk.COMMANDS, self.candidates.handle)
        second = SecondThoughts(self.playout, self.candidates.handle, self.walls.add)
        self.serve((cmd.Reject,), second.reject)
        self.serve((cmd.Readmit,), second.readmit)
        self.serve((cmd.CancelRender,), self._cancel_render)
        self.serve((cmd.Rerender,), self.pictures.rerender)
        self.serve((cmd.AddCard,), self.cards.handle)
        self.serve(house_cards.COMMANDS, self.house_cards.handle)
        self.serve((cmd.Mark,), self._mark)
        self.serve((cmd.DecideStory,), self.hearing.visitors.handle)
        self.serve(abroad.COMMANDS, self.abroad.handle)

    async def _handle_wall(self, command: cmd.Command) -> None:
        await self.walls.handle(command, running=self.engine.running)
        await self._follow(command)

    async def _cancel_render(self, command: cmd.CancelRender) -> None:
        self.pictures.cancel(command.request_id)

    async def _mark(self, command: cmd.Mark) -> None:
        self.stream.emit(ev.Marked(note=command.note))

    async def _follow(self, command: cmd.Command) -> None:
        """What a stop means for the engine."""
        if isinstance(command, cmd.PauseAI):
            self.engine.pause_ai(command.on)
        elif isinstance(command, cmd.Panic):
            await self.engine.stop(pictures=True)
            self.engine.pause_ai(True)

    def verb_used(self, verb: str, who: str, how: str) -> None:
        """Journal who fired a verb, and how."""
        self.stream.emit(ev.VerbUsed(verb=verb, who=who, how=how))

    # Events go up

    def subscribe(self, listener: Callable[[Event], None]) -> Callable[[], None]:
        """Call `listener` with each event from now on; the result ends that."""
        return self.stream.subscribe(listener)

    def opening_events(self) -> list[Event]:
        """The events that bring an empty projection to the present: the past first, then the state as it is."""
        state = self.playout.state
        return [
            *past_events(self.journal),
            ev.ShowOpened(path=str(self.show.root), title=self.title, mode=state.mode),
            ev.ModeChanged(mode=state.mode),
            *([] if self.attendance.attended else [ev.AttendanceChanged(attended=False)]),
            *engine_events(self.engine),
            *([capped] if (capped := self.account.narrower) else []),
            *(_service_seen(fact) for fact in self._peers.values()),
            *self.playout.opening_events(),
            *self.hearing.opening_events(),
            *self.day.opening_events(),
            *self.walls.places.values(),
        ]

    @property
    def mode(self) -> Mode:
        """The mode the show is played in."""
        return self.playout.state.mode

    def present_services(self) -> list[str]:
        """Who is there, by routing id."""
        return list(self._peers)

    def wanted_services(self) -> list[str]:
        """Who is to be there; nobody where services are started elsewhere."""
        return list(self.keeper.wanted) if self.keeper is not None else []

    @property
    def title(self) -> str:
        """The title of the show."""
        return self.bible.conf().meta.title or self.show.root.name

    def personas(self) -> dict[str, dict[str, Any]]:
        """Every persona as it stands in its file."""
        return {role: persona.model_dump() for role, persona in self.bible.personas().items()}

    def manuscript(self, path: str) -> str:
        """The text of a chapter, by its path relative to the show. Raises SecurityError, Unreadable."""
        return text_of(self.show.sandbox.read(path.removeprefix("data/")))

    # The journal, for those who look back

    async def timeline(self, query: Query) -> list[Record]:
        """Return one page of the journal, newest first. Raises JournalError."""
        return await asyncio.to_thread(page, self.journal, query)

    async def timeline_place(self, at: datetime) -> int:
        """Return the number of the first event not before a time. Raises JournalError."""
        return await asyncio.to_thread(self.journal.seq_at, at)

    async def export_timeline(self, query: Query) -> tuple[Path, int, bool]:
        """Write all events of a query into the show's folder: where, how many, and whether some had no room."""
        path = self.show.root / "exports" / f"timeline-{self.clock.now():%Y%m%d-%H%M%S}.csv"
        await asyncio.to_thread(path.parent.mkdir, exist_ok=True)
        return path, *await asyncio.to_thread(export, self.journal, query, path)

    async def printed_report(self, *, visitors: bool = False) -> tuple[str, str, Path]:
        """Return the report of the last day as a page to print, its title, and where it belongs."""
        return await printed_report(self, self._day_config, visitors=visitors)

    # Facts from the bus

    def on_fact(self, fact: facts.Fact) -> None:
        """Take in a fact; called on the program's loop, returns at once."""
        self._facts.put(fact)

    def untaken(self) -> list[facts.Fact]:
        """Return, once, what came too late for this stage: the one that plays there next is to hear it."""
        return [*self.pictures.late(), *self._facts.rest()]

    async def _take(self, fact: facts.Fact) -> None:
        self._note_peer(fact)
        match fact:
            case facts.Heard(message=message):
                await self.hearing.on_heard(self.abroad.heard(message))
            case facts.AbroadBeat():
                self.stream.emit(ev.AbroadBeat(**asdict(fact)))
            case facts.FramesDropped(count, reason):
                self.stream.emit(ev.Warned(text=f"{count} messages were refused: {reason}", source="bus"))
            case _:
                self.pictures.on_fact(fact)
                await self.walls.on_fact(fact)

    def _note_peer(self, fact: facts.Fact) -> None:
        match fact:
            case facts.PeerSeen(peer, hello):
                self._peers[peer] = fact
                self.stream.emit(_service_seen(fact))
                if self.keeper is not None:
                    self.keeper.seen(peer, hello)
            case facts.PeerLost(peer, silent_s):
                self._peers.pop(peer, None)
                self.stream.emit(ev.ServiceLost(service=peer, silent_s=silent_s))
            case facts.PeerBeat(peer, beat):
                beats = beat.model_dump(include={"state", "rss", "queue", "frames_painted", "worst_frame_ms"})
                self.stream.emit(ev.ServiceBeat(service=peer, **beats))

    # Events of our own

    def _on_event(self, event: Event) -> None:
        if isinstance(event, ev.RenderRequested):
            self.pictures.ask(event)
        if isinstance(event, ev.SpendAdded) and (capped := self.account.narrower):
            self.stream.emit(capped)
        if isinstance(event, _KEPT_EVENTS):
            self._tasks.start(self._save(), name="keep restore.json")

    def _on_task_error(self, name: str, error: BaseException) -> None:
        self.stream.emit(ev.Warned(text=f"{name} failed: {error}", source="stage", fault=True))

    async def _save(self) -> None:
        """Keep restore.json; the newest state is the one that stays."""
        async with self._saving:
            state = Restore(
                closed=self._closed,
                port=self._port,
                scene=self.walls.scene,
                run=self.engine.running,
                playout=self.playout.state,
                open_renders=self.pictures.open_renders,
                day=self.day.record,
            )
            await restore.save(self.show.restore, state)


_KEPT_EVENTS = (ev.DayChanged, ev.RenderRequested, ev.RenderFailed, ev.ImageArrived, ev.RunStarted, ev.RunEnded)
"""What changes restore.json besides the walls."""


def _service_seen(fact: facts.PeerSeen) -> Event:
    hello = fact.hello
    return ev.ServiceSeen(service=fact.peer, role=hello.role.value, pid=hello.pid, host=hello.host)


def engine_of(
    show: ShowFolder, brain: Brain, stream: EventStream, journal: Journal, clock: Clock, options: EngineOptions
) -> Orchestrator:
    """Put an engine together on a show."""
    bible, writer, store = Bible(show, clock), ShowWriter(show, journal), MatrixStore(show, clock)
    return Orchestrator(show, bible, writer, store, Scanner(show, bible), brain, stream, journal, clock, options)
