"""A city in the dark hours: skylines with lit windows above water, over rooftops or at the end of a street."""

from itertools import pairwise

import numpy as np

from textcraft_image_server.painting.buildings import light_lamp
from textcraft_image_server.painting.figures import paint_birds, paint_people, wants_people
from textcraft_image_server.painting.stage import Stage
from textcraft_image_server.painting.stencil import Stencil
from textcraft_image_server.painting.terrain import lay_mist, lay_ridge, rolling
from textcraft_image_server.painting.water import paint_water
from textcraft_image_server.painting.weather import close_air, open_sky


def paint(stage: Stage) -> None:
    """Paint a city seen over water or over its own roofs."""
    rng, canvas = stage.rng("city"), stage.canvas
    watery = stage.has("bridge", "boat", "sail") or rng.random() < 0.45
    horizon = int(canvas.height * float(rng.uniform(0.56, 0.66) if watery else rng.uniform(0.7, 0.8)))
    light = open_sky(stage, horizon)
    layers = int(rng.integers(3, 5))
    for index in range(layers):
        _raise_skyline(stage, horizon, index / (layers - 1), index)
        lay_mist(stage, horizon, canvas.unit * 0.09, 0.42 - 0.3 * index / layers, f"smog {index}", 0.82)
    if watery:
        _span_bridge(stage, horizon)
        paint_water(stage, horizon, light, 0.3, 0.92)
        _line_quay(stage, horizon)
    else:
        canvas.light[:, horizon:] = stage.air(0.3)
        _cover_roofs(stage, horizon)
    if stage.has("birds") or rng.random() < 0.15:
        paint_birds(stage, horizon * 0.6, stage.air(0.1))
    close_air(stage, horizon)


def _raise_skyline(stage: Stage, horizon: int, near: float, index: int) -> None:
    """One depth of buildings with setbacks, masts and windows."""
    rng, canvas = stage.rng(f"skyline {index}"), stage.canvas
    tall = canvas.unit * float(rng.uniform(0.26, 0.40)) * (1.0 - 0.28 * near)
    walls = Stencil(canvas, 0, horizon - tall * 2.4, canvas.width, horizon + 2, 3)
    panes = Stencil(canvas, 0, horizon - tall * 2.4, canvas.width, horizon + 2, 3)
    crowd = np.clip(rolling(rng, canvas.width, 0.62, 0.62, canvas.unit * 0.5, 0.4), 0.16, 1.7)
    x = -canvas.unit * 0.05
    while x < canvas.width:
        wide = canvas.unit * float(rng.uniform(0.032, 0.085)) * (0.75 + 0.5 * near)
        column = min(canvas.width - 1, max(0, int(x + wide / 2)))
        high = tall * float(crowd[column]) * float(rng.uniform(0.55, 1.2))
        _raise_block(walls, panes, (x, x + wide), horizon, high, rng, canvas.unit * (0.0105 + 0.004 * near))
        x += wide * float(rng.uniform(0.86, 1.12))
    walls.cover(stage.air(0.62 * (1.0 - near) + 0.10))
    panes.cover(stage.shine(stage.tones.accent, 2.0 + 1.6 * near), 0.55 + 0.4 * near)


def _raise_block(
    walls: Stencil,
    panes: Stencil,
    span: tuple[float, float],
    foot: float,
    high: float,
    rng: np.random.Generator,
    pitch: float,
) -> None:
    left, right = span
    wide = right - left
    walls.rectangle(left, foot - high, right, foot + 2)
    style = rng.random()
    if style < 0.3:
        inset = wide * float(rng.uniform(0.12, 0.3))
        walls.rectangle(left + inset, foot - high * 1.14, right - inset, foot - high)
    elif style < 0.42:
        walls.polygon([(left, foot - high), (left + wide / 2, foot - high - wide * 0.6), (right, foot - high)])
    if rng.random() < 0.2:
        middle = left + wide * 0.5
        walls.rectangle(middle - wide * 0.012, foot - high - wide * 1.1, middle + wide * 0.012, foot - high)
    _light_panes(panes, (left + pitch * 0.5, right - pitch * 0.3), foot, high - pitch, rng, pitch)


