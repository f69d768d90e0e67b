"""The headless core: the same show in play as in the console, with no window; and single batches of cycles.

As a service it binds the fixed ports and serves walls and image servers that are started elsewhere. A batch runs the
engine alone: no port is bound, and pictures are asked of nobody.
"""

import argparse
import asyncio
import logging
from collections.abc import Callable

import orjson

from textcraft_bus.base_service import BaseService
from textcraft_bus.channel.hub import Hub
from textcraft_bus.channel.messages import Mode
from textcraft_bus.cli import say
from textcraft_bus.clock import Clock, SystemClock
from textcraft_bus.constants import DEFAULT_PORTS
from textcraft_bus.errors import Unheard
from textcraft_bus.health import Health
from textcraft_bus.project import ProjectError, load_project, project_folder, use_project
from textcraft_bus.redaction import Redactor
from textcraft_bus.sleep_watch import SleepWatch
from textcraft_bus.stubs import write_stubs
from textcraft_bus.zmq.services import ControllerService
from textcraft_core import commands as cmd
from textcraft_core import events as ev
from textcraft_core.brains.choice import brain_maker
from textcraft_core.config import TextCraftCoreConfig
from textcraft_core.control.desk import ControlDesk
from textcraft_core.core_state import CoreState, CoreStates, Troubles
from textcraft_core.folder_desk import run_folder_verb
from textcraft_core.health_watch import HealthWatch
from textcraft_core.network import far_door, opened
from textcraft_core.options import EngineOptions
from textcraft_core.record.journal import Journal
from textcraft_core.record.stream import EventStream
from textcraft_core.replay.batch import replay_batch
from textcraft_core.show.folder import ShowFolder, open_show, show_id
from textcraft_core.show.holder import hold
from textcraft_core.spend import Ledger
from textcraft_core.stage.keeper import ServiceKeeper
from textcraft_core.stage.pictures.painters import painters
from textcraft_core.stage.stage import BrainMaker, Stage, engine_of
from textcraft_core.stage.walls import restore

log = logging.getLogger(__name__)

STATE_TICK_SECONDS = 5.0
"""How often it is looked whether a core state lasts too long."""


