"""Rain, snow and mist between the picture and the eye; it knows no scene."""

import numpy as np

from textcraft_image_server.painting import noise
from textcraft_image_server.painting.colour import mix
from textcraft_image_server.painting.heavens import (
    paint_aurora,
    paint_lightning,
    paint_luminary,
    paint_milky_way,
    paint_stars,
)
from textcraft_image_server.painting.raster import stretch
from textcraft_image_server.painting.sky import Luminary, Weave, choose_cover, hang_luminary, paint_sky
from textcraft_image_server.painting.stage import Stage
from textcraft_image_server.painting.stencil import Stencil


def open_sky(stage: Stage, horizon: float, low: bool = False, below: float = 8.0) -> Luminary:
    """Paint the whole sky of an outdoor scene down to `horizon` and return its light."""
    light = hang_luminary(stage, horizon, low)
    weave = paint_sky(stage, horizon, light, choose_cover(stage), below)
    _fill_sky(stage, horizon, light, weave)
    return light


def _fill_sky(stage: Stage, horizon: float, light: Luminary, weave: Weave) -> None:
    if stage.night or stage.has("stars"):
        if stage.has("stars") or stage.rng("milky").random() < 0.3:
            paint_milky_way(stage, horizon)
        paint_stars(stage, horizon, weave, 1500 if stage.has("stars") else 800)
    if stage.has("aurora"):
        paint_aurora(stage, horizon)
    paint_luminary(stage, light, weave)
    if stage.has("lightning"):
        paint_lightning(stage, horizon)


def close_air(stage: Stage, horizon: float) -> None:
    """Lay rain, snow and mist over a finished outdoor scene."""
    if stage.has("fog"):
        _paint_fog(stage, horizon)
    if stage.has("rain"):
        paint_rain(stage)
    if stage.has("snow"):
        paint_snowfall(stage)


def _paint_fog(stage: Stage, horizon: float) -> None:
    rng, canvas = stage.rng("fog"), stage.canvas
    rows, cols = max(2, canvas.height // 6), max(2, canvas.width // 6)
    drift = noise.fractal(rng, (rows, cols), (rows / 6, cols / 3), 5, 0.5)
    ys = np.linspace(0.0, canvas.height, rows, dtype=np.float32)[:, None]
    thick = np.where(ys < horizon, canvas.unit * 0.34, canvas.unit * 0.2).astype(np.float32)
    bank = np.exp(-(((ys - horizon) / thick) ** 2))
    amount = np.clip(bank * (0.30 + 0.16 * drift) + 0.03, 0.0, 0.7)
    canvas.blend(np.clip(stretch(amount.astype(np.float32), canvas.height, canvas.width), 0.0, 1.0), stage.air(0.92))


def paint_rain(stage: Stage) -> None:
    """Draw slanting streaks in three depths, the nearest long and faint."""
    rng, canvas = stage.rng("rain"), stage.canvas
    slant = float(rng.normal(0.0, 0.16))
    light = stage.shine(mix(stage.tones.glow, stage.tones.light, 0.3), 3.0)
    for count, length, width, strength in ((1100, 0.035, 0.8, 0.05), (420, 0.07, 1.2, 0.07), (80, 0.17, 2.2, 0.06)):
        stencil = Stencil(canvas, 0, 0, canvas.width, canvas.height, 2)
        for x, y, size in rng.random((count, 3)):
            left, top = float(x) * canvas.width, float(y) * canvas.height * 1.1 - canvas.height * 0.1
            long = canvas.unit * length * (0.6 + 0.8 * float(size))
            stencil.line([(left, top), (left + slant * long, top + long)], width * canvas.unit / 1080)
        stencil.shine(light, strength)


def paint_snowfall(stage: Stage) -> None:
    """Let flakes fall in three depths, the nearest large and out of focus."""
    rng, canvas = stage.rng("snowfall"), stage.canvas
    light = stage.shine(mix(stage.tones.glow, stage.tones.light, 0.6), 2.2)
    for count, size, strength in ((900, 0.0011, 0.5), (260, 0.0022, 0.45), (34, 0.0075, 0.10)):
        stencil = Stencil(canvas, 0, 0, canvas.width, canvas.height, 2)
        for x, y, grow in rng.random((count, 3)):
            radius = max(0.5, canvas.unit * size * (0.6 + 0.8 * float(grow)))
            stencil.ellipse(float(x) * canvas.width, float(y) * canvas.height, radius, radius, 140 + int(110 * grow))
        stencil.shine(light, strength)
