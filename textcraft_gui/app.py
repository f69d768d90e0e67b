"""The composition root of the console: makes each part once, starts them in order and stops them in reverse."""

import asyncio
import logging
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QGuiApplication

from textcraft_bus import facts
from textcraft_bus.assets import resources
from textcraft_bus.clock import SystemClock
from textcraft_bus.folders import log_folder
from textcraft_bus.hub import Hub
from textcraft_bus.logs import Logs
from textcraft_bus.messages import Mode, PeerName, Role
from textcraft_bus.processes import NameLock, NameTaken, Record, end_process, running_services
from textcraft_bus.sockets import PortInUse
from textcraft_bus.tasks import Tasks
from textcraft_core import events as ev
from textcraft_core.brains.choice import Conceal, brain_maker
from textcraft_core.show.folder import ShowFolder, show_id
from textcraft_core.stage.keeper import ServiceKeeper, Wanted
from textcraft_core.stage.painters import painters
from textcraft_core.stage.restore import Restore
from textcraft_core.stage.stage import BrainMaker, Stage
from textcraft_gui.batch import Batch
from textcraft_gui.config import ConsoleConfig
from textcraft_gui.own_screen import black_behind_walls, keep_on_own_screen
from textcraft_gui.remote.osc import OscPlace, listen
from textcraft_gui.window import ConsoleWindow
from textcraft_gui.working_copy import working_copy
from textcraft_qt.fonts import load_fonts
from textcraft_qt.stall import StallWatchdog

log = logging.getLogger(__name__)

WATERMARK = "REHEARSAL"
BATCH_AUTO_SECONDS = 2.0
TICK_SECONDS = 0.1
LEAST_WALL = 480
SMALL_WALL = 320
LANE = 48
"""What stays free below a wall's window, so that the console's message lane can be read."""
FRAME = QSize(8, 40)
"""What a window manager's frame takes at most, about."""


@dataclass(frozen=True, slots=True)
class Start:
    """What the command line asks for besides settings."""

    show: ShowFolder
    cycles: int | None = None
    quit_when_done: bool = False
    logs: Logs | None = None
    """The running log, whose lines the LOG panel shows."""
    conceal: Conceal = lambda _secret: None
    """Told of a secret that no log line may show."""


class ShowIsOpen(NameTaken):
    """Another console holds the show."""

    def __init__(self, show: str, pid: int) -> None:
        super().__init__(show, pid)
        self.args = (
            f"The show {show} is already open in another console (process {pid}). Use that window, or end it.",
        )


