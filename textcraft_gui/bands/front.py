"""Front of house, for gallery staff: is it open, what is on the wall, what happens next; day, PIN and [I am here].

Stands in the place of bands B and D; the stops stay where they are, only larger. Nothing dangerous is on it.
"""

from typing import Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from textcraft_gui.bands import faces
from textcraft_gui.bands.controls import Controls
from textcraft_gui.pictures.pictures import PictureStore
from textcraft_gui.state.feed import Feed
from textcraft_gui.state.show_state import Area, ShowState
from textcraft_gui.theme import Colour
from textcraft_gui.unattended.pin import MOST
from textcraft_gui.verbs.facade import Verbs
from textcraft_gui.verbs.verb import Verb
from textcraft_gui.widgets.big_words import BigWords
from textcraft_gui.widgets.fields import LineField
from textcraft_gui.widgets.picture_view import ASPECT, PictureView
from textcraft_gui.widgets.shapes import Shape
from textcraft_gui.widgets.signs import DAY, OK, UNKNOWN
from textcraft_gui.widgets.verb_button import Face, HoldButton
from textcraft_gui.widgets.words import label, set_look, set_text
from textcraft_gui.words.day_words import when, word_of
from textcraft_gui.words.i18n import tr
from textcraft_gui.words.sentence import sentence

_DAY_VERBS: Final = (Verb.OPEN_DAY, Verb.CLOSE_DAY, Verb.EXTEND_DAY)
_QUIET: Final = (OK, UNKNOWN)
_LEFT_SHARE: Final = 0.39
_GAP: Final = 24
_FOOT: Final = 28


def scale_of(window: QSize) -> float:
    """How much larger than in the smallest window everything is to be."""
    return round(max(1.0, min(window.width() / 1280, window.height() / 680)), 2)


class FrontView(QWidget):
    """What gallery staff see."""

    here = Signal()
    """Somebody says to be here, having held the button."""
    pin_given = Signal(str)

    def __init__(self, feed: Feed, verbs: Verbs, store: PictureStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._feed = feed
        self.controls = Controls(verbs)
        self.setAccessibleName(tr("front of house"))
        self.house = BigWords(84, bold=True, name=tr("state of the house"))
        self.until = BigWords(36, name=tr("what the clock does next"))
        self.sentence = BigWords(30, name=tr("what happens next"))
        self.live = PictureView(store, tr("LIVE"))
        self.live_line = label("", "quiet", elide=True, name=tr("what the walls confirmed"))
        self.said = label("", "loud", elide=True, name=tr("about the last key"))
        self.here_button = HoldButton(Face(tr("I am here"), Shape.PLAY, tr("hold 1 s"), colour=Colour.INFO, lit=True))
        self.here_button.explain(tr("Held 1 s: take over from the written answers (Ctrl+L held does the same)"))
        self.here_button.held.connect(self.here)
        self.pin = self._make_pin()
        self._lay_out()
        feed.follow(self.refresh)
        self.hide()

    def _make_pin(self) -> LineField:
        pin = LineField(tr("PIN"), tr("Type the PIN of this machine; Enter gives it, Esc leaves"))
        pin.setEchoMode(QLineEdit.EchoMode.Password)
        pin.setMaxLength(MOST)
        pin.setProperty("look", "pin")
        pin.setPlaceholderText(tr("PIN, then Enter"))
        pin.returnPressed.connect(self._on_pin)
        pin.left.connect(self.put_pin_away)
        pin.hide()
        return pin

    def _lay_out(self) -> None:
        days = QHBoxLayout()
        days.setSpacing(10)
        for verb in _DAY_VERBS:
            days.addWidget(self.controls.make(verb))
        days.addStretch(1)
        leave = QHBoxLayout()  # one of the two is seen; beside the day's it would not fit
        leave.addWidget(self.controls.make(Verb.FRONT_OF_HOUSE))
        leave.addWidget(self.here_button)
        leave.addStretch(1)
        left = QVBoxLayout()
        left.setSpacing(8)
        left.addWidget(self.house)
        left.addWidget(self.until)
        left.addWidget(self.sentence, 1)
        left.addWidget(self.said)
        left.addWidget(self.pin)
        left.addLayout(days)
        left.addLayout(leave)
        self._left = QWidget()
        self._left.setLayout(left)
        left.setContentsMargins(0, 0, 0, 0)
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addWidget(self.live)
        right.addWidget(self.live_line)
        right.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 8, 0, 4)
        row.setSpacing(_GAP)
        row.addWidget(self._left)
        row.addLayout(right)
        row.addStretch(1)

    def refresh(self, areas: Area) -> None:
        """Look at the state again; out of sight it costs nothing."""
        if self.isHidden():
            return
        state, now = self._feed.state, self._feed.now()
        sign = DAY[state.day.state]
        self.house.say(word_of(state.day.state), Colour.TEXT if sign in _QUIET else sign.colour, sign)
        self.until.say(when(state.day, now.date), Colour.TEXT)
        self.sentence.say(sentence(state, now))
        words, look = faces.live_line(state, now)
        set_text(self.live_line, words)
        set_look(self.live_line, look)
        if areas & ~Area.TIME:
            self.live.show_picture(faces.live_picture(state))
        self._show_buttons(state)

    def _show_buttons(self, state: ShowState) -> None:
        for verb in _DAY_VERBS:
            self.controls.buttons[verb].setVisible(self.controls.works(verb))
            self.controls.show(verb)
        self.controls.buttons[Verb.FRONT_OF_HOUSE].setVisible(state.attended)
        self.controls.show(Verb.FRONT_OF_HOUSE, text=tr("back to the console"))
        self.here_button.setVisible(not state.attended and self.pin.isHidden())

    def say(self, words: str, *, warn: bool = True) -> None:
        """Say something about the last key or the PIN."""
        set_text(self.said, words)
        set_look(self.said, "loud" if warn else "sentence")

    # The PIN

    def ask_pin(self) -> None:
        """Let the PIN be typed."""
        self.say("")
        self.pin.clear()
        self.pin.show()
        self.here_button.hide()
        self.pin.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def put_pin_away(self) -> None:
        """Nobody types it any more."""
        if self.pin.hasFocus():
            self.window().setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.pin.clear()
        self.pin.hide()
        self.here_button.setVisible(not self._feed.state.attended)

    def _on_pin(self) -> None:
        given = self.pin.text()
        self.pin.clear()
        if given:
            self.pin_given.emit(given)

    def fit(self) -> None:
        """Give LIVE the largest 16:9 there is room for, and the words the rest; all grow with the window."""
        left = round(self.width() * _LEFT_SHARE)
        width = min(self.width() - left - _GAP, round((self.height() - _FOOT - 12) * ASPECT))
        width = max(320, width)
        self.live.setFixedSize(QSize(width, round(width / ASPECT)))
        self._left.setFixedWidth(max(320, self.width() - width - _GAP))
        scale = scale_of(self.window().size())
        for words, most in ((self.house, 84), (self.until, 36), (self.sentence, 30)):
            words.grow_to(round(most * scale))
        for head in (self.house, self.until):
            head.setFixedHeight(head.sizeHint().height())
        for made in (*self.controls.buttons.values(), self.here_button):
            made.enlarge(scale)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  Qt's name
        """The picture and the words grow with it."""
        super().resizeEvent(event)
        self.fit()
