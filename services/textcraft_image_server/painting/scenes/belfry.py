"""Inside a tower: a stair that winds up the wall, arches open to the sky, beams, a rope and the great bell."""

import math

import numpy as np

from textcraft_image_server.painting import noise
from textcraft_image_server.painting.bells import draw_bell
from textcraft_image_server.painting.colour import mix, ramp
from textcraft_image_server.painting.figures import paint_birds, paint_people, wants_people
from textcraft_image_server.painting.indoors import enlarge, half_grid
from textcraft_image_server.painting.raster import smoothstep
from textcraft_image_server.painting.stage import Stage
from textcraft_image_server.painting.stencil import Point, Stencil, tapered

_Arch = tuple[float, float, float, float]


def paint(stage: Stage) -> None:
    """Paint the bell chamber: light falls in through the arches, everything near is dark."""
    rng, canvas = stage.rng("belfry"), stage.canvas
    floor = canvas.height * float(rng.uniform(0.80, 0.86))
    arches = _place_arches(stage, floor)
    _fill_walls(stage, floor)
    _open_arches(stage, arches)
    _wind_stair(stage, floor, float(rng.choice([-1.0, 1.0])))
    _cast_shafts(stage, arches)
    _lay_beams(stage, floor)
    middle = canvas.width * float(rng.uniform(0.44, 0.56))
    _hang_bell(stage, middle, floor)
    if wants_people(stage):
        aside = float(rng.choice([-1.0, 1.0])) * canvas.unit * 0.3
        paint_people(stage, middle + aside, floor + canvas.unit * 0.07, canvas.unit * 0.3, stage.air(0.0), indoors=True)


def _place_arches(stage: Stage, floor: float) -> list[_Arch]:
    """Left, top, right, bottom of each opening: the middle ones wider, as on a round wall."""
    rng, canvas = stage.rng("arches"), stage.canvas
    count = 3 if canvas.width > canvas.height else 1
    top, bottom = floor * float(rng.uniform(0.2, 0.28)), floor * float(rng.uniform(0.70, 0.78))
    found = []
    for index in range(count):
        turn = (index - (count - 1) / 2) * 0.8
        half = canvas.unit * 0.15 * math.cos(turn)
        x = canvas.width / 2 + canvas.unit * 0.66 * math.sin(turn)
        found.append((x - half, top, x + half, bottom))
    return found


def _opening(left: float, top: float, right: float, bottom: float) -> list[Point]:
    middle, half = (left + right) / 2, (right - left) / 2
    rise = [(middle + half * math.cos(a), top + half - half * math.sin(a)) for a in np.linspace(0.0, math.pi, 24)]
    return [(right, bottom), *rise, (left, bottom)]