def _light_panes(
    panes: Stencil, span: tuple[float, float], foot: float, high: float, rng: np.random.Generator, pitch: float
) -> None:
    """Light some windows; whole floors are lit or dark together more often than by chance."""
    share = float(rng.choice([0.06, 0.16, 0.3, 0.45]))
    wide = pitch * float(rng.choice([0.32, 0.42, 0.6]))
    columns = np.arange(span[0], span[1] - wide, pitch)
    rows = np.arange(foot - high, foot - pitch, pitch * 1.35)
    floors = rng.uniform(0.2, 1.8, rows.size)
    lit = rng.random((rows.size, columns.size)) < share * floors[:, None]
    tones = rng.integers(70, 256, (rows.size, columns.size))
    for row, column in zip(*np.nonzero(lit), strict=True):
        x, y = float(columns[column]), float(rows[row])
        panes.rectangle(x, y, x + wide, y + pitch * 0.62, int(tones[row, column]))


def _span_bridge(stage: Stage, horizon: int) -> None:
    rng, canvas = stage.rng("bridge"), stage.canvas
    if not stage.has("bridge") and rng.random() < 0.6:
        return
    deck, pylons = horizon - canvas.unit * 0.05, (canvas.width * 0.24, canvas.width * 0.76)
    top = deck - canvas.unit * float(rng.uniform(0.16, 0.24))
    stencil = Stencil(canvas, 0, top - 4, canvas.width, horizon + 4, 3)
    stencil.rectangle(0, deck - canvas.unit * 0.006, canvas.width, deck + canvas.unit * 0.008)
    ends = (-canvas.width * 0.26, *pylons, canvas.width * 1.26)
    for x in pylons:
        stencil.rectangle(x - canvas.unit * 0.011, top, x + canvas.unit * 0.011, horizon + 4)
    for left, right in pairwise(ends):
        _hang_cable(stencil, left, right, top, deck, canvas.unit)
    stencil.cover(stage.air(0.07))
    for x in np.arange(canvas.unit * 0.05, canvas.width, canvas.unit * 0.11):
        light_lamp(stage, float(x), deck - canvas.unit * 0.014, canvas.unit * 0.0022, 0.8)


def _hang_cable(stencil: Stencil, left: float, right: float, top: float, deck: float, unit: float) -> None:
    places = np.linspace(0.0, 1.0, 40)
    points = [
        (left + (right - left) * float(t), top + (deck - top) * float(1 - (2 * t - 1) ** 2) * 0.94) for t in places
    ]
    stencil.line(points, unit * 0.0035)
    for x, y in points[2:-2:2]:
        stencil.line([(x, y), (x, deck)], unit * 0.0013)


def _line_quay(stage: Stage, horizon: int) -> None:
    rng, canvas = stage.rng("quay"), stage.canvas
    if not wants_people(stage) and rng.random() < 0.5:
        return
    top = canvas.height - canvas.unit * 0.075
    stencil = Stencil(canvas, 0, horizon, canvas.width, canvas.height, 3)
    stencil.rectangle(0, top, canvas.width, canvas.height)
    rail = top - canvas.unit * 0.055
    stencil.rectangle(0, rail, canvas.width, rail + canvas.unit * 0.004)
    for x in np.arange(0.0, canvas.width, canvas.unit * 0.022):
        stencil.rectangle(float(x), rail, float(x) + canvas.unit * 0.0022, top)
    stencil.cover(stage.air(0.03))
    if wants_people(stage):
        paint_people(stage, canvas.width * float(rng.uniform(0.25, 0.75)), top + 2, canvas.unit * 0.17, stage.air(0.0))


