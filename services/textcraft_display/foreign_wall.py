"""A wall that serves a foreign core: no identity, no beats, no acknowledgement; it keeps its picture when that dies."""

import asyncio
import itertools
import logging

from textcraft_bus.channel.messages import Role
from textcraft_bus.config import ConfigError
from textcraft_bus.disk.folders import cache_folder
from textcraft_bus.foreign.display import ForeignEvents
from textcraft_bus.health import Health
from textcraft_bus.processes import NameLock
from textcraft_bus.project import current_project
from textcraft_bus.tasks import Tasks
from textcraft_display.config import DisplayConfig
from textcraft_display.foreign_player import ForeignPlayer
from textcraft_display.foreign_sources import Sources
from textcraft_display.keys import Keys
from textcraft_display.opening import make_view, place_of, save_shot
from textcraft_display.overlays import Overlays, has_films
from textcraft_display.picture_store import PictureStore
from textcraft_qt.awake import Awake
from textcraft_qt.screens import ScreenProvider

log = logging.getLogger(__name__)

SHOT_SECONDS = 1.0


class ForeignWall:
    """Runs until it is told to end by the system or its closing key."""

    def __init__(self, config: DisplayConfig, screens: ScreenProvider) -> None:
        self._config = config
        self._tasks = Tasks()
        self._quit = asyncio.Event()
        self._awake = Awake()
        overlays = Overlays()
        self.view = make_view(config, overlays)
        self.view.keys = Keys(lambda *_key: None, self._quit.set)
        self._place = place_of(config, self.view, screens)
        loop = asyncio.get_running_loop()
        schemas = current_project().schemas
        self._core = ForeignEvents(
            self._on_message, loop, events=config.events, updates=config.updates, schemas=schemas
        )
        store = PictureStore(cache_folder("wall"), None, config.cache_mb << 20)
        folders = [*([config.images] if config.images is not None else []), *config.folders]
        self.player = ForeignPlayer(
            self.view,
            overlays,
            store,
            Sources(folders, fetch=config.fetch),
            self._tasks,
            self._refuse,
            films=has_films(),
        )
        overlays.on_trouble = self.player.trouble
        overlays.on_end = lambda: overlays.take_film(0.0)

    async def run(self) -> None:
        """Open the window and follow the core. Raises NameTaken, ConfigError."""
        lock = NameLock(f"{Role.WALL}.{self._config.wall}")
        lock.acquire(self._config.events, "")
        try:
            await self._connect()
            self._place.begin()
            self._tasks.start(self._awake.begin(), name="stay awake")
            self._tasks.start(self._config.health.keep(Health), name="health file")
            if self._config.shots is not None:
                self._tasks.start(self._take_shots(), name="shots")
            await self._quit.wait()
        finally:
            self._place.end()
            await self._tasks.stop()
            await self._core.stop()
            await self.view.close_down()
            await self._awake.end()
            lock.release()

    async def _connect(self) -> None:
        try:
            await self._core.start()
        except ValueError as error:
            raise ConfigError(str(error)) from error
        log.info("a display for the core at %s", self._config.events)

    def _on_message(self, message: object) -> None:
        self.player.handle(message)  # type: ignore[arg-type]  # only display messages are delivered

    def _refuse(self, reason: str, request_id: str | None) -> None:
        log.warning("%s%s", f"{request_id}: " if request_id else "", reason)
        self._core.alert(reason, request_id)

    async def _take_shots(self) -> None:
        for number in itertools.count(1):
            await asyncio.sleep(SHOT_SECONDS)
            await save_shot(self.view, self._config, number)
