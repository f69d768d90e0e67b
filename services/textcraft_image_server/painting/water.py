"""Open water: the picture above mirrored in waves, its own depth, the path of the light; it knows no land."""

import math
from dataclasses import dataclass

import numpy as np

from textcraft_image_server.painting import noise
from textcraft_image_server.painting.colour import mix
from textcraft_image_server.painting.raster import Light, Plane, average, resize, smoothstep, stretch, strips
from textcraft_image_server.painting.sky import Luminary
from textcraft_image_server.painting.stage import Stage

_BREAKING = 0.75  # roughness from which waves break
_NEAR = 0.16  # how soon the plane turns level with the eye


@dataclass(frozen=True)
class _Waves:
    """Of each pixel below the horizon: slope and chop (deviation about 1), foam 0..1, depth 0 (far) .. 1 (near)."""

    slope: Plane
    chop: Plane
    foam: Plane | None
    depth: Plane


def _ripple(stage: Stage, rows: int, roughness: float) -> _Waves:
    """Waves on a level plane in perspective; half as many columns are enough, as waves lie crosswise."""
    rng, canvas = stage.rng("waves"), stage.canvas
    swell, chop = noise.texture(rng, 8, 0.62), noise.texture(rng, 16, 0.72)
    depth = ((np.arange(rows, dtype=np.float32)[:, None] + 0.5) * (1.0 / rows)).astype(np.float32)
    cols = max(2, canvas.width // 2)
    across = (np.arange(cols, dtype=np.float32)[None, :] + 0.5) * np.float32(canvas.width / cols / canvas.unit) - 0.9
    near = 1.0 / (depth + _NEAR)
    share = rows / canvas.unit
    u, v = across * near, near * share
    lift = 1.0 + 0.6 * roughness + 0.9 * max(0.0, roughness - 0.7)
    long = noise.sample(swell, u * 84.0 / lift + 40.0, v * 290.0 / lift + 0.0 * u)
    short = noise.sample(chop, u * 240.0 / lift + 9.0 * long, v * 880.0 / lift + 6.0 * long)
    calm = smoothstep(0.0, 0.16, depth)
    slope = (0.62 * long + 0.62 * short) * (0.35 + 0.65 * calm)
    foam = None
    if roughness > _BREAKING:
        fine = noise.sample(chop, u * 380.0 + 12.0 * long, v * 2600.0 + 14.0 * short)
        foam = resize(_break_crests(long, short, fine) * (0.25 + 0.75 * depth**0.4), rows, canvas.width)
    return _Waves(resize(slope, rows, canvas.width), resize(short, rows, canvas.width), foam, depth)


def _break_crests(long: Plane, short: Plane, fine: Plane) -> Plane:
    """White where a swell stands highest, torn by the chop, with thin streaks blown down its back."""
    crest = smoothstep(1.5, 2.7, 0.5 * long + 0.4 * short + 1.0 * fine)
    streak = smoothstep(0.9, 2.4, fine + 0.35 * short) * 0.3
    return np.clip(crest + streak, 0.0, 1.0)


def paint_water(stage: Stage, horizon: int, light: Luminary, roughness: float = 0.5, clarity: float = 1.0) -> None:
    """Fill the canvas below row `horizon` with water that mirrors what is above; roughness 0 (pond) .. 1 (gale)."""
    canvas = stage.canvas
    rows = canvas.height - horizon
    if rows < 2 or horizon < 2:
        return
    waves = _ripple(stage, rows, roughness)
    deep = stage.between(stage.tones.near, stage.tones.far, 0.42)
    clarity = clarity * (1.0 - 0.5 * max(0.0, roughness - 0.6))
    xs = np.arange(canvas.width, dtype=np.float32)[None, :]
    sky = _smear(canvas.light[:, :horizon], canvas.unit * (0.002 + 0.04 * min(roughness, 0.7))).reshape(3, -1)
    for strip in strips(rows, canvas.width):
        slope, depth = waves.slope[strip], waves.depth[strip]
        index = _mirror(canvas.unit, horizon, rows, strip, xs, slope, depth, roughness)
        glance = _glance(slope, depth, roughness, clarity)
        for channel in range(3):
            bottom = deep[channel, 0, 0]
            canvas.light[channel, horizon + strip.start : horizon + strip.stop] = bottom + glance * (
                sky[channel].take(index) * np.float32(0.94) - bottom
            )
    if waves.foam is not None:
        canvas.blend(
            waves.foam * np.float32(0.8), stage.between(stage.tones.sky[:, 4], stage.tones.light, 0.35), horizon
        )
    _lay_path(stage, horizon, light, waves, roughness)


def _smear(light: Light, reach: float) -> Light:
    """Draw the picture out downward by `reach` pixels, as the many small waves within one pixel do."""
    step = max(1, min(int(reach), light.shape[1] // 4))
    if step == 1:
        return light
    rows, cols = light.shape[1:]
    small = (average(plane, max(1, rows // step), max(1, cols // max(2, step // 3))) for plane in light)
    return np.stack([stretch(plane, rows, cols) for plane in small])


def _mirror(
    unit: float, horizon: int, rows: int, strip: slice, xs: Plane, slope: Plane, depth: Plane, roughness: float
) -> Plane:
    """Index into the flat sky of the place each pixel mirrors."""
    below = np.arange(strip.start, strip.stop, dtype=np.float32)[:, None] + 0.5
    reach = horizon / max(horizon, rows * 0.8)
    stir = (0.02 + 0.17 * roughness) * unit * (0.06 + 0.94 * depth**0.8)
    row = horizon - 1.0 - below * np.float32(reach) - np.abs(slope) * stir * 0.9 + slope * stir * 0.5
    col = xs + slope * stir * np.float32(0.22)
    row = np.clip(row, 0.0, horizon - 1.0).astype(np.int32)
    width = xs.shape[1]
    found: Plane = row * width + np.clip(col, 0.0, width - 1.0).astype(np.int32)
    return found


def _glance(slope: Plane, depth: Plane, roughness: float, clarity: float) -> Plane:
    """Share of the mirror in what is seen: nearly all far off, less at one's feet and on waves that face us."""
    level = 0.95 - (0.46 + 0.14 * roughness) * depth**0.7
    found: Plane = np.clip(level * clarity - slope * (0.17 + 0.2 * roughness) * (0.3 + 0.7 * depth), 0.03, 1.0)
    return found


def _lay_path(stage: Stage, horizon: int, light: Luminary, waves: _Waves, roughness: float) -> None:
    """Scatter the light's glitter below it: dense in the middle, single sparks at the edges."""
    canvas = stage.canvas
    power = {"moon": 0.8, "sun": 1.0, "veiled": 0.16}[light.kind] * light.strength
    colour = stage.shine(mix(stage.tones.light, stage.tones.glow, 0.5), 2.6 * power)
    spread = canvas.unit * (0.03 + 0.10 * roughness)
    dx = np.abs(canvas.xs - light.x)
    for strip in strips(canvas.height - horizon, canvas.width):
        depth = waves.depth[strip]
        wide = light.radius * 0.7 + spread * (0.4 + 0.9 * depth)
        nearness = dx / wide
        edge = 0.25 + 0.8 * nearness + 0.35 * depth
        spark = smoothstep(-0.32, 0.55, -waves.slope[strip] + 0.7 * waves.chop[strip] - edge + 0.75)
        path = spark * np.exp(-0.55 * nearness * nearness) * (1.0 - 0.55 * depth)
        canvas.add(path + 0.10 * np.exp(-nearness * nearness), colour, horizon + strip.start)


def paint_lamp_path(stage: Stage, x: float, horizon: int, reach: float, width: float, strength: float) -> None:
    """Draw one lamp's broken reflection in water: `reach` and `width` in pixels."""
    rng, canvas = stage.rng(f"lamp path {round(x)}"), stage.canvas
    rows, cols = max(4, min(int(reach), canvas.height - horizon)), max(5, math.ceil(width * 6))
    down = (np.arange(rows, dtype=np.float32)[:, None] + 0.5) * (1.0 / rows)
    across = (np.arange(cols, dtype=np.float32)[None, :] + 0.5 - cols / 2) * np.float32(1.0 / width)
    stir = noise.fractal(rng, (rows, cols), (max(2.0, canvas.unit * 0.005), width * 3.0), 3, 0.6)
    wide = 0.55 + 1.1 * down
    body = np.exp(-((across + 0.8 * stir * (0.25 + down)) ** 2) / (wide * wide)) * smoothstep(
        -0.9, 0.7, stir + 0.5 - 0.9 * down
    )
    fade = (1.0 - down) ** 1.3
    canvas.add(body * fade * np.float32(strength), stage.shine(stage.tones.accent, 1.7), horizon, round(x - cols / 2))
