"""A button whose `▾` opens a list, with words as long as there is room: they are cut anew at every size."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy

from textcraft_gui.theme import FIELD_HIGH
from textcraft_gui.widgets.words import describe

_AROUND = 30
"""Padding and frame left and right of the words, px."""
_LEAST = 60


class FittedButton(QPushButton):
    """As high as a field, as wide as what is around it gives; the tooltip has the words whole."""

    def __init__(self, *, hint: str, name: str) -> None:
        super().__init__()
        self._hint, self._words = hint, ""
        self.setProperty("look", "plain")
        self.setProperty("opens", True)
        self.setFixedHeight(FIELD_HIGH)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(name)
        describe(self, hint)

    def say(self, words: str) -> None:
        """Show these words."""
        self._words = words
        self._fit()
        describe(self, f"{self._hint}: {words}")

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  Qt's name
        """There is more room now, or less."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        room = max(_LEAST, self.width() - _AROUND)
        shown = self.fontMetrics().elidedText(self._words, Qt.TextElideMode.ElideMiddle, room).replace("&", "&&")
        if shown != self.text():
            self.setText(shown)