def _fill_walls(stage: Stage, floor: float) -> None:
    """A round wall of rough stone, lighter in the middle of the picture."""
    canvas, tones = stage.canvas, stage.tones
    turn = np.clip(np.abs(canvas.xs[0] / canvas.width - 0.5) * 2.0, 0.0, 1.0)
    wall = ramp(np.stack([mix(tones.near, tones.far, 0.62), tones.near], axis=1), (0.0, 1.0), turn**1.4)
    canvas.light[:] = np.broadcast_to(wall[:, None, :], canvas.light.shape)
    canvas.light[:, int(floor) :] *= np.float32(0.62)
    shape = (canvas.height // 3 + 2, canvas.width // 3 + 2)
    stone = noise.fractal(stage.rng("stone"), shape, (shape[0] / 6, shape[1] / 8), 7, 0.66)
    canvas.light *= enlarge(stage, np.clip(1.0 + 0.14 * stone, 0.5, 1.6))
    _course_stones(stage, floor)


def _course_stones(stage: Stage, floor: float) -> None:
    """Courses bend as on the inside of a cylinder seen from its floor."""
    rng, canvas = stage.rng("courses"), stage.canvas
    high, half = canvas.unit * 0.045, canvas.width / 2
    stencil = Stencil(canvas, 0, 0, canvas.width, floor, 1)

    def bend(x: float, y: float) -> float:
        return y - (floor * 0.62 - y) * 0.16 * ((x - half) / half) ** 2

    for index, y in enumerate(np.arange(floor * 1.1, -high * 3, -high)):
        row = [(float(x), bend(float(x), float(y))) for x in np.linspace(0, canvas.width, 24)]
        stencil.line(row, 1.2, 130)
        for turn in np.arange(-1.5 + 0.08 * (index % 2), 1.5, 0.16):
            x = half + half * 1.05 * math.sin(float(turn) + float(rng.normal(0, 0.012)))
            stencil.line([(x, bend(x, float(y))), (x, bend(x, float(y) - high))], 1.0, 100)
    stencil.cover(stage.paint_dark(), 0.34)


def _open_arches(stage: Stage, arches: list[_Arch]) -> None:
    """Sky in every arch, far below it the sea or the land, and swallows."""
    canvas, tones = stage.canvas, stage.tones
    horizon = arches[0][1] + (arches[0][3] - arches[0][1]) * float(stage.rng("outlook").uniform(0.68, 0.82))
    for index, (left, top, right, bottom) in enumerate(arches):
        reveal = Stencil(
            canvas, left - canvas.unit * 0.03, top - canvas.unit * 0.03, right + canvas.unit * 0.03, bottom + 9, 3
        )
        reveal.polygon(
            _opening(left - canvas.unit * 0.018, top - canvas.unit * 0.018, right + canvas.unit * 0.018, bottom)
        )
        reveal.cover(stage.between(tones.far, tones.sky[:, 3], 0.35), 0.8)
        glass = Stencil(canvas, left, top, right, bottom, 3)
        glass.polygon(_opening(left, top, right, bottom))
        mask = glass.mask()
        ys = np.linspace(top, bottom, mask.shape[0], dtype=np.float32)
        sky = ramp(tones.sky, (0.0, 0.2, 0.45, 0.75, 1.0), np.clip((ys - top) / (horizon - top), 0.0, 1.0))
        sky = sky * np.float32(1.35)
        sky[:, ys > horizon] *= np.float32(0.45)
        drift = noise.fractal(stage.rng(f"arch {index}"), (mask.shape[0], mask.shape[1]), (40, 120), 5, 0.55)
        canvas.blend(mask, (sky[:, :, None] * (1.0 + 0.10 * drift)).astype(np.float32), *glass.corner)
        sill = Stencil(
            canvas, left - canvas.unit * 0.05, bottom - 4, right + canvas.unit * 0.05, bottom + canvas.unit * 0.04, 3
        )
        sill.rectangle(left - canvas.unit * 0.03, bottom, right + canvas.unit * 0.03, bottom + canvas.unit * 0.018)
        sill.cover(stage.air(0.05))
    if stage.has("birds"):
        paint_birds(stage, (arches[0][1] + horizon) * 0.62, stage.air(0.12))


def _wind_stair(stage: Stage, floor: float, side: float) -> None:
    """Steps that climb along the wall to one side, with their rail."""
    canvas, unit = stage.canvas, stage.canvas.unit
    stencil = Stencil(canvas, 0, 0, canvas.width, canvas.height, 2)
    count = 26
    middle, reach = canvas.width / 2, canvas.width * 0.56
    nosing: list[Point] = []
    under: list[Point] = []
    for index in range(count + 1):
        t = index / count
        angle = 1.62 - 1.16 * t
        x = middle + side * reach * math.sin(angle)
        y = floor + unit * 0.12 - (floor * 0.9) * t**1.05
        nosing += [(x, y + unit * 0.042), (x, y)] if index else [(x, y)]
        under.append((x, y + unit * 0.085))
    stencil.polygon([*nosing, *under[::-1]])
    rail = [(x, y - unit * 0.115) for x, y in nosing[::2]]
    stencil.line(rail, unit * 0.009)
    for x, y in rail:
        stencil.line([(x, y), (x, y + unit * 0.12)], unit * 0.004)
    stencil.cover(stage.air(0.04))


def _cast_shafts(stage: Stage, arches: list[_Arch]) -> None:
    """Broad shafts of dusty light from every arch to the floor."""
    rng, canvas = stage.rng("shafts"), stage.canvas
    xs, ys = half_grid(stage)
    dust = noise.fractal(rng, (ys.shape[0], xs.shape[1]), (canvas.unit * 0.2, canvas.unit * 0.1), 5, 0.5)
    slant = float(rng.choice([-1.0, 1.0])) * float(rng.uniform(0.35, 0.7))
    total = np.zeros((ys.shape[0], xs.shape[1]), dtype=np.float32)
    for left, top, right, bottom in arches:
        middle, half = (left + right) / 2, (right - left) / 2
        down = np.clip((ys - top) / np.float32(canvas.height - top), 0.0, 1.0)
        aside = np.abs(xs - middle - slant * (ys - (top + bottom) / 2)) / np.float32(half * 0.9)
        total += smoothstep(1.2, 0.55, aside) * smoothstep(0.16, 0.5, down) * (1.0 - 0.6 * down)
    strength = 0.10 if stage.night else 0.24
    canvas.add(enlarge(stage, total * (1.0 + 0.22 * dust) * strength), stage.shine(stage.tones.glow))
    x = (arches[0][0] + arches[-1][2]) / 2
    canvas.spot(x, (arches[0][1] + arches[0][3]) / 2, canvas.unit * 0.7, stage.shine(stage.tones.glow), 0.35)


def _lay_beams(stage: Stage, floor: float) -> None:
    """Oak beams across the top and the frame that carries the bell; boards underfoot."""
    rng, canvas = stage.rng("beams"), stage.canvas
    unit = canvas.unit
    stencil = Stencil(canvas, 0, 0, canvas.width, canvas.height, 2)
    for row, thick in ((0.055, 0.052), (0.17, 0.036)):
        tilt = unit * float(rng.normal(0.0, 0.004))
        stencil.polygon(
            tapered([(0, unit * row + tilt), (canvas.width, unit * row - tilt)], unit * thick, unit * thick)
        )
    for place in np.linspace(0.08, 0.92, 6):
        x = float(place) * canvas.width
        drift = (x - canvas.width / 2) * 0.16
        stencil.polygon(tapered([(x + drift, 0), (x, unit * 0.17)], unit * 0.034, unit * 0.026))
    for place in np.linspace(-0.4, 1.4, 15):
        near = canvas.width * (0.5 + (float(place) - 0.5) * 1.7)
        stencil.line([(canvas.width * float(place), floor), (near, canvas.height)], unit * 0.002, 150)
    stencil.cover(stage.air(0.015))


def _hang_bell(stage: Stage, x: float, floor: float) -> None:
    """The great bell under its beam, and the rope that comes down to a sally and a coil."""
    rng, canvas = stage.rng("bell"), stage.canvas
    unit, tall = canvas.unit, canvas.unit * float(rng.uniform(0.30, 0.38))
    mouth = unit * 0.17 + tall * 1.08
    head = Stencil(canvas, x - tall, 0, x + tall, mouth, 3)
    head.rectangle(x - tall * 0.30, unit * 0.145, x + tall * 0.30, unit * 0.205)
    head.cover(stage.air(0.0))
    draw_bell(stage, x, mouth, tall, stage.shine(stage.tones.glow, 0.8))
    rope = Stencil(canvas, x - unit * 0.1, mouth - 4, x + unit * 0.1, canvas.height, 3)
    end = floor + unit * 0.02
    rope.polygon(tapered([(x, mouth), (x + unit * 0.006, end)], unit * 0.007, unit * 0.007))
    rope.polygon(
        tapered(
            [(x + unit * 0.003, end - unit * 0.34), (x + unit * 0.004, end - unit * 0.20)], unit * 0.016, unit * 0.013
        )
    )
    for turn in range(3):
        rope.ellipse(x + unit * 0.006, end + unit * 0.006 * turn, unit * 0.03, unit * 0.006)
    rope.cover(stage.air(0.0))
