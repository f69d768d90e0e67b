"""Which frames of a window reached the screen, and how regularly; knows nothing of what is in them."""

import time
from collections import deque
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtQuick import QQuickWindow

PULSE_MS = 1000
"""A still picture paints no frame by itself: one a second is the window's sign of life."""


class FrameWatch(QObject):
    """Counts painted frames and calls back when what was asked for is certainly among them.

    What Qt tells from its render thread arrives through the queue, so a frame told now may be older than what was
    asked for. The right one is the first that is told behind the synchronisation which took it over.
    """

    _taking = Signal()
    """Comes through the queue: behind the news of every earlier synchronisation, before that of the next."""

    def __init__(self, window: QQuickWindow) -> None:
        super().__init__(window)
        self.painted = 0
        self.worst_ms = 0.0
        """Longest wait for a frame while something moved, in the last full second."""
        self.hidden = False
        """Whether the window is not to be seen, as it was found at the last pulse or frame. One that hangs before its
        first pulse is not hidden: else nobody would ever start it again."""
        self._window = window
        self._asked: list[Callable[[], None]] = []
        self._batches: deque[list[Callable[[], None]]] = deque()
        """What was asked before each synchronisation whose sign is still in the queue."""
        self._taken: list[Callable[[], None]] = []
        self._armed: list[Callable[[], None]] = []
        self._moving_since: float | None = None
        self._worst_ms = 0.0
        self._taking.connect(self._on_taken, Qt.ConnectionType.QueuedConnection)
        window.afterAnimating.connect(self._on_synchronising)  # told on the main thread, unlike the next two
        window.afterSynchronizing.connect(self._on_synchronised, Qt.ConnectionType.QueuedConnection)
        window.frameSwapped.connect(self._on_swapped, Qt.ConnectionType.QueuedConnection)
        self._pulse = QTimer(self)
        self._pulse.timeout.connect(self._on_pulse)
        self._pulse.start(PULSE_MS)

    def after(self, callback: Callable[[], None]) -> None:
        """Call back when what was asked of the window until now is on the screen."""
        self._asked.append(callback)
        self._window.update()

    def set_moving(self, moving: bool) -> None:
        """Tell that a transition begins, or that nothing moves any more."""
        self._moving_since = time.monotonic() if moving else None

    def _on_synchronising(self) -> None:
        """Told right before Qt waits for the render thread, which meanwhile queues the news of the frame before.

        Only a window that is to be seen comes so far; and if the render thread hangs, this thread may hear of nothing
        any more.
        """
        self.hidden = False
        if self._asked:
            self._batches.append(self._asked)
            self._asked = []
            self._taking.emit()

    def _on_taken(self) -> None:
        self._taken += self._batches.popleft()

    def _on_synchronised(self) -> None:
        """What the window looks like was taken over by the render thread; the next frame told is of that or newer."""
        self._armed += self._taken
        self._taken = []

    def _on_swapped(self) -> None:
        self.painted += 1
        self._measure()
        due, self._armed = self._armed, []
        if due:
            self._reach_the_screen()
        for callback in due:
            callback()

    def _measure(self) -> None:
        if self._moving_since is not None:
            now = time.monotonic()
            self._worst_ms = max(self._worst_ms, (now - self._moving_since) * 1000)
            self._moving_since = now

    def _reach_the_screen(self) -> None:
        """On X11 a swapped frame may still wait in the server's queue: a round trip of one pixel waits for it."""
        if QGuiApplication.platformName() == "xcb" and self._window.screen() is not None:
            self._window.screen().grabWindow(0, 0, 0, 1, 1)

    def _on_pulse(self) -> None:
        self.hidden = not self._window.isExposed()
        self.worst_ms, self._worst_ms = self._worst_ms, 0.0
        self._window.update()
