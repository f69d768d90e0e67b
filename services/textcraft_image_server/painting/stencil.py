"""Smooth-edged silhouettes: shapes drawn enlarged and reduced to a mask; it knows no subject."""

import math
from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw

from textcraft_image_server.painting.raster import Canvas, Light, Plane

Point = tuple[float, float]
_MOST_PIXELS = 34_000_000  # of the enlarged drawing


class Stencil:
    """A mask over part of a canvas; all coordinates are canvas pixels, everything outside the part is cut."""

    def __init__(self, canvas: Canvas, left: float, top: float, right: float, bottom: float, scale: int = 3) -> None:
        self._left, self._top = max(0, math.floor(left)), max(0, math.floor(top))
        cols = max(1, min(canvas.width, math.ceil(right)) - self._left)
        rows = max(1, min(canvas.height, math.ceil(bottom)) - self._top)
        self._canvas = canvas
        self._scale = max(1, min(scale, int(math.sqrt(_MOST_PIXELS / (cols * rows)))))
        self._image = Image.new("L", (cols * self._scale, rows * self._scale))
        self._pen = ImageDraw.Draw(self._image)

    def _at(self, points: Sequence[Point]) -> list[Point]:
        return [((x - self._left) * self._scale - 0.5, (y - self._top) * self._scale - 0.5) for x, y in points]

    def polygon(self, points: Sequence[Point], fill: int = 255) -> None:
        """Fill a polygon with coverage `fill` (0 erases .. 255)."""
        self._pen.polygon(self._at(points), fill=fill)

    def line(self, points: Sequence[Point], width: float, fill: int = 255) -> None:
        """Draw a line of `width` pixels; below one pixel it grows fainter instead of thinner."""
        thick = max(1, round(width * self._scale))
        faint = min(1.0, width * self._scale)
        self._pen.line(self._at(points), fill=round(fill * faint), width=thick, joint="curve")

    def ellipse(self, x: float, y: float, rx: float, ry: float, fill: int = 255) -> None:
        """Fill an upright ellipse around (x, y)."""
        (left, top), (right, bottom) = self._at([(x - rx, y - ry), (x + rx, y + ry)])
        if right > left and bottom > top:
            self._pen.ellipse((left, top, right, bottom), fill=fill)

    def rectangle(self, left: float, top: float, right: float, bottom: float, fill: int = 255) -> None:
        """Fill an upright rectangle."""
        self.polygon([(left, top), (right, top), (right, bottom), (left, bottom)], fill)

    def mask(self) -> Plane:
        """Return the coverage 0..1 of the part."""
        reduced = self._image.reduce(self._scale) if self._scale > 1 else self._image
        return np.asarray(reduced, dtype=np.float32) * np.float32(1 / 255)

    def cover(self, light: Light, strength: float = 1.0) -> None:
        """Blend the drawn shapes onto the canvas in one colour, or a ramp over the part's rows."""
        mask = self.mask()
        self._canvas.blend(mask if strength >= 1.0 else mask * np.float32(strength), light, self._top, self._left)

    def shine(self, light: Light, strength: float = 1.0) -> None:
        """Add the drawn shapes onto the canvas as light."""
        self._canvas.add(self.mask() * np.float32(strength), light, self._top, self._left)

    @property
    def corner(self) -> tuple[int, int]:
        """Top and left of the part on the canvas."""
        return self._top, self._left


def tapered(points: Sequence[Point], start: float, end: float) -> list[Point]:
    """Outline of a stroke along `points` whose width goes from `start` to `end` pixels."""
    left: list[Point] = []
    right: list[Point] = []
    for i, (x, y) in enumerate(points):
        (ax, ay), (bx, by) = points[max(0, i - 1)], points[min(len(points) - 1, i + 1)]
        length = math.hypot(bx - ax, by - ay) or 1.0
        half = (start + (end - start) * i / max(1, len(points) - 1)) / 2
        nx, ny = -(by - ay) / length * half, (bx - ax) / length * half
        left.append((x + nx, y + ny))
        right.append((x - nx, y - ny))
    return left + right[::-1]


def curve(start: Point, bend: Point, end: Point, steps: int = 10) -> list[Point]:
    """Points of a quadratic curve."""
    found = []
    for i in range(steps + 1):
        t = i / steps
        a, b, c = (1 - t) ** 2, 2 * t * (1 - t), t * t
        found.append((a * start[0] + b * bend[0] + c * end[0], a * start[1] + b * bend[1] + c * end[1]))
    return found


def rounded(points: Sequence[Point], steps: int = 6) -> list[Point]:
    """Outline of a closed shape that passes softly through all `points`, `steps` to each."""
    count, found = len(points), []
    for i in range(count):
        (ax, ay), (bx, by) = points[i - 1], points[i]
        (cx, cy), (dx, dy) = points[(i + 1) % count], points[(i + 2) % count]
        for step in range(steps):
            t = step / steps
            a, b = t * (t * (2 - t) - 1) / 2, (t * t * (3 * t - 5) + 2) / 2
            c, d = t * (t * (4 - 3 * t) + 1) / 2, t * t * (t - 1) / 2
            found.append((a * ax + b * bx + c * cx + d * dx, a * ay + b * by + c * cy + d * dy))
    return found
