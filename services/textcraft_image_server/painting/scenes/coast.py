"""A coast at its hour: headland with lighthouse and beam, or a harbour with lit houses and a pier."""

import math

import numpy as np

from textcraft_image_server.painting.buildings import cast_beam, light_lamp, paint_house, paint_lighthouse
from textcraft_image_server.painting.figures import (
    paint_birds,
    paint_people,
    paint_rowing_boat,
    paint_sail,
    wants_people,
)
from textcraft_image_server.painting.fires import paint_fire
from textcraft_image_server.painting.raster import Plane, smoothstep
from textcraft_image_server.painting.sky import Luminary
from textcraft_image_server.painting.stage import Stage
from textcraft_image_server.painting.stencil import Stencil
from textcraft_image_server.painting.terrain import facets, lay_ridge, rock_tile, rolling
from textcraft_image_server.painting.water import paint_lamp_path, paint_water
from textcraft_image_server.painting.weather import close_air, open_sky

Lamps = list[tuple[float, float]]


def paint(stage: Stage) -> None:
    """Paint a coast: a lighthouse where the prompt names one, else as the seed decides."""
    rng, canvas = stage.rng("coast"), stage.canvas
    horizon = int(canvas.height * float(rng.uniform(0.56, 0.68)))
    side = float(rng.choice([-1.0, 1.0]))
    light = open_sky(stage, horizon)
    _paint_far_shore(stage, horizon, side)
    tower = stage.has("lighthouse") or rng.random() < 0.5
    ridge = _paint_headland(stage, horizon, side, light)
    lamps = _build_village(stage, ridge, horizon, side) if not tower or rng.random() < 0.4 else []
    beacon = _raise_tower(stage, ridge, side, light) if tower else None
    paint_water(stage, horizon, light, float(rng.uniform(0.2, 0.55)))
    for x, y in lamps:
        paint_lamp_path(stage, x, horizon, (horizon - y) * 2.0 + canvas.unit * 0.1, canvas.unit * 0.006, 0.55)
    _paint_front(stage, horizon, side)
    if beacon is not None:
        _light_beacon(stage, beacon, horizon)
    close_air(stage, horizon)


def _paint_far_shore(stage: Stage, horizon: int, side: float) -> None:
    rng, canvas = stage.rng("far shore"), stage.canvas
    across = canvas.xs[0] * np.float32(1.0 / canvas.width)
    rise = smoothstep(0.25, 0.9, across if side < 0 else 1.0 - across)
    shape = rolling(rng, canvas.width, 0.0, 1.0, canvas.unit * 0.4, 0.4)
    ridge = horizon + 2.0 - canvas.unit * 0.06 * np.clip(rise * (1.0 + 0.7 * shape), -0.1, 2.0)
    lay_ridge(stage, ridge.astype(np.float32), stage.air(0.74), stage.air(0.86), canvas.unit * 0.06)


def _paint_headland(stage: Stage, horizon: int, side: float, light: Luminary) -> Plane:
    """A cliff that falls from one side into the sea; returns its ridge line."""
    rng, canvas = stage.rng("headland"), stage.canvas
    across = canvas.xs[0] * np.float32(1.0 / canvas.width)
    across = across if side > 0 else 1.0 - across
    reach, tall = float(rng.uniform(0.38, 0.6)), canvas.unit * float(rng.uniform(0.1, 0.2))
    rise = smoothstep(reach, reach + float(rng.uniform(0.1, 0.3)), across)
    rough = rolling(rng, canvas.width, 0.0, 1.0, canvas.unit * 0.22, 0.5)
    ridge = (
        horizon
        + canvas.unit * 0.012
        - tall * (rise * (1.0 + 0.16 * rough) + 0.10 * smoothstep(reach - 0.1, reach, across))
    )
    ridge = ridge.astype(np.float32)
    faces = facets(stage, ridge, 1.0 if light.x > canvas.width / 2 else -1.0, rock_tile(stage), "cliff")
    lit = stage.between(stage.tones.far, stage.tones.sky[:, 3], 0.35)
    lay_ridge(stage, ridge, stage.air(0.12), stage.air(0.3), tall * 1.6, faces * np.float32(0.6), lit)
    found: Plane = ridge
    return found


def _highest(ridge: Plane, low: float, high: float) -> int:
    first, last = int(ridge.size * low), int(ridge.size * high)
    return first + int(np.argmin(ridge[first:last]))


def _raise_tower(stage: Stage, ridge: Plane, side: float, light: Luminary) -> tuple[float, float]:
    rng, canvas = stage.rng("tower"), stage.canvas
    column = _highest(ridge, *((0.62, 0.86) if side > 0 else (0.14, 0.38)))
    tall = canvas.unit * float(rng.uniform(0.24, 0.36))
    wall = stage.between(stage.tones.sky[:, 3], stage.tones.light, 0.12) * np.float32(0.7)
    foot = float(ridge[column]) + tall * 0.02
    paint_house(
        stage, column - side * tall * 0.28, foot + tall * 0.03, tall * 0.3, stage.air(0.06), True, "keeper's house"
    )
    return paint_lighthouse(stage, column + 0.5, foot, tall, wall, 1.0 if light.x > column else -1.0)


def _light_beacon(stage: Stage, lamp: tuple[float, float], horizon: int) -> None:
    rng, canvas = stage.rng("beam"), stage.canvas
    angle = float(rng.uniform(-0.12, 0.14)) + (math.pi if lamp[0] > canvas.width / 2 else 0.0)
    lit = 1.0 if stage.brief.time in {"night", "dusk"} or stage.has("fog", "rain", "lamps") else 0.35
    cast_beam(stage, *lamp, angle, 0.05, 0.55 * lit)
    light_lamp(stage, *lamp, canvas.unit * 0.011, lit)
    paint_lamp_path(stage, lamp[0], horizon, canvas.unit * 0.3, canvas.unit * 0.014, 0.5 * lit)


