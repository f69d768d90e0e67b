"""The shapes of the lamps, drawn so that no font need hold them; colour is never the only sign."""

from enum import Enum

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF


class Shape(Enum):
    """What a state looks like without its colour."""

    DOT = "●"
    RING = "○"
    DASHED_RING = "unknown"
    POINT = "·"
    TRIANGLE = "▲"
    PLAY = "▶"
    PLAY_OUTLINE = "▷"
    BARS = "‖"
    SQUARE = "■"
    DIAMOND = "◇"
    CHECK = "✔"


def draw(painter: QPainter, shape: Shape, box: QRectF, colour: QColor) -> None:
    """Draw `shape` into `box`, a square, with antialiasing."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    _DRAWERS[shape](painter, box, colour)
    painter.restore()


def _outline(painter: QPainter, colour: QColor, width: float, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> None:
    pen = QPen(colour, width, style, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _inset(box: QRectF, share: float) -> QRectF:
    by = box.width() * share
    return box.adjusted(by, by, -by, -by)


def _dot(painter: QPainter, box: QRectF, _colour: QColor) -> None:
    painter.drawEllipse(_inset(box, 0.06))


def _ring(painter: QPainter, box: QRectF, colour: QColor) -> None:
    _outline(painter, colour, max(1.2, box.width() * 0.12))
    painter.drawEllipse(_inset(box, 0.14))


def _dashed_ring(painter: QPainter, box: QRectF, colour: QColor) -> None:
    pen = QPen(colour, max(1.2, box.width() * 0.12))
    pen.setDashPattern([1.6, 1.6])
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawEllipse(_inset(box, 0.14))


def _point(painter: QPainter, box: QRectF, _colour: QColor) -> None:
    painter.drawEllipse(_inset(box, 0.38))


def _triangle(painter: QPainter, box: QRectF, _colour: QColor) -> None:
    points = [QPointF(box.center().x(), box.top()), box.bottomRight(), box.bottomLeft()]
    painter.drawPolygon(QPolygonF(points))


def _play_points(box: QRectF) -> QPolygonF:
    left, right = box.left() + box.width() * 0.12, box.right() - box.width() * 0.04
    return QPolygonF([QPointF(left, box.top()), QPointF(right, box.center().y()), QPointF(left, box.bottom())])


def _play(painter: QPainter, box: QRectF, _colour: QColor) -> None:
    painter.drawPolygon(_play_points(box))


def _play_outline(painter: QPainter, box: QRectF, colour: QColor) -> None:
    _outline(painter, colour, max(1.3, box.width() * 0.13))
    painter.drawPolygon(_play_points(_inset(box, 0.08)))


def _bars(painter: QPainter, box: QRectF, _colour: QColor) -> None:
    width = box.width() * 0.28
    painter.drawRect(QRectF(box.left() + box.width() * 0.1, box.top(), width, box.height()))
    painter.drawRect(QRectF(box.right() - box.width() * 0.1 - width, box.top(), width, box.height()))


def _square(painter: QPainter, box: QRectF, _colour: QColor) -> None:
    painter.drawRect(_inset(box, 0.06))


def _diamond(painter: QPainter, box: QRectF, colour: QColor) -> None:
    _outline(painter, colour, max(1.4, box.width() * 0.13))
    c = box.center()
    tops = [QPointF(c.x(), box.top()), QPointF(box.right(), c.y()), QPointF(c.x(), box.bottom())]
    painter.drawPolygon(QPolygonF([*tops, QPointF(box.left(), c.y())]))


def _check(painter: QPainter, box: QRectF, colour: QColor) -> None:
    _outline(painter, colour, max(1.5, box.width() * 0.16))
    points = [
        QPointF(box.left() + box.width() * 0.1, box.center().y()),
        QPointF(box.left() + box.width() * 0.4, box.bottom() - box.height() * 0.15),
        QPointF(box.right() - box.width() * 0.08, box.top() + box.height() * 0.18),
    ]
    painter.drawPolyline(QPolygonF(points))


_DRAWERS = {
    Shape.DOT: _dot,
    Shape.RING: _ring,
    Shape.DASHED_RING: _dashed_ring,
    Shape.POINT: _point,
    Shape.TRIANGLE: _triangle,
    Shape.PLAY: _play,
    Shape.PLAY_OUTLINE: _play_outline,
    Shape.BARS: _bars,
    Shape.SQUARE: _square,
    Shape.DIAMOND: _diamond,
    Shape.CHECK: _check,
}
