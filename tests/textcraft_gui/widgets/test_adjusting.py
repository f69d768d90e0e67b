"""Brightness and contrast in the console's previews; that a wall really shows the same, its own tests look at."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPixmap

from tests.textcraft_gui.widgets.test_laying import BLACK, _at, _painted
from textcraft_bus.channel.messages import WallMap
from textcraft_gui.widgets import adjusting
from textcraft_gui.widgets.adjusting import adjusted, table_of


@pytest.mark.parametrize(
    ("brightness", "contrast", "seen"),
    [
        (0.3, 0.0, (76, 204, 255)), (-0.3, 0.0, (0, 50, 178)), (0.0, 0.5, (0, 127, 255)), (0.0, -0.5, (64, 127, 191)),
        (0.3, 0.5, (13, 203, 255)), (1.0, 0.0, (255, 255, 255)), (0.0, -1.0, (128, 128, 128)),
    ],
)  # fmt: skip
def test_the_arithmetic_gives_what_was_measured_on_a_wall(brightness, contrast, seen):
    table = table_of(brightness, contrast)
    assert all(abs(table[value] - expected) <= 1 for value, expected in zip((0, 127, 255), seen, strict=True))


def test_a_picture_that_is_not_adjusted_is_the_very_same(qapp):
    picture = QPixmap(20, 10)
    assert adjusted(picture, WallMap(fit="fit")) is picture
    assert adjusted(QPixmap(), WallMap(brightness=0.5)).isNull()


def test_an_adjusted_one_is_counted_once_and_few_are_kept(qapp):
    picture = QPixmap(20, 10)
    picture.fill(Qt.GlobalColor.black)
    first = adjusted(picture, WallMap(brightness=0.5))
    assert adjusted(picture, WallMap(brightness=0.5)) is first
    for step in range(20):
        adjusted(picture, WallMap(brightness=step / 100 + 0.01))
    assert len(adjusting._made) <= adjusting.KEPT


def test_a_large_picture_is_made_smaller_and_one_that_is_seen_through_lies_on_black(qapp):
    picture = QPixmap(4000, 1000)
    picture.fill(Qt.GlobalColor.transparent)
    seen = adjusted(picture, WallMap(brightness=0.2))
    assert (seen.width(), seen.height()) == (1280, 320)
    assert QColor(seen.toImage().pixel(5, 5)) == QColor(51, 51, 51)


def test_the_bars_are_lifted_as_on_the_wall_and_what_lies_beside_the_corners_is_not(qapp):
    image = _painted(qapp, WallMap(fit="fit", brightness=0.2))
    assert (_at(image, 80, 5), _at(image, 20, 45)) == (QColor(51, 51, 51), QColor(255, 51, 51))
    corners = ((0.5, 0.0), (1.0, 0.0), (1.0, 1.0), (0.5, 1.0))
    image = _painted(qapp, WallMap(fit="stretch", brightness=0.2, corners=corners))
    assert (_at(image, 40, 45), _at(image, 90, 45)) == (BLACK, QColor(255, 51, 51))
