"""A bell in the round, for the halls and towers that hold one; it knows no scene."""

import numpy as np

from textcraft_image_server.painting.raster import Light, smoothstep
from textcraft_image_server.painting.stage import Stage
from textcraft_image_server.painting.stencil import Stencil, rounded

_PROFILE = (
    (0.09, 1.02), (0.13, 0.985), (0.30, 0.955), (0.335, 0.86), (0.345, 0.66), (0.37, 0.44), (0.43, 0.24),
    (0.525, 0.085), (0.535, 0.03),
)  # fmt: skip  # half width and height of one flank, shares of the whole height, crown first


def draw_bell(stage: Stage, x: float, foot: float, tall: float, gleam: Light) -> None:
    """Hang a bell `tall` pixels high with its mouth on the row `foot`; `gleam` is the light on its flanks."""
    canvas = stage.canvas
    stencil = Stencil(canvas, x - tall * 0.6, foot - tall * 1.15, x + tall * 0.6, foot + tall * 0.15, 3)
    right = [(x + a * tall, foot - u * tall) for a, u in _PROFILE]
    stencil.polygon([*right, *((2 * x - px, py) for px, py in reversed(right))])
    stencil.ellipse(x, foot - tall * 0.03, tall * 0.535, tall * 0.055)
    crown = [(-0.085, 0.98), (-0.11, 1.07), (0.0, 1.13), (0.11, 1.07), (0.085, 0.98)]
    stencil.polygon(rounded([(x + a * tall, foot - u * tall) for a, u in crown], 5))
    mask = stencil.mask()
    top, left = stencil.corner
    across = (np.arange(mask.shape[1], dtype=np.float32)[None, :] + left - x) * np.float32(1.0 / (tall * 0.5))
    down = (np.arange(mask.shape[0], dtype=np.float32)[:, None] + top - (foot - tall)) * np.float32(1.0 / tall)
    flank = (
        np.exp(-(((np.abs(across) - 0.52) / 0.24) ** 2)) * (0.35 + 0.65 * (across > 0)) * smoothstep(-0.05, 0.3, down)
    )
    bands = 1.0 + 0.5 * np.exp(-(((down - 0.83) / 0.012) ** 2)) + 0.5 * np.exp(-(((down - 0.17) / 0.010) ** 2))
    bronze = stage.air(0.05) + gleam * (flank * bands * np.float32(0.75))
    canvas.blend(mask, bronze.astype(np.float32), top, left)
    lip = Stencil(canvas, x - tall * 0.6, foot - tall * 0.1, x + tall * 0.6, foot + tall * 0.1, 3)
    lip.ellipse(x, foot - tall * 0.022, tall * 0.50, tall * 0.038)
    lip.cover(stage.air(0.0))
    lip = Stencil(canvas, x - tall * 0.1, foot - tall * 0.1, x + tall * 0.1, foot + tall * 0.12, 3)
    lip.ellipse(x, foot + tall * 0.02, tall * 0.055, tall * 0.06)
    lip.cover(stage.air(0.02))
