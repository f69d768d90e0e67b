"""What a wall does with the keys that reach it: passes them on, and closes on one that nobody presses by accident."""

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent

HOLD_MS = 2000
CLOSING = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.ShiftModifier


class Forward(Protocol):
    """Whoever is told of a key."""

    def __call__(self, key: int, modifiers: int, text: str, pressed: bool, unseen: bool = False) -> None:
        """Take a key with Qt's numbers; `unseen` came up, or will, while somebody else has the keyboard."""


class Keys(QObject):
    """Ctrl+Alt+Shift+Q held for two seconds closes; every other key is forwarded, without its repeats."""

    keyboard_changed = Signal()
    """The window has the keyboard now, or no longer: see `has_keyboard`."""

    def __init__(self, forward: Forward, close: Callable[[], None]) -> None:
        super().__init__()
        self.has_keyboard = False
        self._forward = forward
        self._down: set[int] = set()
        self._held = QTimer(self, singleShot=True, interval=HOLD_MS, timerType=Qt.TimerType.PreciseTimer)
        self._held.timeout.connect(close)

    def press(self, event: QKeyEvent) -> None:
        """Take in a key that went down."""
        if event.isAutoRepeat():
            return
        if event.key() == Qt.Key.Key_Q and event.modifiers() & CLOSING == CLOSING:
            self._held.start()
            return
        self._held.stop()
        self._pass_on(event, pressed=True)

    def release(self, event: QKeyEvent) -> None:
        """Take in a key that came up; any of them ends the holding."""
        if event.isAutoRepeat():
            return
        was_held = self._held.isActive()
        self._held.stop()
        if not (was_held and event.key() == Qt.Key.Key_Q):
            self._pass_on(event, pressed=False)

    def take_up(self) -> None:
        """The window has the focus."""
        self._note(True)

    def let_go(self) -> None:
        """Keys come up unseen when the window loses the focus."""
        self._note(False)
        self._held.stop()
        while self._down:
            self._forward(self._down.pop(), 0, "", False, True)

    def _note(self, here: bool) -> None:
        if here is not self.has_keyboard:
            self.has_keyboard = here
            self.keyboard_changed.emit()

    def _pass_on(self, event: QKeyEvent, *, pressed: bool) -> None:
        (self._down.add if pressed else self._down.discard)(event.key())
        self._forward(event.key(), event.modifiers().value, event.text(), pressed)
