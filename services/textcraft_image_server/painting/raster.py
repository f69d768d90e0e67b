"""The picture as planes of scene light, and the few full-size passes over them; it knows no subject."""

import math
from collections.abc import Iterator
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Plane: TypeAlias = NDArray[np.floating[Any]]
"""Height × width, float32 wherever it is large."""
Light: TypeAlias = NDArray[np.floating[Any]]
"""Scene-linear red, green, blue in the first axis; the other two broadcast to height × width."""

_STRIP_PIXELS = 65_536  # one strip of temporaries stays in the second-level cache


def strips(rows: int, cols: int) -> Iterator[slice]:
    """Cut `rows` into slices small enough that their temporaries stay in the processor's cache."""
    step = max(1, _STRIP_PIXELS // max(1, cols))
    for start in range(0, rows, step):
        yield slice(start, min(rows, start + step))


def resize(plane: Plane, rows: int, cols: int) -> Plane:
    """Resample `plane` bicubically to rows × cols."""
    if plane.shape == (rows, cols):
        return plane
    image = Image.fromarray(plane).resize((cols, rows), Image.Resampling.BICUBIC)
    return np.asarray(image, dtype=np.float32)


def stretch(plane: Plane, rows: int, cols: int) -> Plane:
    """Enlarge a plane that is smooth already: bilinear, at half the cost of `resize`."""
    image = Image.fromarray(plane).resize((cols, rows), Image.Resampling.BILINEAR)
    return np.asarray(image, dtype=np.float32)


def average(plane: Plane, rows: int, cols: int) -> Plane:
    """Reduce a plane to rows × cols by the mean of what each cell covers."""
    return np.asarray(Image.fromarray(plane).resize((cols, rows), Image.Resampling.BOX), dtype=np.float32)


def smoothstep(low: float, high: float, value: Plane) -> Plane:
    """Ease from 0 at `low` to 1 at `high`; `low` may be above `high`."""
    t = np.clip((value - low) * (1.0 / (high - low)), 0.0, 1.0)
    found: Plane = t * t * (3.0 - 2.0 * t)
    return found


def _part(light: Light, channel: int, rows: slice) -> Plane:
    plane: Plane = light[channel]
    return plane if plane.shape[0] == 1 else plane[rows]


class Canvas:
    """Mutable planes of scene light, (3, height, width) float32; lengths are pixels, `unit` is the shorter side."""

    def __init__(self, width: int, height: int) -> None:
        self.width = width
        self.height = height
        self.unit = float(min(width, height))
        self.light: Light = np.zeros((3, height, width), dtype=np.float32)

    @property
    def xs(self) -> Plane:
        """Pixel centres from left to right, 1 × width."""
        return np.arange(self.width, dtype=np.float32)[None, :] + 0.5

    @property
    def ys(self) -> Plane:
        """Pixel centres from top to bottom, height × 1."""
        return np.arange(self.height, dtype=np.float32)[:, None] + 0.5

    def _window(self, shape: tuple[int, int], top: int, left: int) -> tuple[slice, slice]:
        first_row, first_col = max(0, -top), max(0, -left)
        rows = slice(first_row, max(first_row, min(shape[0], self.height - top)))
        return rows, slice(first_col, max(first_col, min(shape[1], self.width - left)))

    def blend(self, mask: Plane, light: Light, top: int = 0, left: int = 0) -> None:
        """Cover the canvas with `light` where `mask` (0..1) says, its corner at (top, left); overhang is cut."""
        rows, cols = self._window((mask.shape[0], mask.shape[1]), top, left)
        for strip in strips(rows.stop - rows.start, cols.stop - cols.start):
            inner = slice(rows.start + strip.start, rows.start + strip.stop)
            cover = mask[inner, cols]
            for channel in range(3):
                plane = self.light[channel, top + inner.start : top + inner.stop, left + cols.start : left + cols.stop]
                colour = _part(light, channel, inner)
                plane += cover * ((colour if colour.shape[1] == 1 else colour[:, cols]) - plane)

    def add(self, amount: Plane, light: Light, top: int = 0, left: int = 0) -> None:
        """Add `light` × `amount` (a glow) with its corner at (top, left); overhang is cut."""
        rows, cols = self._window((amount.shape[0], amount.shape[1]), top, left)
        for strip in strips(rows.stop - rows.start, cols.stop - cols.start):
            inner = slice(rows.start + strip.start, rows.start + strip.stop)
            share = amount[inner, cols]
            for channel in range(3):
                plane = self.light[channel, top + inner.start : top + inner.stop, left + cols.start : left + cols.stop]
                plane += share * _part(light, channel, inner)

    def put(self, light: Light, top: int = 0) -> None:
        """Replace the rows from `top` on by `light` of full width."""
        rows = min(light.shape[1], self.height - top)
        self.light[:, top : top + rows] = light[:, :rows]

    def spot(self, x: float, y: float, radius: float, light: Light, strength: float = 1.0) -> None:
        """Add a round glow that falls to nothing at `radius` pixels around (x, y)."""
        left, right = max(0, math.floor(x - radius)), min(self.width, math.ceil(x + radius))
        top, bottom = max(0, math.floor(y - radius)), min(self.height, math.ceil(y + radius))
        across = ((np.arange(left, right, dtype=np.float32) + (0.5 - x)) * (1.0 / radius)) ** 2
        down = ((np.arange(top, bottom, dtype=np.float32) + (0.5 - y)) * (1.0 / radius)) ** 2
        far = across[None, :] + down[:, None]
        fall = np.clip(1.0 - far, 0.0, None)
        self.add(fall * fall * fall / (1.0 + 24.0 * far) * strength, light, top, left)