class TextCraftCoreService(BaseService):
    """Plays a show until it is told to stop."""

    config: TextCraftCoreConfig

    def __init__(
        self, config: TextCraftCoreConfig, show: ShowFolder, make_brain: BrainMaker, redactor: Redactor | None = None
    ) -> None:
        """`redactor` is the log's: what notices say goes through it."""
        super().__init__(config)
        self._redactor = redactor or Redactor()
        self.core_state = CoreState.IDLE
        self._troubles = Troubles()
        self._clock = SystemClock()
        self._states = CoreStates(self._clock.monotonic())
        self._make_brain = make_brain
        self._show = show
        self._hub: Hub | None = None
        self._stage: Stage | None = None
        self._keeper: ServiceKeeper | None = None
        self._sleep_watch: SleepWatch | None = None
        self.zmq_service: ControllerService | None = None

    async def start(self) -> None:
        """Bind the fixed ports, bring back what was, begin to play. Raises PortInUse."""
        clock = SystemClock()
        kept = await asyncio.to_thread(restore.load, self._show.restore, clock)
        stage: list[Stage] = []
        self.zmq_service = ControllerService(self.config.zmq, clock=clock)
        far = await asyncio.to_thread(far_door, self.config.network)
        self._hub = Hub(
            lambda fact: stage[0].on_fact(fact) if stage else None,
            asyncio.get_running_loop(),
            clock,
            show_id=show_id(self._show),
            mode=Mode.SHOW,
            port=DEFAULT_PORTS["ours"],
            nonce_folder=self._show.images,
            foreign=self.zmq_service,
            far=far,
        )
        self._show.images.mkdir(exist_ok=True)
        port = await self._hub.start()
        options = self.config.stage_options(Mode.SHOW)
        self._stage = Stage(self._show, self._make_brain, self._hub, clock, options, kept, port)
        stage.append(self._stage)
        self._stage.subscribe(self._on_event)
        await self._stage.open()
        for event in opened(far, self.config.zmq):
            self._stage.stream.emit(event)
        self._stage.hearing.visitors.leave_alone(True)  # nobody can be asked here
        await self._keep_servers(self._stage, port)
        if not self._stage.control.paused:
            await self._stage.handle(cmd.Run())
        await self._stage.handle(cmd.Auto(on=True))
        self._sleep_watch = SleepWatch(self._told_on(ev.MachineAwoke), self._told_on(ev.ClockSet))
        self._sleep_watch.start()
        self.add_task(self._watch_states())
        self.add_task(self._watch_health(self._stage.stream))
        await super().start()

    def _told_on(self, kind: type[ev.MachineAwoke] | type[ev.ClockSet]) -> Callable[[float], None]:
        """Return what tells of a sleep or a set clock from the watch's own thread."""
        loop = asyncio.get_running_loop()

        def tell(seconds: float) -> None:
            if self._stage is not None:
                loop.call_soon_threadsafe(self._stage.stream.emit, kind(seconds=seconds))

        return tell

    async def _keep_servers(self, stage: Stage, port: int) -> None:
        """Start the image servers the settings ask for; those of other machines come by themselves."""
        wanted, show = self.config.textcraft.image_servers, self._show
        if not wanted:
            return
        common = ("--core", f"tcp://127.0.0.1:{port}", "--show", show_id(show), "--images", str(show.images))
        servers = painters(wanted, (*common, "--config", str(show.root / "image_server.toml")))
        self._keeper = ServiceKeeper(show_id(show), servers, stage.stream)
        await stage.keep_services(self._keeper)

    async def stop(self) -> None:
        """End the show; walls keep their picture, and the image servers that were started here end."""
        if self._sleep_watch is not None:
            self._sleep_watch.stop()
        if self._stage is not None:
            if self._keeper is not None and self._hub is not None:
                self._keeper.dismiss(self._hub)
            await self._stage.close(end_services=False)
            if self._keeper is not None:
                await self._keeper.close()
        if self._hub is not None:
            await self._hub.stop()
        await super().stop()

    def _on_event(self, event: ev.Event) -> None:
        self._troubles.apply(event)
        self._enter(self._states.apply(event, self._clock.monotonic()))

    def health(self) -> Health:
        """What troubles the show, gravest first; what the core does, as details."""
        return self._troubles.health({"core_state": self.core_state.value})

    async def _watch_health(self, stream: EventStream) -> None:
        """Tell who is elsewhere of every illness on this machine: nobody looks at a window here."""
        name, show = self.config.service_name, self._show.root.name
        await HealthWatch(name, self.health, self.config, show, self._redactor, stream.emit).watch_forever()

    async def _watch_states(self) -> None:
        while self.running:
            await self._sleep_if_running(STATE_TICK_SECONDS)
            lasted = self._states.timed_out(self._clock.monotonic())
            if lasted is not None:
                log.warning("core state: %s for %.0f s: given up", lasted.value, self._states.timeouts[lasted])
                self._enter(self._states.state)

    def _enter(self, state: CoreState) -> None:
        if state is not self.core_state:
            log.info("core state: %s → %s", self.core_state.value, state.value)
            self.core_state = state


