"""The sky: a curved ramp of air, the glow around its light, and lit clouds; it knows no land."""

import math
from dataclasses import dataclass

import numpy as np

from textcraft_image_server.painting import noise
from textcraft_image_server.painting.colour import light_from_lab, mix, ramp
from textcraft_image_server.painting.raster import Light, Plane, resize, smoothstep
from textcraft_image_server.painting.stage import Stage

_PLACES = (0.0, 0.36, 0.66, 0.87, 1.0)
_MOST_SIDE = 960  # the sky is soft: it is painted at most this wide and enlarged
_QUANTILES = ((0.0, 0.05, 0.15, 0.3, 0.5, 0.7, 0.85, 1.0), (2.6, 1.65, 1.04, 0.52, 0.0, -0.52, -1.04, -2.2))


@dataclass(frozen=True)
class Luminary:
    """Sun or moon, in canvas pixels; `kind` is moon, sun or veiled (a glow without a disc)."""

    kind: str
    x: float
    y: float
    radius: float
    strength: float


@dataclass(frozen=True)
class Weave:
    """Cloud cover 0..1 over the sky at reduced size, and how many canvas pixels one of its cells spans."""

    cover: Plane
    pitch: float

    def at(self, x: float, y: float) -> float:
        """Cover at one canvas position."""
        row = min(self.cover.shape[0] - 1, max(0, int(y / self.pitch)))
        return float(self.cover[row, min(self.cover.shape[1] - 1, max(0, int(x / self.pitch)))])


@dataclass(frozen=True)
class _Field:
    """Coordinates of the reduced sky and what every cell needs to know of its light."""

    xs: Plane
    ys: Plane
    height: Plane
    halo: Plane
    azimuth: Plane


def hang_luminary(stage: Stage, horizon: float, low: bool = False) -> Luminary:
    """Choose the sun or moon of a picture whose sky ends at `horizon` pixels."""
    rng, canvas = stage.rng("luminary"), stage.canvas
    x = canvas.width * float(rng.choice([rng.uniform(0.16, 0.4), rng.uniform(0.6, 0.84), rng.uniform(0.4, 0.6)]))
    moonlike = (stage.night or stage.has("moon")) and not stage.has("sun")
    height = rng.uniform(0.42, 0.8) if moonlike and not low else rng.uniform(0.08, 0.34)
    y = max(horizon * (1.0 - float(height)), canvas.unit * 0.07)
    veiled = not stage.has("moon", "sun") and (stage.has("rain", "fog", "clouds", "snow") or stage.brief.time == "day")
    radius = canvas.unit * float(rng.uniform(0.026, 0.05) if moonlike else rng.uniform(0.026, 0.052))
    kind = "veiled" if veiled else "moon" if moonlike else "sun"
    return Luminary(kind, x, y, radius, float(rng.uniform(0.8, 1.1)))


def choose_cover(stage: Stage) -> float:
    """Choose how much of the sky is under cloud, 0..1."""
    rng = stage.rng("cover")
    if stage.has("stars", "aurora"):
        return float(rng.uniform(0.02, 0.15))
    if stage.has("clouds", "rain", "lightning"):
        return float(rng.uniform(0.7, 0.92))
    return float(rng.choice([rng.uniform(0.05, 0.2), rng.uniform(0.25, 0.45), rng.uniform(0.4, 0.65)]))


def _survey(stage: Stage, horizon: float, light: Luminary, rows: int, pitch: float) -> _Field:
    canvas = stage.canvas
    xs = (np.arange(math.ceil(canvas.width / pitch), dtype=np.float32)[None, :] + 0.5) * pitch
    ys = (np.arange(rows, dtype=np.float32)[:, None] + 0.5) * pitch
    dx, dy = (xs - light.x) / canvas.unit, (ys - light.y) / canvas.unit
    halo = np.exp(-2.3 * np.sqrt(dx * dx + 1.35 * dy * dy + 0.004))
    azimuth = np.exp(-0.55 * dx * dx)
    return _Field(xs, ys, ys / np.float32(horizon), halo, azimuth)


