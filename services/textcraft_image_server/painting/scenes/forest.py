"""A forest in mist: trunks or conifers in layers, shafts of light, a clearing with someone in it."""

import numpy as np

from textcraft_image_server.painting import noise
from textcraft_image_server.painting.figures import group_reach, paint_birds, paint_people, wants_people
from textcraft_image_server.painting.fires import paint_fire
from textcraft_image_server.painting.flora import draw_bare_tree, draw_conifer, draw_grass
from textcraft_image_server.painting.raster import Plane, resize, stretch
from textcraft_image_server.painting.sky import Luminary
from textcraft_image_server.painting.stage import Stage
from textcraft_image_server.painting.stencil import Point, Stencil, curve, tapered
from textcraft_image_server.painting.terrain import lay_mist, lay_ridge, rolling
from textcraft_image_server.painting.weather import close_air, open_sky


def paint(stage: Stage) -> None:
    """Paint a wooded slope or the inside of a wood, as the seed decides."""
    inside = stage.rng("forest").random() < 0.5
    if inside:
        _paint_inside(stage)
    else:
        _paint_slope(stage)


def _paint_slope(stage: Stage) -> None:
    rng, canvas = stage.rng("slope"), stage.canvas
    horizon = canvas.height * float(rng.uniform(0.5, 0.66))
    open_sky(stage, horizon, below=canvas.unit * 0.2)
    if stage.has("birds"):
        paint_birds(stage, horizon * 0.7, stage.air(0.2))
    layers = int(rng.integers(5, 7))
    ridge = canvas.xs[0]
    wanted = wants_people(stage) or stage.has("fire")
    camp = canvas.width * float(rng.uniform(0.25, 0.75)) if wanted else None
    for index in range(layers):
        ridge = _plant_ridge(stage, horizon, index / (layers - 1), index, camp if index >= layers - 2 else None)
    _camp(stage, ridge, camp)
    close_air(stage, horizon)


def _camp(stage: Stage, ridge: Plane, column: float | None) -> None:
    """Set whoever is there, and their fire, into the gap of the nearest ridge."""
    if column is None:
        return
    rng, canvas = stage.rng("camp"), stage.canvas
    foot = float(ridge[int(column)])
    if wants_people(stage):
        paint_people(stage, column, foot, canvas.unit * 0.1, stage.air(0.0), ground=ridge + 1)
    if stage.has("fire"):
        aside = column + canvas.unit * 0.08 * float(rng.choice([-1.0, 1.0]))
        paint_fire(stage, aside, foot + canvas.unit * 0.02, canvas.unit * 0.06)


def _plant_ridge(stage: Stage, horizon: float, near: float, index: int, gap: float | None) -> Plane:
    """Plant one depth of conifers, leaving the column `gap` free so that who stands there is seen."""
    rng, canvas = stage.rng(f"ridge {index}"), stage.canvas
    base = horizon - canvas.unit * 0.08 + (canvas.height - horizon) * near * 0.92
    ridge = rolling(rng, canvas.width, base, canvas.unit * 0.10 * (1.2 - 0.5 * near), canvas.unit * 0.7, 0.3)
    tall = canvas.unit * (0.045 + 0.30 * near**1.7)
    distance = 0.86 * (1.0 - near) ** 0.85
    crest, foot = stage.air(distance), stage.air(min(1.0, distance + 0.3))
    reach = tall * 1.3
    stencil = Stencil(canvas, 0, float(ridge.min()) - reach, canvas.width, float(ridge.max()) + 3, 2)
    x = -tall * 0.3
    while x < canvas.width + tall * 0.3:
        column = min(canvas.width - 1, max(0, int(x)))
        size = tall * float(rng.uniform(0.45, 1.15))
        if gap is None or abs(x - gap) > canvas.unit * (0.05 + 0.1 * group_reach(stage)) + size * 0.1:
            draw_conifer(stencil, x, float(ridge[column]) + tall * 0.06, size, rng)
        x += tall * float(rng.gamma(2.0, 0.075 + 0.05 * near)) + 1.0
    stencil.cover(crest)
    lay_ridge(stage, ridge, crest, foot, canvas.unit * 0.16, foot_share=0.95 - 0.6 * near)
    lay_mist(
        stage, base + canvas.unit * 0.05, canvas.unit * 0.045, 0.62 - 0.5 * near, f"mist {index}", 1.0 - 0.35 * near
    )
    return ridge


