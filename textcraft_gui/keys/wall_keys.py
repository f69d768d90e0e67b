"""Keys that were pressed on a wall, by a clicker or a keyboard whose focus fell there: they act as at the console.

Each goes through the console's one router, with all its guards; no text and no button of the console ever gets one.
Fires nothing itself.
"""

from collections import deque
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent

from textcraft_core import events as ev
from textcraft_gui.keys.key_filter import KeyFilter, chord_of
from textcraft_gui.session.ports import StagePort

ECHO_MS: Final = 60
"""A key that goes down again within this never was up: a held key's repeats, as some systems tell them."""
MOST_PER_SECOND: Final = 40
"""Keys of one wall; no hand is quicker."""
_WALL: Final = "wall."


class WallKeys(QObject):
    """One for each window."""

    def __init__(self, stage: StagePort, keys: KeyFilter, touched: Callable[[], None], parent: QObject) -> None:
        super().__init__(parent)
        self._stage = stage
        self._keys = keys
        self._touched = touched
        self._down: dict[tuple[str, int], str] = {}
        """Chords that are down, by wall and key: what a key is called when it went down it is when it comes up."""
        self._rising: dict[tuple[str, int], str] = {}
        self._came: dict[str, deque[float]] = {}
        self._unsubscribe: Callable[[], None] = lambda: None

    def start(self) -> None:
        """Begin to listen; asked again, it goes on as it was."""
        self.stop()
        self._unsubscribe = self._stage.subscribe(self.take_in)

    def stop(self) -> None:
        """Listen no more."""
        self._unsubscribe()
        self._unsubscribe = lambda: None

    def take_in(self, event: ev.Event) -> None:
        """Take a wall's key; with a wall, or with the stage, go the keys that are down."""
        match event:
            case ev.WallKey(wall=wall):
                if self._admits(wall):
                    self._take(event)
            case ev.ServiceLost(service=service) if service.startswith(_WALL):
                self._forget(lambda place: place[0] == service.removeprefix(_WALL))
            case ev.StageExchanged():
                self._forget(lambda _place: True)

    def _admits(self, wall: str) -> bool:
        now = self._stage.clock.monotonic()
        came = self._came.setdefault(wall, deque(maxlen=MOST_PER_SECOND))
        if len(came) == MOST_PER_SECOND and now - came[0] < 1.0:
            return False
        came.append(now)
        return True

    def _take(self, event: ev.WallKey) -> None:
        place = (event.wall, event.key)
        if event.unseen:
            self._forget(lambda other: other == place)
        elif event.pressed:
            self._touched()
            self._on_down(place, event)
        elif place in self._down:
            self._rising[place] = self._down.pop(place)
            QTimer.singleShot(ECHO_MS, self, lambda: self._rise(place))

    def _on_down(self, place: tuple[str, int], event: ev.WallKey) -> None:
        again = self._rising.pop(place, "")
        for other in tuple(self._rising):
            self._rise(other)
        chord = again or _chord(event)
        if not chord or self._keys.learned(chord):
            return
        repeat = bool(again) or place in self._down
        self._down[place] = chord
        self._keys.key(chord, pressed=True, repeat=repeat, wall=event.wall)

    def _rise(self, place: tuple[str, int]) -> None:
        if chord := self._rising.pop(place, ""):
            self._keys.key(chord, pressed=False, wall=place[0])

    def _forget(self, which: Callable[[tuple[str, int]], bool]) -> None:
        for places in (self._down, self._rising):
            for place in [place for place in places if which(place)]:
                self._keys.forget(places.pop(place))


def _chord(event: ev.WallKey) -> str:
    modifiers = Qt.KeyboardModifier(event.modifiers & Qt.KeyboardModifier.KeyboardModifierMask.value)
    return chord_of(QKeyEvent(QEvent.Type.KeyPress, event.key & 0x7FFFFFFF, modifiers, event.text[:8]))
