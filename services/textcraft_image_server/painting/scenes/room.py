"""Indoors: a room with a window and a lamp, or the corridor or the stage the words ask for."""

from dataclasses import dataclass

import numpy as np

from textcraft_image_server.painting import noise
from textcraft_image_server.painting.buildings import light_lamp
from textcraft_image_server.painting.colour import mix, ramp
from textcraft_image_server.painting.figures import paint_people, wants_people
from textcraft_image_server.painting.furniture import build_hearth, set_beds
from textcraft_image_server.painting.indoors import enlarge, half_grid, set_chair
from textcraft_image_server.painting.raster import Plane, resize, smoothstep
from textcraft_image_server.painting.scenes import belfry, corridor, foundry, theatre
from textcraft_image_server.painting.stage import Stage
from textcraft_image_server.painting.stencil import Point, Stencil, tapered

Quad = tuple[Point, Point, Point, Point]


@dataclass(frozen=True)
class _Box:
    """The back wall of a room in canvas pixels; the other walls run from it to the canvas's corners."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def wide(self) -> float:
        return self.right - self.left

    @property
    def tall(self) -> float:
        return self.bottom - self.top

    def at(self, across: float, down: float) -> Point:
        """A point of the back wall, both 0..1."""
        return self.left + across * self.wide, self.top + down * self.tall


def paint(stage: Stage) -> None:
    """Paint the kind of inside the words lean to; a plain room otherwise."""
    if stage.has("furnace"):
        foundry.paint(stage)
    elif stage.has("belfry"):
        belfry.paint(stage)
    elif stage.has("stage"):
        theatre.paint(stage)
    elif stage.has("corridor") or (
        not stage.has("window", "table", "chair", "hearth", "bed") and stage.rng("room").random() < 0.2
    ):
        corridor.paint(stage)
    else:
        _paint_room(stage)


def _build_box(stage: Stage) -> _Box:
    rng, canvas = stage.rng("box"), stage.canvas
    wide, tall = canvas.width * float(rng.uniform(0.5, 0.62)), canvas.height * float(rng.uniform(0.54, 0.64))
    left = (canvas.width - wide) * float(rng.uniform(0.3, 0.7))
    top = (canvas.height - tall) * float(rng.uniform(0.22, 0.42))
    return _Box(left, top, left + wide, top + tall)


def _walls(stage: Stage, box: _Box) -> None:
    """Fill floor, ceiling and walls with their own dark tones, plaster and boards."""
    canvas, tones = stage.canvas, stage.tones
    wide, tall = float(canvas.width), float(canvas.height)
    a, b, c, d = box.at(0, 0), box.at(1, 0), box.at(1, 1), box.at(0, 1)
    wall = mix(tones.sky[:, 1], tones.far, 0.45)
    faces: tuple[tuple[Quad, Plane, float], ...] = (
        (((0, 0), (wide, 0), b, a), tones.near, 0.35),
        (((0, 0), a, d, (0, tall)), wall, 0.16),
        (((wide, 0), b, c, (wide, tall)), wall, 0.30),
        ((a, b, c, d), wall, 0.50),
        ((d, c, (wide, tall), (0, tall)), mix(tones.near, tones.far, 0.4), 0.55),
    )
    for corners, tone, share in faces:
        stencil = Stencil(canvas, 0, 0, wide, tall, 2)
        stencil.polygon(corners)
        stencil.cover(stage.between(mix(tones.near, tones.zenith, 0.5), tone, share))
    _lay_boards(stage, box)


def _lay_boards(stage: Stage, box: _Box) -> None:
    canvas = stage.canvas
    stencil = Stencil(canvas, 0, box.bottom, canvas.width, canvas.height, 2)
    spread = canvas.width / box.wide
    for place in np.linspace(-1.2, 2.2, 42):
        near = canvas.width / 2 + (float(place) - 0.5) * box.wide * spread * 1.02
        stencil.line([box.at(float(place), 1.0), (near, canvas.height)], canvas.unit * 0.0016, 150)
    stencil.cover(stage.paint_dark(), 0.5)
    rail = Stencil(canvas, box.left, box.bottom - canvas.unit * 0.02, box.right, box.bottom + 2, 2)
    rail.rectangle(box.left, box.bottom - canvas.unit * 0.016, box.right, box.bottom)
    rail.cover(stage.paint_dark(), 0.45)


def _view(stage: Stage, window: Quad) -> None:
    """What the window shows: its own sky, a far ridge, a moon or stars at night."""
    rng, canvas, tones = stage.rng("view"), stage.canvas, stage.tones
    (left, top), (right, bottom) = window[0], window[2]
    stencil = Stencil(canvas, left, top, right, bottom, 2)
    stencil.polygon(window)
    mask = stencil.mask()
    rows = np.linspace(0.05, 1.0, mask.shape[0], dtype=np.float32)
    sky = ramp(tones.sky, (0.0, 0.3, 0.55, 0.8, 1.0), rows)[:, :, None] * np.float32(1.25)
    drift = noise.fractal(rng, (mask.shape[0], mask.shape[1]), (mask.shape[0] / 3, mask.shape[1] / 2), 5, 0.5)
    canvas.blend(mask, (sky * (1.0 + 0.13 * drift)).astype(np.float32), *stencil.corner)
    hill = Stencil(canvas, left, top, right, bottom, 2)
    line = noise.line(rng, 24, 7, 4, 0.5) * (bottom - top) * 0.05
    edge = [(left + (right - left) * i / 23, bottom - (bottom - top) * 0.2 - float(line[i])) for i in range(24)]
    hill.polygon([(left, bottom), *edge, (right, bottom)])
    hill.cover(stage.air(0.5))
    if stage.has("snow"):
        _snow_outside(stage, window)
    elif stage.night or stage.has("moon"):
        x, y = (
            left + (right - left) * float(rng.uniform(0.2, 0.8)),
            top + (bottom - top) * float(rng.uniform(0.15, 0.4)),
        )
        disc = Stencil(canvas, x - 60, y - 60, x + 60, y + 60, 4)
        disc.ellipse(x, y, canvas.unit * 0.016, canvas.unit * 0.016)
        disc.cover(stage.shine(tones.light, 6.0))


def _snow_outside(stage: Stage, window: Quad) -> None:
    """Flakes beyond the panes, some near and soft."""
    rng, unit = stage.rng("flakes"), stage.canvas.unit
    (left, top), (right, bottom) = window[0], window[2]
    flakes = Stencil(stage.canvas, left, top, right, bottom, 3)
    for across, down, size in rng.random((150, 3)):
        radius = unit * (0.0012 + 0.004 * float(size) ** 4)
        flakes.ellipse(left + (right - left) * float(across), top + (bottom - top) * float(down), radius, radius, 190)
    flakes.shine(stage.shine(mix(stage.tones.glow, stage.tones.light, 0.6), 1.6), 0.6)


def _frame_window(stage: Stage, window: Quad, bars: int) -> None:
    canvas = stage.canvas
    (left, top), (right, bottom) = window[0], window[2]
    thick = canvas.unit * 0.009
    stencil = Stencil(canvas, left - thick * 3, top - thick * 3, right + thick * 3, bottom + thick * 4, 3)
    for x in np.linspace(left, right, bars + 1):
        half = thick * (0.9 if x in {left, right} else 0.45)
        stencil.rectangle(float(x) - half, top, float(x) + half, bottom)
    for y in np.linspace(top, bottom, 4):
        half = thick * (0.9 if y in {top, bottom} else 0.4)
        stencil.rectangle(left - thick * 0.9, float(y) - half, right + thick * 0.9, float(y) + half)
    stencil.rectangle(left - thick * 2, bottom + thick * 0.5, right + thick * 2, bottom + thick * 2.2)
    stencil.cover(stage.paint_dark())


def _paint_room(stage: Stage) -> None:
    rng = stage.rng("plain room")
    box = _build_box(stage)
    _walls(stage, box)
    flip = bool(rng.random() < 0.5)
    wide = float(rng.uniform(0.36, 0.44) if stage.has("window") else rng.uniform(0.2, 0.32))
    first = float(rng.uniform(0.07, 0.14)) if flip else float(rng.uniform(0.86, 0.93)) - wide
    top, bottom = float(rng.uniform(0.12, 0.2)), float(rng.uniform(0.62, 0.74))
    window: Quad = (
        box.at(first, top),
        box.at(first + wide, top),
        box.at(first + wide, bottom),
        box.at(first, bottom),
    )
    lamp_at = box.at(0.76 if flip else 0.26, float(rng.uniform(0.2, 0.32)))
    hearth = stage.has("hearth", "fire")
    if hearth:
        lamp_at = box.at(0.76 if flip else 0.24, 0.78)
    _light_room(stage, box, window, lamp_at, hearth)
    _view(stage, window)
    _frame_window(stage, window, int(rng.integers(2, 5)))
    _cast_window_shaft(stage, window, -1.0 if flip else 1.0)
    if hearth:
        build_hearth(stage, lamp_at[0], box.bottom, box.top, stage.canvas.unit * 0.36)
        _furnish(stage, box, box.at(0.42 if flip else 0.58, 0.5), -1.0 if flip else 1.0)
        return
    _hang_lamp(stage, lamp_at)
    _furnish(stage, box, lamp_at)


def _light_room(stage: Stage, box: _Box, window: Quad, lamp: Point, hearth: bool) -> None:
    """Multiply the room by its light: the lamp's cone or the fire's round glow, the window's cold fan."""
    canvas = stage.canvas
    xs, ys = half_grid(stage)
    dx, dy = (xs - lamp[0]) * np.float32(1.0 / canvas.unit), (ys - lamp[1]) * np.float32(1.0 / canvas.unit)
    far = dx * dx + dy * dy
    cone = smoothstep(1.35, 0.4, np.abs(dx) / (0.62 * np.clip(dy, 0.0, None) + 0.03)) * smoothstep(-0.02, 0.03, dy)
    pool = np.exp(-((dx / 0.42) ** 2) - ((ys - box.bottom * 1.06) / (0.11 * canvas.unit)) ** 2)
    warm = (0.14 + 0.86 * cone) / (0.09 + 2.4 * far) * 0.55 + 0.9 * pool + 0.10 / (0.08 + far)
    if hearth:
        warm = 0.62 / (0.16 + 2.0 * far)
    wx, wy = (window[0][0] + window[2][0]) / 2, (window[0][1] + window[2][1]) / 2
    cold = 0.34 / (0.25 + 2.6 * (((xs - wx) / canvas.unit) ** 2 + ((ys - wy) / canvas.unit) ** 2))
    plaster = noise.fractal(stage.rng("plaster"), (ys.shape[0], xs.shape[1]), (60, 90), 6, 0.6)
    grain = 1.0 + 0.035 * plaster
    gain = stage.shine(mix(stage.tones.accent, stage.tones.light, 0.25), 2.4) * enlarge(stage, warm * grain)
    gain = gain + stage.shine(stage.tones.sky[:, 4], 1.6) * enlarge(stage, cold * grain)
    canvas.light *= (gain + np.float32(0.22)).astype(np.float32)


