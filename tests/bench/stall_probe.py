"""How long a Qt main loop stands still: the lateness of a precise 5 ms timer, as each side of P4 counts it."""

import json
import sys
import time

from PySide6.QtCore import QObject, Qt, QTimer

TICK_MS = 5


class StallProbe(QObject):
    """Counts from `begin` to `report`; ms of lateness of each tick."""

    def __init__(self) -> None:
        super().__init__()
        self._last = 0.0
        self.late: list[float] = []
        self._timer = QTimer(self, interval=TICK_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._on_tick)

    def begin(self) -> None:
        """Begin to count."""
        self.late.clear()
        self._last = time.perf_counter()
        self._timer.start()

    def report(self) -> None:
        """Print what was counted as one JSON line, and count no more."""
        self._timer.stop()
        sys.stdout.write(json.dumps({"late_ms": [round(late, 3) for late in self.late]}) + "\n")
        sys.stdout.flush()

    def _on_tick(self) -> None:
        now = time.perf_counter()
        self.late.append(max(0.0, (now - self._last) * 1000 - TICK_MS))
        self._last = now