class _Lines:
    """Prints one JSON line for each cycle, from its events; `on_unheard` is called when nobody gets them any more."""

    def __init__(self) -> None:
        self.failed = 0
        self.on_unheard: Callable[[], None] = lambda: None
        self._unheard: Unheard | None = None
        self._decision: ev.DecisionMade | None = None
        self._words = 0

    def on_event(self, event: ev.Event) -> None:
        match event:
            case ev.DecisionMade():
                self._decision = event
            case ev.MatrixChanged(metrics=metrics):
                self._words = int(metrics.get("total_word_count", self._words))
            case ev.CycleFinished(cycle=cycle, seconds=seconds, changed=changed):
                self._print(cycle, ok=True, seconds=round(seconds, 4), changed=list(changed))
            case ev.CycleFailed(cycle=cycle, phase=phase, reason=reason):
                self.failed += 1
                self._print(cycle, ok=False, phase=phase.value, reason=reason)

    def _print(self, cycle: int, *, ok: bool, **more: object) -> None:
        made = self._decision
        plan = {"role": made.role, "action": made.action, "target": made.target} if made else {}
        line = {"cycle": cycle, "ok": ok, **plan, **more, "words": self._words}
        try:
            say(orjson.dumps(line).decode())
        except Unheard as fault:  # nobody catches it here: this is the stream's turn
            self._unheard = fault
            self.on_unheard()

    def check(self) -> None:
        """Raise Unheard when a line could not be printed."""
        if self._unheard is not None:
            raise self._unheard


async def run_batch(
    config: TextCraftCoreConfig, show: ShowFolder, make_brain: BrainMaker, cycles: int, clock: Clock
) -> int:
    """Run so many cycles, print a JSON line for each and return how many failed."""
    lines = _Lines()
    journal = Journal(show.journal, clock)
    stream = EventStream(journal)
    stream.subscribe(lines.on_event)
    options: EngineOptions = config.engine_options(config.cadence or 0.0)
    brain = make_brain(stream, journal, Ledger(config.llm.caps, stream, journal, clock))
    engine = engine_of(show, brain, stream, journal, clock, options)
    lines.on_unheard = engine.pause
    control = ControlDesk(show, engine, engine.writer, stream, may_run=lambda: True)
    try:
        await engine.start()
        await control.open()
        engine.run(cmd.Run(cycles=cycles))
        await engine.settle()
    finally:
        await control.close()
        await engine.close()
        await asyncio.to_thread(journal.close)
    lines.check()
    return lines.failed


async def run_textcraft_core_service(config_path: str | None = None, args: argparse.Namespace | None = None) -> None:
    """Make a show, run a batch of cycles, or serve, as the command line says. Ends with SystemExit on failure.

    Raises ShowHeld where another program holds the show.
    """
    options = args or argparse.Namespace()
    if await asyncio.to_thread(run_folder_verb, options):
        return
    if getattr(options, "stubs", False):
        _write_stubs(getattr(options, "project", None) or "")
        return
    show = open_show(getattr(options, "project", None) or "")
    use_project(await asyncio.to_thread(load_project, show.root, trust=getattr(options, "trust_project", False)))
    config_file = config_path or show.root / "core.toml"
    config = TextCraftCoreConfig.from_overrides(config_file=config_file, args=options)
    cycles, clock = getattr(options, "run", None), SystemClock()
    if config.brain == "replay":
        lines, speed = _Lines(), config.rehearsal.replay_speed
        as_recorded = await replay_batch(show, clock, engine_of, lines.on_event, cycles=cycles, speed=speed)
        lines.check()
        if not as_recorded:
            raise SystemExit(1)
        return
    lock = hold(show, "textcraft-core")
    try:
        make_brain = await asyncio.to_thread(
            brain_maker, show, config, clock, getattr(options, "conceal", _no_log), instant=cycles is not None
        )
        await _play(config, show, make_brain, cycles, clock, getattr(options, "redactor", None))
    finally:
        lock.release()


async def _play(
    config: TextCraftCoreConfig, show: ShowFolder, make_brain: BrainMaker, cycles: int | None, clock: Clock,
    redactor: Redactor | None,
) -> None:  # fmt: skip
    if cycles is not None:
        if await run_batch(config, show, make_brain, cycles, clock):
            raise SystemExit(1)
        return
    service = TextCraftCoreService(config, show, make_brain, redactor)
    await service.start()
    await service.run()


def _write_stubs(project: str) -> None:
    folder = project_folder(project)
    if folder is None:
        raise ProjectError("no project was named: give its folder, or set PROJECT_ENV to its name")
    say(str(write_stubs(folder)))


def _no_log(_secret: str) -> None:
    """Where nobody began a log there is nothing to conceal from."""