def _paint_inside(stage: Stage) -> None:
    rng, canvas = stage.rng("inside"), stage.canvas
    ground = canvas.height * float(rng.uniform(0.74, 0.86))
    light = Luminary(
        "veiled", canvas.width * float(rng.uniform(0.3, 0.7)), canvas.height * float(rng.uniform(0.2, 0.5)), 1, 1
    )
    _fill_air(stage, light)
    layers = int(rng.integers(5, 7))
    for index in range(layers):
        near = index / (layers - 1)
        if index == layers - 2:
            _place_wanderer(stage, light, ground)
        if index == layers - 2:
            _cast_shafts(stage, light)
        _raise_trunks(stage, near, ground, index, light.x if index >= layers - 3 and wants_people(stage) else None)
        if index < layers - 1:
            lay_mist(stage, ground, canvas.unit * 0.16, 0.34 * (1 - near), f"mist {index}", 1.0 - 0.2 * near)
    _grow_undergrowth(stage, ground)
    close_air(stage, ground)


def _fill_air(stage: Stage, light: Luminary) -> None:
    """Luminous mist, brightest around the clearing."""
    rng, canvas = stage.rng("air"), stage.canvas
    rows, cols = max(2, canvas.height // 4), max(2, canvas.width // 4)
    xs = (np.arange(cols, dtype=np.float32)[None, :] + 0.5) * (canvas.width / cols)
    ys = (np.arange(rows, dtype=np.float32)[:, None] + 0.5) * (canvas.height / rows)
    far = np.sqrt(((xs - light.x) / canvas.unit) ** 2 + ((ys - light.y) / canvas.unit * 0.8) ** 2)
    drift = noise.fractal(rng, (rows, cols), (rows / 3, cols / 5), 5, 0.5)
    glow = np.clip(np.exp(-1.9 * far) * 1.15 + 0.035 * drift, 0.0, 1.2).astype(np.float32)
    low, high = (
        stage.between(stage.tones.sky[:, 1], stage.tones.sky[:, 2], 0.6),
        stage.between(stage.tones.glow, stage.tones.sky[:, 4], 0.5),
    )
    canvas.put(np.broadcast_to(low, canvas.light.shape))
    canvas.blend(stretch(glow, canvas.height, canvas.width), high)


def _raise_trunks(stage: Stage, near: float, ground: float, index: int, gap: float | None) -> None:
    """Raise one depth of trunks, leaving the column `gap` free so that who stands there is seen."""
    rng, canvas = stage.rng(f"trunks {index}"), stage.canvas
    colour = stage.air(0.84 * (1.0 - near) ** 0.9)
    foot = ground + (canvas.height - ground) * (near - 0.35) * 0.9
    lay_ridge(
        stage, rolling(rng, canvas.width, foot, canvas.unit * 0.02, canvas.unit * 0.4, 0.5), colour, colour, canvas.unit
    )
    stencil = Stencil(canvas, 0, 0, canvas.width, foot + canvas.unit * 0.04, 2 if near > 0.5 else 3)
    wide = canvas.unit * (0.010 + 0.055 * near**1.6)
    count = int((20 - 15 * near) * canvas.width / canvas.unit / 1.3) + 1
    for x in rng.uniform(-0.02, 1.02, count) * canvas.width:
        if gap is not None and abs(float(x) - gap) < canvas.unit * (0.02 + 0.06 * near + 0.15 * group_reach(stage)):
            continue
        _raise_trunk(stencil, float(x), foot, wide * float(rng.uniform(0.55, 1.3)), rng)
    stencil.cover(colour)


def _raise_trunk(stencil: Stencil, x: float, foot: float, wide: float, rng: np.random.Generator) -> None:
    lean = foot * float(rng.normal(0.0, 0.025))
    bow = foot * float(rng.normal(0.0, 0.012))
    points = [(x + lean * t + bow * np.sin(t * 3.1), foot * (1 - 1.06 * t)) for t in np.linspace(0.0, 1.0, 14)]
    stencil.polygon(tapered([(float(a), float(b)) for a, b in points], wide, wide * 0.5))
    stencil.polygon(tapered([(x, foot - wide * 1.6), (x, foot + wide * 0.3)], wide * 0.9, wide * 1.7))
    for rise in rng.uniform(0.3, 0.98, int(rng.integers(4, 8))):
        at = points[min(13, int(float(rise) * 13))]
        _raise_branch(stencil, (float(at[0]), float(at[1])), wide, rng)


def _raise_branch(stencil: Stencil, start: Point, wide: float, rng: np.random.Generator) -> None:
    """A thin dead branch that leaves upward and droops, with a few twigs."""
    turn, long = float(rng.choice([-1.0, 1.0])), wide * float(rng.uniform(1.6, 6.5))
    lift = long * float(rng.uniform(0.0, 0.35))
    tip = (start[0] + turn * long, start[1] + long * float(rng.uniform(-0.35, 0.3)))
    branch = curve(start, (start[0] + turn * long * 0.5, start[1] - lift), tip, 7)
    stencil.polygon(tapered(branch, wide * 0.15, wide * 0.015))
    if wide < 6.0:
        return
    for place in rng.integers(2, 7, 4 if wide > 22.0 else 2):
        x, y = branch[int(place)]
        reach = long * float(rng.uniform(0.08, 0.26))
        end = (x + turn * reach, y + reach * float(rng.uniform(-0.9, 0.7)))
        stencil.line([(x, y), (x + turn * reach * 0.55, (y + y + end[1]) / 3), end], max(0.5, wide * 0.028))


def _place_wanderer(stage: Stage, light: Luminary, ground: float) -> None:
    canvas = stage.canvas
    if stage.has("fire"):
        paint_fire(stage, light.x + canvas.unit * 0.13, ground + canvas.unit * 0.05, canvas.unit * 0.09)
    if wants_people(stage):
        paint_people(stage, light.x, ground + canvas.unit * 0.045, canvas.unit * 0.15, stage.air(0.04))
    elif stage.rng("deadwood").random() < 0.4:
        stencil = Stencil(canvas, 0, 0, canvas.width, canvas.height, 2)
        draw_bare_tree(stencil, light.x, ground + canvas.unit * 0.05, canvas.unit * 0.5, stage.rng("bare tree"))
        stencil.cover(stage.air(0.12))


def _cast_shafts(stage: Stage, light: Luminary) -> None:
    """Slanting shafts: noise that varies only with the angle around a light high above."""
    rng, canvas = stage.rng("shafts"), stage.canvas
    rows, cols = max(2, canvas.height // 4), max(2, canvas.width // 4)
    xs = (np.arange(cols, dtype=np.float32)[None, :] + 0.5) * (canvas.width / cols)
    ys = (np.arange(rows, dtype=np.float32)[:, None] + 0.5) * (canvas.height / rows)
    top = light.y - canvas.unit * 0.9
    angle = np.arctan2(xs - light.x - canvas.unit * 0.2, ys - top)
    beams = noise.line(rng, 1024, 26, 4, 0.6)
    amount = np.clip(beams[np.clip((angle + 1.6) * 320, 0, 1023).astype(np.int32)] - 0.25, 0.0, 2.0)
    fade = np.exp(-((xs - light.x) ** 2) / (0.45 * canvas.unit) ** 2) * np.exp(-ys / (0.7 * canvas.height))
    full = resize((amount * fade).astype(np.float32), canvas.height, canvas.width)
    canvas.add(np.clip(full, 0.0, None) * np.float32(0.35), stage.shine(stage.tones.glow))


def _grow_undergrowth(stage: Stage, ground: float) -> None:
    rng, canvas = stage.rng("undergrowth"), stage.canvas
    stencil = Stencil(canvas, 0, ground - canvas.unit * 0.05, canvas.width, canvas.height, 2)
    draw_grass(
        stencil, -20, canvas.width + 20, canvas.height, canvas.unit * 0.13, int(520 * canvas.width / canvas.unit), rng
    )
    stencil.cover(stage.air(0.0))
