"""Fractal noise from random grids, enlarged and summed; it knows no picture."""

import math

import numpy as np
from PIL import Image

from textcraft_image_server.painting.raster import Plane, resize

TEXTURE_SIZE = 512


def fractal(
    rng: np.random.Generator, shape: tuple[int, int], cell: tuple[float, float], octaves: int = 5, gain: float = 0.5
) -> Plane:
    """Return noise of `shape` with mean 0 and deviation 1; `cell` is the size in pixels (rows, columns) of the
    largest feature, and every octave halves it and weighs `gain` times as much.
    """
    rows = max(1, min(shape[0], math.ceil(shape[0] / cell[0]) + 1))
    cols = max(1, min(shape[1], math.ceil(shape[1] / cell[1]) + 1))
    field = rng.standard_normal((rows, cols), dtype=np.float32)
    weight = 1.0
    for _ in range(octaves - 1):
        weight *= gain
        rows, cols = min(shape[0], rows * 2), min(shape[1], cols * 2)
        field = resize(field, rows, cols) + weight * rng.standard_normal((rows, cols), dtype=np.float32)
    field = (field - float(field.mean())) * (1.0 / (float(field.std()) + 1e-6))
    return resize(field, *shape)


def line(rng: np.random.Generator, length: int, cell: float, octaves: int = 6, gain: float = 0.5) -> Plane:
    """Return one row of fractal noise, shape (length,), mean 0 and deviation 1."""
    found: Plane = fractal(rng, (1, length), (1.0, cell), octaves, gain)[0]
    return found


def _double(field: Plane) -> Plane:
    size = field.shape[0]
    wrapped = Image.fromarray(np.pad(field, 3, mode="wrap"))
    box = (3, 3, size + 3, size + 3)
    return np.asarray(wrapped.resize((size * 2, size * 2), Image.Resampling.BICUBIC, box=box), dtype=np.float32)


def texture(rng: np.random.Generator, cells: int = 4, gain: float = 0.55) -> Plane:
    """Return a seamless square of fractal noise, TEXTURE_SIZE a side, deviation 1; `cells` is a power of two."""
    field = rng.standard_normal((cells, cells), dtype=np.float32)
    weight = 1.0
    while field.shape[0] < TEXTURE_SIZE:
        weight *= gain
        field = _double(field)
        field = field + weight * rng.standard_normal(field.shape, dtype=np.float32)
    return (field - float(field.mean())) * (1.0 / (float(field.std()) + 1e-6))


def sample(tile: Plane, u: Plane, v: Plane) -> Plane:
    """Read the seamless `tile` at columns `u` and rows `v` (tile pixels, any range), bilinearly."""
    mask = TEXTURE_SIZE - 1
    column, row = np.floor(u), np.floor(v)
    fu, fv = u - column, v - row
    left = column.astype(np.int32) & mask
    right = (left + 1) & mask
    above = (row.astype(np.int32) & mask) * TEXTURE_SIZE
    below = (above + TEXTURE_SIZE) & (TEXTURE_SIZE * TEXTURE_SIZE - 1)
    flat = tile.ravel()
    upper = flat[above + left]
    upper += (flat[above + right] - upper) * fu
    lower = flat[below + left]
    lower += (flat[below + right] - lower) * fu
    upper += (lower - upper) * fv
    return upper
