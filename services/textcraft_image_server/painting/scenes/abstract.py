"""Pictures of no place: a nebula, ink in water, folded strata; for prompts that name no landscape."""

import math

import numpy as np

from textcraft_image_server.painting import noise
from textcraft_image_server.painting.colour import light_from_lab, mix, ramp
from textcraft_image_server.painting.heavens import paint_stars
from textcraft_image_server.painting.raster import Canvas, Light, Plane, resize, smoothstep
from textcraft_image_server.painting.sky import Weave
from textcraft_image_server.painting.stage import Stage

_MOST_SIDE = 960
_PLACES = (0.0, 0.34, 0.6, 0.82, 1.0)


def paint(stage: Stage) -> None:
    """Paint what the words lean to, else what the seed decides."""
    kinds = [name for name in ("nebula", "ink", "strata") if stage.has(name)]
    kind = str(stage.rng("abstract").choice(kinds or ["nebula", "ink", "strata"]))
    {"nebula": _paint_nebula, "ink": _paint_ink, "strata": _paint_strata}[kind](stage)


def _grid(canvas: Canvas) -> tuple[Plane, Plane, float]:
    """Coordinates in units of the shorter side around the middle, at reduced size, and pixels per cell."""
    pitch = max(1.0, max(canvas.width, canvas.height) / _MOST_SIDE)
    cols, rows = math.ceil(canvas.width / pitch), math.ceil(canvas.height / pitch)
    xs = ((np.arange(cols, dtype=np.float32) + 0.5) * pitch - canvas.width / 2) * (1.0 / canvas.unit)
    ys = ((np.arange(rows, dtype=np.float32) + 0.5) * pitch - canvas.height / 2) * (1.0 / canvas.unit)
    return np.repeat(xs[None, :], rows, axis=0), np.repeat(ys[:, None], cols, axis=1), pitch


def _warp(rng: np.random.Generator, xs: Plane, ys: Plane, scale: float, force: float) -> tuple[Plane, Plane, Plane]:
    """Fold the plane twice through noise; returns the folded field and the two inner fields (deviation 1)."""
    tile, other = noise.texture(rng, 4, 0.56), noise.texture(rng, 4, 0.5)
    turn = float(rng.uniform(0.0, math.pi))
    u = (xs * math.cos(turn) - ys * math.sin(turn)) * (scale * 1.0) + float(rng.uniform(0, 512))
    v = (xs * math.sin(turn) + ys * math.cos(turn)) * (scale * 1.5) + float(rng.uniform(0, 512))
    first = noise.sample(tile, u, v)
    second = noise.sample(other, u + force * first, v - force * first)
    folded = noise.sample(tile, u + force * 1.3 * second + 60.0, v + force * first)
    return folded.astype(np.float32), first, second


def _lay(stage: Stage, light: Light) -> None:
    canvas = stage.canvas
    canvas.put(np.stack([np.clip(resize(plane, canvas.height, canvas.width), 0.0, None) for plane in light]))


def _paint_nebula(stage: Stage) -> None:
    """Glowing gas with dark lanes, young stars behind it."""
    rng, canvas = stage.rng("nebula"), stage.canvas
    xs, ys, pitch = _grid(canvas)
    folded, first, second = _warp(rng, xs, ys, 130.0, 34.0)
    cx, cy = float(rng.uniform(-0.5, 0.5)) * canvas.width / canvas.unit * 0.6, float(rng.uniform(-0.2, 0.2))
    tilt = float(rng.uniform(-0.9, 0.9))
    away = (ys - cy) * math.cos(tilt) - (xs - cx) * math.sin(tilt)
    along = (xs - cx) * math.cos(tilt) + (ys - cy) * math.sin(tilt)
    body = np.exp(-((away + 0.10 * first) ** 2) * 7.0 - along * along * 0.7)
    gas = np.clip(body * (0.60 + 0.46 * folded) + 0.07 * second + 0.05 * first, 0.0, 1.3)
    lanes = smoothstep(0.2, 1.5, second * 0.9 - 0.4 * folded) * body
    light = ramp(stage.tones.sky, _PLACES, np.linspace(0, 1, 1024, dtype=np.float32))
    field = light[:, np.clip(gas * 0.86 * 1023, 0, 1023).astype(np.int32)]
    warm = stage.shine(stage.tones.accent, 1.0) * (np.clip(first - 0.2, 0.0, 2.0) * body * 0.32)
    core = stage.shine(stage.tones.glow, 1.6) * np.clip(body - 0.55, 0.0, 1.0) ** 1.5
    dark = light_from_lab(stage.tones.zenith)
    field = field + warm + core
    field = field + (dark - field) * (lanes * 0.78)
    _lay(stage, field.astype(np.float32))
    paint_stars(stage, canvas.height * 1.15, Weave(np.clip(lanes, 0.0, 0.7), pitch), 1900)


