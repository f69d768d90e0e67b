"""Carries Qt's keys to the router and its answers to verbs and widgets; decides nothing about keys itself."""

from collections.abc import Callable
from math import ceil
from typing import Final, Protocol

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)

from textcraft_bus.clock import Clock
from textcraft_gui.keys.key_echo import ECHO_MS, Echo
from textcraft_gui.keys.keymap import Keymap
from textcraft_gui.keys.router import ESC_SECONDS, Do, Focus, KeyRouter, Lamp, Outcome
from textcraft_gui.state.show_state import ShowState
from textcraft_gui.state.walls import has_keyboard
from textcraft_gui.verbs.facade import OPERATOR, Verbs
from textcraft_gui.verbs.verb import Verb
from textcraft_gui.words.i18n import tr, translated

_NAMES: Final = {
    Qt.Key.Key_Space: "Space",
    Qt.Key.Key_Return: "Return",
    Qt.Key.Key_Enter: "Enter",
    Qt.Key.Key_Escape: "Escape",
    Qt.Key.Key_PageDown: "PageDown",
    Qt.Key.Key_PageUp: "PageUp",
    Qt.Key.Key_Home: "Home",
    Qt.Key.Key_End: "End",
    Qt.Key.Key_Left: "Left",
    Qt.Key.Key_Right: "Right",
    Qt.Key.Key_Up: "Up",
    Qt.Key.Key_Down: "Down",
    **{Qt.Key(Qt.Key.Key_F1 + number): f"F{number + 1}" for number in range(12)},
}
_MEANT: Final = frozenset(
    {
        Qt.FocusReason.MouseFocusReason,
        Qt.FocusReason.ShortcutFocusReason,
        Qt.FocusReason.PopupFocusReason,
    }
)
"""Ways to leave a text that the operator chose; after any other, single keys rest."""
_TABS: Final = frozenset({Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason})
"""Qt gives these also when it moves the keyboard from a field that was hidden: they are meant only with the key."""
_LAMP_MS: Final = 200
_ARMS: Final = "CTRL+L"
"""The one key that works while the show is left alone."""


class Layers(Protocol):
    """The overlays of a window."""

    def is_open(self) -> bool:
        """Whether one is in sight that Esc puts away."""
        ...

    def put_away(self) -> bool:
        """Close the topmost; False when there is none."""
        ...


def chord_of(event: QKeyEvent) -> str:
    """Write a key the way the router reads it; empty for keys it has no name for."""
    modifiers = event.modifiers()
    control = bool(modifiers & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.MetaModifier))
    shift = bool(modifiers & Qt.KeyboardModifier.ShiftModifier)
    name = _NAMES.get(Qt.Key(event.key())) or _printed(event, control=control)
    if not name or modifiers & Qt.KeyboardModifier.AltModifier:
        return ""
    # A sign that needs Shift on this keyboard is that sign; a letter or a named key keeps its Shift.
    shown = shift and (name.isalpha() or len(name) > 1)
    return "+".join([*(["Ctrl"] if control else []), *(["Shift"] if shown else []), name])


def _printed(event: QKeyEvent, *, control: bool) -> str:
    text = event.text()
    if not control and len(text) == 1 and text.isprintable():
        return text.upper()
    key = int(event.key())
    return chr(key).upper() if 0x20 < key < 0x7F else ""


def takes_text(widget: QWidget | None) -> bool:
    """Whether typing into `widget` writes something."""
    if isinstance(widget, QLineEdit | QPlainTextEdit | QTextEdit):
        return not widget.isReadOnly()
    return isinstance(widget, QAbstractSpinBox) or (isinstance(widget, QComboBox) and widget.isEditable())


def is_worked(widget: QWidget | None) -> bool:
    """Whether Space does something to `widget` itself."""
    return isinstance(widget, QAbstractButton | QComboBox) and widget.isEnabled()


Learner = Callable[[str], None]
"""Told of one chord."""


