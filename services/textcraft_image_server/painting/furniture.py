"""A hearth and beds for rooms that have them; it knows no scene."""

import numpy as np

from textcraft_image_server.painting.colour import mix
from textcraft_image_server.painting.fires import paint_fire
from textcraft_image_server.painting.stage import Stage
from textcraft_image_server.painting.stencil import Stencil, rounded, tapered


def build_hearth(stage: Stage, x: float, floor: float, ceiling: float, wide: float) -> None:
    """Build a chimney breast around column `x` from `floor` to `ceiling`, with mantel, kettle and a fire that burns."""
    canvas = stage.canvas
    breast = Stencil(canvas, x - wide, ceiling, x + wide, floor + wide * 0.2, 3)
    high = wide * 0.62
    breast.polygon(
        [(x - wide * 0.42, ceiling), (x + wide * 0.42, ceiling), (x + wide * 0.5, floor), (x - wide * 0.5, floor)]
    )
    breast.cover(stage.between(stage.tones.near, stage.tones.far, 0.18))
    mouth = Stencil(canvas, x - wide, ceiling, x + wide, floor + wide * 0.2, 3)
    half, top = wide * 0.33, floor - high
    arch = [(x + half, floor), (x + half, top + half * 0.5), (x + half * 0.6, top + half * 0.1), (x, top)]
    mouth.polygon([*arch, (x - half * 0.6, top + half * 0.1), (x - half, top + half * 0.5), (x - half, floor)])
    mouth.cover(stage.paint_dark())
    canvas.spot(x, floor - wide * 0.2, wide * 0.42, stage.shine(stage.tones.accent) ** np.float32(2.2), 4.0)
    paint_fire(stage, x, floor - wide * 0.02, wide * 0.28)
    _trim_hearth(stage, x, floor, wide, top)


def _trim_hearth(stage: Stage, x: float, floor: float, wide: float, top: float) -> None:
    """Mantel with its jars, hearthstone, logs, and the kettle before the flames."""
    canvas, rng = stage.canvas, stage.rng("mantel")
    trim = Stencil(canvas, x - wide, top - wide, x + wide, floor + wide * 0.2, 4)
    shelf = top - wide * 0.14
    trim.rectangle(x - wide * 0.56, shelf, x + wide * 0.56, shelf + wide * 0.045)
    for place in rng.uniform(-0.48, 0.48, 6):
        at, high, half = (
            x + wide * float(place),
            wide * float(rng.uniform(0.06, 0.15)),
            wide * float(rng.uniform(0.02, 0.04)),
        )
        trim.polygon(
            rounded(
                [
                    (at - half, shelf),
                    (at - half * 1.1, shelf - high * 0.6),
                    (at, shelf - high),
                    (at + half * 1.1, shelf - high * 0.6),
                    (at + half, shelf),
                ],
                4,
            )
        )
    trim.polygon(
        [
            (x - wide * 0.5, floor),
            (x + wide * 0.5, floor),
            (x + wide * 0.62, floor + wide * 0.07),
            (x - wide * 0.62, floor + wide * 0.07),
        ]
    )
    for tilt in (-0.03, 0.02):
        log = [(x - wide * 0.2, floor - wide * (0.03 - tilt)), (x + wide * 0.2, floor - wide * (0.03 + tilt))]
        trim.polygon(tapered(log, wide * 0.055, wide * 0.05))
    pot, low = wide * 0.085, floor - wide * 0.32
    trim.line([(x + wide * 0.02, top + wide * 0.02), (x + wide * 0.02, low - pot)], wide * 0.012)
    trim.ellipse(x + wide * 0.02, low, pot, pot * 0.85)
    trim.cover(stage.air(0.02))


def set_beds(stage: Stage, left: float, right: float, floor: float, tall: float) -> None:
    """Stand three iron beds in a row between the columns `left` and `right`, their feet on the row `floor`."""
    for place in np.linspace(left, right, 3):
        _set_bed(stage, float(place), floor, tall)


def _set_bed(stage: Stage, x: float, floor: float, tall: float) -> None:
    """One bed seen from its foot: rails, blanket falling over the side, pillow."""
    canvas, half = stage.canvas, tall * 0.42
    frame = Stencil(canvas, x - tall, floor - tall * 1.2, x + tall, floor + 4, 4)
    for side in (-1.0, 1.0):
        post = x + side * half
        frame.polygon(tapered([(post, floor), (post, floor - tall * 0.95)], tall * 0.04, tall * 0.035))
        frame.ellipse(post, floor - tall * 0.97, tall * 0.035, tall * 0.035)
    arch = [(x + half * float(a), floor - tall * (0.9 + 0.1 * (1 - float(a) ** 2))) for a in np.linspace(-1, 1, 15)]
    frame.line(arch, tall * 0.035)
    for bar in (-0.6, -0.2, 0.2, 0.6):
        frame.line([(x + half * bar, floor - tall * 0.96), (x + half * bar, floor - tall * 0.4)], tall * 0.02)
    frame.cover(stage.air(0.02))
    linen = stage.between(mix(stage.tones.far, stage.tones.accent, 0.45), stage.tones.light, 0.1) * np.float32(0.6)
    pillow = Stencil(canvas, x - tall, floor - tall, x + tall, floor, 4)
    pillow.polygon(
        rounded(
            [
                (x - half * 0.6, floor - tall * 0.52),
                (x - half * 0.5, floor - tall * 0.68),
                (x + half * 0.5, floor - tall * 0.68),
                (x + half * 0.6, floor - tall * 0.52),
            ],
            5,
        )
    )
    pillow.cover(linen, 0.8)
    blanket = Stencil(canvas, x - tall, floor - tall, x + tall, floor, 4)
    fall = [
        (x - half * 0.9, floor - tall * 0.52),
        (x + half * 0.9, floor - tall * 0.52),
        (x + half * 1.02, floor - tall * 0.3),
    ]
    blanket.polygon(
        [
            *fall,
            (x + half * 0.98, floor - tall * 0.14),
            (x, floor - tall * 0.11),
            (x - half * 0.98, floor - tall * 0.14),
            (x - half * 1.02, floor - tall * 0.3),
        ]
    )
    blanket.cover(stage.between(stage.tones.near, stage.tones.far, 0.75), 0.95)
    fold = Stencil(canvas, x - tall, floor - tall, x + tall, floor, 4)
    fold.polygon(
        rounded(
            [
                (x - half * 0.92, floor - tall * 0.54),
                (x + half * 0.92, floor - tall * 0.54),
                (x + half * 0.94, floor - tall * 0.46),
                (x - half * 0.94, floor - tall * 0.45),
            ],
            4,
        )
    )
    fold.cover(linen, 0.7)