def _cast_window_shaft(stage: Stage, window: Quad, side: float) -> None:
    """The window's panes laid on the floor, and the dusty air between."""
    canvas = stage.canvas
    (left, top), (right, bottom) = window[0], window[2]
    floor = canvas.height * 0.97
    slide = -side * (floor - bottom) * 0.42
    shaft = Stencil(canvas, 0, 0, canvas.width, canvas.height, 1)
    shaft.polygon(
        [
            (left, top),
            (right, top),
            (right, bottom),
            (right + slide * 1.25, floor),
            (left + slide * 1.25, floor),
            (left, bottom),
        ],
        255,
    )
    mask = shaft.mask()
    blurred = resize(resize(mask, max(4, canvas.height // 24), max(4, canvas.width // 24)), canvas.height, canvas.width)
    fade = 1.0 - 0.6 * smoothstep(top, floor, canvas.ys)
    canvas.add(np.clip(blurred, 0.0, 1.0) * fade * np.float32(0.045), stage.shine(stage.tones.sky[:, 4], 1.4))


def _hang_lamp(stage: Stage, lamp: Point) -> None:
    canvas = stage.canvas
    x, y = lamp
    size = canvas.unit * 0.05
    stencil = Stencil(canvas, x - size * 2, 0, x + size * 2, y + size, 4)
    stencil.line([(x, 0), (x, y - size * 0.5)], canvas.unit * 0.0028)
    stencil.polygon(
        [(x - size * 0.28, y - size * 0.62), (x + size * 0.28, y - size * 0.62), (x + size, y), (x - size, y)]
    )
    stencil.cover(stage.paint_dark())
    bulb = Stencil(canvas, x - size, y - size * 0.3, x + size, y + size * 0.3, 4)
    bulb.ellipse(x, y, size * 0.92, size * 0.09)
    bulb.cover(stage.shine(mix(stage.tones.accent, stage.tones.light, 0.5), 9.0))
    canvas.spot(x, y + size * 0.2, canvas.unit * 0.2, stage.shine(stage.tones.accent), 0.9)
    _cone_of_dust(stage, lamp)


def _cone_of_dust(stage: Stage, lamp: Point) -> None:
    """The lamp's cone seen in the air, with drifting motes."""
    rng, canvas = stage.rng("dust"), stage.canvas
    xs, ys = half_grid(stage)
    dx, dy = (xs - lamp[0]) * np.float32(1.0 / canvas.unit), (ys - lamp[1]) * np.float32(1.0 / canvas.unit)
    inside = smoothstep(1.2, 0.45, np.abs(dx) / (0.6 * np.clip(dy, 0.0, None) + 0.045)) * smoothstep(-0.005, 0.02, dy)
    air = inside * np.exp(-3.2 * np.clip(dy, 0.0, None)) * 0.12
    canvas.add(enlarge(stage, air), stage.shine(stage.tones.accent))
    motes = Stencil(canvas, 0, 0, canvas.width, canvas.height, 2)
    for across, down, size in rng.random((46, 3)):
        y = lamp[1] + float(down) * canvas.unit * 0.5
        x = lamp[0] + (float(across) - 0.5) * (y - lamp[1]) * 1.1
        motes.ellipse(x, y, canvas.unit * 0.0012 * (0.5 + float(size)), canvas.unit * 0.0012 * (0.5 + float(size)), 150)
    motes.shine(stage.shine(stage.tones.accent), 0.5)


def _furnish(stage: Stage, box: _Box, lamp: Point, side: float = 0.0) -> None:
    """A table with chairs under the lamp, or one empty chair, or beds, and whoever is there, on the given `side`."""
    rng, unit = stage.rng("furniture"), stage.canvas.unit
    half = unit * float(rng.uniform(0.15, 0.22))
    floor = box.bottom + unit * 0.085
    if stage.has("bed"):
        reach = unit * 0.42
        set_beds(stage, lamp[0] - reach, lamp[0] + reach, floor - unit * 0.03, unit * 0.24)
    if wants_people(stage):
        side = side or float(rng.choice([-1.0, 1.0]))
        paint_people(
            stage, lamp[0] + side * half * 2.1, box.bottom + unit * 0.05, unit * 0.36, stage.air(0.03), indoors=True
        )
    if stage.has("bed"):
        return
    bare = stage.has("chair") or rng.random() < 0.2
    if bare and not stage.has("table"):
        set_chair(stage, lamp[0], floor, unit * 0.28, float(rng.choice([-1.0, 1.0])))
        return
    first = side or -1.0
    set_chair(stage, lamp[0] + first * half * 1.28, floor, unit * 0.26, -first)
    if side == 0.0 and rng.random() < 0.6:
        set_chair(stage, lamp[0] + half * 1.28, floor, unit * 0.26, -1.0)
    _set_table(stage, lamp[0], box.bottom - unit * 0.055, box.bottom + unit * 0.1, half)
    _lay_table(stage, lamp[0], box.bottom - unit * 0.063, half, rng)
    if stage.has("hearth", "lamps"):
        _light_candle(stage, lamp[0] + half * 0.1, box.bottom - unit * 0.062)


def _light_candle(stage: Stage, x: float, line: float) -> None:
    """A candle in its dish on the row `line`."""
    unit = stage.canvas.unit
    stick = Stencil(stage.canvas, x - unit * 0.05, line - unit * 0.1, x + unit * 0.05, line + 2, 4)
    stick.rectangle(x - unit * 0.0055, line - unit * 0.045, x + unit * 0.0055, line)
    stick.ellipse(x, line - unit * 0.003, unit * 0.019, unit * 0.0045)
    stick.cover(stage.air(0.1))
    light_lamp(stage, x, line - unit * 0.052, unit * 0.0036, 0.6)


def _set_table(stage: Stage, x: float, line: float, floor: float, half: float) -> None:
    """A table whose lit top lies on the row `line` and whose legs end on `floor`."""
    canvas, unit = stage.canvas, stage.canvas.unit
    table = Stencil(canvas, x - half * 1.2, line - unit * 0.1, x + half * 1.2, floor + unit * 0.1, 3)
    for side in (-1.0, 1.0):
        leg = x + side * half * 0.9
        table.polygon(tapered([(leg, line), (leg, floor)], unit * 0.014, unit * 0.009))
    table.rectangle(x - half, line, x + half, line + unit * 0.017)
    table.cover(stage.air(0.04))
    top = Stencil(canvas, x - half * 1.1, line - unit * 0.03, x + half * 1.1, line + unit * 0.01, 3)
    back = line - unit * 0.016
    top.polygon([(x - half * 0.92, back), (x + half * 0.92, back), (x + half, line), (x - half, line)])
    top.cover(stage.shine(mix(stage.tones.accent, stage.tones.far, 0.4), 1.5))


def _lay_table(stage: Stage, x: float, line: float, half: float, rng: np.random.Generator) -> None:
    unit = stage.canvas.unit
    things = Stencil(stage.canvas, x - half, line - unit * 0.12, x + half, line + 2, 4)
    for place in rng.uniform(-0.75, 0.75, int(rng.integers(2, 5))):
        at, kind = x + float(place) * half, rng.random()
        if kind < 0.35:
            things.polygon(
                tapered([(at, line), (at, line - unit * 0.045), (at, line - unit * 0.055)], unit * 0.024, unit * 0.02)
            )
            things.rectangle(at - unit * 0.004, line - unit * 0.085, at + unit * 0.004, line - unit * 0.05)
        elif kind < 0.7:
            things.rectangle(at - unit * 0.028, line - unit * 0.014, at + unit * 0.028, line)
            things.rectangle(at - unit * 0.022, line - unit * 0.026, at + unit * 0.024, line - unit * 0.015)
        else:
            things.polygon(
                [
                    (at - unit * 0.016, line - unit * 0.026),
                    (at + unit * 0.016, line - unit * 0.026),
                    (at + unit * 0.011, line),
                    (at - unit * 0.011, line),
                ]
            )
    things.cover(stage.air(0.06))
