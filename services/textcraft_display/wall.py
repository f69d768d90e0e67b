"""One wall: window, player and link joined, from the lock on its name to its end."""

import asyncio
import base64
import binascii
import itertools
import logging
import os
import platform
import time
from pathlib import Path

import psutil
from PySide6.QtCore import QPoint, QSize
from PySide6.QtGui import QKeyEvent

from textcraft_bus import facts
from textcraft_bus import messages as wire
from textcraft_bus.assets import resources
from textcraft_bus.cli import version
from textcraft_bus.clock import SystemClock
from textcraft_bus.folders import cache_folder
from textcraft_bus.link import Link
from textcraft_bus.processes import NameLock
from textcraft_bus.tasks import Tasks
from textcraft_display.config import DisplayConfig
from textcraft_display.picture_store import PictureStore
from textcraft_display.scene_player import ScenePlayer
from textcraft_display.view import WallView, pick_screen
from textcraft_qt.fonts import load_fonts

log = logging.getLogger(__name__)

DEFAULT_LONELY_MINUTES = 10.0


class Wall:
    """Runs until it is told to quit; a core that dies changes nothing on it for a long while."""

    def __init__(self, config: DisplayConfig) -> None:
        self._config = config
        self._tasks = Tasks()
        self._quit = asyncio.Event()
        self._process = psutil.Process()
        self._lonely_minutes = DEFAULT_LONELY_MINUTES
        self._core_gone_at: float | None = time.monotonic()
        self._shots = itertools.count(1)
        self._view = WallView(config.wall, load_fonts(resources("fonts")).ui, _safe_look(config))
        store = PictureStore(cache_folder("wall"), config.images, config.cache_mb << 20)
        self._player = ScenePlayer(self._view, store, self._send, self._tasks, SystemClock())
        self._player.on_settled = self._on_settled
        self._view.on_key = self._on_key
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
        lock.acquire(self._config.core, self._config.show)
        try:
            self._open()
            self._link.start()
            self._tasks.start(self._watch_core(), name="watch the core")
            await self._quit.wait()
        finally:
            await self._tasks.stop()
            await self._link.stop()
            self._view.destroy()
            lock.release()

    def _open(self) -> None:
        screen = pick_screen(avoid_primary=True)
        if self._config.windowed or screen is None:
            x, _, y = self._config.position.partition(",")
            width, _, height = self._config.size.partition("x")
            place = QPoint(int(x), int(y)) if y else None
            self._view.open_window(QSize(int(width), int(height)), place)
        else:
            self._view.open_full(screen)

    def _on_fact(self, fact: facts.LinkFact) -> None:
        match fact:
            case facts.CoreSeen(snapshot=snapshot):
                self._core_gone_at = None
                if snapshot.scene is not None:
                    self._play(snapshot.scene, fresh=True)
            case facts.CoreLost():
                self._core_gone_at = time.monotonic()
            case facts.Arrived(message=message):
                self._on_message(message)
            case facts.FramesDropped(count, reason):
                log.warning("%d frames dropped: %s", count, reason)

    def _on_message(self, message: wire.Envelope) -> None:
        match message:
            case wire.WallScene():
                self._play(message)
            case wire.WallCommand(command=command, seconds=seconds):
                self._view.show_card(test=command == "test_card", seconds=0.0 if command == "clear" else seconds)
            case wire.Blob(sha256=sha256, data=data):
                self._on_blob(sha256, data)
            case wire.Quit():
                self._quit.set()

    def _play(self, scene: wire.WallScene, *, fresh: bool = False) -> None:
        self._lonely_minutes = scene.lonely_minutes
        self._player.play(scene, fresh=fresh)

    def _on_blob(self, sha256: str, data: str) -> None:
        try:
            self._player.on_blob(sha256, base64.b64decode(data, validate=True))
        except binascii.Error:
            log.warning("picture %s came as no base64", sha256)

    def _on_key(self, event: QKeyEvent, pressed: bool) -> None:
        modifiers = int(event.modifiers().value)
        self._send(wire.WallKey(key=event.key(), modifiers=modifiers, text=event.text(), pressed=pressed))

    def _on_settled(self) -> None:
        if self._config.shots is not None:
            self._config.shots.mkdir(parents=True, exist_ok=True)
            self._view.grab_file(self._config.shots / f"wall-{self._config.wall}-{next(self._shots):03}.png")

    async def _watch_core(self) -> None:
        while True:
            await asyncio.sleep(1.0)
            gone = self._core_gone_at
            if gone is not None and time.monotonic() - gone > self._lonely_minutes * 60:
                self._core_gone_at = None  # once; the next core brings its own scene
                self._player.lonely()

    def _send(self, message: wire.Envelope) -> None:
        self._link.send(message)

    def _hello(self) -> wire.ServiceHello:
        """Called on the bus thread: reads plain attributes only."""
        return wire.ServiceHello(
            role=wire.Role.WALL,
            name=self._config.wall,
            version=version(),
            host=platform.node(),
            pid=os.getpid(),
            show=self._config.show,
            capabilities=["image", "caption", "cut", "fade"],
            layer=self._player.layer,
            shown=self._player.shown,
            shown_caption=self._player.caption,
        )

    def _beat(self) -> wire.Heartbeat:
        """Called on the bus thread: reads plain attributes only."""
        return wire.Heartbeat(
            state=self._player.layer.value, rss=self._process.memory_info().rss, frames_painted=self._view.frames
        )


def _safe_look(config: DisplayConfig) -> Path:
    return config.safe_look or Path(__file__).with_name("safe_look.jpg")
