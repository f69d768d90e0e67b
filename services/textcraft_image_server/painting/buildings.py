"""Houses, towers, lighthouses and skylines as silhouettes with lit windows; it knows no scene."""

import math

import numpy as np

from textcraft_image_server.painting.colour import mix
from textcraft_image_server.painting.raster import Light, Plane, resize, smoothstep
from textcraft_image_server.painting.stage import Stage
from textcraft_image_server.painting.stencil import Stencil


def light_lamp(stage: Stage, x: float, y: float, size: float, strength: float = 1.0) -> None:
    """Light a lamp: a hot core of `size` pixels and two glows around it."""
    colour = stage.shine(stage.tones.accent) ** 1.35
    stage.canvas.spot(x, y, size * 24, colour, 1.5 * strength)
    stage.canvas.spot(x, y, size * 6, colour, 7.0 * strength)
    stage.canvas.spot(x, y, size * 1.8, stage.shine(mix(stage.tones.accent, stage.tones.light, 0.6)), 24.0 * strength)


def paint_house(stage: Stage, x: float, foot: float, wide: float, light: Light, lit: bool, name: str = "house") -> None:
    """Build a gabled house whose ground line is the row `foot`, with chimney and perhaps lit windows."""
    rng, canvas = stage.rng(name), stage.canvas
    half, wall = wide / 2, wide * float(rng.uniform(0.34, 0.46))
    top = foot - wall - wide * float(rng.uniform(0.30, 0.42))
    stencil = Stencil(canvas, x - wide, top - wide * 0.3, x + wide, foot + wide * 0.1, 5)
    chimney = x + half * float(rng.choice([-0.45, 0.45]))
    stencil.rectangle(chimney - wide * 0.045, top - wide * 0.04, chimney + wide * 0.045, foot - wall)
    stencil.rectangle(x - half, foot - wall, x + half, foot + wide * 0.06)
    stencil.polygon(
        [(x - half * 1.12, foot - wall), (x - half * 0.7, top), (x + half * 0.7, top), (x + half * 1.12, foot - wall)]
    )
    stencil.cover(light)
    if lit:
        _light_house(stage, x, foot - wall * 0.58, wide, rng)


def _light_house(stage: Stage, x: float, middle: float, wide: float, rng: np.random.Generator) -> None:
    size = wide * 0.055
    panes = Stencil(stage.canvas, x - wide, middle - wide, x + wide, middle + wide, 5)
    shown = [place for place in (-0.32, -0.1, 0.12, 0.33) if rng.random() < 0.7] or [0.12]
    for place in shown:
        at = x + place * wide
        for side in (-1.0, 1.0):
            inner, outer = at + side * size * 0.12, at + side * size
            panes.rectangle(min(inner, outer), middle - size * 1.3, max(inner, outer), middle + size * 1.2)
    panes.cover(stage.shine(stage.tones.accent, 4.0))
    for place in shown:
        stage.canvas.spot(x + place * wide, middle, wide * 0.8, stage.shine(stage.tones.accent) ** 1.35, 1.0)


def paint_lighthouse(
    stage: Stage, x: float, foot: float, tall: float, light: Light, side: float
) -> tuple[float, float]:
    """Build a lighthouse, brighter on its lit `side` (-1 left, 1 right); returns the place of its lamp."""
    canvas = stage.canvas
    low, high = tall * 0.105, tall * 0.062
    deck = foot - tall * 0.8
    stencil = Stencil(canvas, x - tall * 0.3, foot - tall * 1.1, x + tall * 0.3, foot + tall * 0.12, 4)
    stencil.polygon([(x - low, foot + tall * 0.1), (x - high, deck), (x + high, deck), (x + low, foot + tall * 0.1)])
    _shade_tower(stage, stencil, light, side, x, low)
    cap = Stencil(canvas, x - tall * 0.3, foot - tall * 1.15, x + tall * 0.3, foot, 5)
    cap.rectangle(x - high * 1.5, deck - tall * 0.018, x + high * 1.5, deck + tall * 0.012)
    cap.rectangle(x - high * 0.95, deck - tall * 0.13, x - high * 0.82, deck)
    cap.rectangle(x + high * 0.82, deck - tall * 0.13, x + high * 0.95, deck)
    cap.polygon(
        [(x - high * 1.12, deck - tall * 0.125), (x, deck - tall * 0.21), (x + high * 1.12, deck - tall * 0.125)]
    )
    cap.line([(x, deck - tall * 0.2), (x, deck - tall * 0.26)], tall * 0.007)
    for rail in (-1.4, -0.9, -0.4, 0.1, 0.6, 1.4):
        cap.line([(x + high * rail, deck), (x + high * rail, deck - tall * 0.05)], tall * 0.004)
    cap.line([(x - high * 1.45, deck - tall * 0.05), (x + high * 1.45, deck - tall * 0.05)], tall * 0.005)
    cap.cover(stage.air(0.05))
    return x, deck - tall * 0.07


