"""The composition root of the console: makes each part once, starts them in order and stops them in reverse."""

import asyncio
import logging
import os
from collections.abc import Callable
from importlib import import_module

from PySide6.QtGui import QGuiApplication

from textcraft_bus.channel.messages import Mode
from textcraft_bus.clock import SystemClock
from textcraft_bus.disk.assets import resources
from textcraft_bus.disk.folders import config_folder
from textcraft_bus.disk.leftovers import sweep_machine
from textcraft_bus.health import Health, HealthStatus
from textcraft_bus.logs import Logs
from textcraft_bus.processes import NameLock
from textcraft_bus.records import dataclass
from textcraft_bus.redaction import Redactor
from textcraft_bus.sleep_watch import SleepWatch
from textcraft_bus.tasks import Tasks
from textcraft_core import events as ev
from textcraft_core.ai_services import service
from textcraft_core.brains.choice import Conceal
from textcraft_core.day import looks
from textcraft_core.health_watch import HealthWatch
from textcraft_core.show.folder import ShowFolder, show_id
from textcraft_core.show.holder import ShowHeld, hold
from textcraft_core.stage.stage import Stage
from textcraft_gui.batch import Batch
from textcraft_gui.config import ConsoleConfig
from textcraft_gui.doctor.serving import serve_support
from textcraft_gui.keys.keymap import Keymap
from textcraft_gui.layouts import Layouts
from textcraft_gui.layouts import save as save_layouts
from textcraft_gui.machine.liveness import Liveness
from textcraft_gui.machine.own_screen import keep_on_own_screen
from textcraft_gui.machine.preflight_looks import add_looks, brain_key
from textcraft_gui.machine.resume import Resume
from textcraft_gui.machine.wakeful import stay_awake
from textcraft_gui.overlays.farewell import ask_farewell
from textcraft_gui.panels.late_panels import read_panels
from textcraft_gui.pictures.latest import Latest
from textcraft_gui.rehearsal import kept as kept_bench
from textcraft_gui.remote.switch import RemoteSwitch
from textcraft_gui.session.session import Farewell, How, Session
from textcraft_gui.session.setting_up import SettingUp
from textcraft_gui.session.wanted import console_place
from textcraft_gui.session.which_show import shows_folder
from textcraft_gui.session.working_copy import starting_mode
from textcraft_gui.state.show_state import Severity, ShowState
from textcraft_gui.supervision.beats import VARIABLE
from textcraft_gui.unattended.pin import Pin
from textcraft_gui.window import ConsoleWindow
from textcraft_gui.words.i18n import tr
from textcraft_gui.words.translation import speak
from textcraft_qt.fonts import load_fonts

log = logging.getLogger(__name__)

PROGRAM = "textcraft"
OWN_NAME = "console"
"""As notices call it."""
BATCH_AUTO_SECONDS = 2.0


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
    mode: Mode | None = Mode.REHEARSE
    """None: where the last console crashed, else EDIT."""
    safe: bool = False
    """Windows only, and nothing automatic."""
    stands: Callable[[], None] = lambda: None
    """Called once, when the console can be used."""
    assistant: bool = False
    """There was no show to open: the assistant is shown."""


