"""How the four corners of a wall bend the picture, as pure arithmetic; knows no Qt.

Corners are fractions of the wall, clockwise from the top left: (0, 0), (1, 0), (1, 1), (0, 1) changes nothing.
"""

import math
from collections.abc import Sequence

from textcraft_display.errors import MapRefused

Point = tuple[float, float]
Row = tuple[float, float, float]
Homography = tuple[Row, Row, Row]

REACH = (-1.0, 2.0)
"""How far outside the wall a corner may lie: a wall's own width and height."""
MIN_TURN = 1e-3
"""Least cross product of two neighbouring sides; below it the area is a line, or its sides cross."""


def bend(corners: Sequence[Point]) -> Homography:
    """Return the rows of the projection that takes the unit square's corners to `corners`.

    Source: Heckbert, Fundamentals of Texture Mapping and Image Warping (1989), section 2.2.3. Raises MapRefused when
    the corners are out of reach, or not those of a convex area seen from the front.
    """
    _check(corners)
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = corners
    dx1, dx2, dx3 = x1 - x2, x3 - x2, x0 - x1 + x2 - x3
    dy1, dy2, dy3 = y1 - y2, y3 - y2, y0 - y1 + y2 - y3
    area = dx1 * dy2 - dx2 * dy1
    g = (dx3 * dy2 - dx2 * dy3) / area
    h = (dx1 * dy3 - dx3 * dy1) / area
    return (
        (x1 - x0 + g * x1, x3 - x0 + h * x3, x0),
        (y1 - y0 + g * y1, y3 - y0 + h * y3, y0),
        (g, h, 1.0),
    )


def _check(corners: Sequence[Point]) -> None:
    if not all(math.isfinite(v) and REACH[0] <= v <= REACH[1] for corner in corners for v in corner):
        raise MapRefused("a corner of the map lies too far outside the wall")
    if min(_turn(corners, at) for at in range(4)) < MIN_TURN:
        raise MapRefused("the corners of the map must go clockwise from the top left, around an area without a dent")


def _turn(corners: Sequence[Point], at: int) -> float:
    """Cross product of the sides that meet in a corner; positive when they turn clockwise on a screen."""
    (ax, ay), (bx, by), (cx, cy) = (corners[(at + step) % 4] for step in (-1, 0, 1))
    return (bx - ax) * (cy - by) - (by - ay) * (cx - bx)
