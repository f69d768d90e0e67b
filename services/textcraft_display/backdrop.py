"""Black behind the walls, a process of its own: what is seen when a wall dies is never the desktop.

It covers the screens that walls are bound to and, in SHOW, every other one but the console's. It has no core: the
walls' registry and the screens say all it needs.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Protocol

import psutil
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QCloseEvent, QColor, QPainter, QPaintEvent, QRasterWindow, QScreen

from textcraft_bus.name_claims import Yielding, claim_path, take_name
from textcraft_bus.processes import NameLock, read_record, running_consoles
from textcraft_display.config import DisplayConfig
from textcraft_display.registry import ScreenRegistry
from textcraft_qt.screens import ScreenIdentity, ScreenProvider, find_match

log = logging.getLogger(__name__)

PEER = "backdrop.main"
XCB_DESKTOP = 0x2
"""Qt's number for _NET_WM_WINDOW_TYPE_DESKTOP: beneath every other window, above the desktop that is there."""
LOOK_SECONDS = 0.5
"""How often it looks which screens walls were bound to meanwhile."""


class BlackWindow(QRasterWindow):
    """Black on the whole of a screen, beneath everything, never with the focus."""

    def __init__(self, screen: QScreen) -> None:
        super().__init__()
        self.setTitle("TextCraft backdrop")
        bottom, frameless = Qt.WindowType.WindowStaysOnBottomHint, Qt.WindowType.FramelessWindowHint
        self.setFlags(Qt.WindowType.Window | frameless | bottom | Qt.WindowType.WindowDoesNotAcceptFocus)
        self.setProperty("_q_xcb_wm_window_type", XCB_DESKTOP)
        self.setCursor(Qt.CursorShape.BlankCursor)
        self.setScreen(screen)
        self.setGeometry(screen.geometry())
        self.show()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Black, and nothing else."""
        with QPainter(self) as painter:
            painter.fillRect(QRect(0, 0, self.width(), self.height()), QColor("black"))

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """Stay."""
        event.ignore()


class Window(Protocol):
    """One black window."""

    def destroy(self) -> None:
        """Take it away."""


class Backdrops:
    """Keeps one black window on every screen that is to have one."""

    def __init__(
        self,
        screens: ScreenProvider,
        walls: Callable[[], list[ScreenIdentity]],
        *,
        every_screen: bool,
        make: Callable[[QScreen], Window] = BlackWindow,
    ) -> None:
        self.covered: dict[ScreenIdentity, Window] = {}
        self._screens = screens
        self._walls = walls
        self._every_screen = every_screen
        self._make = make

    def look(self) -> None:
        """Cover and uncover what changed."""
        wanted = self._wanted()
        for gone in [one for one in self.covered if one not in wanted]:
            self.covered.pop(gone).destroy()
        for identity in wanted:
            screen = self._screens.qt_screen(identity)
            if identity not in self.covered and screen is not None:
                log.info("black on %s", identity.connector or "a screen")
                self.covered[identity] = self._make(screen)

    def end(self) -> None:
        """Take all of them away."""
        while self.covered:
            self.covered.popitem()[1].destroy()

    def _wanted(self) -> list[ScreenIdentity]:
        present, console = self._screens.screens(), self._screens.console_screen()
        free = [screen for screen in present if screen != console]
        if self._every_screen:
            return free
        bound = [find_match(wall, present) for wall in self._walls()]
        return [screen for screen in free if screen in bound]


class Abandoned:
    """Since when every console but the one that wants the name is gone: the one that wanted this backdrop is, too."""

    def __init__(self, lock: NameLock) -> None:
        self._claim = claim_path(lock)
        self._since: float | None = None

    def since(self) -> float | None:
        """The moment (monotonic), None while another console may still want this backdrop."""
        claim = read_record(self._claim)
        asks = _parent(claim.pid) if claim is not None else 0
        if any(console.pid != asks for console in running_consoles()):
            self._since = None
        elif self._since is None:
            self._since = time.monotonic()
        return self._since


def _parent(pid: int) -> int:
    try:
        return psutil.Process(pid).ppid()
    except psutil.Error:
        return 0


async def run_backdrop(config: DisplayConfig, screens: ScreenProvider) -> None:
    """Keep the screens black until told to end, or until another show's takes over after a console that is gone.

    Raises NameTaken when another backdrop does, of a console that runs.
    """
    lock = NameLock(PEER)
    await take_name(lock, "", config.show)
    registry = ScreenRegistry("")
    backdrops = Backdrops(screens, lambda: list(registry.all().values()), every_screen=config.every_screen)
    stop_watching = screens.on_changed(backdrops.look)
    yielding = Yielding(lock, Abandoned(lock).since)
    try:
        while not yielding.is_due(time.monotonic()):
            backdrops.look()
            await asyncio.sleep(LOOK_SECONDS)
    finally:
        stop_watching()
        backdrops.end()
        lock.release()
