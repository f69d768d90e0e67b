"""Where the wall's window is: on its own screen, in a window, or hidden until its screen is back; knows no pictures."""

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QPoint, QSize
from PySide6.QtGui import QScreen

from textcraft_bus.channel.messages import ScreenInfo, WallPlace
from textcraft_display.errors import ScreenRefused
from textcraft_qt.screens import ScreenIdentity, ScreenProvider, find_match

log = logging.getLogger(__name__)

MOST_MOVES = 5
"""A system that moves the window away so often between two changes of the screens will not let it be there."""


class Window(Protocol):
    """What is placed."""

    def open_window(self, size: QSize, position: QPoint | None) -> None:
        """Show as a window."""

    def open_full(self, screen: QScreen) -> None:
        """Show on the whole of a screen."""

    def withdraw(self) -> None:
        """Hide, and keep what is painted."""


class Registry(Protocol):
    """Which screens the walls of this machine are bound to."""

    def own(self) -> ScreenIdentity | None:
        """This wall's, from the last time."""
        ...

    def keep(self, identity: ScreenIdentity) -> None:
        """Bind this wall to a screen."""

    def forget(self) -> None:
        """Bind this wall to no screen."""

    def taken(self) -> list[ScreenIdentity]:
        """Those of the other walls that run."""
        ...

    def claiming(self) -> AbstractContextManager[None]:
        """Choose while no other wall does."""
        ...


@dataclass(frozen=True)
class Wish:
    """Where a wall is wanted: `connector` empty is its own screen of the last time, else any that is free.

    Sizes and places in pixels. A `windowed` wall stays a window whatever is assigned; a `makeshift` one is a window
    only until a screen is there that is surely its own.
    """

    connector: str = ""
    windowed: bool = False
    makeshift: bool = False
    size: tuple[int, int] = (960, 540)
    position: tuple[int, int] | None = None