def _build_village(stage: Stage, ridge: Plane, horizon: int, side: float) -> Lamps:
    rng, canvas = stage.rng("village"), stage.canvas
    lamps: Lamps = []
    places = rng.uniform(*((0.55, 0.98) if side > 0 else (0.02, 0.45)), int(rng.integers(5, 11)))
    for index, place in enumerate(sorted(places)):
        column = min(canvas.width - 1, int(place * canvas.width))
        wide = canvas.unit * float(rng.uniform(0.035, 0.06))
        foot = min(float(ridge[column]) + wide * 0.2, horizon - 1.0)
        paint_house(stage, column, foot, wide, stage.air(0.08 + 0.1 * float(rng.random())), True, f"house {index}")
        lamps.append((float(column), foot - wide * 0.2))
    for place in rng.uniform(*((0.5, 0.95) if side > 0 else (0.05, 0.5)), 4):
        x, y = float(place) * canvas.width, horizon - canvas.unit * 0.012
        light_lamp(stage, x, y, canvas.unit * 0.003)
        lamps.append((x, y))
    return lamps


def _paint_front(stage: Stage, horizon: int, side: float) -> None:
    rng, canvas = stage.rng("front"), stage.canvas
    depth = canvas.height - horizon
    if stage.has("sail"):
        paint_sail(
            stage, canvas.width * (0.5 - 0.22 * side), horizon + depth * 0.12, canvas.unit * 0.14, stage.air(0.05)
        )
    elif stage.has("boat") or rng.random() < 0.4:
        where = canvas.width * (0.5 - side * float(rng.uniform(0.1, 0.3)))
        paint_rowing_boat(stage, where, horizon + depth * 0.4, canvas.unit * 0.15, stage.air(0.04), wants_people(stage))
    if rng.random() < 0.55 and not stage.has("fire"):
        _build_pier(stage, horizon, -side)
    else:
        _paint_rocks(stage, -side)
    if stage.has("birds") or rng.random() < 0.3:
        paint_birds(stage, horizon * 0.8, stage.air(0.15))


def _build_pier(stage: Stage, horizon: int, side: float) -> None:
    """A wooden pier running out from the near corner, with a lamp at its end and perhaps someone."""
    rng, canvas = stage.rng("pier"), stage.canvas
    depth = canvas.height - horizon
    end_x = canvas.width * (0.5 + side * float(rng.uniform(0.1, 0.2)))
    end_y, near_y = horizon + depth * 0.34, canvas.height * 1.02
    near_x = canvas.width * (0.5 + side * 0.44)
    stencil = Stencil(canvas, 0, horizon, canvas.width, canvas.height, 3)
    for index in range(7):
        t = (index / 6) ** 1.7
        x, y = end_x + (near_x - end_x) * t, end_y + (near_y - end_y) * t
        wide = canvas.unit * (0.045 + 0.2 * t)
        for edge in (-1.0, 1.0):
            post = x + edge * wide * 0.5
            stencil.rectangle(post - wide * 0.04, y - wide * 0.25, post + wide * 0.04, y + wide * 0.6)
    far, near = canvas.unit * 0.0225, canvas.unit * 0.13
    stencil.polygon([(end_x - far, end_y), (end_x + far, end_y), (near_x + near, near_y), (near_x - near, near_y)])
    stencil.cover(stage.air(0.04))
    post = Stencil(canvas, end_x - 40, end_y - canvas.unit * 0.2, end_x + 40, end_y + 2, 4)
    post.rectangle(end_x + far - canvas.unit * 0.003, end_y - canvas.unit * 0.11, end_x + far, end_y)
    post.cover(stage.air(0.03))
    light_lamp(stage, end_x + far, end_y - canvas.unit * 0.115, canvas.unit * 0.006)
    paint_lamp_path(stage, end_x + far, int(end_y), canvas.unit * 0.2, canvas.unit * 0.008, 0.5)
    if wants_people(stage):
        paint_people(stage, end_x - far * 0.1, end_y + depth * 0.03, canvas.unit * 0.085, stage.air(0.0), within=0.3)


def _paint_rocks(stage: Stage, side: float) -> None:
    rng, canvas = stage.rng("rocks"), stage.canvas
    across = canvas.xs[0] * np.float32(1.0 / canvas.width)
    rise = smoothstep(0.45, 1.05, across if side > 0 else 1.0 - across)
    rough = rolling(rng, canvas.width, 0.0, 1.0, canvas.unit * 0.2, 0.55)
    ridge = canvas.height * 1.03 - canvas.unit * 0.2 * rise * (1.0 + 0.4 * rough)
    ridge = ridge.astype(np.float32)
    if float(ridge.min()) >= canvas.height - 4:
        return
    lay_ridge(stage, ridge, stage.air(0.06), stage.air(0.0), canvas.unit * 0.1)
    if wants_people(stage) or stage.has("fire"):
        column = _highest(ridge, *((0.66, 0.9) if side > 0 else (0.1, 0.34)))
        if stage.has("fire"):
            paint_fire(stage, column + canvas.unit * 0.1, float(ridge[column]) + canvas.unit * 0.03, canvas.unit * 0.07)
        if wants_people(stage):
            paint_people(stage, column, float(ridge[column]), canvas.unit * 0.1, stage.air(0.0), ground=ridge + 2)