class KeyFilter(QObject):
    """One for each window; sees its keys before any widget does, and how each text loses the keyboard."""

    lamp_changed = Signal(object)
    said = Signal(str)
    released = Signal(object)
    """A held verb whose key went up."""

    def __init__(
        self, window: QWidget, verbs: Verbs, state: ShowState, clock: Clock, layers: Layers, keymap: Keymap
    ) -> None:
        super().__init__(window)
        self._window = window
        self._verbs = verbs
        self._state = state
        self._clock = clock
        self._layers = layers
        self.router = KeyRouter(keymap)
        self.refuses: Callable[[Verb], str] = lambda _verb: ""
        """Why a verb does nothing by key now, besides its own rules."""
        self.exempt: QWidget | None = None
        """The one text that hears keys while nobody is here: the PIN."""
        self._learner: Learner | None = None
        self._wall = ""
        """The wall whose key it was last; "" is this window's."""
        self._down: dict[int, str] = {}
        self._echo = Echo()
        self._rising: dict[int, str] = {}
        """Keys that came up a moment ago, perhaps only between two repeats of one that is held."""
        self._lamp: Lamp | None = None
        self._watched: QObject | None = None
        self._tabbing = False
        self._timer = QTimer(self, interval=_LAMP_MS)
        self._timer.timeout.connect(self.look)
        self._wait = QTimer(self, singleShot=True, timerType=Qt.TimerType.PreciseTimer)
        self._wait.timeout.connect(self.settle)
        self._disarm = QTimer(self, singleShot=True, interval=round(ESC_SECONDS * 1000))
        self._disarm.timeout.connect(lambda: self.said.emit(""))

    def install(self) -> None:
        """Begin to listen; the window must have its native handle. Calling it again does no harm."""
        handle = self._window.windowHandle()
        if handle is None or handle is self._watched:
            return
        if self._watched is None:
            QApplication.instance().focusChanged.connect(self._on_focus_changed)  # type: ignore[union-attr]  # it is there: widgets exist
        self._watched = handle
        handle.installEventFilter(self)
        self._timer.start()

    def uninstall(self) -> None:
        """Listen no more; before the window goes, since the application outlives it."""
        if self._watched is None:
            return
        self._watched.removeEventFilter(self)
        self._watched = None
        self._timer.stop()
        self._wait.stop()
        self._disarm.stop()
        QApplication.instance().focusChanged.disconnect(self._on_focus_changed)  # type: ignore[union-attr]  # as above

    def learn(self, learner: Learner) -> None:
        """Give the next key to `learner`, whatever it means otherwise; Esc gives "" and means no key."""
        self._learner = learner

    def look(self) -> None:
        """Tell where single keys go now, when that changed."""
        obeyed = self._state.attended and self._state.reading is None
        here = self._window.isActiveWindow()
        focus = self._focus("") if here else Focus.WALL
        hears = obeyed and (here or any(has_keyboard(self._state, wall) for wall in self._state.walls.values()))
        lamp = self.router.lamp(focus, self._clock.monotonic(), active=hears)
        if lamp is not self._lamp:
            self._lamp = lamp
            self.lamp_changed.emit(lamp)

    def key(self, chord: str, *, pressed: bool, repeat: bool = False, wall: str = "") -> bool:
        """Take a key of this window or of a `wall`, where no text and no button has it; True when it is dealt with."""
        self.settle()
        now = self._clock.monotonic()
        self._wall = wall
        if not wall and self._is_exempt():
            return False
        if not self._state.attended and chord.upper() != _ARMS:
            self.said.emit(tr("Keys are off: hold Ctrl+L for 1 s"))
            return True
        if pressed:
            outcome = self.router.press(chord, self._focus(wall), self._state.mode, now, repeat=repeat)
        else:
            outcome = self.router.release(chord, now)
        self._await_quiet(now)
        return self._carry_out(outcome)

    def _is_exempt(self) -> bool:
        return self.exempt is not None and not self._state.attended and QApplication.focusWidget() is self.exempt

    def settle(self) -> None:
        """Let a key act that waited to see whether more follow; asked too early, it waits on."""
        now = self._clock.monotonic()
        self._carry_out(self.router.settle(now))
        self._await_quiet(now)

    def _await_quiet(self, now: float) -> None:
        if self.router.due is None:
            self._wait.stop()
        else:
            self._wait.start(ceil(1000 * max(0.0, self.router.due - now)) + 1)

    def forget(self, chord: str) -> None:
        """A key came up unseen: it means nothing any more, and what was held with it ends."""
        verb = self.router.let_go(chord)
        if verb is not None:
            self.released.emit(verb)

    def learned(self, chord: str) -> bool:
        """Give a chord to who asked for the next one; False when nobody did."""
        learner, self._learner = self._learner, None
        if learner is not None:
            learner("" if chord == "Escape" else chord)
        return learner is not None

    def _focus(self, wall: str) -> Focus:
        """What has the keyboard, here ("") or where the key of a wall came from."""
        if not wall and takes_text(QApplication.focusWidget()):
            return Focus.TEXT
        if self._layers.is_open():
            return Focus.LAYER
        return Focus.CONTROL if not wall and is_worked(QApplication.focusWidget()) else Focus.WALL

    def _carry_out(self, outcome: Outcome) -> bool:
        if outcome.say:
            self._disarm.stop()
            self.said.emit(translated(outcome.say))
        match outcome.do:
            case Do.LET:
                return False
            case Do.FIRE if outcome.verb is not None:
                self._disarm.stop()
                refused = self.refuses(outcome.verb)
                self.said.emit(refused)
                if not refused:
                    self._verbs.fire(outcome.verb, "key", f"wall {self._wall}" if self._wall else OPERATOR)
            case Do.RELEASE:
                self.released.emit(outcome.verb)
            case Do.ARM:
                self._disarm.start()
            case Do.LEAVE:
                self._leave()
            case Do.PRESS_FOCUSED:
                return self._press_focused()
        return True

    def _leave(self) -> None:
        """Esc: a field hears it first (an inline edit is undone by it), then the window has the keyboard."""
        widget = QApplication.focusWidget()
        if self._wall or widget is None or not takes_text(widget):
            self._layers.put_away()
            return
        widget.event(QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier))
        self._window.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.look()

    def _press_focused(self) -> bool:
        widget = None if self._wall else QApplication.focusWidget()
        if isinstance(widget, QAbstractButton) and widget.isEnabled():
            widget.click()
            return True
        return False

    def _on_key(self, event: QKeyEvent, *, pressed: bool) -> bool:
        if QApplication.activePopupWidget() is not None:
            return False
        self._note_tab(event)
        # The name a key had when it went down is the one it has when it goes up, whatever Shift did meanwhile.
        code = event.nativeScanCode() or int(event.key())
        if not pressed:
            return not event.isAutoRepeat() and self._on_up(event, code)
        repeat = event.isAutoRepeat() or self._echo.is_repeat(event.nativeScanCode(), event.timestamp())
        if repeat:
            self._rising.pop(code, None)
        for other in tuple(self._rising):
            self._rise(other)
        return self._on_down(event, code, repeat=repeat)

    def _on_up(self, event: QKeyEvent, code: int) -> bool:
        """A key came up: what acts on it waits a moment, since not every system tells a held key's repeats apart."""
        chord = self._down.pop(code, "")
        if not chord:
            return False
        self._echo.came_up(event.nativeScanCode(), event.timestamp())
        if not event.nativeScanCode() or not self.router.is_armed(chord):
            return self.key(chord, pressed=False)
        self._rising[code] = chord
        QTimer.singleShot(ECHO_MS, self, lambda: self._rise(code))
        return True

    def _rise(self, code: int) -> None:
        if chord := self._rising.pop(code, ""):
            self.key(chord, pressed=False)

    def _on_down(self, event: QKeyEvent, code: int, *, repeat: bool) -> bool:
        chord = chord_of(event)
        if not chord:
            return False
        if self.learned(chord):
            return True
        self._down[code] = chord
        return self.key(chord, pressed=True, repeat=repeat)

    def _on_focus_changed(self, old: QWidget | None, now: QWidget | None) -> None:
        if old is not None and takes_text(old):
            old.removeEventFilter(self)
        if now is not None and takes_text(now) and now.window() is self._window:
            now.installEventFilter(self)
        self.look()

    def _is_meant(self, reason: Qt.FocusReason) -> bool:
        return reason in _MEANT or (reason in _TABS and self._tabbing)

    def _note_tab(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Tab, Qt.Key.Key_Backtab}:
            self._tabbing = True
            QTimer.singleShot(0, self, self._end_tab)

    def _end_tab(self) -> None:
        self._tabbing = False

    def _on_left(self) -> None:
        for verb in self.router.window_left():
            self.released.emit(verb)
        self._down.clear()
        self._rising.clear()
        self.look()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  Qt's name
        """Look at the keys of the window, and at why a text loses the keyboard."""
        kind = event.type()
        if kind is QEvent.Type.FocusOut and watched is self._watched:
            self._on_left()
        elif kind is QEvent.Type.FocusOut and isinstance(event, QFocusEvent) and not self._is_meant(event.reason()):
            self.router.text_lost_focus(self._clock.monotonic())
        elif watched is self._watched and isinstance(event, QKeyEvent) and kind in _KEYS:
            return self._on_key(event, pressed=kind is QEvent.Type.KeyPress)
        return False


_KEYS: Final = frozenset({QEvent.Type.KeyPress, QEvent.Type.KeyRelease})
