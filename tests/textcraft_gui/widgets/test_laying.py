"""Pictures laid as the wall lays them, looked at pixel by pixel."""

import pytest
from PySide6.QtCore import QRectF, QSizeF
from PySide6.QtGui import QColor, QImage, QPainter, QPixmap

from textcraft_bus.channel.messages import WallMap
from textcraft_gui.widgets.laying import are_good, bend, fitted, paint_laid, wall_box

BOX = QRectF(0, 0, 160, 90)
LEFT, RIGHT, BLACK = QColor("#ff0000"), QColor("#0000ff"), QColor("#000000")


def _painted(qapp, wall_map, size=(320, 90)):
    """A picture red on its left half and blue on its right, on a wall of 160×90."""
    picture = QPixmap(*size)
    picture.fill(RIGHT)
    painter = QPainter(picture)
    painter.fillRect(0, 0, size[0] // 2, size[1], LEFT)
    painter.end()
    image = QImage(160, 90, QImage.Format.Format_RGB32)
    image.fill(QColor("#00ff00"))
    painter = QPainter(image)
    paint_laid(painter, picture, BOX, wall_map)
    painter.end()
    return image


def _at(image, x, y):
    return QColor(image.pixel(x, y))


def test_fill_cuts_the_sides_off_and_fit_leaves_black(qapp):
    filled = _painted(qapp, WallMap(fit="fill"))
    assert (_at(filled, 2, 2), _at(filled, 157, 87)) == (LEFT, RIGHT)
    fit = _painted(qapp, WallMap(fit="fit"))
    assert (_at(fit, 80, 5), _at(fit, 20, 45), _at(fit, 140, 45)) == (BLACK, LEFT, RIGHT)


def test_turned_by_ninety_left_is_up(qapp):
    image = _painted(qapp, WallMap(rotate=90, fit="stretch"))
    assert (_at(image, 80, 10), _at(image, 80, 80)) == (LEFT, RIGHT)
    image = _painted(qapp, WallMap(rotate=180, fit="stretch"))
    assert (_at(image, 10, 45), _at(image, 150, 45)) == (RIGHT, LEFT)


def test_a_cut_leaves_the_rest(qapp):
    image = _painted(qapp, WallMap(crop=(0.5, 0, 0.5, 1), fit="stretch"))
    assert _at(image, 5, 45) == RIGHT


def test_corners_bend_and_leave_black(qapp):
    image = _painted(qapp, WallMap(fit="stretch", corners=((0.5, 0.0), (1.0, 0.0), (1.0, 1.0), (0.5, 1.0))))
    assert (_at(image, 40, 45), _at(image, 90, 45), _at(image, 150, 45)) == (BLACK, LEFT, RIGHT)


@pytest.mark.parametrize(
    "corners",
    [
        ((0, 0), (0, 0), (1, 1), (0, 1)),
        ((1, 0), (0, 0), (0, 1), (1, 1)),
        ((0, 0), (3, 0), (1, 1), (0, 1)),
        ((0, 0), (1, 0), (0.2, 0.2), (0, 1)),
    ],
    ids=["a line", "mirrored", "out of reach", "dented"],
)
def test_corners_no_wall_would_take(corners):
    assert not are_good(corners)
    assert bend(BOX, corners) is None


def test_boxes():
    assert fitted(QSizeF(100, 100), QSizeF(200, 100), "fit") == QRectF(50, 0, 100, 100)
    assert fitted(QSizeF(100, 100), QSizeF(200, 100), "fill") == QRectF(0, -50, 200, 200)
    assert wall_box(QRectF(0, 0, 200, 100), 1.0) == QRectF(50, 0, 100, 100)
