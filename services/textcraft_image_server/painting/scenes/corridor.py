"""A corridor: frames within frames toward a lit door, the floor mirroring it."""

import math

import numpy as np

from textcraft_image_server.painting import noise
from textcraft_image_server.painting.colour import Tones, mix
from textcraft_image_server.painting.figures import paint_people, wants_people
from textcraft_image_server.painting.indoors import enlarge, half_grid
from textcraft_image_server.painting.raster import resize
from textcraft_image_server.painting.stage import Stage
from textcraft_image_server.painting.stencil import Point, Stencil


def paint(stage: Stage) -> None:
    """Frames within frames toward a lit door, the floor mirroring it."""
    rng, canvas = stage.rng("corridor"), stage.canvas
    tones: Tones = stage.tones
    vx, vy = canvas.width * float(rng.uniform(0.38, 0.62)), canvas.height * float(rng.uniform(0.44, 0.54))
    count = int(rng.integers(6, 9))
    arch = bool(rng.random() < 0.5)
    canvas.put(np.broadcast_to(stage.air(0.0), (3, canvas.height, canvas.width)))
    reach_x, reach_y = max(vx, canvas.width - vx) * 1.15, max(vy, canvas.height - vy) * 1.2
    for index in range(count, 0, -1):
        share = 1.0 - index / count
        for rim in (1.0, 0.93):
            size = rim * (index / count) ** 1.8 + 0.06
            tone = mix(mix(tones.near, tones.far, 0.12 + 0.8 * share), tones.glow, 0.62 * share**2.2)
            stencil = Stencil(canvas, 0, 0, canvas.width, canvas.height, 2)
            stencil.polygon(_opening(vx, vy, reach_x * size, reach_y * size, arch))
            stencil.cover(stage.between(tone, tones.near, 0.72 if rim == 1.0 else 0.0))
        _wear_walls(stage, index)
    _open_door(stage, vx, vy, reach_x * 0.05, reach_y * 0.12, arch)
    _polish_floor(stage, vx, vy, reach_y * 0.12)
    if wants_people(stage):
        paint_people(
            stage, vx + canvas.unit * 0.03, vy + reach_y * 0.26, canvas.unit * 0.27, stage.air(0.0), indoors=True
        )


def _wear_walls(stage: Stage, index: int) -> None:
    """Stain the walls a little, so that no face is flat."""
    canvas = stage.canvas
    shape = (canvas.height // 6 + 2, canvas.width // 6 + 2)
    stain = noise.fractal(stage.rng(f"stain {index}"), shape, (shape[0] / 2, shape[1] / 8), 5, 0.6)
    canvas.light *= np.clip(1.0 + 0.07 * resize(stain, canvas.height, canvas.width), 0.5, 1.5)


def _opening(x: float, y: float, half: float, tall: float, arch: bool) -> list[Point]:
    if not arch:
        return [(x - half, y - tall * 0.8), (x + half, y - tall * 0.8), (x + half, y + tall), (x - half, y + tall)]
    rise = [(x + half * math.cos(a), y - tall * 0.3 - tall * 0.6 * math.sin(a)) for a in np.linspace(0.0, math.pi, 40)]
    return [(x + half, y + tall), *rise, (x - half, y + tall)]


def _open_door(stage: Stage, x: float, y: float, half: float, tall: float, arch: bool) -> None:
    canvas = stage.canvas
    stencil = Stencil(canvas, x - half * 2, y - tall * 1.5, x + half * 2, y + tall * 1.5, 4)
    stencil.polygon(_opening(x, y, half, tall, arch))
    stencil.cover(stage.shine(mix(stage.tones.glow, stage.tones.light, 0.4), 7.0))
    canvas.spot(x, y, canvas.unit * 0.9, stage.shine(stage.tones.glow), 1.6)
    xs, ys = half_grid(stage)
    angle = np.arctan2(xs - x, np.abs(ys - y) + 1.0)
    rays = noise.line(stage.rng("rays"), 512, 30, 4, 0.6)[np.clip((angle + 1.6) * 160, 0, 511).astype(np.int32)]
    far = np.sqrt((xs - x) ** 2 + (ys - y) ** 2) * np.float32(1.0 / canvas.unit)
    canvas.add(
        enlarge(stage, np.clip(0.24 + 0.2 * rays, 0.0, 1.0) * np.exp(-5.0 * far)), stage.shine(stage.tones.glow, 0.8)
    )


def _polish_floor(stage: Stage, x: float, y: float, tall: float) -> None:
    """A streak of the door's light on the floor, broken by its unevenness."""
    canvas = stage.canvas
    xs, ys = half_grid(stage)
    below = np.clip((ys - y - tall) * np.float32(1.0 / canvas.unit), 0.0, None)
    wide = 0.05 + 0.42 * below
    rough = noise.fractal(stage.rng("floor"), (ys.shape[0], xs.shape[1]), (8, 160), 4, 0.6)
    streak = (
        np.exp(-(((((xs - x) / canvas.unit) + 0.01 * rough) / wide) ** 2))
        * np.exp(-2.6 * below)
        * (below > 0)
        * (0.8 + 0.2 * rough)
    )
    canvas.add(enlarge(stage, streak), stage.shine(mix(stage.tones.glow, stage.tones.light, 0.3), 0.9))