def _shade_tower(stage: Stage, stencil: Stencil, light: Light, side: float, x: float, half: float) -> None:
    """Round the tower by shading it across, with two darker bands."""
    mask = stencil.mask()
    top, left = stencil.corner
    across = (np.arange(mask.shape[1], dtype=np.float32)[None, :] + left - x) * np.float32(side / half)
    down = np.linspace(0.0, 1.0, mask.shape[0], dtype=np.float32)[:, None]
    bands = 1.0 - 0.55 * smoothstep(0.0, 0.02, np.sin(down * 17.0))
    shade = (0.18 + 0.82 * smoothstep(-1.0, 1.1, across)) * bands
    stage.canvas.blend(mask, (light * shade).astype(np.float32), top, left)


def cast_beam(stage: Stage, x: float, y: float, angle: float, spread: float, strength: float) -> None:
    """Throw a soft cone of light from (x, y) at `angle` radians (0 right, up positive), both ways."""
    canvas = stage.canvas
    step = 2
    xs = np.arange(0, canvas.width, step, dtype=np.float32)[None, :] - x
    ys = y - np.arange(0, canvas.height, step, dtype=np.float32)[:, None]
    along = xs * math.cos(angle) + ys * math.sin(angle)
    aside = np.abs(ys * math.cos(angle) - xs * math.sin(angle))
    reach = np.abs(along) * (1.0 / canvas.unit)
    cone = np.exp(-((aside / (np.abs(along) * spread + canvas.unit * 0.006)) ** 2))
    back = np.where(along > 0, 1.0, 0.4)
    beam = cone * back * np.exp(-reach * 1.5)
    _add_half(stage, beam.astype(np.float32) * np.float32(strength))


def _add_half(stage: Stage, amount: Plane) -> None:
    full = resize(amount, stage.canvas.height, stage.canvas.width)
    stage.canvas.add(np.clip(full, 0.0, None), stage.shine(mix(stage.tones.accent, stage.tones.light, 0.6), 1.6))


def paint_spire(stage: Stage, x: float, foot: float, tall: float, light: Light, root: float = 0.08) -> None:
    """Build a castle or church: a keep, towers of several heights with roofs, one lit window; its walls
    reach `root` × `tall` below the row `foot`.
    """
    rng = stage.rng("spire")
    stencil = Stencil(stage.canvas, x - tall, foot - tall * 1.2, x + tall, foot + tall * (root + 0.02), 4)
    stencil.rectangle(x - tall * 0.34, foot - tall * 0.34, x + tall * 0.34, foot + tall * root)
    for place in (-0.36, -0.16, 0.04, 0.22, 0.38):
        half, high = tall * float(rng.uniform(0.035, 0.075)), tall * float(rng.uniform(0.42, 0.7))
        high = tall * 0.8 if place == 0.04 else high
        at = x + tall * place
        stencil.rectangle(at - half, foot - high, at + half, foot + tall * root)
        stencil.polygon(
            [(at - half * 1.25, foot - high), (at, foot - high - half * 4.2), (at + half * 1.25, foot - high)]
        )
    stencil.cover(light)
    if stage.has("lamps") or stage.night or stage.brief.time == "dusk":
        light_lamp(stage, x + tall * 0.04, foot - tall * 0.66, tall * 0.012, 0.8)
