"""Dunes behind dunes, each with a lit and a shaded flank and wind ripples; perhaps a caravan or an ancient tower."""

import numpy as np

from textcraft_image_server.painting import noise
from textcraft_image_server.painting.buildings import paint_spire
from textcraft_image_server.painting.figures import paint_birds, paint_people, wants_people
from textcraft_image_server.painting.fires import paint_fire
from textcraft_image_server.painting.raster import Plane, smoothstep, strips
from textcraft_image_server.painting.sky import Luminary
from textcraft_image_server.painting.stage import Stage
from textcraft_image_server.painting.terrain import cover_below, lay_mist, lay_ridge, rolling
from textcraft_image_server.painting.weather import close_air, open_sky


def paint(stage: Stage) -> None:
    """Paint a desert."""
    rng, canvas = stage.rng("desert"), stage.canvas
    horizon = canvas.height * float(rng.uniform(0.42, 0.6))
    light = open_sky(stage, horizon, below=canvas.unit * 0.1)
    if stage.has("tower", "house"):
        paint_spire(stage, canvas.width * float(rng.uniform(0.2, 0.8)), horizon, canvas.unit * 0.2, stage.air(0.6))
    if stage.has("pan"):
        _spread_pan(stage, horizon, light)
        close_air(stage, horizon)
        return
    layers = int(rng.integers(4, 7))
    stand = int(rng.integers(layers // 2, layers))
    for index in range(layers):
        ridge = _pile_dune(stage, horizon, index / (layers - 1), index, light)
        if index == stand and (wants_people(stage) or stage.has("fire") or rng.random() < 0.25):
            _send_someone(stage, ridge, index / (layers - 1))
    if stage.has("birds"):
        paint_birds(stage, horizon * 0.8, stage.air(0.15))
    close_air(stage, horizon)


def _crest(rng: np.random.Generator, width: int, base: float, height: float, cell: float) -> Plane:
    """A dune line: few long swells with sharp summits and smooth hollows."""
    swell = noise.line(rng, width, cell, 3, 0.4)
    peaked = 1.0 - np.sqrt(swell * swell + 0.10) + 0.3 * noise.line(rng, width, cell * 1.7, 2)
    return base - np.float32(height) * peaked


def _pile_dune(stage: Stage, horizon: float, near: float, index: int, light: Luminary) -> Plane:
    rng, canvas = stage.rng(f"dune {index}"), stage.canvas
    base = horizon + canvas.unit * 0.03 + (canvas.height - horizon) * (0.02 + 0.8 * near**1.3)
    height = canvas.unit * (0.045 + 0.11 * near)
    ridge = _crest(rng, canvas.width, base, height, canvas.unit * (0.6 + 0.7 * near))
    top = max(0, int(ridge.min()) - 2)
    rows = canvas.height - top
    side = 1.0 if light.x > canvas.width / 2 else -1.0
    facing = noise.line(rng, canvas.width * 3, canvas.unit * (0.7 + 1.0 * near), 3, 0.3)
    ripple = noise.fractal(
        rng, (max(2, rows // 2), max(2, canvas.width // 2)), (canvas.unit * 0.05, canvas.unit * 0.25), 3, 0.5
    )
    distance = 0.78 * (1.0 - near) ** 0.9
    warm = stage.between(stage.tones.aerial(min(1.0, distance + 0.28)), stage.tones.sky[:, 4], 0.42 * (1 - 0.35 * near))
    dark = stage.between(stage.tones.aerial(distance), stage.tones.far, 0.3)
    for strip in strips(rows, canvas.width):
        cover = cover_below(ridge, top + strip.start, strip.stop - strip.start)
        shade = _shade(canvas.unit, ridge, top, strip, facing, ripple, side, near)
        canvas.blend(cover, dark + (warm - dark) * shade, top + strip.start)
    return ridge


def _shade(
    unit: float, ridge: Plane, top: int, strip: slice, facing: Plane, ripple: Plane, side: float, near: float
) -> Plane:
    """Light on sand 0..1: the flank lines slant away from the summits, ripples follow them."""
    width = ridge.size
    ys = np.arange(top + strip.start, top + strip.stop, dtype=np.float32)[:, None] + 0.5
    below = np.clip(ys - ridge[None, :], 0.0, None)
    xs = np.arange(width, dtype=np.float32)[None, :]
    bend = ripple[np.minimum(np.arange(strip.start, strip.stop) // 2, ripple.shape[0] - 1)]
    bend = (
        np.repeat(bend, 2, axis=1)[:, :width] if bend.shape[1] * 2 >= width else np.resize(bend, (bend.shape[0], width))
    )
    column = np.clip(xs + width + side * below * 1.9 + bend * unit * 0.012, 0, facing.size - 1).astype(np.int32)
    flank = smoothstep(-0.06 - 0.25 * near, 0.10 + 0.3 * near, facing[column])
    waves = np.sin(
        (below * (1.0 + 0.15 * bend) + xs * 0.12 * side) * np.float32(0.42 * 1080 / unit / (0.5 + near)) + 3.0 * bend
    )
    depth = np.exp(-below * np.float32(1.2 / (unit * 0.3)))
    grain = 1.0 + 0.07 * near * waves * (0.4 + 0.6 * flank)
    return np.clip((0.10 + 0.9 * flank * (0.35 + 0.65 * depth)) * grain, 0.0, 1.1)


def _spread_pan(stage: Stage, horizon: float, light: Luminary) -> None:
    """A salt pan: cracked ground level to the horizon, one low line of dunes, whoever crosses it."""
    rng, canvas = stage.rng("pan"), stage.canvas
    far = rolling(rng, canvas.width, horizon - canvas.unit * 0.004, canvas.unit * 0.022, canvas.unit * 0.9, 0.34)
    lay_ridge(stage, np.minimum(far, horizon - 1.0), stage.air(0.72), stage.air(0.9), canvas.unit * 0.03)
    _crack_ground(stage, int(horizon), light)
    lay_mist(stage, horizon, canvas.unit * 0.014, 0.55, "shimmer", 1.0)
    if wants_people(stage) or stage.has("fire"):
        x, tall = canvas.width * float(rng.uniform(0.3, 0.7)), canvas.unit * float(rng.uniform(0.07, 0.11))
        foot = horizon + (canvas.height - horizon) * 0.16 + tall * 0.2
        if stage.has("fire"):
            paint_fire(stage, x + tall * 1.8, foot, tall * 0.5)
        paint_people(stage, x, foot, tall, stage.air(0.02))
    if stage.has("birds"):
        paint_birds(stage, horizon * 0.8, stage.air(0.15))


def _crack_ground(stage: Stage, horizon: int, light: Luminary) -> None:
    """Level ground in perspective: pale plates between dark cracks, brighter below the light."""
    rng, canvas = stage.rng("cracks"), stage.canvas
    tile, stain = noise.texture(rng, 64, 0.35), noise.texture(rng, 8, 0.6)
    rows, unit = canvas.height - horizon, canvas.unit
    pale = stage.between(stage.tones.sky[:, 3], stage.tones.glow, 0.55)
    dark, air = stage.air(0.2), stage.air(0.95)
    for strip in strips(rows, canvas.width):
        below = (np.arange(strip.start, strip.stop, dtype=np.float32)[:, None] + 1.0) * np.float32(1.0 / unit)
        away = np.float32(0.05) / (below + np.float32(0.012))
        u, v = (canvas.xs - canvas.width / 2) * (away * np.float32(900.0 / unit)), away * 1500.0 + 0.0 * canvas.xs
        seam = np.minimum(np.abs(noise.sample(tile, u, v)), np.abs(noise.sample(tile, u + 200.0, v + 90.0)))
        crack = np.exp(-((seam * 9.0) ** 2)) * np.clip(0.30 / away - 0.12, 0.0, 0.42)
        glint = np.exp(-(((canvas.xs - light.x) / (unit * (0.25 + 0.6 * below))) ** 2)) * np.exp(-below * 2.4)
        tone = 0.44 + 0.07 * noise.sample(stain, u * 0.12, v * 0.12) + 0.40 * glint - crack
        ground = dark + (pale - dark) * np.clip(tone, 0.03, 1.2)
        lost = np.exp(-below * 26.0)
        canvas.put((ground + (air - ground) * lost).astype(np.float32), horizon + strip.start)


def _send_someone(stage: Stage, ridge: Plane, near: float) -> None:
    rng, canvas = stage.rng("traveller"), stage.canvas
    first, last = int(canvas.width * 0.15), int(canvas.width * 0.85)
    column = first + int(np.argmin(ridge[first:last])) + int(rng.normal(0, 0.01) * canvas.width)
    column = min(canvas.width - 1, max(0, column))
    tall = canvas.unit * (0.03 + 0.06 * near)
    if stage.has("fire"):
        paint_fire(stage, column + tall * 1.6, float(ridge[column]) + tall * 0.5, tall * 0.6)
    paint_people(stage, column, float(ridge[column]), tall, stage.air(0.02), ground=ridge + 1)
