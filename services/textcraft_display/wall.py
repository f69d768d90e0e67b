"""One wall: window, player and link joined, from the lock on its name to its end."""

import asyncio
import base64
import binascii
import itertools
import logging
import os
import platform
import time
from functools import cache

import psutil

from textcraft_bus.channel import facts
from textcraft_bus.channel import messages as wire
from textcraft_bus.channel.link import Link, shared_folder
from textcraft_bus.cli import version
from textcraft_bus.clock import SystemClock
from textcraft_bus.disk.folders import cache_folder
from textcraft_bus.health import PATIENCE_S, Health, HealthStatus
from textcraft_bus.name_claims import Yielding, take_name
from textcraft_bus.processes import NameLock
from textcraft_bus.tasks import Tasks
from textcraft_display.config import DisplayConfig
from textcraft_display.errors import ScreenRefused
from textcraft_display.keys import Keys
from textcraft_display.opening import make_view, place_of, save_shot
from textcraft_display.picture_store import PictureStore
from textcraft_display.scene_player import ScenePlayer
from textcraft_display.thumbs import Thumbs
from textcraft_qt.awake import Awake
from textcraft_qt.screens import ScreenProvider

log = logging.getLogger(__name__)

DEFAULT_LONELY_MINUTES = 10.0


class Wall:
    """Runs until it is told to quit; a core that dies changes nothing on it for a long while."""

    def __init__(self, config: DisplayConfig, screens: ScreenProvider) -> None:
        self._config = config
        self._tasks = Tasks()
        self._quit = asyncio.Event()
        self._process = psutil.Process()
        self._lonely_minutes = DEFAULT_LONELY_MINUTES
        self._core_gone_at: float | None = time.monotonic()
        self._shots = itertools.count(1)
        self._awake = Awake()
        self.view = make_view(config)
        self._place = place_of(config, self.view, screens)
        self._place.on_changed = self._tell_place
        self.view.keys = self._keys = Keys(self._on_key, self._on_closing_key)
        self._keys.keyboard_changed.connect(self._tell_place)
        self._store = PictureStore(cache_folder("wall"), config.images, config.cache_mb << 20)
        self._store.ask_for_folder(lambda: None)  # until a core proves that it shares this disk
        self.player = ScenePlayer(self.view, self._store, self._send, self._tasks, SystemClock())
        self.player.on_settled = self._on_settled
        for changed in (self.view.widthChanged, self.view.heightChanged, self.view.screenChanged):
            changed.connect(lambda _fact: self.player.resized(self.view.native_size))
        self._thumbs = Thumbs(self.view, self._send_thumb)
        self._link = Link(
            config.core,
            hello=self._hello,
            beat=self._beat,
            deliver=self._on_fact,
            loop=asyncio.get_running_loop(),
            clock=SystemClock(),
        )

    async def run(self) -> None:
        """Open the window and follow the core until Quit. Raises NameTaken when the name is taken."""
        lock = NameLock(f"{wire.Role.WALL}.{self._config.wall}")
        await take_name(lock, self._config.core, self._config.show)
        try:
            self._place.begin()
            self._link.start()
            self._tasks.start(self._watch_core(), name="watch the core")
            self._tasks.start(self._yield_name(lock), name="yield the name")
            self._tasks.start(self._thumbs.run(), name="thumbnails")
            self._tasks.start(self._stay_awake(), name="stay awake")
            self._tasks.start(self._config.health.keep(self._health), name="health file")
            await self._quit.wait()
        finally:
            self._place.end()
            await self._tasks.stop()
            await self._link.stop()
            await self.view.close_down()
            await self._awake.end()
            lock.release()

    def _health(self) -> Health:
        gone = self._core_gone_at
        lost = gone is not None and time.monotonic() - gone > PATIENCE_S
        said = "no core is there, or it stands still" if lost else ""
        return Health(HealthStatus.WARNING if lost else HealthStatus.HEALTHY, said)

    def _on_fact(self, fact: facts.LinkFact) -> None:
        match fact:
            case facts.CoreSeen(snapshot=snapshot):
                self._core_gone_at = None
                self._tell_place()
                self._store.ask_for_folder(cache(lambda: shared_folder(self._config.core, snapshot)))
                self.player.forget_number()
                if snapshot.scene is not None:
                    self._play(snapshot.scene, fresh=True)
            case facts.CoreLost():
                self._core_gone_at = time.monotonic()
            case facts.CoreStalled(stalled=stalled):
                self._on_stall(stalled)
            case facts.Arrived(message=message):
                self._on_message(message)
            case facts.FramesDropped(count, reason):
                log.warning("%d frames dropped: %s", count, reason)

    def _on_stall(self, stalled: bool) -> None:
        """Who drives the walls stands still: the picture stays, and after the set time the safe look shows."""
        log.warning("the console stands still" if stalled else "the console goes on")
        self._core_gone_at = time.monotonic() if stalled else None
        if not stalled:
            self.player.go_on()

    def _on_message(self, message: wire.Envelope) -> None:
        match message:
            case wire.WallScene():
                self._play(message)
            case wire.WallCommand(command=command, seconds=seconds):
                self._show_card(command == "test_card", 0.0 if command == "clear" else seconds)
            case wire.Blob(sha256=sha256, data=data):
                self._on_blob(sha256, data)
            case wire.Quit():
                self._quit.set()

    def _play(self, scene: wire.WallScene, *, fresh: bool = False) -> None:
        self._lonely_minutes = scene.lonely_minutes
        try:
            self._place.assign(scene.screen)
        except ScreenRefused as error:
            log.warning("%s", error)
            self._send(wire.ShowRefused(scene=scene.scene, reason=str(error)))
        self.player.play(scene, fresh=fresh)

    def _on_blob(self, sha256: str, data: str) -> None:
        try:
            self.player.on_blob(sha256, base64.b64decode(data, validate=True))
        except binascii.Error:
            log.warning("picture %s came as no base64", sha256)

    def _show_card(self, test: bool, seconds: float) -> None:
        width, height = self.view.native_size
        screen = self._place.identity
        names = (screen.connector, screen.model) if screen is not None else ()
        about = " · ".join([f"{width} × {height}", *filter(None, names)])
        self.view.show_card(test=test, about=about, seconds=seconds)

    def _on_key(self, key: int, modifiers: int, text: str, pressed: bool, unseen: bool = False) -> None:
        self._send(wire.WallKey(key=key, modifiers=modifiers, text=text, pressed=pressed, unseen=unseen))

    def _on_closing_key(self) -> None:
        log.info("closed by its own keys")
        self._quit.set()

    def _tell_place(self) -> None:
        more = {"awake": self._awake.works, "keyboard": self._keys.has_keyboard}
        self._send(self._place.told.model_copy(update=more))

    async def _stay_awake(self) -> None:
        await self._awake.begin()
        self._tell_place()

    def _on_settled(self) -> None:
        self._thumbs.want()
        if self._config.shots is not None:
            self._tasks.start(save_shot(self.view, self._config, next(self._shots)), name="shot")

    def _send_thumb(self, data: str) -> None:
        self._send(wire.WallThumb(scene=max(0, self.player.scene), data=data))

    async def _watch_core(self) -> None:
        """Without a core for long, the safe look; once, and the next core brings its own scene."""
        was_told: float | None = None
        while True:
            await asyncio.sleep(1.0)
            gone = self._core_gone_at
            if gone is not None and gone != was_told and time.monotonic() - gone > self._lonely_minutes * 60:
                was_told = gone
                self.player.lonely()

    async def _yield_name(self, lock: NameLock) -> None:
        """A newer wall of this name, of a core that lives, takes the place of one whose core is gone."""
        await Yielding(lock, lambda: self._core_gone_at).until_asked()
        self._quit.set()

    def _send(self, message: wire.Envelope) -> None:
        self._link.send(message)

    def _hello(self) -> wire.ServiceHello:
        """Called on the bus thread: reads plain attributes only."""
        width, height = self.view.native_size
        return wire.ServiceHello(
            role=wire.Role.WALL,
            name=self._config.wall,
            version=version(),
            host=platform.node(),
            pid=os.getpid(),
            show=self._config.show,
            capabilities=["image", "caption", *(kind.value for kind in wire.TransitionKind)],
            screen=self._place.info,
            width=width,
            height=height,
            dpr=self.view.ratio,
            layer=self.player.layer,
            shown=self.player.shown,
            shown_caption=self.player.caption,
        )

    def _beat(self) -> wire.Heartbeat:
        """Called on the bus thread: reads plain attributes only."""
        return wire.Heartbeat(
            state=self.player.layer.value,
            rss=self._process.memory_info().rss,
            frames_painted=self.view.frames.painted,
            worst_frame_ms=self.view.frames.worst_ms,
            hidden=self.view.frames.hidden,
        )
