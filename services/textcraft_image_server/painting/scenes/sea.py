"""Open sea or lake under its light, calm or in storm, with islands, boats and birds."""

import numpy as np

from textcraft_image_server.painting import noise
from textcraft_image_server.painting.figures import paint_birds, paint_rowing_boat, paint_sail, wants_people
from textcraft_image_server.painting.raster import resize, smoothstep
from textcraft_image_server.painting.sky import Luminary
from textcraft_image_server.painting.stage import Stage
from textcraft_image_server.painting.terrain import lay_ridge, rolling
from textcraft_image_server.painting.water import paint_water
from textcraft_image_server.painting.weather import close_air, open_sky


def paint(stage: Stage) -> None:
    """Paint a calm or breezy sea, or a stormy one where the sky is torn by lightning."""
    if stage.has("lightning"):
        paint_storm(stage)
        return
    rng = stage.rng("sea")
    horizon = int(stage.canvas.height * float(rng.uniform(0.44, 0.64)))
    _paint_sea(stage, horizon, float(rng.uniform(0.28, 0.7)), int(rng.integers(0, 4)))


def paint_storm(stage: Stage) -> None:
    """Paint a sea in a gale: a dark sky, breaking waves, often a coast to be wrecked on."""
    rng = stage.rng("sea")
    horizon = int(stage.canvas.height * float(rng.uniform(0.46, 0.6)))
    _paint_sea(stage, horizon, float(rng.uniform(0.9, 1.15)), int(rng.integers(0, 3)))


def _paint_sea(stage: Stage, horizon: int, roughness: float, islands: int) -> None:
    light = open_sky(stage, horizon)
    if roughness > 0.8:
        _darken_sky(stage, horizon)
    for index in range(islands):
        _paint_island(stage, horizon, index, islands)
    paint_water(stage, horizon, light, roughness)
    _paint_haze(stage, horizon)
    if stage.has("boat", "sail") or (roughness < 0.8 and stage.rng("drifter").random() < 0.3):
        _paint_boats(stage, horizon, light)
    if stage.has("birds") or stage.rng("flock").random() < 0.2:
        paint_birds(stage, horizon, stage.air(0.12))
    close_air(stage, horizon)


def _darken_sky(stage: Stage, horizon: int) -> None:
    """Pile dark cloud overhead: the light of a storm comes from its edge."""
    rng, canvas = stage.rng("storm cloud"), stage.canvas
    shape = (max(2, horizon // 4), max(2, canvas.width // 4))
    drift = noise.fractal(rng, shape, (shape[0] / 2, shape[1] / 4), 6, 0.55)
    height = np.linspace(0.0, 1.0, shape[0], dtype=np.float32)[:, None]
    weight = smoothstep(0.95, 0.1, height + 0.16 * drift) * np.float32(0.78)
    canvas.blend(resize(weight, horizon, canvas.width), stage.paint_dark() + stage.air(0.3) * np.float32(0.4))


def _paint_island(stage: Stage, horizon: int, index: int, count: int) -> None:
    rng, canvas = stage.rng(f"island {index}"), stage.canvas
    near = (index + 1) / count
    width, middle = float(rng.uniform(0.12, 0.5)), float(rng.uniform(0.0, 1.0))
    swell = np.exp(-(((canvas.xs[0] / canvas.width - middle) / np.float32(width)) ** 2) * 1.4)
    height = canvas.unit * float(rng.uniform(0.04, 0.14)) * (1.15 - 0.5 * near)
    shape = rolling(rng, canvas.width, 0.0, 1.0, canvas.unit * 0.35, 0.42)
    ridge = horizon + 2.0 - height * (1.6 * swell * (0.8 + 0.45 * shape) - 0.22)
    crest, foot = stage.air(0.72 - 0.5 * near), stage.air(0.84 - 0.5 * near)
    lay_ridge(stage, ridge.astype(np.float32), crest, foot, height * 1.2)


def _paint_haze(stage: Stage, horizon: int) -> None:
    """Melt the line between sea and sky."""
    rows = np.abs(stage.canvas.ys - horizon) * np.float32(1.0 / (stage.canvas.unit * 0.02))
    top = max(0, int(horizon - stage.canvas.unit * 0.08))
    bottom = int(horizon + stage.canvas.unit * 0.08)
    mask = (np.exp(-rows[top:bottom]) * np.float32(0.38)) * np.ones((1, stage.canvas.width), dtype=np.float32)
    stage.canvas.blend(mask, stage.air(0.93), top)


def _paint_boats(stage: Stage, horizon: int, light: Luminary) -> None:
    rng, canvas = stage.rng("boats"), stage.canvas
    side = float(rng.uniform(-0.16, 0.16)) * canvas.width
    x = min(max(light.x + side, canvas.width * 0.12), canvas.width * 0.88)
    if stage.has("sail") or (not stage.has("boat") and rng.random() < 0.5):
        line = horizon + (canvas.height - horizon) * float(rng.uniform(0.04, 0.22))
        paint_sail(stage, x, line, canvas.unit * float(rng.uniform(0.09, 0.2)), stage.air(0.06))
        return
    line = horizon + (canvas.height - horizon) * float(rng.uniform(0.22, 0.5))
    manned = wants_people(stage) or rng.random() < 0.5
    paint_rowing_boat(stage, x, line, canvas.unit * float(rng.uniform(0.13, 0.2)), stage.air(0.05), manned)
