"""A thin bar that says how far something is; without a fraction it stays an empty track."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from textcraft_gui.theme import Colour

HEIGHT = 5


def draw_bar(painter: QPainter, box: QRectF, fraction: float | None, colour: Colour) -> None:
    """Draw a track with `fraction` (0–1) of it filled."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(Colour.TRACK.q)
    painter.drawRoundedRect(box, box.height() / 2, box.height() / 2)
    if fraction:
        width = max(box.height(), box.width() * min(1.0, fraction))
        painter.setBrush(colour.q)
        painter.drawRoundedRect(QRectF(box.left(), box.top(), width, box.height()), box.height() / 2, box.height() / 2)
    painter.restore()


class Bar(QWidget):
    """A progress bar of the house."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._fraction: float | None = None
        self._colour = Colour.DIM
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def fraction(self) -> float | None:
        """How much is filled, 0–1."""
        return self._fraction

    def show_fraction(self, fraction: float | None, colour: Colour = Colour.DIM) -> None:
        """Change how far it is."""
        if (fraction, colour) != (self._fraction, self._colour):
            self._fraction, self._colour = fraction, colour
            self.update()

    def sizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """Thin, and as wide as there is room."""
        return QSize(60, HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802  Qt's name
        """Draw the bar."""
        with QPainter(self) as painter:
            draw_bar(painter, QRectF(self.rect()), self._fraction, self._colour)
