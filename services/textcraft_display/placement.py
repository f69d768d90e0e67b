"""Where the wall's window is: on its own screen, in a window, or hidden until its screen is back; knows no pictures."""

import logging
from dataclasses import dataclass, replace
from typing import Protocol

from PySide6.QtCore import QPoint, QSize
from PySide6.QtGui import QScreen

from textcraft_bus.messages import ScreenInfo
from textcraft_qt.screens import ScreenIdentity, ScreenProvider, find_match

log = logging.getLogger(__name__)


class Window(Protocol):
    """What is placed."""

    def open_window(self, size: QSize, position: QPoint | None) -> None:
        """Show as a window."""

    def open_full(self, screen: QScreen) -> None:
        """Show on the whole of a screen."""

    def withdraw(self) -> None:
        """Hide, and keep what is painted."""


@dataclass(frozen=True)
class Wish:
    """Where a wall is wanted: `connector` empty is any screen but the console's; sizes and places in pixels."""

    connector: str = ""
    windowed: bool = False
    size: tuple[int, int] = (960, 540)
    position: tuple[int, int] | None = None


class Placement:
    """Keeps one window on the screen it was given first, however often that is unplugged.

    The console's own screen is refused when the wall starts. Later the wall stays where it was: when the console's
    screen goes and the system makes the wall's the first one, the picture must not go with it.
    """

    def __init__(self, window: Window, screens: ScreenProvider, wish: Wish) -> None:
        self.identity: ScreenIdentity | None = None
        """The screen the wall is bound to; None in a window, and before it was ever seen."""
        self.away = False
        """Whether it waits, hidden, for its screen."""
        self._window = window
        self._screens = screens
        self._wish = wish
        self._stop_watching = screens.on_changed(self._on_screens_changed)

    def begin(self) -> None:
        """Open the window where it is wanted."""
        self._open_window() if self._wish.windowed else self._open_first()

    def end(self) -> None:
        """Follow the screens no longer."""
        self._stop_watching()

    def on_moved(self, screen: QScreen | None) -> None:
        """Take in that the system moved the window: off its own screen it is hidden at once."""
        if self.identity is not None and not self.away and screen != self._screens.qt_screen(self.identity):
            self._withdraw(self.identity)

    @property
    def info(self) -> ScreenInfo | None:
        """The wall's screen as its core is told; None in a window."""
        screen = self.identity
        if screen is None:
            return None
        (width, height), (x, y) = screen.native_size, screen.position
        return ScreenInfo(
            manufacturer=screen.manufacturer,
            model=screen.model,
            serial=screen.serial,
            connector=screen.connector,
            width=width,
            height=height,
            x=x,
            y=y,
        )

    def _open_first(self) -> None:
        found = self._first_choice()
        if found is not None:
            self._open_full(found)
        elif self._is_absent():
            self.away = True
            names = ", ".join(screen.connector for screen in self._screens.screens()) or "none"
            log.warning("no screen %s (there are: %s): waiting for it", self._wish.connector, names)
        else:
            self._open_window()

    def _first_choice(self) -> ScreenIdentity | None:
        console = self._screens.console_screen()
        name = self._wish.connector
        named = [screen for screen in self._screens.screens() if not name or screen.connector == name]
        free = [screen for screen in named if screen != console]
        if named and not free:
            log.warning("the only screen for this wall is the console's own: it opens a window there")
        return free[0] if free else None

    def _is_absent(self) -> bool:
        name = self._wish.connector
        return bool(name) and all(screen.connector != name for screen in self._screens.screens())

    def _open_window(self) -> None:
        self.away = False
        self._wish = replace(self._wish, windowed=True)
        position = QPoint(*self._wish.position) if self._wish.position is not None else None
        self._window.open_window(QSize(*self._wish.size), position)

    def _open_full(self, identity: ScreenIdentity) -> None:
        screen = self._screens.qt_screen(identity)
        if screen is None:
            return
        self.identity = identity
        self.away = False
        self._window.open_full(screen)

    def _withdraw(self, identity: ScreenIdentity) -> None:
        self.away = True
        self._window.withdraw()
        log.warning("screen %s is gone: the wall waits for it", identity.connector)

    def _on_screens_changed(self) -> None:
        if self._wish.windowed:
            return
        if self.identity is None:
            self._open_first()
            return
        found = find_match(self.identity, self._screens.screens())
        if found is None and not self.away:
            self._withdraw(self.identity)
        elif found is not None and (self.away or found != self.identity):
            log.info("screen %s is there", found.connector)
            self._open_full(found)
