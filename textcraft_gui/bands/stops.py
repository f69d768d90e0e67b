"""Band C: where the keys go, the five stops, RESTORE, and a word about the last key. Nothing here takes the focus."""

from typing import Final

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QWidget

from textcraft_core.events import StopName
from textcraft_gui.bands.controls import Controls
from textcraft_gui.keys.router import Lamp
from textcraft_gui.state.feed import Feed
from textcraft_gui.state.show_state import Area
from textcraft_gui.theme import GAP, MARGIN, Colour
from textcraft_gui.verbs.facade import Verbs
from textcraft_gui.verbs.verb import Verb
from textcraft_gui.widgets.shapes import Shape
from textcraft_gui.widgets.verb_button import Face, VerbButton
from textcraft_gui.widgets.words import label, set_text
from textcraft_gui.words.i18n import later, tr, translated

HEIGHT: Final = 54
BIG_HEIGHT: Final = 82
_STOPS: Final = {
    Verb.HOLD: (StopName.HOLD, Shape.BARS, Colour.INFO),
    Verb.SAFE_LOOK: (StopName.SAFE_LOOK, Shape.DIAMOND, Colour.INFO),
    Verb.BLACK: (StopName.BLACK, Shape.SQUARE, Colour.INFO),
    Verb.PAUSE_AI: (StopName.PAUSE_AI, Shape.BARS, Colour.INFO),
}
_LAMPS: Final = {
    Lamp.WALL: (Colour.INFO, later("Single keys work the walls")),
    Lamp.TEXT: (Colour.NEXT, later("Keys go into the text; Esc leaves it")),
    Lamp.OFF: (Colour.WARN, later("Single keys do nothing now")),
}
_SAY_MS: Final = 2500


class StopsBand(QWidget):
    """The row a hand finds without looking."""

    def __init__(self, feed: Feed, verbs: Verbs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._feed = feed
        self.controls = Controls(verbs)
        self.setFixedHeight(HEIGHT)
        self.keys = VerbButton(Face(translated(Lamp.WALL.value), colour=Colour.INFO, lit=True), flat=True)
        self.keys.setAccessibleName(tr("where the keys go"))
        self.said = label("", "warn", elide=True, name=tr("about the last key"))
        self._silence = QTimer(self, singleShot=True, interval=_SAY_MS)
        self._silence.timeout.connect(lambda: set_text(self.said, ""))
        self._lay_out()
        feed.follow(self.refresh)

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(MARGIN, 4, MARGIN, 8)
        row.setSpacing(GAP)
        self.keys.setFixedWidth(self.keys.sizeHint().width() + 4 + self._longest_lamp())
        row.addWidget(self.keys)
        for verb, (_stop, shape, _colour) in _STOPS.items():
            row.addWidget(self.controls.make(verb, shape))
        row.addWidget(self.controls.make(Verb.RESTORE))
        row.addWidget(self.said, 1)
        self._filler = QWidget()
        self._filler.hide()
        row.addWidget(self._filler, 1)
        row.addWidget(self.controls.make(Verb.PANIC, Shape.TRIANGLE))

    def _longest_lamp(self) -> int:
        """How much wider another word of the key lamp is than the one that stands there at first."""
        widths = [self.keys.fontMetrics().horizontalAdvance(translated(lamp.value)) for lamp in Lamp]
        return max(widths) - self.keys.fontMetrics().horizontalAdvance(translated(Lamp.WALL.value))

    def refresh(self, areas: Area) -> None:
        """Look at the state again."""
        if not areas & (Area.STOPS | Area.SHOW):
            return
        state = self._feed.state
        for verb, (stop, _shape, colour) in _STOPS.items():
            on = state.has(stop)
            self.controls.show(verb, colour=colour if on else Colour.TEXT, lit=on)
        panic = state.has(StopName.PANIC)
        works = self.controls.works(Verb.PANIC)
        self.controls.show(Verb.PANIC, colour=Colour.LIVE if panic else Colour.WARN, lit=panic or works)
        self.controls.show(Verb.RESTORE, colour=Colour.NEXT if panic else Colour.TEXT, lit=panic)

    def enlarge(self, scale: float) -> None:
        """Let them be found from two metres, or 0: as usual. What is said about keys then has a place of its own."""
        big = scale > 0
        self.setFixedHeight(round(BIG_HEIGHT * scale) if big else HEIGHT)
        for made in self.controls.buttons.values():
            made.enlarge(scale)
        self.said.setVisible(not big)
        self._filler.setVisible(big)

    def show_keys(self, lamp: Lamp) -> None:
        """Show where single keys go now."""
        colour, hint = _LAMPS[lamp]
        self.keys.show_face(Face(translated(lamp.value), colour=colour, lit=True))
        self.keys.explain(translated(hint))

    def say(self, words: str) -> None:
        """Say something about the last key, for a moment."""
        set_text(self.said, words)
        self._silence.start()
