"""Rolling open country, under snow or under grass, with trees, a house that is lit, a road."""

import math
from itertools import pairwise

import numpy as np

from textcraft_image_server.painting import noise
from textcraft_image_server.painting.buildings import light_lamp, paint_house, paint_spire
from textcraft_image_server.painting.colour import mix
from textcraft_image_server.painting.figures import group_reach, paint_birds, paint_people, wants_people
from textcraft_image_server.painting.fires import paint_fire
from textcraft_image_server.painting.flora import draw_bare_tree, draw_conifer, draw_crown_tree, draw_grass
from textcraft_image_server.painting.raster import Light, Plane
from textcraft_image_server.painting.sky import Luminary
from textcraft_image_server.painting.stage import Stage
from textcraft_image_server.painting.stencil import Stencil
from textcraft_image_server.painting.terrain import facets, jagged, lay_mist, lay_ridge, rock_tile, rolling
from textcraft_image_server.painting.weather import close_air, open_sky, paint_snowfall

_TALL = 0.078  # of a figure, shares of the shorter side


def paint_snow(stage: Stage) -> None:
    """Paint a winter landscape; snow falls unless the sky is asked to be clear."""
    _paint_country(stage, white=True)
    if not stage.has("snow", "stars", "aurora", "moon"):
        paint_snowfall(stage)


def paint_fields(stage: Stage) -> None:
    """Paint meadows and fields."""
    _paint_country(stage, white=False)


def _paint_country(stage: Stage, white: bool) -> None:
    rng, canvas = stage.rng("country"), stage.canvas
    horizon = canvas.height * float(rng.uniform(0.48, 0.62))
    light = open_sky(stage, horizon, below=canvas.unit * 0.14)
    if rng.random() < 0.6:
        _raise_range(stage, horizon, light, white)
    layers = int(rng.integers(4, 6))
    home = int(rng.integers(1, layers - 1))
    column, away = _choose_places(stage)
    for index in range(layers):
        near = index / (layers - 1)
        ridge = _roll_hill(stage, horizon, near, index, white)
        _plant(stage, ridge, near, index, white, away if index >= home and wants_people(stage) else None)
        if index == home:
            _settle(stage, ridge, near, white, column, away)
    if stage.has("birds") or rng.random() < 0.25:
        paint_birds(stage, horizon * 0.85, stage.air(0.15))
    if not white:
        stencil = Stencil(canvas, 0, canvas.height - canvas.unit * 0.2, canvas.width, canvas.height, 2)
        draw_grass(
            stencil,
            -30,
            canvas.width + 30,
            canvas.height,
            canvas.unit * 0.11,
            int(700 * canvas.width / canvas.unit),
            stage.rng("grass"),
        )
        stencil.cover(stage.air(0.0))
    close_air(stage, horizon)


def _raise_range(stage: Stage, horizon: float, light: Luminary, white: bool) -> None:
    rng, canvas = stage.rng("range"), stage.canvas
    ridge = jagged(rng, canvas.width, horizon - canvas.unit * 0.02, canvas.unit * 0.17, canvas.unit * 0.8)
    side = 1.0 if light.x > canvas.width / 2 else -1.0
    faces = facets(stage, ridge, side, rock_tile(stage), "faces")
    lit = stage.between(stage.tones.sky[:, 3], stage.tones.light if white else stage.tones.glow, 0.35 if white else 0.2)
    lay_ridge(stage, ridge, stage.air(0.6), stage.air(0.95), canvas.unit * 0.2, faces * np.float32(0.85), lit)
    lay_mist(stage, horizon, canvas.unit * 0.06, 0.6, "mist", 0.97)


def _ground(stage: Stage, near: float, white: bool) -> tuple[Light, Light]:
    """Colours of a hill at its crest and at its foot."""
    if white:
        cold = mix(stage.tones.far, stage.tones.sky[:, 3], 0.75 - 0.35 * near)
        crest = stage.between(cold, stage.tones.light, 0.42 - 0.22 * near)
        return crest, stage.between(cold, stage.tones.sky[:, 1], 0.2 + 0.25 * near)
    distance = 0.74 * (1.0 - near) ** 0.8
    crest = stage.between(stage.tones.aerial(distance), stage.tones.sky[:, 3], 0.22 * (1 - 0.6 * near))
    return crest, stage.air(distance * 0.72)


def _roll_hill(stage: Stage, horizon: float, near: float, index: int, white: bool) -> Plane:
    rng, canvas = stage.rng(f"hill {index}"), stage.canvas
    base = horizon + (canvas.height - horizon) * (0.02 + 0.78 * near**1.2)
    ridge = rolling(rng, canvas.width, base, canvas.unit * (0.07 + 0.05 * near), canvas.unit * (0.8 + 0.5 * near), 0.22)
    crest, foot = _ground(stage, near, white)
    top = max(0, int(ridge.min()) - 2)
    shape = (canvas.height - top, canvas.width)
    cell = canvas.unit * (0.03 + 0.09 * near)
    relief = np.clip(0.26 + 0.3 * noise.fractal(rng, shape, (cell * 0.5, cell * 2.6), 5, 0.6), 0.0, 1.0)
    lit = stage.between(stage.tones.sky[:, 4], stage.tones.light, 0.3 if white else 0.0)
    strength = (0.20 if white else 0.15) * (1.1 - 0.3 * near)
    lay_ridge(stage, ridge, crest, foot, canvas.unit * (0.14 + 0.2 * near), relief * np.float32(strength), lit)
    return ridge