def _air(stage: Stage, field: _Field, light: Luminary) -> Light:
    """The cloudless sky: the ramp bends down away from the light, and the light leaves its glow in the haze."""
    rng = stage.rng("air")
    unit = stage.canvas.unit
    shape = (field.ys.shape[0], field.xs.shape[1])
    pitch = float(field.xs[0, 0]) * 2
    wander = noise.fractal(rng, shape, (0.3 * unit / pitch, 0.9 * unit / pitch), 4)
    height = field.height * (0.84 + 0.16 * field.azimuth) + 0.025 * wander * np.clip(1.2 - field.height, 0.0, 1.0)
    table = ramp(stage.tones.sky, _PLACES, np.linspace(0.0, 1.0, 1024, dtype=np.float32))
    air = table[:, np.clip(height * 1023.0, 0.0, 1023.0).astype(np.int32)]
    power = {"moon": 0.75, "sun": 1.3, "veiled": 0.5}[light.kind] * light.strength
    near = stage.shine(stage.tones.glow) ** 1.3 * (field.halo**2.8 * np.float32(power))
    wide = stage.shine(mix(stage.tones.sky[:, 3], stage.tones.sky[:, 4], 0.4), 0.42 * power) * field.halo**1.3
    return air + near + wide


def _density(stage: Stage, field: _Field, stretch: float) -> tuple[Plane, Plane]:
    """Cloud density on a plane overhead seen in perspective: the whole, and its soft part for shading."""
    rng = stage.rng("clouds")
    canvas = stage.canvas
    tile, other = noise.texture(rng, 4, 0.52), noise.texture(rng, 4, 0.6)
    depth = 1.0 / (np.clip(1.0 - field.height, 0.0, 1.0) + 0.3)
    u = (field.xs - canvas.width * 0.5) * np.float32(1.0 / canvas.unit) * depth * (105.0 / stretch) + rng.uniform(
        0, 512
    )
    v = depth * 165.0 + rng.uniform(0, 512) + 0.0 * u
    drift = noise.sample(other, u * 0.6, v * 0.6)
    soft = noise.sample(tile, u + 16.0 * drift, v + 9.0 * drift)
    fine = noise.sample(other, u * 2.7 + 30.0 * soft, v * 2.7)
    fade = np.clip((1.0 - field.height) * 3.2, 0.15, 1.0)
    return (soft + (0.34 * fade) * fine) * 0.93, soft


def _relief(field: _Field, soft: Plane, light: Luminary) -> Plane:
    """How much each piece of cloud faces the light, about -1..1."""
    gy, gx = np.gradient(soft)
    dx, dy = light.x - field.xs, light.y - field.ys
    length = np.sqrt(dx * dx + dy * dy) + 1.0
    slope = -(gx * dx + gy * dy) / length
    found: Plane = np.tanh(slope * np.float32(9.0))
    return found


def _cloud_light(stage: Stage, field: _Field, density: Plane, relief: Plane, thick: Plane) -> Light:
    tones = stage.tones
    shade = light_from_lab(mix(tones.sky[:, 1], tones.sky[:, 2], 0.55))
    warm = light_from_lab(mix(tones.glow, tones.sky[:, 4], 0.35))
    reach = 0.16 + 0.62 * field.halo + 0.5 * np.clip(field.height, 0.0, 1.0) ** 2.5 * field.azimuth
    lining = (1.0 - thick) * field.halo * 0.9
    lit = np.clip(reach * (0.42 + 0.5 * relief) + lining + 0.03 * density, 0.0, 1.6)
    found: Plane = shade * (1.0 - 0.45 * thick) + (warm - shade * 0.6) * lit
    return found


def paint_sky(stage: Stage, horizon: float, light: Luminary, cover: float, below: float = 8.0) -> Weave:
    """Paint the canvas from its top to `below` pixels under `horizon`; `cover` is the share under cloud."""
    canvas = stage.canvas
    bottom = min(canvas.height, math.ceil(horizon + below))
    pitch = max(1.0, max(canvas.width, canvas.height) / _MOST_SIDE)
    field = _survey(stage, horizon, light, max(2, math.ceil(bottom / pitch)), pitch)
    air = _air(stage, field, light)
    stretch = float(stage.rng("stretch").choice([1.0, 1.4, 2.4, 3.4]))
    density, soft = _density(stage, field, stretch)
    edge = float(np.interp(cover, *_QUANTILES))
    haze = np.clip((1.02 - field.height) * 5.0, 0.0, 1.0)
    veil = smoothstep(edge - 0.35, edge + 1.0, density) * haze * np.float32(0.92)
    thick = smoothstep(edge, edge + 2.2, density)
    clouds = _cloud_light(stage, field, density, _relief(field, soft, light), thick)
    air += veil * (clouds - air)
    canvas.put(np.stack([resize(plane, bottom, canvas.width) for plane in air]))
    return Weave(veil, pitch)