class Console:
    """The running program."""

    def __init__(self, config: ConsoleConfig, start: Start) -> None:
        self._config = config
        self._start = start
        self._tasks = Tasks(on_error=self._on_task_error)
        self._closing = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._sleep_watch = SleepWatch(self._on_awoke, self._on_clock_set)
        self._farewell: Farewell | None = None
        self._lock: NameLock | None = None
        """There while this console holds the show."""
        self._clock = SystemClock()
        self.session = Session(start.show, config, self._clock, start.conceal, _how(start))
        self._redactor = start.logs.redactor if start.logs is not None else Redactor()
        self._setting_up = SettingUp(self.session, self.quit)
        serve_support(self.session, config, self._clock, self._redactor)
        self.window: ConsoleWindow | None = None
        """There while the show is played."""

    @property
    def stage(self) -> Stage | None:
        """The stage in play."""
        return self.session.stage

    async def run(self) -> None:
        """Open the show and the window, play until the window is closed.

        A show that another program holds is read along; a batch cannot do that, and raises ShowHeld. Raises
        BatchFailed, ShowError, BusError.
        """
        held: ShowHeld | None = None
        try:
            self._hold()
        except ShowHeld as found:
            if self._start.cycles is not None or VARIABLE in os.environ:
                raise  # a batch has no reader, and a supervisor watches whoever holds it
            held = found
        try:
            await self._play(self._start.show, held)
        finally:
            if self._lock is not None:
                self._lock.release()
        await self._setting_up.start_next()

    def _hold(self) -> None:
        self._lock = hold(self._start.show, PROGRAM)

    def _on_task_error(self, name: str, error: BaseException) -> None:
        """A verb that broke is told to the operator, not only to the log."""
        self.session.tell(ev.Warned(text=f"{name} failed: {error}", source="console", fault=True))

    async def _play(self, show: ShowFolder, held: ShowHeld | None) -> None:
        if self._start.cycles is not None and self._config.textcraft.auto_seconds is None:
            self._config.textcraft.auto_seconds = BATCH_AUTO_SECONDS
        mark = show_id(show) if held is None else f"{show_id(show)}.reading"
        alive = Liveness(mark, self.session.tell_stalled, self.session.tell)
        alive.begin()
        window = self._make_window()
        if alive.is_supervised:
            self._setting_up.refuse_while_supervised(window)
        try:
            self._tasks.start(alive.tick_forever(), name="tick the watchdog")
            self.session.works = lambda: self._work(window, alive)
            await self._open(show, held)
            window.show()
            keep_on_own_screen(window, window.feed.state)
            await asyncio.sleep(0)
            log.info("the console can be used")
            self._start.stands()
            if held is None:
                await self.session.begin()
                self._tell_last_end(alive.last_end)
                for problem in self._config.strange:
                    self._tell(ev.Warned(text=f"A setting has no effect: {problem}", source="settings"))
                if self._start.assistant and self.session.mode is Mode.EDIT:
                    log.info("no show to open: the assistant is shown")
                    window.sheets.open_assistant(first=True)
            self._tasks.start(self._furnish(window), name="make what is out of sight")
            self._tasks.start(stay_awake(self.session, self.session.tell), name="stay awake")
            self.window = window
            await self._until_closed(window)
        finally:
            window.shut()
            await self._setting_up.rest(window)
            alive.rest()
            self._sleep_watch.stop()
            await self.session.settle()
            await self._tasks.stop()
            await self.session.close(self._farewell or self._unasked())
            alive.end()

    def _tell_last_end(self, words: str) -> None:
        """A crash is told once, in the lane and in the journal."""
        if words:
            self._tell(ev.Warned(text=words, source="supervisor"))

    async def _open(self, show: ShowFolder, held: ShowHeld | None) -> None:
        self.session.hold = self._hold
        if held is not None:
            log.info("reading along: %s", held.holder.words if held.holder else f"process {held.pid}")
            await self.session.read_along(held.holder)
            return
        self.session.works()
        safe = self._start.safe
        mode = await asyncio.to_thread(starting_mode, show, self._start.mode, self._clock, safe=safe)
        await self.session.open(mode)

    def _work(self, window: ConsoleWindow, alive: Liveness) -> None:
        """What only one console of a show may do: say how it is, leave its mark, and hear other programs."""
        alive.holds(show_id(self._start.show))
        file = self._config.health_file()
        self._tasks.start(file.keep(lambda: health_of(window.feed.state)), name="health file")
        own, show = (lambda: health_of(window.feed.state)), self._start.show.root.name
        watch = HealthWatch(OWN_NAME, own, self._config, show, self._redactor, window.feed.take_in)
        self._tasks.start(watch.watch_forever(), name="health of the others")
        self._loop = asyncio.get_running_loop()
        self._sleep_watch.start()
        RemoteSwitch(window, self._config.osc)

    def _tell(self, event: ev.Event) -> None:
        """Into the journal where there is one, and so into the lane."""
        (self.stage.stream.emit if self.stage is not None else self.session.tell)(event)

    def _on_awoke(self, seconds: float) -> None:
        """From the watch's own thread."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._look_after_sleep, seconds)

    def _on_clock_set(self, seconds: float) -> None:
        """As above."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._tell, ev.ClockSet(seconds=seconds))

    def _look_after_sleep(self, seconds: float) -> None:
        self._tasks.start(Resume(self.session, self._tell).after(seconds), name="look after a sleep")

    async def _furnish(self, window: ConsoleWindow) -> None:
        """What a start left out comes now: a worker reads it, so that only making it costs the main thread."""
        await asyncio.to_thread(read_panels)
        window.furnisher.begin()
        await asyncio.to_thread(_read_libraries)
        await asyncio.to_thread(sweep_machine, [shows_folder()])  # a show is swept by whoever opens it

    def _unasked(self) -> Farewell:
        """Ended from outside, nobody said: an audience before the walls of a show sees no end."""
        return Farewell.KEEP if self.session.asks_before_it_ends else Farewell.CLOSE

    def _on_close_requested(self) -> None:
        """EDIT and REHEARSE end at once, SHOW asks what becomes of its walls."""
        if self.window is not None and self.window.front.alone:
            self.window.feed.tell(tr("Nobody is here: hold [I am here] for 1 s before the console is closed."))
        elif self.window is not None and self.session.asks_before_it_ends:
            ask_farewell(self.window.overlays.question, self.quit)
        else:
            self._closing.set()

    def quit(self, farewell: Farewell) -> None:
        """End the console; `farewell` says what becomes of the walls of a show."""
        self._farewell = farewell
        self._closing.set()

    def _keymap(self) -> Keymap:
        """Read the keys of this machine; every change of them is kept."""
        keymap, path = Keymap(), config_folder() / "keys.json"
        keymap.load(path)
        keymap.changed(lambda: self._tasks.start(asyncio.to_thread(keymap.save, path), name="keep the keys"))
        return keymap

    def _pin(self) -> Pin:
        pin = Pin(self._clock, config_folder() / "pin.json")
        pin.load()
        return pin

    def _keep_layouts(self, layouts: Layouts) -> None:
        """Read the layouts of this machine; every change of them is kept."""
        path = config_folder() / "layouts.json"
        layouts.load(path)
        keeper = Latest(lambda told: save_layouts(path, told))
        layouts.on_changed = lambda: keeper.put(layouts.written(), self._tasks)

    def _keep_bench(self) -> None:
        """Rehearsals are played as the last console set them; every change is kept. A batch has a bench of its own."""
        if self._start.cycles is not None:
            return
        path, bench = config_folder() / kept_bench.FILE, self.session.bench
        if (kept := kept_bench.load(path)) is not None:
            bench.take_over(kept)
        keeper = Latest(lambda settings: kept_bench.save(path, settings))
        bench.on_set = lambda settings: keeper.put(settings, self._tasks)

    def _make_window(self) -> ConsoleWindow:
        speak(self._config.language)
        window = ConsoleWindow(self.session, self._tasks, load_fonts(resources("fonts")), self._keymap(), self._pin())
        self._setting_up.join(window)
        self._keep_layouts(window.layouts)
        self._keep_bench()
        window.close_requested.connect(self._on_close_requested)
        self.session.prepare = lambda stage: self._add_looks(stage, window)
        if self._start.logs is not None:
            self._start.logs.add_sink(window.log_sink)
        window.idle.minutes = self._config.unattended_minutes
        if self._config.size:
            width, _, height = self._config.size.partition("x")
            window.resize(int(width), int(height))
        else:
            window.settle_in(console_place(QGuiApplication.primaryScreen().availableGeometry(), window.size()))
        return window

    def _add_looks(self, stage: Stage, window: ConsoleWindow) -> None:
        key = brain_key(self._config, self._start.show.root / ".env")
        add_looks(stage.day.preflight, window.feed.state, _screen_names, key)
        services = looks.services(stage.present_services, self.session.wanted_services)
        stage.day.preflight.add("services", services)  # a venue keeps them here, not the stage

    async def _until_closed(self, window: ConsoleWindow) -> None:
        stage = self.session.stage
        if self._start.cycles is not None and stage is not None:
            batch = Batch(stage, self._start.cycles, window.grab_png, self._config.shots)
            await batch.play()
            if self._start.quit_when_done:
                return
        await self._closing.wait()


def _how(start: Start) -> How:
    batch = start.cycles is not None
    return How(
        pace=0.0 if batch else None, fresh=batch, automatic=not start.safe, windowed=start.safe, waits=start.assistant
    )


def _read_libraries() -> None:
    """Import what the first cycle, the first picture and METRICS want; half a second of work. Blocking."""
    service("")
    for name in ("PIL.Image", "textcraft_gui.panels.record.plots"):
        import_module(name)


def health_of(state: ShowState) -> Health:
    """What a monitor is told: a fault nobody acknowledged is a warning."""
    faults = [line.text for line in state.lane if line.severity is Severity.FAULT and not line.acknowledged]
    return Health(HealthStatus.WARNING if faults else HealthStatus.HEALTHY, faults[-1] if faults else "")


def _screen_names() -> list[str]:
    return [screen.name() for screen in QGuiApplication.screens()]
