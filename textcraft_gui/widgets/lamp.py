"""A lamp and a key cap: one sign or one key, drawn at a fixed size."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from textcraft_gui.theme import Colour, mono
from textcraft_gui.widgets import shapes
from textcraft_gui.widgets.signs import UNKNOWN, Sign

CAP_HEIGHT = 18
_CAP_PX = 11


class Lamp(QWidget):
    """One sign; its word stands beside it, never in it."""

    def __init__(self, sign: Sign = UNKNOWN, size: int = 12, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sign = sign
        self._hidden_phase = False
        self.setFixedSize(size, size)

    @property
    def sign(self) -> Sign:
        """What it shows."""
        return self._sign

    def show_sign(self, sign: Sign, *, dark: bool = False) -> None:
        """Change what it shows; `dark` is the off half of a blink."""
        if (sign, dark) == (self._sign, self._hidden_phase):
            return
        self._sign, self._hidden_phase = sign, dark
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802  Qt's name
        """Draw the sign."""
        if self._hidden_phase:
            return
        with QPainter(self) as painter:
            shapes.draw(painter, self._sign.shape, QRectF(self.rect()).adjusted(1, 1, -1, -1), self._sign.colour.q)


def cap_width(text: str) -> float:
    """How wide a key cap for `text` is, logical pixels."""
    return max(18.0, QFontMetricsF(mono(_CAP_PX)).horizontalAdvance(text) + 10)


def draw_cap(painter: QPainter, left: float, middle: float, text: str, colour: Colour = Colour.QUIET) -> float:
    """Draw a key cap with its left edge at `left`, centred on the line `middle`; returns its width."""
    width = cap_width(text)
    box = QRectF(left, middle - CAP_HEIGHT / 2, width, CAP_HEIGHT).adjusted(0.5, 0.5, -0.5, -0.5)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(Colour.DIM.q, 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(box, 4, 4)
    painter.setFont(mono(_CAP_PX))
    painter.setPen(colour.q)
    painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), text)
    painter.restore()
    return width


class KeyCap(QWidget):
    """A key as it is printed beside a word."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = text
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_text(self, text: str) -> None:
        """Change the key."""
        if text != self._text:
            self._text = text
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """As wide as the key's name."""
        return QSize(round(cap_width(self._text)), CAP_HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802  Qt's name
        """Draw the cap."""
        with QPainter(self) as painter:
            draw_cap(painter, 0, self.height() / 2, self._text)
