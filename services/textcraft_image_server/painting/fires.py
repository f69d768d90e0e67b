"""Open fire: flames, their light on what is near, sparks; it knows no scene."""

import math

import numpy as np

from textcraft_image_server.painting.colour import mix
from textcraft_image_server.painting.stage import Stage
from textcraft_image_server.painting.stencil import Point, Stencil


def _tongue(x: float, foot: float, tall: float, wide: float, sway: float) -> list[Point]:
    """Outline of one flame, widest at a third of its height, its tip blown aside."""
    left: list[Point] = []
    right: list[Point] = []
    for t in np.linspace(0.0, 1.0, 12):
        up = float(t)
        half = wide * (0.55 + 0.45 * math.sin(up * 4.0)) * (1.0 - up) ** 0.8
        middle = x + sway * up * up * tall
        left.append((middle - half, foot - up * tall))
        right.append((middle + half, foot - up * tall))
    return left + right[::-1]


def paint_fire(stage: Stage, x: float, foot: float, tall: float) -> None:
    """Light a fire on the ground row `foot`, `tall` pixels high."""
    rng, canvas = stage.rng("fire"), stage.canvas
    accent, light = stage.tones.accent, stage.tones.light
    canvas.spot(x, foot - tall * 0.3, tall * 9.0, stage.shine(accent) ** 2.2, 1.3)
    canvas.spot(x, foot - tall * 0.4, tall * 2.6, stage.shine(accent) ** 1.8, 3.0)
    for share, colour in (
        (1.0, stage.shine(accent) ** 1.8 * np.float32(4.0)),
        (0.6, stage.shine(mix(accent, light, 0.4), 8.0)),
    ):
        stencil = Stencil(canvas, x - tall, foot - tall * 1.4, x + tall, foot + tall * 0.1, 4)
        for _ in range(5):
            at, high = x + tall * float(rng.normal(0.0, 0.12)), tall * share * float(rng.uniform(0.5, 1.0))
            stencil.polygon(_tongue(at, foot, high, tall * 0.15 * share, float(rng.normal(0.0, 0.22))))
        stencil.cover(colour, 0.9)
    _fly_sparks(stage, x, foot, tall, rng)


def _fly_sparks(stage: Stage, x: float, foot: float, tall: float, rng: np.random.Generator) -> None:
    for rise, drift, size in rng.random((26, 3)):
        up = tall * (0.6 + 2.6 * float(rise))
        at = x + (float(drift) - 0.5) * up * 0.7
        radius = max(1.2, tall * 0.035 * (0.4 + float(size)))
        stage.canvas.spot(at, foot - up, radius, stage.shine(stage.tones.accent) ** 1.8, 7.0)
