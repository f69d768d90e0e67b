"""Ranges behind ranges in the air, with mist in the valleys, perhaps a lake, a tower, a walker."""

import numpy as np

from textcraft_image_server.painting.buildings import paint_spire
from textcraft_image_server.painting.figures import paint_birds, paint_people, wants_people
from textcraft_image_server.painting.fires import paint_fire
from textcraft_image_server.painting.raster import Plane
from textcraft_image_server.painting.sky import Luminary
from textcraft_image_server.painting.stage import Stage
from textcraft_image_server.painting.terrain import facets, jagged, lay_mist, lay_ridge, rock_tile, rolling
from textcraft_image_server.painting.water import paint_water
from textcraft_image_server.painting.weather import close_air, open_sky


def paint(stage: Stage) -> None:
    """Paint a mountain landscape."""
    rng, canvas = stage.rng("mountains"), stage.canvas
    horizon = canvas.height * float(rng.uniform(0.5, 0.64))
    light = open_sky(stage, horizon, below=canvas.unit * 0.12)
    if stage.has("birds"):
        paint_birds(stage, horizon * 0.8, stage.air(0.2))
    layers = int(rng.integers(5, 8))
    rocky = float(rng.uniform(0.25, 0.75))
    ridge, rock = canvas.xs[0], rock_tile(stage)
    for index in range(layers):
        near = index / (layers - 1)
        ridge = _shape_ridge(stage, horizon, near, near <= rocky, index)
        if index == layers // 2 and stage.has("tower", "house", "village"):
            _build_stronghold(stage, ridge, 0.62 * (1.0 - near))
        _paint_layer(stage, ridge, near, rock if near <= rocky else None, light, index)
        if index == layers // 2 and stage.has("lake"):
            ridge = _fill_lake(stage, light)
            break
    _stand_someone(stage, ridge)
    close_air(stage, horizon + canvas.unit * 0.05)


def _shape_ridge(stage: Stage, horizon: float, near: float, rocky: bool, index: int) -> Plane:
    rng, canvas = stage.rng(f"range {index}"), stage.canvas
    base = horizon + (canvas.height - horizon) * (near**1.25) * 0.86 - canvas.unit * 0.03
    height = canvas.unit * (0.20 - 0.10 * near) * float(rng.uniform(0.8, 1.25))
    if rocky:
        return jagged(rng, canvas.width, base, height, canvas.unit * (0.85 - 0.2 * near))
    return rolling(rng, canvas.width, base, height * 0.62, canvas.unit * (0.62 - 0.2 * near), 0.44)


def _paint_layer(stage: Stage, ridge: Plane, near: float, rock: Plane | None, light: Luminary, index: int) -> None:
    canvas = stage.canvas
    distance = 0.80 * (1.0 - near) ** 0.8
    crest, foot = stage.air(distance), stage.air(min(1.0, distance + 0.24 + 0.2 * (1.0 - near)))
    drop = canvas.unit * (0.22 - 0.06 * near)
    side = 1.0 if light.x > canvas.width / 2 else -1.0
    relief = facets(stage, ridge, side, rock, f"facets {index}") if rock is not None else None
    strength = 0.16 if light.kind == "sun" else 0.34
    lit = stage.between(stage.tones.aerial(min(1.0, distance + 0.2)), stage.tones.glow, strength * (1.3 - near))
    lay_ridge(stage, ridge, crest, foot, drop, relief, lit, 0.92 - 0.55 * near)
    if 0.1 < near < 0.9 and stage.rng(f"bank {index}").random() < 0.65:
        middle = float(ridge.mean()) + canvas.unit * 0.06
        lay_mist(stage, middle, canvas.unit * 0.04, 0.55 - 0.3 * near, f"mist {index}", 0.95 - 0.25 * near)


def _fill_lake(stage: Stage, light: Luminary) -> Plane:
    """Fill the valley with still water that mirrors the ranges; return the near shore."""
    rng, canvas = stage.rng("lake"), stage.canvas
    line = int(canvas.height * float(rng.uniform(0.64, 0.7)))
    shore = rolling(rng, canvas.width, line - canvas.unit * 0.008, canvas.unit * 0.02, canvas.unit * 0.3, 0.45)
    lay_ridge(stage, np.minimum(shore, line + 1.0), stage.air(0.30), stage.air(0.36), canvas.unit * 0.1)
    paint_water(stage, line, light, 0.05)
    lay_mist(stage, line, canvas.unit * 0.018, 0.35, "mist on the lake", 0.95)
    ridge = rolling(rng, canvas.width, canvas.height * 0.945, canvas.unit * 0.07, canvas.unit * 0.6, 0.42)
    lay_ridge(stage, ridge, stage.air(0.04), stage.air(0.0), canvas.unit * 0.1)
    return ridge


def _build_stronghold(stage: Stage, ridge: Plane, distance: float) -> None:
    """Set a castle on the highest point of a ridge."""
    first, last = int(ridge.size * 0.15), int(ridge.size * 0.85)
    column = first + int(np.argmin(ridge[first:last]))
    tall = stage.canvas.unit * 0.13
    paint_spire(stage, column + 0.5, float(ridge[column]) + tall * 0.28, tall, stage.air(distance), root=0.6)


def _stand_someone(stage: Stage, ridge: Plane) -> None:
    if not (wants_people(stage) or stage.has("fire")):
        return
    rng, canvas = stage.rng("walker"), stage.canvas
    column = int(canvas.width * float(rng.uniform(0.2, 0.8)))
    reach = max(1, int(canvas.unit * 0.04))
    first = max(0, column - reach)
    column = first + int(np.argmin(ridge[first : column + reach]))
    tall = canvas.unit * 0.075
    if stage.has("fire"):
        paint_fire(stage, column + tall * 1.2, float(ridge[column]) + tall * 0.4, tall * 0.6)
    if wants_people(stage):
        paint_people(stage, column + 0.5, float(ridge[column]), tall, stage.air(0.0), ground=ridge + 1)
