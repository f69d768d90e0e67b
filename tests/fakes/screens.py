"""Screens that a test plugs in and out; knows no Qt beyond the type of a screen."""

from collections.abc import Callable

from PySide6.QtGui import QGuiApplication, QScreen

from textcraft_qt.screens import ScreenIdentity


def screen(number: int, *, serial: str | None = None, connector: str | None = None) -> ScreenIdentity:
    """A Full HD screen, the `number`-th from the left, with its own serial number and connector."""
    return ScreenIdentity(
        manufacturer="Maker",
        model="M24",
        serial=f"SN{number}" if serial is None else serial,
        connector=f"DP-{number}" if connector is None else connector,
        native_size=(1920, 1080),
        position=(1920 * number, 0),
    )


class FakeScreens:
    """A ScreenProvider whose screens a test sets; the first one is the console's unless it says another.

    Every identity that is present stands for the one real screen of the test machine.
    """

    def __init__(self, *present: ScreenIdentity, console: ScreenIdentity | None = None) -> None:
        self._present = present
        self._console = console
        self._callbacks: list[Callable[[], None]] = []

    def screens(self) -> tuple[ScreenIdentity, ...]:
        return self._present

    def console_screen(self) -> ScreenIdentity | None:
        wanted = self._console or next(iter(self._present), None)
        return wanted if wanted in self._present else None

    def qt_screen(self, identity: ScreenIdentity) -> QScreen | None:
        return QGuiApplication.primaryScreen() if identity in self._present else None

    def on_changed(self, callback: Callable[[], None]) -> Callable[[], None]:
        self._callbacks.append(callback)
        return lambda: self._callbacks.remove(callback) if callback in self._callbacks else None

    def plug(self, *added: ScreenIdentity) -> None:
        """Add screens and tell the program at once (the debouncing is the real provider's)."""
        self._set((*self._present, *added))

    def unplug(self, *removed: ScreenIdentity) -> None:
        """Take screens away and tell the program at once."""
        self._set(tuple(screen for screen in self._present if screen not in removed))

    def _set(self, present: tuple[ScreenIdentity, ...]) -> None:
        self._present = present
        for callback in list(self._callbacks):
            callback()
