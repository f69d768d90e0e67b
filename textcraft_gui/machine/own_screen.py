"""Keeps the console's window off the walls' screens: when its own screen goes it moves to a free one, or hides."""

import logging
from collections.abc import Callable, Iterable
from typing import Protocol

from PySide6.QtGui import QGuiApplication, QScreen
from PySide6.QtWidgets import QWidget

from textcraft_bus.channel.messages import ScreenInfo
from textcraft_core.stage.keeper import Wanted
from textcraft_core.stage.walls.backdrop import backdrop
from textcraft_gui.state.show_state import ShowState
from textcraft_qt.screens import QtScreenProvider, ScreenIdentity, ScreenProvider, find_match

log = logging.getLogger(__name__)


class Window(Protocol):
    """What is moved."""

    def screen(self) -> QScreen:
        """The screen it is on now."""
        ...

    def hide(self) -> None:
        """Take it off the screen."""

    def show(self) -> None:
        """Put it back."""

    def move_to(self, screen: QScreen) -> None:
        """Put it onto a screen."""


class OwnScreen:
    """Remembers which screen is the console's; tells nobody, as nobody would see it."""

    def __init__(self, window: Window, screens: ScreenProvider, walls: Callable[[], Iterable[ScreenInfo]]) -> None:
        self.hidden = False
        self._window = window
        self._screens = screens
        self._walls = walls
        self._own = screens.console_screen()
        self._stop_watching = screens.on_changed(self.look)

    def end(self) -> None:
        """Follow the screens no longer."""
        self._stop_watching()

    def on_moved(self, _screen: QScreen | None = None) -> None:
        """The system, or the operator, moved the window to another screen."""
        here = self._screens.console_screen()
        if here is None or self.hidden:
            return
        if self._is_a_walls(here):
            self.look()
        else:
            self._own = here

    def look(self) -> None:
        """See whether the window may stay, where it may go, or hide it."""
        present = [one for one in self._screens.screens() if not self._is_a_walls(one)]
        back = find_match(self._own, present) if self._own is not None else None
        home = back or next(iter(present), None)
        screen = self._screens.qt_screen(home) if home is not None else None
        if screen is None:
            self._hide()
        elif self.hidden or self._window.screen() != screen:
            self._window.move_to(screen)
            self._show()

    def _is_a_walls(self, screen: ScreenIdentity) -> bool:
        taken = ((wall.connector, (wall.x, wall.y)) for wall in self._walls())
        return (screen.connector, screen.position) in taken

    def _hide(self) -> None:
        if not self.hidden:
            log.warning("the console's screen is gone and every other is a wall's: its window waits, hidden")
            self.hidden = True
            self._window.hide()

    def _show(self) -> None:
        if self.hidden:
            self.hidden = False
            self._window.show()


class _Console:
    """The console's window as one that is moved."""

    def __init__(self, window: QWidget) -> None:
        self._window = window

    def screen(self) -> QScreen:
        return self._window.screen()

    def hide(self) -> None:
        self._window.hide()

    def show(self) -> None:
        self._window.show()

    def move_to(self, screen: QScreen) -> None:
        self._window.move(screen.availableGeometry().topLeft())


def keep_on_own_screen(window: QWidget, state: ShowState) -> OwnScreen:
    """Watch over a window that is shown; its walls are where `state` says."""
    app = QGuiApplication.instance()
    if not isinstance(app, QGuiApplication):
        raise TypeError("a window needs an application with screens")
    screens = QtScreenProvider(app, window.screen)
    screens.setParent(window)  # which so keeps it, and ends it
    own = OwnScreen(_Console(window), screens, lambda: walls_screens(state))
    handle = window.windowHandle()
    if handle is not None:
        handle.screenChanged.connect(own.on_moved)
    return own


def walls_screens(state: ShowState) -> list[ScreenInfo]:
    """The screens that walls are bound to, those that wait for theirs too."""
    places = (wall.place for wall in state.walls.values())
    return [place.screen for place in places if place is not None and place.screen is not None]


def black_behind_walls(show_id: str) -> list[Wanted]:
    """The backdrop; with one screen it has nothing to cover until another is plugged in."""
    return [backdrop(show_id, "--console-screen", QGuiApplication.primaryScreen().name())]