def _paint_ink(stage: Stage) -> None:
    """A plume of ink unfolding in lit water: thin veils, dark folds, a bright edge."""
    rng, canvas = stage.rng("ink"), stage.canvas
    xs, ys, _ = _grid(canvas)
    folded, first, second = _warp(rng, xs, ys, 62.0, 34.0)
    cx = float(rng.uniform(-0.22, 0.22)) * canvas.width / canvas.unit
    cy = float(rng.uniform(-0.1, 0.1))
    far = np.sqrt(((xs - cx) * 0.72 + 0.10 * first) ** 2 + (ys - cy + 0.10 * second) ** 2)
    plume = np.exp(-(far**2) * 3.2)
    veil = smoothstep(0.10, 0.8, plume + 0.22 * folded)
    fold = np.abs(np.sin(folded * 2.6 + first * 1.3))
    thread = np.exp(-fold * 7.0) * veil
    back = ramp(stage.tones.sky, _PLACES, np.linspace(0, 1, 1024, dtype=np.float32))
    glow = np.clip(
        0.05 + 0.40 * np.exp(-(((xs + cx * 0.6) * 0.6) ** 2 + (ys + 0.1) ** 2) * 1.4) + 0.025 * second, 0.0, 1.0
    )
    field = back[:, (glow * 1023).astype(np.int32)]
    body = back[:, np.clip((0.28 + 0.72 * fold * plume + 0.12 * second) * 1023, 0, 1023).astype(np.int32)]
    field = field + (body - field) * (veil * 0.93)
    dark = light_from_lab(mix(stage.tones.near, stage.tones.zenith, 0.4))
    field = field + (dark - field) * (smoothstep(0.25, 1.5, first + 0.5 * folded) * veil * 0.8)
    field = field + stage.shine(stage.tones.glow, 1.5) * thread * 0.6
    field = field + stage.shine(stage.tones.accent, 1.2) * (smoothstep(0.9, 2.2, second) * veil * 0.8)
    _lay(stage, field.astype(np.float32))


def _paint_strata(stage: Stage) -> None:
    """Folded layers like agate or sound made visible: bands with a lit edge and a soft shadow."""
    rng, canvas = stage.rng("strata"), stage.canvas
    xs, ys, _ = _grid(canvas)
    folded, first, second = _warp(rng, xs, ys, 30.0, float(rng.uniform(8.0, 22.0)))
    tilt = float(rng.uniform(-0.5, 0.5))
    bands = float(rng.uniform(9.0, 17.0))
    level = ((ys + tilt * xs) * 1.15 + 0.17 * first + 0.06 * folded) * bands
    step = np.floor(level)
    inside = level - step
    tones = rng.random(256).astype(np.float32)
    tone = tones[step.astype(np.int32) & 255]
    following = tones[(step.astype(np.int32) + 1) & 255]
    soft = smoothstep(0.93, 1.0, inside)
    height = tone + (following - tone) * soft
    slope = 0.16 * second + 0.24 * (0.5 - inside)
    focus = np.exp(-((xs - float(rng.uniform(-0.5, 0.5))) ** 2) * 0.9 - (ys - float(rng.uniform(-0.2, 0.2))) ** 2 * 1.2)
    shade = np.clip((0.06 + 0.62 * height**1.4 + slope * 0.5) * (0.35 + 0.8 * focus), 0.0, 1.0)
    table = ramp(stage.tones.sky, _PLACES, np.linspace(0, 1, 1024, dtype=np.float32))
    field = table[:, (shade * 1023).astype(np.int32)]
    rim = np.exp(-inside * 16.0) * focus * (tone > 0.35)
    field = (
        field + stage.shine(stage.tones.glow, 0.9) * rim + stage.shine(stage.tones.accent, 2.2) * (rim * (tone > 0.82))
    )
    _lay(stage, field.astype(np.float32))
