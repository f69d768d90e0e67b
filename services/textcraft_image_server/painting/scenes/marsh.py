"""Still water between reeds, mist on it, trees far off; perhaps a boat or fireflies."""

import numpy as np

from textcraft_image_server.painting.animals import draw_heron
from textcraft_image_server.painting.buildings import light_lamp
from textcraft_image_server.painting.figures import paint_birds, paint_people, paint_rowing_boat, wants_people
from textcraft_image_server.painting.flora import draw_crown_tree, draw_reed
from textcraft_image_server.painting.stage import Stage
from textcraft_image_server.painting.stencil import Stencil
from textcraft_image_server.painting.terrain import lay_mist, lay_ridge, rolling
from textcraft_image_server.painting.water import paint_water
from textcraft_image_server.painting.weather import close_air, open_sky


def paint(stage: Stage) -> None:
    """Paint a marsh."""
    rng, canvas = stage.rng("marsh"), stage.canvas
    horizon = int(canvas.height * float(rng.uniform(0.46, 0.6)))
    light = open_sky(stage, horizon)
    for index in range(3):
        _plant_bank(stage, horizon, index)
        lay_mist(stage, horizon - canvas.unit * 0.012, canvas.unit * 0.03, 0.5 - 0.14 * index, f"mist {index}", 0.95)
    paint_water(stage, horizon, light, float(rng.uniform(0.02, 0.14)))
    lay_mist(stage, horizon + canvas.unit * 0.02, canvas.unit * 0.035, 0.5, "mist on water", 0.97)
    _float_something(stage, horizon, light.x)
    if stage.has("heron"):
        _stand_heron(stage, horizon)
    for index in range(4):
        _grow_reeds(stage, horizon, (index + 1) / 4, index)
    if stage.has("birds") or rng.random() < 0.35:
        paint_birds(stage, horizon * 0.8, stage.air(0.15))
    if stage.has("lamps"):
        _light_fireflies(stage, horizon)
    close_air(stage, horizon)


def _plant_bank(stage: Stage, horizon: int, index: int) -> None:
    rng, canvas = stage.rng(f"bank {index}"), stage.canvas
    distance = 0.78 - 0.24 * index
    shape = rolling(rng, canvas.width, 0.0, 1.0, canvas.unit * 0.6, 0.4)
    ridge = horizon + 2 - canvas.unit * (0.010 + 0.012 * index) * np.clip(0.4 + 1.2 * shape, -0.3, 3.0)
    lay_ridge(stage, ridge.astype(np.float32), stage.air(distance), stage.air(distance), canvas.unit)
    stencil = Stencil(canvas, 0, horizon - canvas.unit * 0.3, canvas.width, horizon + 2, 3)
    for _ in range(int(rng.integers(3, 16))):
        x = float(rng.uniform(0, canvas.width))
        if float(shape[min(canvas.width - 1, int(x))]) > -0.1:
            foot = float(ridge[min(canvas.width - 1, int(x))]) + 2
            draw_crown_tree(stencil, x, foot, canvas.unit * float(rng.uniform(0.03, 0.06)) * (1 + index), rng)
    stencil.cover(stage.air(distance))


def _float_something(stage: Stage, horizon: int, light_x: float) -> None:
    rng, canvas = stage.rng("float"), stage.canvas
    depth = canvas.height - horizon
    x = 0.5 * canvas.width + 0.6 * (light_x - 0.5 * canvas.width) + canvas.unit * float(rng.normal(0, 0.08))
    if stage.has("boat", "sail") or rng.random() < 0.35:
        paint_rowing_boat(stage, x, horizon + depth * 0.3, canvas.unit * 0.17, stage.air(0.05), wants_people(stage))
    elif wants_people(stage):
        _build_jetty(stage, horizon, x)


def _stand_heron(stage: Stage, horizon: int) -> None:
    rng, canvas = stage.rng("heron"), stage.canvas
    x = canvas.width * float(rng.choice([rng.uniform(0.22, 0.4), rng.uniform(0.6, 0.78)]))
    foot, tall = horizon + (canvas.height - horizon) * 0.34, canvas.unit * 0.12
    stencil = Stencil(canvas, x - tall, foot - tall * 1.2, x + tall, foot + tall, 4)
    draw_heron(stencil, x, foot, tall, float(rng.choice([-1.0, 1.0])))
    stencil.line([(x, foot), (x + tall * 0.03, foot + tall * 0.5)], tall * 0.03, 90)
    stencil.cover(stage.air(0.04))


def _build_jetty(stage: Stage, horizon: int, x: float) -> None:
    canvas = stage.canvas
    line = horizon + (canvas.height - horizon) * 0.4
    stencil = Stencil(canvas, 0, line - 30, canvas.width, line + canvas.unit * 0.1, 3)
    side = -1.0 if x < canvas.width / 2 else 1.0
    edge = canvas.width / 2 + side * canvas.width
    stencil.rectangle(
        min(x - side * canvas.unit * 0.14, edge),
        line,
        max(x - side * canvas.unit * 0.14, edge),
        line + canvas.unit * 0.009,
    )
    for post in np.arange(0.0, 2.0, 0.11):
        at = x - side * canvas.unit * 0.05 + side * float(post) * canvas.unit
        stencil.rectangle(at - 0.003 * canvas.unit, line, at + 0.003 * canvas.unit, line + canvas.unit * 0.05)
    stencil.cover(stage.air(0.05))
    paint_people(stage, x, line + 1, canvas.unit * 0.14, stage.air(0.02), within=0.9)


def _grow_reeds(stage: Stage, horizon: int, near: float, index: int) -> None:
    """Clumps of reeds with gaps, taller and darker toward the eye, each clump mirrored at its foot."""
    rng, canvas = stage.rng(f"reeds {index}"), stage.canvas
    foot = horizon + (canvas.height - horizon) * (0.12 + 0.98 * near**1.8)
    tall = canvas.unit * (0.05 + 0.34 * near**1.5)
    shape = rolling(rng, canvas.width, 0.0, 1.0, canvas.unit * 0.45, 0.5)
    edges = np.abs(canvas.xs[0] / canvas.width - 0.5) * 2.4 - 1.0
    stencil = Stencil(canvas, 0, foot - tall * 1.3, canvas.width, min(canvas.height, foot + tall * 0.5), 2)
    wet = stencil
    for x in rng.uniform(-0.02, 1.02, int(230 * canvas.width / canvas.unit / (0.6 + 1.4 * near))) * canvas.width:
        column = min(canvas.width - 1, max(0, int(x)))
        if float(shape[column]) + float(edges[column]) * near < 0.05:
            continue
        size = tall * float(rng.uniform(0.45, 1.0))
        draw_reed(stencil, float(x), foot + canvas.unit * float(rng.normal(0, 0.006)), size, rng, rng.random() < 0.35)
        mirror = size * 0.35
        wet.line([(float(x), foot), (float(x) + mirror * 0.06, foot + mirror)], max(0.5, size * 0.008), 110)
    stencil.cover(stage.air(0.42 * (1.0 - near)))


def _light_fireflies(stage: Stage, horizon: int) -> None:
    rng, canvas = stage.rng("fireflies"), stage.canvas
    for x, y, size in rng.random((34, 3)):
        row = horizon + (float(y) - 0.25) * (canvas.height - horizon)
        light_lamp(stage, float(x) * canvas.width, row, canvas.unit * (0.0012 + 0.0022 * float(size) ** 3), 0.8)
