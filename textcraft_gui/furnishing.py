"""Makes the parts of the window nobody looked at yet, one at a time, while the console has nothing else to do."""

from collections.abc import Callable
from typing import Any, Final

from PySide6.QtCore import QElapsedTimer, QObject, Qt, QTimer, Signal

from textcraft_gui.late import Late

PAUSE_MS: Final = 60
"""Between two parts: each costs up to 35 ms on the main thread."""
BUSY_PAUSE_MS: Final = 500
LATE_MS: Final = 8
"""A loop that comes later than this to its turn has other work."""
HANDS_OFF_SECONDS: Final = 1.0
"""So long nobody touched anything: whoever types or drags waits for no panel."""


class Furnisher(QObject):
    """One for a window: after the start the first sight of a tab is as quick as every other."""

    finished = Signal()
    """Every part is there."""

    def __init__(
        self, parts: Callable[[], list[Late[Any]]], untouched: Callable[[], float], parent: QObject | None = None
    ) -> None:
        """`parts` are all there may be, the soonest wanted first; `untouched` says how many seconds nobody acted."""
        super().__init__(parent)
        self._parts = parts
        self._untouched = untouched
        self._since = QElapsedTimer()
        self._timer = QTimer(self, singleShot=True, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._on_turn)

    def begin(self) -> None:
        """Begin; from then on it goes on by itself until every part is there."""
        self._wait(PAUSE_MS)

    def stop(self) -> None:
        """Make no more."""
        self._timer.stop()

    def _wait(self, milliseconds: int) -> None:
        self._since.start()
        self._timer.start(milliseconds)

    def _on_turn(self) -> None:
        late = self._since.elapsed() - self._timer.interval()
        missing = next((part for part in self._parts() if part.made is None), None)
        if missing is None:
            self.finished.emit()
        elif late > LATE_MS or self._untouched() < HANDS_OFF_SECONDS:
            self._wait(BUSY_PAUSE_MS)
        else:
            missing()
            self._wait(PAUSE_MS)