def _cover_roofs(stage: Stage, horizon: int) -> None:
    """Near gables with chimneys, one of them lived in."""
    rng, canvas = stage.rng("roofs"), stage.canvas
    for index in range(3):
        near = index / 2
        base = horizon + canvas.unit * 0.02 + (canvas.height - horizon) * 0.86 * near
        _cover_row(stage, base, near, f"roofs {index}")
        if index < 2:
            lay_mist(stage, base, canvas.unit * 0.05, 0.22, f"chimney smoke {index}", 0.5)
    if wants_people(stage):
        x = canvas.width * float(rng.uniform(0.25, 0.75))
        ridge = np.full(canvas.width, canvas.height - canvas.unit * 0.04, dtype=np.float32)
        lay_ridge(stage, ridge, stage.air(0.0), stage.air(0.0), canvas.unit)
        paint_people(stage, x, canvas.height - canvas.unit * 0.038, canvas.unit * 0.17, stage.air(0.0))


def _cover_row(stage: Stage, base: float, near: float, name: str) -> None:
    rng, canvas = stage.rng(name), stage.canvas
    roofs = Stencil(canvas, 0, base - canvas.unit * 0.3, canvas.width, canvas.height, 2)
    panes = Stencil(canvas, 0, base - canvas.unit * 0.3, canvas.width, canvas.height, 3)
    lamps: list[tuple[float, float]] = []
    x = -canvas.unit * 0.1
    while x < canvas.width:
        wide = canvas.unit * float(rng.uniform(0.10, 0.19)) * (0.7 + 0.6 * near)
        eave = base + canvas.unit * float(rng.normal(0.0, 0.018))
        _draw_gable(roofs, x, eave, wide, canvas.height, rng)
        if rng.random() < 0.6:
            lamps.append((x + wide * 0.5, eave + wide * 0.06))
            size = wide * 0.055
            panes.rectangle(x + wide * 0.5 - size, eave - size * 0.2, x + wide * 0.5 - size * 0.1, eave + size * 2.2)
            panes.rectangle(x + wide * 0.5 + size * 0.1, eave - size * 0.2, x + wide * 0.5 + size, eave + size * 2.2)
        x += wide * float(rng.uniform(0.8, 1.0))
    roofs.cover(stage.air(0.30 * (1.0 - near) + 0.02))
    panes.cover(stage.shine(stage.tones.accent, 3.6))
    for place in lamps:
        canvas.spot(*place, canvas.unit * 0.08, stage.shine(stage.tones.accent), 0.9)


def _draw_gable(roofs: Stencil, left: float, eave: float, wide: float, bottom: float, rng: np.random.Generator) -> None:
    peak = eave - wide * float(rng.uniform(0.34, 0.6))
    roofs.rectangle(left, eave, left + wide, bottom)
    roofs.polygon([(left - wide * 0.05, eave), (left + wide * 0.5, peak), (left + wide * 1.05, eave)])
    for _ in range(int(rng.integers(1, 3))):
        at = left + wide * float(rng.uniform(0.12, 0.85))
        top = peak - wide * float(rng.uniform(-0.06, 0.14))
        roofs.rectangle(at, top, at + wide * 0.085, eave)
        roofs.rectangle(at - wide * 0.012, top, at + wide * 0.097, top + wide * 0.025)
        for pot in (0.015, 0.05):
            roofs.rectangle(at + wide * pot, top - wide * 0.045, at + wide * (pot + 0.022), top)
    if rng.random() < 0.4:
        mast = left + wide * float(rng.uniform(0.3, 0.7))
        roofs.line([(mast, peak + wide * 0.1), (mast, peak - wide * 0.3)], wide * 0.008)
        for rise in (0.28, 0.24, 0.2):
            roofs.line(
                [(mast - wide * 0.06, peak - wide * rise), (mast + wide * 0.06, peak - wide * rise)], wide * 0.006
            )
