"""How a wall lays a picture, for painters: crop, fit, rotation, four corners, brightness; knows no widget, no show.

The same arithmetic as the wall's own.
"""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QPainter, QPixmap, QPolygonF, QTransform

from textcraft_bus.channel.messages import WallMap
from textcraft_gui.widgets.adjusting import adjusted, ground_of, is_adjusted

Corner = tuple[float, float]
Corners = tuple[Corner, Corner, Corner, Corner]
SQUARE: Final[Corners] = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
REACH: Final = (-1.0, 2.0)
LEAST_TURN: Final = 1e-3
"""As the wall has it: a smaller cross product of two sides is a line, or a dent."""


def corners_of(wall_map: WallMap) -> Corners:
    """The corners of a map, clockwise from the top left, as fractions of the wall."""
    return wall_map.corners or SQUARE


def are_good(corners: Sequence[Corner]) -> bool:
    """Whether a wall would take these corners: within reach, clockwise, without a dent."""
    within = all(REACH[0] <= value <= REACH[1] for corner in corners for value in corner)
    return within and min(_turn(corners, at) for at in range(4)) >= LEAST_TURN


def _turn(corners: Sequence[Corner], at: int) -> float:
    (ax, ay), (bx, by), (cx, cy) = (corners[(at + step) % 4] for step in (-1, 0, 1))
    return (bx - ax) * (cy - by) - (by - ay) * (cx - bx)


def fitted(picture: QSizeF, frame: QSizeF, fit: str) -> QRectF:
    """Where a picture of a size lies in a frame at the origin."""
    if fit == "stretch" or picture.isEmpty():
        return QRectF(0, 0, frame.width(), frame.height())
    across, down = frame.width() / picture.width(), frame.height() / picture.height()
    factor = min(across, down) if fit == "fit" else max(across, down)
    width, height = picture.width() * factor, picture.height() * factor
    return QRectF((frame.width() - width) / 2, (frame.height() - height) / 2, width, height)


def source_of(size: QSize, wall_map: WallMap) -> QRectF:
    """The part of a picture, in its pixels, that the map uses."""
    left, top, width, height = wall_map.crop
    return QRectF(left * size.width(), top * size.height(), width * size.width(), height * size.height())


def bend(box: QRectF, corners: Corners) -> QTransform | None:
    """What takes the box to its bent self; None for corners no wall would take."""
    if not are_good(corners):
        return None
    made = QTransform()
    done = QTransform.quadToQuad(_quad(box, SQUARE), _quad(box, corners), made)
    return made if done else None


def _quad(box: QRectF, corners: Corners) -> QPolygonF:
    return QPolygonF([QPointF(box.left() + x * box.width(), box.top() + y * box.height()) for x, y in corners])


def paint_laid(painter: QPainter, pixmap: QPixmap, box: QRectF, wall_map: WallMap) -> None:
    """Paint a picture into `box`, the wall, as the wall lays it; what it leaves free is black."""
    painter.save()
    painter.setClipRect(box, Qt.ClipOperation.IntersectClip)
    painter.fillRect(box, Qt.GlobalColor.black)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    if (transform := bend(box, corners_of(wall_map))) is not None:
        painter.setTransform(transform, combine=True)
        frame = _turned(painter, box, wall_map.rotate)
        painter.setClipRect(QRectF(0, 0, frame.width(), frame.height()), Qt.ClipOperation.IntersectClip)
        seen = adjusted(pixmap, wall_map)
        if is_adjusted(wall_map):
            painter.fillRect(QRectF(QPointF(), frame), ground_of(wall_map))
        source = source_of(seen.size(), wall_map)
        painter.drawPixmap(fitted(source.size(), frame, wall_map.fit), seen, source)
    painter.restore()


def _turned(painter: QPainter, box: QRectF, degrees: int) -> QSizeF:
    """Turn the painter about the middle of the box; returns the frame, whose top left is now the origin."""
    frame = box.size().transposed() if degrees % 180 else box.size()
    painter.translate(box.center())
    painter.rotate(degrees)
    painter.translate(-frame.width() / 2, -frame.height() / 2)
    return frame


def wall_box(frame: QRectF, aspect: float) -> QRectF:
    """The largest box of a wall's aspect (width over height) inside a frame, in its middle."""
    size = QSizeF(aspect, 1.0).scaled(frame.size(), Qt.AspectRatioMode.KeepAspectRatio)
    return QRectF(frame.center() - QPointF(size.width() / 2, size.height() / 2), size)
