"""Land in layers: ridge lines, their mist and their lit faces; it knows no building and no tree."""

import math

import numpy as np

from textcraft_image_server.painting import noise
from textcraft_image_server.painting.raster import Light, Plane, smoothstep, stretch, strips
from textcraft_image_server.painting.stage import Stage


def rolling(rng: np.random.Generator, width: int, base: float, height: float, cell: float, gain: float = 0.36) -> Plane:
    """A soft ridge line: rows (width,) around `base`, swinging by about `height` pixels."""
    return base + np.float32(height) * 0.5 * noise.line(rng, width, cell, 6, gain)


def jagged(rng: np.random.Generator, width: int, base: float, height: float, cell: float) -> Plane:
    """A rocky ridge line with sharp peaks: rows (width,), peaks about `height` pixels above `base`."""
    total = np.zeros(width, dtype=np.float32)
    weight, reach = 1.0, cell
    for _ in range(7):
        fold = 1.0 - np.abs(noise.line(rng, width, max(2.0, reach), 1)) * 0.8
        total += np.float32(weight) * np.clip(fold, -0.6, 1.0)
        weight, reach = weight * 0.46, reach * 0.5
    return base - np.float32(height) * (total - float(total.mean())) * 0.75


def cover_below(ridge: Plane, top: int, rows: int) -> Plane:
    """Smooth coverage 0..1 of everything below `ridge` in the rows from `top` on; steep flanks stay smooth too."""
    steep = np.sqrt(1.0 + np.gradient(ridge) ** 2) if ridge.size > 1 else np.ones_like(ridge)
    ys = np.arange(top, top + rows, dtype=np.float32)[:, None] + 0.5
    return np.clip((ys - ridge[None, :]) * (1.0 / steep)[None, :] + 0.5, 0.0, 1.0)


def lay_ridge(
    stage: Stage,
    ridge: Plane,
    crest: Light,
    foot: Light,
    drop: float,
    relief: Plane | None = None,
    lit: Light | None = None,
    foot_share: float = 1.0,
) -> None:
    """Cover all below `ridge`: colour `crest` turns into `foot` (mist) within `drop` pixels; where `relief` (rows of
    the canvas from the ridge's top, 0..1) is high, the land takes the colour `lit`.
    """
    canvas = stage.canvas
    top = max(0, int(ridge.min()) - 2)
    rows = canvas.height - top
    for strip in strips(rows, canvas.width):
        cover = cover_below(ridge, top + strip.start, strip.stop - strip.start)
        ys = np.arange(top + strip.start, top + strip.stop, dtype=np.float32)[:, None] + 0.5
        deep = np.clip((ys - ridge[None, :]) * np.float32(1.0 / drop), 0.0, 1.0)
        mist = deep * (2.0 - deep) * np.float32(foot_share)
        colour = crest + (foot - crest) * mist
        if relief is not None and lit is not None:
            colour = colour + (lit - colour) * (relief[strip] * (1.0 - 0.75 * mist))
        canvas.blend(cover, colour, top + strip.start)


def rock_tile(stage: Stage) -> Plane:
    """The relief that every range of one picture is cut from, each at another place."""
    return noise.texture(stage.rng("rock"), 8, 0.6)


def facets(stage: Stage, ridge: Plane, side: float, rock: Plane, name: str) -> Plane:
    """Light on rock faces below `ridge`, 0..1, rows from the ridge's top to the canvas's bottom; `side` is -1 where
    the light comes from the left and 1 from the right, `rock` a seamless tile.
    """
    rng, canvas = stage.rng(name), stage.canvas
    top = max(0, int(ridge.min()) - 2)
    shape = (canvas.height - top, canvas.width)
    scale = np.float32(140.0 / canvas.unit)
    half = ridge[None, ::2]
    ys = np.arange(shape[0], dtype=np.float32)[::2, None] + top
    below = (ys - half) * np.float32(1.0 / canvas.unit)
    slope = np.gradient(_smooth(half[0], max(3, int(canvas.unit * 0.012)) | 1))[None, :]
    u = canvas.xs[:, ::2] * scale + float(rng.uniform(0, 512)) - 60.0 * np.clip(slope, -1.5, 1.5) * below
    v = (ys - 0.55 * half) * (scale * 1.1) + 0.0 * u
    bent = noise.sample(rock, u * 0.5, v * 0.5)
    u, v = u + 7.0 * bent, v + 7.0 * bent
    face = noise.sample(rock, u, v) - noise.sample(rock, u + side * 5.0, v - 3.5)
    lean = np.clip(slope * np.float32(-side), -1.0, 1.0) * np.exp(-below * 5.0)
    light = smoothstep(-0.7, 1.7, face + 0.8 * lean)
    return np.clip(stretch(light, *shape), 0.0, 1.0)


def _smooth(row: Plane, size: int) -> Plane:
    if row.size < size * 2:
        return row
    kernel = np.full(size, 1.0 / size, dtype=np.float32)
    padded = np.pad(row, size // 2, mode="edge")
    return np.convolve(padded, kernel, mode="valid").astype(np.float32)


def lay_mist(stage: Stage, middle: float, thickness: float, strength: float, name: str, tone: float = 0.9) -> None:
    """Drift a bank of mist around row `middle`, `thickness` pixels high."""
    rng, canvas = stage.rng(name), stage.canvas
    top, bottom = max(0, int(middle - thickness * 2)), min(canvas.height, math.ceil(middle + thickness * 2))
    if bottom - top < 2:
        return
    rows, cols = max(2, (bottom - top) // 4), max(2, canvas.width // 4)
    drift = noise.fractal(rng, (rows, cols), (thickness / 4, canvas.unit * 0.2), 4, 0.5)
    ys = np.linspace(top, bottom, rows, dtype=np.float32)[:, None]
    bank = np.exp(-(((ys - middle) / np.float32(thickness) + 0.25 * drift) ** 2) * 1.6) * (0.72 + 0.28 * np.tanh(drift))
    edge = np.clip(np.minimum(ys - top, bottom - ys) / (0.5 * thickness), 0.0, 1.0)
    full = np.clip(stretch((bank * edge * strength).astype(np.float32), bottom - top, canvas.width), 0.0, 1.0)
    canvas.blend(full, stage.air(tone), top)
