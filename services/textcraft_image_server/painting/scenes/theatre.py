"""A stage under its spotlights: curtains, boards, whoever stands there, perhaps an audience."""

import math

import numpy as np

from textcraft_image_server.painting import noise
from textcraft_image_server.painting.colour import light_from_lab, mix, ramp
from textcraft_image_server.painting.figures import paint_people, wants_people
from textcraft_image_server.painting.indoors import enlarge, half_grid, set_chair
from textcraft_image_server.painting.raster import Light, smoothstep
from textcraft_image_server.painting.stage import Stage
from textcraft_image_server.painting.stencil import Stencil


def paint(stage: Stage) -> None:
    """A dark theatre: curtains at the sides, boards, one cone of light and what stands in it."""
    rng, canvas = stage.rng("theatre"), stage.canvas
    tones, unit = stage.tones, canvas.unit
    floor = canvas.height * float(rng.uniform(0.7, 0.78))
    x = canvas.width * float(rng.uniform(0.4, 0.6))
    far_wall = tones.sky[:, int(rng.integers(1, 4))]
    wash = np.linspace(0.0, 0.6, int(floor), dtype=np.float32)
    back = ramp(np.stack([tones.near, far_wall], axis=1), (0.0, 1.0), wash)
    canvas.put(np.broadcast_to(back[:, :, None], (3, int(floor), canvas.width)))
    canvas.light[:, int(floor) :] = stage.between(tones.near, tones.far, 0.5)
    _hang_curtains(stage, floor)
    colour = stage.shine(
        mix(tones.accent if rng.random() < 0.4 else tones.glow, tones.light, float(rng.uniform(0.0, 0.8)))
    )
    for _ in range(int(rng.choice([1, 1, 2, 3]))):
        source = x + unit * float(rng.choice([-1.0, 1.0]) * rng.uniform(0.05, 0.7))
        _throw_spot(stage, source, x, floor, colour)
    _stand_on_stage(stage, x, floor)
    if rng.random() < 0.6:
        _seat_audience(stage)


def _seat_audience(stage: Stage) -> None:
    """Rows of heads against the light."""
    canvas, unit = stage.canvas, stage.canvas.unit
    rng = stage.rng("audience")
    for row in range(3):
        base, size = canvas.height - unit * (0.095 - 0.05 * row), unit * (0.021 + 0.009 * row)
        stencil = Stencil(canvas, 0, base - size * 4, canvas.width, canvas.height, 3)
        x = -size * float(rng.uniform(0.0, 3.0))
        while x < canvas.width + size * 3:
            head = base - size * float(rng.uniform(0.5, 1.5))
            if rng.random() < 0.86:
                stencil.ellipse(x, head - size, size * 0.82, size * 1.1)
                stencil.ellipse(x, head + size * 1.7, size * 2.0, size * 1.9)
            x += size * float(rng.uniform(3.6, 4.6))
        stencil.rectangle(0, base + size * 1.2, canvas.width, canvas.height)
        stencil.cover(stage.air(0.10 - 0.05 * row))


def _hang_curtains(stage: Stage, floor: float) -> None:
    """Velvet in folds, parted around the middle, darker toward the top."""
    canvas, rng = stage.canvas, stage.rng("curtain")
    xs = canvas.xs
    ys = canvas.ys[: int(floor)]
    gap = canvas.width * float(rng.uniform(0.24, 0.31))
    drape = gap * (1.0 - 0.55 * (1.0 - ys / floor) ** 2.6)
    swag = canvas.unit * (0.07 + 0.035 * np.abs(np.sin(xs * np.float32(math.pi * 4 / canvas.width))))
    away = np.maximum(np.abs(xs - canvas.width / 2) - drape, swag - ys)
    cover = smoothstep(-1.2, 1.2, away)
    folds = noise.line(rng, canvas.width, canvas.unit * 0.05, 2, 0.4)[None, :]
    light = np.clip(0.30 + 0.26 * np.sin(folds * 2.4 + away * np.float32(18.0 / canvas.unit)) + 0.1 * folds, 0.02, 1.0)
    light = (
        light * (0.25 + 0.75 * (ys / floor) ** 1.2) * np.exp(-np.clip(away, 0, None) * np.float32(1.6 / canvas.unit))
    )
    velvet = light_from_lab(mix(stage.tones.sky[:, int(rng.integers(1, 4))], stage.tones.accent, 0.12)) * np.float32(
        1.5
    )
    canvas.blend(cover.astype(np.float32), (velvet * light).astype(np.float32))


def _throw_spot(stage: Stage, source: float, x: float, floor: float, colour: Light) -> None:
    canvas = stage.canvas
    xs, ys = half_grid(stage)
    down = np.clip(ys / np.float32(floor + canvas.unit * 0.08), 0.0, 1.0)
    middle = source + (x - source) * down
    wide = canvas.unit * (0.012 + 0.21 * down)
    cone = smoothstep(1.12, 0.72, np.abs(xs - middle) / wide) * (0.25 + 0.75 * (1.0 - down) ** 1.2)
    cone = cone * (1.0 - smoothstep(floor, floor + canvas.unit * 0.05, ys + 0.0 * xs))
    smoke = 1.0 + 0.22 * noise.fractal(stage.rng("smoke"), (ys.shape[0], xs.shape[1]), (120, 120), 5, 0.5)
    pool = smoothstep(
        1.1,
        0.8,
        np.sqrt(
            ((xs - x) / (0.23 * canvas.unit)) ** 2 + ((ys - floor - 0.06 * canvas.unit) / (0.055 * canvas.unit)) ** 2
        ),
    )
    canvas.add(enlarge(stage, cone * smoke * 0.42 + pool * 1.5), colour)
    canvas.spot(x, floor, canvas.unit * 0.8, colour, 0.7)


def _stand_on_stage(stage: Stage, x: float, floor: float) -> None:
    unit = stage.canvas.unit
    line = floor + unit * 0.065
    shadow = Stencil(stage.canvas, x - unit * 0.4, line - unit * 0.1, x + unit * 0.4, line + unit * 0.1, 3)
    shadow.ellipse(x, line, unit * 0.09, unit * 0.012)
    shadow.cover(stage.air(0.0), 0.7)
    if wants_people(stage):
        paint_people(stage, x, line, unit * 0.36, stage.air(0.03), indoors=True)
    else:
        set_chair(stage, x, line, unit * 0.26, 1.0)
