"""In band A: when the house closes or opens, and fifteen minutes more; hidden while no clock is set."""

from PySide6.QtWidgets import QHBoxLayout, QWidget

from textcraft_core.events import DayState
from textcraft_gui.bands.controls import Controls
from textcraft_gui.state.feed import Feed
from textcraft_gui.verbs.facade import Verbs
from textcraft_gui.verbs.verb import Verb
from textcraft_gui.widgets.words import label, set_text
from textcraft_gui.words.day_words import when
from textcraft_gui.words.i18n import tr


class DayStrip(QWidget):
    """`closes 21:00 [+15]`."""

    def __init__(self, feed: Feed, verbs: Verbs) -> None:
        super().__init__()
        self._feed = feed
        self.controls = Controls(verbs)
        self.when = label("", "quiet", name=tr("when the house closes"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.when)
        row.addWidget(self.controls.make(Verb.EXTEND_DAY, small=True))
        self.hide()

    def refresh(self) -> None:
        """Look at the state again."""
        day = self._feed.state.day
        begun = day.state not in {None, DayState.CLOSED}
        self.setVisible(begun or day.opens_at is not None)
        set_text(self.when, when(day, self._feed.now().date))
        self.controls.buttons[Verb.EXTEND_DAY].setVisible(begun and day.closes_at is not None)
        self.controls.show(Verb.EXTEND_DAY)