def _choose_places(stage: Stage) -> tuple[int, int]:
    """Columns of the house or tower and of whoever stands aside of it."""
    rng, canvas = stage.rng("places"), stage.canvas
    column = int(canvas.width * float(rng.choice([rng.uniform(0.22, 0.4), rng.uniform(0.6, 0.78)])))
    away = min(
        canvas.width - 1,
        max(0, column + int(canvas.unit * float(rng.choice([-1.0, 1.0]) * (0.40 if stage.has("village") else 0.22)))),
    )
    return column, away


def _dark(stage: Stage, near: float) -> Light:
    """The colour of what stands on a hill."""
    return stage.air(0.5 * (1.0 - near) ** 1.2 + 0.03)


def _settle(stage: Stage, ridge: Plane, near: float, white: bool, column: int, away: int) -> None:
    """Put a house or a tower, a road, someone on a hill."""
    rng, canvas, dark = stage.rng("settle"), stage.canvas, _dark(stage, near)
    foot = float(ridge[column])
    if stage.has("road") or rng.random() < 0.4:
        _lay_road(stage, column, foot, white)
    if stage.has("tower"):
        paint_spire(stage, column, foot + 3, canvas.unit * 0.22, dark)
    else:
        _build_homes(stage, ridge, near, column, dark)
    if stage.has("lamps"):
        light_lamp(stage, column + canvas.unit * 0.09, foot - canvas.unit * 0.02, canvas.unit * 0.004)
    if stage.has("fire"):
        aside = min(canvas.width - 1, column + int(canvas.unit * 0.16))
        paint_fire(stage, aside, float(ridge[aside]) + canvas.unit * 0.02, canvas.unit * 0.05)
    if wants_people(stage):
        paint_people(stage, away, float(ridge[away]), _TALL * canvas.unit, stage.air(0.02), ground=ridge + 1)


def _build_homes(stage: Stage, ridge: Plane, near: float, column: int, colour: Light) -> None:
    """One house, or a row of them with a church where the prompt speaks of a village."""
    rng, canvas = stage.rng("homes"), stage.canvas
    wide = canvas.unit * (0.07 + 0.05 * near)
    if not stage.has("village"):
        if stage.has("house") or rng.random() < 0.6:
            paint_house(stage, column, float(ridge[column]) + wide * 0.05, wide, colour, True)
        return
    paint_spire(stage, column + wide, float(ridge[column]) + wide * 0.1, wide * 1.5, colour)
    for index in range(int(rng.integers(5, 10))):
        place = min(canvas.width - 1, max(0, column + int(canvas.unit * float(rng.normal(0.0, 0.24)))))
        size = wide * float(rng.uniform(0.5, 0.85))
        paint_house(
            stage,
            place,
            float(ridge[place]) + size * float(rng.uniform(0.05, 0.4)),
            size,
            colour,
            True,
            f"home {index}",
        )


def _plant(stage: Stage, ridge: Plane, near: float, index: int, white: bool, clear: int | None) -> None:
    """Plant clumps of trees, but none before whoever stands at the column `clear`."""
    rng, reach = stage.rng(f"plant {index}"), stage.canvas.unit * _TALL * (group_reach(stage) + 0.5)
    canvas = stage.canvas
    tall = canvas.unit * (0.04 + 0.12 * near)
    stencil = Stencil(canvas, 0, float(ridge.min()) - tall * 1.9, canvas.width, float(ridge.max()) + tall * 0.2, 2)
    for _ in range(int(rng.integers(1, 4))):
        middle, spread = float(rng.uniform(0, canvas.width)), canvas.unit * float(rng.uniform(0.03, 0.2))
        for x in rng.normal(middle, spread, int(rng.integers(2, 16 - int(10 * near)))):
            column = min(canvas.width - 1, max(0, int(x)))
            size = tall * float(rng.uniform(0.6, 1.3))
            if clear is not None and abs(float(x) - clear) < reach + size * 0.3:
                continue
            (draw_conifer if white else draw_crown_tree)(
                stencil, float(x), float(ridge[column]) + size * 0.03, size, rng
            )
    if near > 0.5 and (stage.has("tree") or rng.random() < 0.6):
        column = int(canvas.width * float(rng.uniform(0.15, 0.85)))
        if clear is None or abs(column - clear) > reach + tall * 0.7:
            draw_bare_tree(stencil, column, float(ridge[column]) + 3, tall * 1.5, rng)
    stencil.cover(_dark(stage, near))


def _lay_road(stage: Stage, column: int, foot: float, white: bool) -> None:
    """A pale track that winds down to the eye, wider as it comes."""
    rng, canvas = stage.rng("road"), stage.canvas
    sway, phase = canvas.unit * float(rng.uniform(0.08, 0.2)), float(rng.uniform(0, 6))
    end = canvas.width * float(rng.uniform(0.35, 0.65))
    places = np.linspace(0.0, 1.0, 40)
    points = [
        (
            column + (end - column) * float(t) + sway * math.sin(phase + 5.5 * float(t) ** 0.7) * float(t),
            foot + (canvas.height * 1.04 - foot) * float(t) ** 1.3,
        )
        for t in places
    ]
    stencil = Stencil(canvas, 0, foot, canvas.width, canvas.height, 2)
    for (ax, ay), (bx, by) in pairwise(points):
        wide = canvas.unit * (0.004 + 0.16 * ((ay - foot) / (canvas.height - foot)) ** 1.6)
        broad = canvas.unit * (0.004 + 0.16 * ((by - foot) / (canvas.height - foot)) ** 1.6)
        stencil.polygon([(ax - wide, ay), (ax + wide, ay), (bx + broad, by + 0.5), (bx - broad, by + 0.5)])
    stencil.cover(stage.between(stage.tones.far, stage.tones.sky[:, 3], 0.2 if white else 0.5), 0.42)
