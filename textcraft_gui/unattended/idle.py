"""Notices that nobody touched the console for long: SHOW is then left alone. Knows no policy."""

from typing import Final

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtGui import QGuiApplication

from textcraft_bus.clock import Clock
from textcraft_gui.state.show_state import ShowState
from textcraft_gui.verbs.facade import Verbs
from textcraft_gui.verbs.verb import Verb

IDLE_MINUTES: Final = 15.0
IDLE_SECONDS: Final = IDLE_MINUTES * 60
LOOK_MS: Final = 5000
_TOUCHES: Final = frozenset(
    {QEvent.Type.KeyPress, QEvent.Type.MouseButtonPress, QEvent.Type.Wheel, QEvent.Type.TouchBegin}
)


class IdleWatch(QObject):
    """One for the program; a key, a click, a wheel or a touch on any of its windows is somebody.

    It listens to the windows, where all that comes from outside arrives first. A filter of the whole application would
    be called for every event of every object, and makes the binding look up all kinds of objects there are (20 ms).
    """

    def __init__(self, verbs: Verbs, state: ShowState, clock: Clock, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._verbs = verbs
        self._state = state
        self._clock = clock
        self.minutes = IDLE_MINUTES
        """So long nobody touches it."""
        self._touched_at = clock.monotonic()
        self._timer = QTimer(self, interval=LOOK_MS)
        self._timer.timeout.connect(self.look)

    def start(self) -> None:
        """Begin to watch. Calling it again does no harm."""
        if self._timer.isActive():
            return
        self._application.focusWindowChanged.connect(self._on_window)
        self._watch_windows()
        self._timer.start()

    def stop(self) -> None:
        """Watch no more. Calling it again does no harm."""
        if not self._timer.isActive():
            return
        self._timer.stop()
        self._application.focusWindowChanged.disconnect(self._on_window)
        for window in QGuiApplication.topLevelWindows():
            window.removeEventFilter(self)

    @property
    def _application(self) -> QGuiApplication:
        return QGuiApplication.instance()  # type: ignore[return-value]  # it is there: windows exist

    def _on_window(self, _window: object) -> None:
        self._watch_windows()

    def _watch_windows(self) -> None:
        """Hear those that came since; who is heard already is not heard twice."""
        for window in QGuiApplication.topLevelWindows():
            window.installEventFilter(self)

    def touch(self) -> None:
        """Somebody is there."""
        self._touched_at = self._clock.monotonic()

    @property
    def untouched(self) -> float:
        """For how many seconds nobody touched the console."""
        return self._clock.monotonic() - self._touched_at

    def look(self) -> None:
        """Leave SHOW alone when it was not touched for long; time in another mode does not count."""
        self._watch_windows()
        state = self._state
        if not state.locked or not state.attended or state.changing:
            self.touch()
        elif self._clock.monotonic() - self._touched_at >= self.minutes * 60:
            self.touch()
            self._verbs.fire(Verb.LEAVE_ALONE, f"{self.minutes:g} minutes without a touch")

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802  Qt's name
        """Take nothing away, only note the time."""
        if event.type() in _TOUCHES:
            self.touch()
        return False
