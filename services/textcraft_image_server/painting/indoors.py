"""What indoor scenes share: half-size grids of light, and a chair; it knows no scene."""

import numpy as np

from textcraft_image_server.painting.raster import Plane, stretch
from textcraft_image_server.painting.stage import Stage
from textcraft_image_server.painting.stencil import Stencil, tapered


def half_grid(stage: Stage) -> tuple[Plane, Plane]:
    """Pixel centres of the canvas at half size."""
    canvas = stage.canvas
    xs = (np.arange((canvas.width + 1) // 2, dtype=np.float32)[None, :] + 0.5) * 2
    ys = (np.arange((canvas.height + 1) // 2, dtype=np.float32)[:, None] + 0.5) * 2
    return xs, ys


def enlarge(stage: Stage, plane: Plane) -> Plane:
    """Bring a half-size amount of light to canvas size, at least 0."""
    return np.clip(stretch(plane.astype(np.float32), stage.canvas.height, stage.canvas.width), 0.0, None)


def set_chair(stage: Stage, x: float, foot: float, tall: float, side: float) -> None:
    """Set a chair with its legs on the row `foot`; `side` is where its back is not (-1 left, 1 right)."""
    stencil = Stencil(stage.canvas, x - tall, foot - tall * 1.1, x + tall, foot + 4, 4)
    seat, wide, thin = foot - tall * 0.46, tall * 0.2, tall * 0.028
    stencil.rectangle(x - wide, seat, x + wide, seat + tall * 0.035)
    back = x - side * wide * 0.92
    stencil.polygon(tapered([(back, foot), (back, seat), (back - side * tall * 0.05, foot - tall)], thin, thin))
    stencil.polygon(tapered([(x + side * wide * 0.9, foot), (x + side * wide * 0.9, seat)], thin, thin))
    for rise in (0.95, 0.82, 0.69):
        stencil.rectangle(back - tall * 0.028, foot - tall * rise, back + tall * 0.02, foot - tall * (rise - 0.05))
    for inner in (-0.45, 0.5):
        stencil.polygon(
            tapered([(x + wide * inner, seat), (x + wide * inner, foot - tall * 0.05)], thin * 0.8, thin * 0.7)
        )
    stencil.cover(stage.air(0.03))
