"""Which screens there are and which of them is the wanted one; knows no window."""

from collections.abc import Callable, Iterable
from typing import Protocol

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QGuiApplication, QScreen

from textcraft_bus.records import dataclass

DEBOUNCE_MS = 350
"""A screen that is plugged in or out reports several changes; this long after the last one we look."""

Changed = Callable[[], None]


@dataclass(frozen=True)
class ScreenIdentity:
    """What tells one screen from another: the device, and where it is plugged in.

    `native_size` and `position` are physical pixels (width, height) and (x, y) on the virtual desktop.
    A device text is empty where the screen or the system does not tell it.
    """

    manufacturer: str
    model: str
    serial: str
    connector: str
    native_size: tuple[int, int]
    position: tuple[int, int]

    @property
    def device(self) -> tuple[str, str, str] | None:
        """Manufacturer, model and serial number when all three are known."""
        known = (self.manufacturer, self.model, self.serial)
        return known if all(known) else None

    @property
    def place(self) -> tuple[str, tuple[int, int], tuple[int, int]] | None:
        """Connector, native size and position; None without the name of the connector."""
        return (self.connector, self.native_size, self.position) if self.connector else None


def find_match(wanted: ScreenIdentity, present: Iterable[ScreenIdentity]) -> ScreenIdentity | None:
    """Return the one present screen that is surely the wanted one, else None.

    The same device, wherever it is plugged in; of several with one serial number the one in the
    same place. Where a device is not fully known: the same place, unless something known differs.
    """
    candidates = list(present)
    same_device = [screen for screen in candidates if wanted.device and screen.device == wanted.device]
    if len(same_device) == 1:
        return same_device[0]
    pool = same_device or [screen for screen in candidates if _may_be(wanted, screen)]
    same_place = [screen for screen in pool if wanted.place and screen.place == wanted.place]
    return same_place[0] if len(same_place) == 1 else None


def _may_be(wanted: ScreenIdentity, screen: ScreenIdentity) -> bool:
    """Whether nothing that is known of both devices differs."""
    pairs = (
        (wanted.manufacturer, screen.manufacturer),
        (wanted.model, screen.model),
        (wanted.serial, screen.serial),
    )
    return all(left == right for left, right in pairs if left and right)


class ScreenProvider(Protocol):
    """Where a program gets its screens from; a test gives it others."""

    def screens(self) -> tuple[ScreenIdentity, ...]:
        """All screens present now."""
        ...

    def console_screen(self) -> ScreenIdentity | None:
        """The screen that no wall may cover: the operator's; None when there is no screen at all."""
        ...

    def qt_screen(self, identity: ScreenIdentity) -> QScreen | None:
        """Qt's own object of a present screen, valid until the next change; None when it is gone."""
        ...

    def on_changed(self, callback: Changed) -> Callable[[], None]:
        """Call `callback` after each change; return what ends that."""
        ...


class QtScreenProvider(QObject):
    """The screens Qt sees, on the thread of the application.

    `console` tells which screen is the operator's, the system's primary one if it is not given.
    """

    def __init__(self, app: QGuiApplication, console: Callable[[], QScreen | None] | None = None) -> None:
        super().__init__()
        self._console = console or QGuiApplication.primaryScreen
        self._callbacks: list[Changed] = []
        self._debounce = QTimer(self, singleShot=True, interval=DEBOUNCE_MS)
        self._debounce.timeout.connect(self._tell)
        app.screenAdded.connect(self._on_screen_added)
        app.screenRemoved.connect(self._on_change)
        app.primaryScreenChanged.connect(self._on_change)
        for screen in app.screens():
            screen.geometryChanged.connect(self._on_change)

    def screens(self) -> tuple[ScreenIdentity, ...]:
        """All screens present now; the empty stand-in Qt makes when the last one goes is none."""
        return tuple(identify(screen) for screen in _real_screens())

    def console_screen(self) -> ScreenIdentity | None:
        """The operator's screen; None when there is none."""
        screen = self._console()
        return None if screen is None or screen not in _real_screens() else identify(screen)

    def qt_screen(self, identity: ScreenIdentity) -> QScreen | None:
        """Qt's object of exactly this screen; None when it is gone or was changed."""
        return next((screen for screen in _real_screens() if identify(screen) == identity), None)

    def on_changed(self, callback: Changed) -> Callable[[], None]:
        """Call `callback` 350 ms after the last of a burst of changes; return what ends that."""
        self._callbacks.append(callback)

        def end() -> None:
            if callback in self._callbacks:
                self._callbacks.remove(callback)

        return end

    def _on_screen_added(self, screen: QScreen) -> None:
        screen.geometryChanged.connect(self._on_change)
        self._debounce.start()

    def _on_change(self, *_facts: object) -> None:
        self._debounce.start()

    def _tell(self) -> None:
        for callback in list(self._callbacks):
            callback()


def console_finder(connector: str) -> Callable[[], QScreen | None]:
    """Return what finds the operator's screen: the one at this connector, else the system's primary one."""

    def find() -> QScreen | None:
        named = (screen for screen in _real_screens() if connector and screen.name() == connector)
        return next(named, None) or QGuiApplication.primaryScreen()

    return find


def identify(screen: QScreen) -> ScreenIdentity:
    """Read the identity of one of Qt's screens; Qt gives logical sizes and native positions."""
    ratio = screen.devicePixelRatio()
    area = screen.geometry()
    return ScreenIdentity(
        manufacturer=screen.manufacturer().strip(),
        model=screen.model().strip(),
        serial=screen.serialNumber().strip(),
        connector=screen.name().strip(),
        native_size=(round(area.width() * ratio), round(area.height() * ratio)),
        position=(area.x(), area.y()),
    )


def _real_screens() -> list[QScreen]:
    return [screen for screen in QGuiApplication.screens() if not screen.geometry().isEmpty()]
