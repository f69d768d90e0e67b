"""Words as large as their room allows, to be read from across a room; literal, and never cut off. Knows no state."""

from typing import Final

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from textcraft_gui.theme import Colour, ui
from textcraft_gui.widgets import shapes
from textcraft_gui.widgets.signs import Sign

LEAST_PX: Final = 14
_WRAP: Final = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap)


class BigWords(QWidget):
    """`most` is the largest size in pixels; the words shrink until they fit, down to `LEAST_PX`."""

    def __init__(self, most: int, *, bold: bool = False, name: str = "") -> None:
        super().__init__()
        self._most = most
        self._bold = bold
        self._name = name
        self._words = ""
        self._sign: Sign | None = None
        self._colour = Colour.TEXT
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    @property
    def words(self) -> str:
        """What it says."""
        return self._words

    def say(self, words: str, colour: Colour = Colour.TEXT, sign: Sign | None = None) -> None:
        """Change what it says."""
        if (words, colour, sign) != (self._words, self._colour, self._sign):
            self._words, self._colour, self._sign = words, colour, sign
            self.setAccessibleDescription(words)
            self.update()

    def grow_to(self, most: int) -> None:
        """Change the largest size, pixels."""
        if most != self._most:
            self._most = most
            self.updateGeometry()
            self.update()

    def fits(self) -> bool:
        """Whether all of it is in sight."""
        return self._height(self._pixels()) <= self.height()

    def _room(self, pixels: int) -> int:
        return self.width() - (round(pixels * 0.95) if self._sign else 0)

    def _height(self, pixels: int) -> int:
        metrics = QFontMetrics(ui(pixels, bold=self._bold))
        room = self._room(pixels)
        box = metrics.boundingRect(QRect(0, 0, room, 1 << 14), _WRAP, self._words)
        return box.height() if box.width() <= room else 1 << 14

    def _pixels(self) -> int:
        """The largest size at which the words fit, by halving."""
        low, high = LEAST_PX, self._most
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if self._height(middle) <= self.height() else (low, middle - 1)
        return low

    def sizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """One line at its largest."""
        return QSize(200, QFontMetrics(ui(self._most, bold=self._bold)).height())

    def minimumSizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """One line at its smallest."""
        return QSize(120, QFontMetrics(ui(LEAST_PX, bold=self._bold)).height())

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802  Qt's name
        """Draw sign and words."""
        pixels = self._pixels()
        left = self.width() - self._room(pixels)
        with QPainter(self) as painter:
            painter.setPen(self._colour.q)
            painter.setFont(ui(pixels, bold=self._bold))
            painter.drawText(QRect(left, 0, self.width() - left, self.height()), _WRAP, self._words)
            if self._sign:
                side, line = pixels * 0.6, painter.fontMetrics().height()
                shapes.draw(painter, self._sign.shape, QRectF(0, (line - side) / 2, side, side), self._sign.colour.q)