class Placement:
    """Keeps one window on the screen it was given first, however often that is unplugged.

    The console's own screen is refused when the wall starts. Later the wall stays where it was: when the console's
    screen goes and the system makes the wall's the first one, the picture must not go with it.
    """

    def __init__(self, window: Window, screens: ScreenProvider, wish: Wish, registry: Registry | None = None) -> None:
        self.identity: ScreenIdentity | None = None
        """The screen the wall is bound to; None in a window, and before it was ever seen."""
        self.away = False
        """Whether it waits, hidden, for its screen."""
        self.on_changed: Callable[[], None] = lambda: None
        self._window = window
        self._screens = screens
        self._wish = wish
        self._windowed = wish.windowed
        self._registry = registry
        self._assigned: ScreenInfo | None = None
        self._moves = 0
        self._stop_watching = screens.on_changed(self._on_screens_changed)

    def begin(self) -> None:
        """Open the window where it is wanted."""
        if self._wish.windowed:
            self._open_window()
        elif self._registry is None:
            self._open_first()
        else:
            with self._registry.claiming():
                self._open_first()

    def end(self) -> None:
        """Follow the screens no longer."""
        self._stop_watching()

    def on_moved(self, screen: QScreen | None) -> None:
        """Take in that the system moved the window off its screen: back at once, or hidden when that is gone."""
        if self.identity is None or self.away or self._windowed:
            return
        own = self._screens.qt_screen(self.identity)
        if screen == own:
            return
        self._moves += 1
        if own is None or self._moves > MOST_MOVES:
            self._withdraw(self.identity)
        else:
            log.info("the system moved the wall: back to %s", self.identity.connector)
            self._window.open_full(own)

    def assign(self, wanted: ScreenInfo | None) -> None:
        """Go to the screen an operator chose. Raises ScreenRefused when that is the console's own, or
        another wall's; nothing changes.
        """
        if wanted is None or wanted == self._assigned:
            return
        identity = identity_of(wanted)
        console = self._screens.console_screen()
        if console is not None and find_match(identity, [console]) is not None:
            raise ScreenRefused("this is the console's own screen: a wall never covers it")
        self._assigned = wanted
        if self._is_taken(identity):
            raise ScreenRefused("another wall is on this screen: two never share one")
        self._keep(identity)
        if self._wish.windowed or (self.identity == identity and not self.away):
            return
        found = find_match(identity, self._screens.screens())
        if found is not None:
            self.identity = identity
            self._open_full(found)
        elif not self._is_makeshift:
            self.identity = identity
            self._windowed = False
            self._withdraw(identity)

    @property
    def info(self) -> ScreenInfo | None:
        """The wall's screen as its core is told; None in a window."""
        return info_of(self.identity) if self.identity is not None else None

    @property
    def told(self) -> WallPlace:
        """Where the wall is and which screens there are, as its core is told."""
        console = self._screens.console_screen()
        present = self._screens.screens()
        homeless = self.away or self._is_makeshift
        return WallPlace(
            screen=self.info,
            windowed=self._windowed,
            away=self.away,
            unsure=homeless and any(screen != console and not self._is_taken(screen) for screen in present),
            screens=[info_of(screen) for screen in present],
            console=info_of(console) if console is not None else None,
        )

    @property
    def _is_makeshift(self) -> bool:
        """Whether it is a window only because its own screen is not there."""
        return self._windowed and not self._wish.windowed

    def _is_taken(self, screen: ScreenIdentity) -> bool:
        return self._registry is not None and find_match(screen, self._registry.taken()) is not None

    def _open_first(self) -> None:
        found = self._sure_choice() if self._wish.makeshift else self._first_choice()
        if found is not None:
            self._open_full(found)
        elif not self._wish.makeshift and (self.identity is not None or self._is_absent()):
            self.away = True
            names = ", ".join(screen.connector for screen in self._screens.screens()) or "none"
            wanted = self.identity.connector if self.identity is not None else self._wish.connector
            log.warning("no screen %s (there are: %s): waiting for it", wanted, names)
        else:
            self._open_window()

    def _sure_choice(self) -> ScreenIdentity | None:
        """The screen that is surely this wall's: the named one, else that of the last time; never another wall's."""
        console = self._screens.console_screen()
        name, present = self._wish.connector, self._screens.screens()
        if name:
            found = next((screen for screen in present if screen.connector == name), None)
        else:
            own = self._registry.own() if self._registry is not None else None
            found = find_match(own, present) if own is not None else None
        return found if found is not None and found != console and not self._is_taken(found) else None

    def _first_choice(self) -> ScreenIdentity | None:
        """A named screen; else the one of the last time, for which it waits; else the first that no wall has."""
        console = self._screens.console_screen()
        name, present = self._wish.connector, self._screens.screens()
        own = self._registry.own() if self._registry is not None and not name else None
        if own is not None and self._registry is not None and self._is_taken(own):
            log.warning("the screen of this wall, %s, is another wall's now", own.connector)
            self._registry.forget()
        elif own is not None:
            match = find_match(own, present)
            if match is None or match != console:
                self.identity = own
                return match
        named = [screen for screen in present if not name or screen.connector == name]
        free = [screen for screen in named if screen != console and not self._is_taken(screen)]
        if named and not free:
            log.warning("the only screen for this wall is the console's own or another wall's: it opens a window")
        return free[0] if free else None

    def _is_absent(self) -> bool:
        name = self._wish.connector
        return bool(name) and all(screen.connector != name for screen in self._screens.screens())

    def _open_window(self) -> None:
        self.away = False
        self._windowed = True
        position = QPoint(*self._wish.position) if self._wish.position is not None else None
        self._window.open_window(QSize(*self._wish.size), position)
        self.on_changed()

    def _open_full(self, identity: ScreenIdentity) -> None:
        screen = self._screens.qt_screen(identity)
        if screen is None:
            return
        self.identity = identity
        self.away = self._windowed = False
        self._keep(identity)
        self._window.open_full(screen)
        self.on_changed()

    def _keep(self, identity: ScreenIdentity) -> None:
        if self._registry is not None:
            self._registry.keep(identity)

    def _withdraw(self, identity: ScreenIdentity) -> None:
        self.away = True
        self._window.withdraw()
        log.warning("screen %s is gone: the wall waits for it", identity.connector)
        self.on_changed()

    def _on_screens_changed(self) -> None:
        self._moves = 0
        if self._is_makeshift:
            self._leave_window()
        elif not self._windowed:
            self._follow_screens()
        self.on_changed()

    def _leave_window(self) -> None:
        """Its own screen came: full there, by the same window. Another one is the operator's to assign."""
        found = self._sure_choice()
        if found is not None:
            log.info("screen %s is there: the wall leaves its window", found.connector)
            self._open_full(found)

    def _follow_screens(self) -> None:
        if self.identity is None:
            self._open_first()
            return
        found = find_match(self.identity, self._screens.screens())
        if found is None and not self.away:
            self._withdraw(self.identity)
        elif found is not None and (self.away or found != self.identity):
            log.info("screen %s is there", found.connector)
            self._open_full(found)


def info_of(screen: ScreenIdentity) -> ScreenInfo:
    """A screen as it travels on the wire."""
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


def identity_of(info: ScreenInfo) -> ScreenIdentity:
    """A screen from the wire, to be compared with those that are there."""
    size, position = (info.width, info.height), (info.x, info.y)
    return ScreenIdentity(info.manufacturer, info.model, info.serial, info.connector, size, position)