class Console:
    """The running program."""

    def __init__(self, config: ConsoleConfig, start: Start) -> None:
        self._config = config
        self._start = start
        self._clock = SystemClock()
        self._tasks = Tasks(on_error=self._on_task_error)
        self._closing = asyncio.Event()
        self._early: list[facts.Fact] = []
        self.stage: Stage | None = None
        self.window: ConsoleWindow | None = None
        """Both are there while the show is played."""

    async def run(self) -> None:
        """Open the show and the window, play until the window is closed. Raises BatchFailed, ShowError, BusError."""
        show = self._start.show
        lock = NameLock(f"console.{show_id(show)}")
        try:
            lock.acquire("", "")
        except NameTaken as taken:
            raise ShowIsOpen(show.root.name, taken.pid) from taken
        try:
            await self._rehearse(show)
        finally:
            lock.release()

    async def _rehearse(self, show: ShowFolder) -> None:
        fresh = self._start.cycles is not None
        copy, kept = await asyncio.to_thread(working_copy, show, self._clock, fresh=fresh)
        copy.images.mkdir(exist_ok=True)
        hub, port = await self._open_hub(copy, kept)
        try:
            await self._play(copy, kept, hub, port)
        finally:
            await hub.stop()

    async def _open_hub(self, show: ShowFolder, kept: Restore) -> tuple[Hub, int]:
        """Bind where walls of a crashed console look for their core; where that is taken, end them and begin anew."""
        left = await asyncio.to_thread(running_services, show_id(show))
        for port in dict.fromkeys((*(_port_of(record) for record in left), kept.port, 0)):
            hub = self._hub(show, port)
            try:
                return hub, await hub.start()
            except PortInUse as error:
                log.warning("%s; services of the last session are ended", error)
                await asyncio.to_thread(_end_all, left)
        raise AssertionError("port 0 is never in use")

    def _hub(self, show: ShowFolder, port: int) -> Hub:
        return Hub(
            self._on_fact,
            asyncio.get_running_loop(),
            self._clock,
            show_id=show_id(show),
            mode=Mode.REHEARSE,
            port=port,
            nonce_folder=show.images,
        )

    def _on_fact(self, fact: facts.Fact) -> None:
        if self.stage is None:
            self._early.append(fact)
        else:
            self.stage.on_fact(fact)

    def _on_task_error(self, name: str, error: BaseException) -> None:
        """A verb that broke is told to the operator, not only to the log."""
        if self.stage is not None:
            self.stage.stream.emit(ev.Warned(text=f"{name} failed: {error}", source="console", fault=True))

    async def _play(self, show: ShowFolder, kept: Restore, hub: Hub, port: int) -> None:
        make_brain = await asyncio.to_thread(self._brain_maker, show)
        stage = self._make_stage(show, make_brain, kept, hub, port)
        window = self._make_window(stage)
        watchdog = StallWatchdog(log_folder())
        try:
            watchdog.start()
            self._tasks.start(_tick(watchdog), name="tick the watchdog")
            await stage.open()
            window.show()
            keep_on_own_screen(window, window.feed.state)
            await asyncio.sleep(0)
            log.info("the console can be used")
            await stage.keep_services(self._keeper(show, port, stage))
            self.window = window
            await self._until_closed(stage, window)
        finally:
            window.shut()
            watchdog.stop()
            await self._tasks.stop()
            await stage.close(end_services=True)

    def _brain_maker(self, show: ShowFolder) -> BrainMaker:
        """Choose the brain; blocking. A rehearsal's copy has no secrets: they are read where the show lies."""
        secrets = self._start.show.root / ".env"
        return brain_maker(show, self._config, self._clock, self._start.conceal, mode=Mode.REHEARSE, dotenv=secrets)

    def _make_stage(self, show: ShowFolder, make_brain: BrainMaker, kept: Restore, hub: Hub, port: int) -> Stage:
        batch = self._start.cycles is not None
        if batch and self._config.textcraft.auto_seconds is None:
            self._config.textcraft.auto_seconds = BATCH_AUTO_SECONDS
        options = self._config.stage_options(Mode.REHEARSE, WATERMARK, pace=0.0 if batch else None)
        stage = Stage(show, make_brain, hub, self._clock, options, kept, port)
        self.stage = stage
        for fact in self._early:
            stage.on_fact(fact)
        return stage

    def _make_window(self, stage: Stage) -> ConsoleWindow:
        window = ConsoleWindow(stage, self._tasks, load_fonts(resources("fonts")))
        window.close_requested.connect(self._closing.set)
        if self._start.logs is not None:
            self._start.logs.add_sink(window.log.sink)
        if self._config.osc.on:
            listen(window.feed, window.verbs, OscPlace(**self._config.osc.model_dump(exclude={"on"})), window)
        if self._config.size:
            width, _, height = self._config.size.partition("x")
            window.resize(int(width), int(height))
        else:
            window.settle_in(console_place(QGuiApplication.primaryScreen().availableGeometry(), window.size()))
        return window

    async def _until_closed(self, stage: Stage, window: ConsoleWindow) -> None:
        if self._start.cycles is not None:
            batch = Batch(stage, self._start.cycles, window.grab_png, self._config.shots)
            await batch.play()
            if self._start.quit_when_done:
                return
        await self._closing.wait()

    def _keeper(self, show: ShowFolder, port: int, stage: Stage) -> ServiceKeeper:
        common = ("--core", f"tcp://127.0.0.1:{port}", "--show", show_id(show), "--images", str(show.images))
        settings = ("--config", str(show.root / "image_server.toml"))
        wanted = self._config.textcraft.image_servers
        servers = painters(1 if wanted is None else wanted, (*common, *settings))
        settings = ("--config", str(show.root / "display.toml"))
        walls = [self._wall(name, n, (*common, *settings)) for n, name in enumerate(self._config.walls)]
        wanted_services = [*servers, *walls, *black_behind_walls(show_id(show))]
        return ServiceKeeper(show_id(show), wanted_services, stage.stream, mode=stage.playout.state.mode)

    def _wall(self, name: str, number: int, common: tuple[str, ...]) -> Wanted:
        place = wall_place(QGuiApplication.primaryScreen().availableGeometry(), number)
        more = ["--wall", name]
        if len(QGuiApplication.screens()) == 1:
            more += ["--windowed", "--size", f"{place.width()}x{place.height()}"]
            more += ["--position", f"{place.x()},{place.y()}"]
        if self._config.shots is not None:
            more += ["--shots", str(Path(self._config.shots).absolute())]
        return Wanted(PeerName(f"{Role.WALL}.{name}"), "textcraft-display", (*common, *more))


def wall_place(screen: QRect, number: int) -> QRect:
    """Where a wall's window goes when there is one screen: at its right edge, beside a console of 1280 pixels.

    Where there is no room beside it the window is small and lies at the bottom, where it hides no status and no stop.
    """
    beside = screen.width() - 1280
    width = min(960, beside) if beside >= LEAST_WALL else SMALL_WALL
    height = width * 9 // 16
    x = screen.right() + 1 - width
    lowest = screen.bottom() + 1 - height
    y = screen.y() + 40 + number * (height + 40) if beside >= LEAST_WALL else lowest - LANE - number * (height + 40)
    return QRect(x, max(screen.y(), min(y, lowest)), width, height)


def console_place(screen: QRect, size: QSize) -> QRect:
    """Where the console opens: at the left, so that a wall's window has its room; the whole of a small screen."""
    room = QSize(screen.width() - FRAME.width(), screen.height() - FRAME.height())
    if room.width() < size.width() or room.height() < size.height():
        return screen
    return QRect(screen.topLeft(), size)


async def _tick(watchdog: StallWatchdog) -> None:
    """Say that the loop is alive; a loop that stalls is logged with its stack."""
    while True:
        watchdog.tick()
        await asyncio.sleep(TICK_SECONDS)


def _port_of(record: Record) -> int:
    port = record.endpoint.rpartition(":")[2]
    return int(port) if port.isdigit() else 0


def _end_all(records: list[Record]) -> None:
    for record in records:
        end_process(record.pid, record.started)
