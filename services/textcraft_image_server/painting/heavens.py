"""What hangs in the sky: the disc of sun or moon, stars, aurora, lightning; it knows no land."""

import math

import numpy as np

from textcraft_image_server.painting import noise
from textcraft_image_server.painting.colour import mix
from textcraft_image_server.painting.raster import Plane, resize, smoothstep
from textcraft_image_server.painting.sky import Luminary, Weave
from textcraft_image_server.painting.stage import Stage
from textcraft_image_server.painting.stencil import Stencil


def _ball(radius: float, x: float, y: float) -> tuple[int, int, Plane, Plane, Plane]:
    """Corner of a patch around a disc, and in it: across -1..1, down -1..1, smooth coverage."""
    reach = math.ceil(radius) + 2
    left, top = math.floor(x) - reach, math.floor(y) - reach
    span = np.arange(2 * reach + 1, dtype=np.float32) + 0.5
    across = (span[None, :] + (left - x)) * np.float32(1.0 / radius)
    down = (span[:, None] + (top - y)) * np.float32(1.0 / radius)
    across, down = np.repeat(across, span.size, axis=0), np.repeat(down, span.size, axis=1)
    distance = np.sqrt(across * across + down * down)
    soft = max(0.9 / radius, 0.012)
    return top, left, across, down, smoothstep(1.0 + soft, 1.0 - soft, distance)


def paint_luminary(stage: Stage, light: Luminary, weave: Weave) -> None:
    """Add the disc; clouds in front of it dim it."""
    if light.kind == "veiled":
        return
    clear = 1.0 - 0.75 * weave.at(light.x, light.y)
    top, left, across, down, cover = _ball(light.radius, light.x, light.y)
    shade = _moon_face(stage, across, down) if light.kind == "moon" else 1.15 - 0.5 * np.clip(down + 0.4, 0.0, 1.4)
    colour = (
        stage.shine(stage.tones.light, 4.0)
        if light.kind == "moon"
        else stage.shine(stage.tones.glow) ** 1.5 * np.float32(4.6)
    )
    stage.canvas.add(cover * shade * np.float32(clear), colour, top, left)
    glow = (
        stage.shine(stage.tones.glow, 1.9)
        if light.kind == "moon"
        else stage.shine(stage.tones.glow) ** 1.5 * np.float32(2.4)
    )
    stage.canvas.spot(light.x, light.y, light.radius * 8.0, glow, 0.8 * clear)


def _moon_face(stage: Stage, across: Plane, down: Plane) -> Plane:
    """Sphere lit from the side by the seed's phase, with dark seas."""
    rng = stage.rng("moon")
    squared = np.clip(1.0 - across * across - down * down, 0.0, 1.0)
    phase = float(rng.choice([rng.normal(0.0, 0.35), rng.uniform(1.2, 2.1) * rng.choice([-1.0, 1.0])]))
    lit = across * math.sin(phase) + np.sqrt(squared) * math.cos(phase)
    cell = across.shape[0] / 4
    seas = noise.fractal(rng, (across.shape[0], across.shape[1]), (cell, cell), 3, 0.5)
    face = 1.0 - 0.34 * smoothstep(0.0, 1.0, seas) - 0.06 * seas
    return smoothstep(-0.02, 0.28, lit) * face


def paint_stars(stage: Stage, horizon: float, weave: Weave, count: int = 900) -> None:
    """Scatter stars above the horizon, fainter low down and behind cloud, crowded along one band."""
    rng, canvas = stage.rng("stars"), stage.canvas
    xs, ys = _scatter(rng, count, canvas.width, horizon)
    veils = np.array([weave.at(x, y) for x, y in zip(xs, ys, strict=True)])
    magnitude = np.minimum(0.05 * rng.random(count) ** -0.75, 2.2)
    low = np.clip(1.15 - ys / horizon, 0.0, 1.0) ** 1.3
    strength = (magnitude * low * np.clip(1.0 - 1.5 * veils, 0.0, 1.0)).astype(np.float32)
    _splat(stage, xs, ys, strength, rng.normal(0.0, 0.16, count))
    for i in np.argsort(strength)[-7:]:
        canvas.spot(
            float(xs[i]), float(ys[i]), canvas.unit * 0.012, stage.shine(stage.tones.light), float(strength[i]) * 0.6
        )


def _scatter(rng: np.random.Generator, count: int, width: int, horizon: float) -> tuple[Plane, Plane]:
    """Two thirds anywhere, one third along a slanting band."""
    xs, ys = rng.random(count), rng.random(count)
    band = rng.random(count) < 0.36
    tilt, middle = float(rng.uniform(-0.9, 0.9)), float(rng.uniform(0.2, 0.55))
    along = middle + tilt * (xs - 0.5) + rng.normal(0.0, 0.09, count)
    ys = np.where(band, along, ys)
    return (xs * width).astype(np.float32), (ys * horizon).astype(np.float32)


def _splat(stage: Stage, xs: Plane, ys: Plane, strength: Plane, warmth: Plane) -> None:
    """Add each star as a small bell curve, exact to a fraction of a pixel."""
    canvas = stage.canvas
    wide = max(0.55, canvas.unit / 1080 * 0.8)
    reach = math.ceil(wide * 2.5)
    tint = np.stack([1.0 + warmth, np.ones_like(warmth), 1.0 - warmth]).astype(np.float32) * 1.6
    for row in range(-reach, reach + 1):
        for col in range(-reach, reach + 1):
            px, py = np.floor(xs).astype(np.int32) + col, np.floor(ys).astype(np.int32) + row
            inside = (px >= 0) & (px < canvas.width) & (py >= 0) & (py < canvas.height)
            fall = np.exp(-((px + 0.5 - xs) ** 2 + (py + 0.5 - ys) ** 2) / (2 * wide * wide)) * strength
            for channel in range(3):
                np.add.at(canvas.light[channel], (py[inside], px[inside]), (fall * tint[channel])[inside])


def paint_milky_way(stage: Stage, horizon: float) -> None:
    """Add a faint slanting band of unresolved stars with dark lanes."""
    rng, canvas = stage.rng("milky way"), stage.canvas
    rows, cols = max(8, int(horizon) // 4), max(8, canvas.width // 4)
    xs = (np.arange(cols, dtype=np.float32)[None, :] + 0.5) * (1.0 / cols)
    ys = (np.arange(rows, dtype=np.float32)[:, None] + 0.5) * (1.0 / rows)
    away = ys - float(rng.uniform(0.25, 0.5)) - float(rng.uniform(-0.8, 0.8)) * (xs - 0.5)
    lanes = noise.fractal(rng, (rows, cols), (rows / 3, cols / 6), 6, 0.6)
    band = np.exp(-((away + 0.03 * lanes) ** 2) * 38.0) * np.clip(0.7 + 0.45 * lanes, 0.0, 2.0) * (1.0 - ys) ** 0.7
    full = np.clip(resize(band.astype(np.float32), int(horizon), canvas.width), 0.0, None)
    canvas.add(full, stage.shine(mix(stage.tones.glow, stage.tones.light, 0.4), 0.35))


def paint_aurora(stage: Stage, horizon: float) -> None:
    """Hang two or three curtains of light with fine upright rays."""
    rng, canvas = stage.rng("aurora"), stage.canvas
    rows, cols = max(8, int(horizon) // 2), max(8, canvas.width // 2)
    ys = (np.arange(rows, dtype=np.float32)[:, None] + 0.5) * (1.0 / rows)
    colours = (
        stage.shine(stage.tones.sky[:, 4], 1.6),
        stage.shine(mix(stage.tones.sky[:, 4], stage.tones.glow, 0.6), 1.4),
    )
    for index in range(int(rng.integers(2, 4))):
        foot = float(rng.uniform(0.55, 0.85)) + 0.09 * noise.line(rng, cols, cols / 3, 3, 0.4)
        rays = np.clip(0.55 + 0.45 * noise.line(rng, cols, cols / 14, 5, 0.75), 0.0, 2.0)
        patches = smoothstep(-0.8, 1.0, noise.line(rng, cols, cols / 3, 2))
        tall = 0.30 + 0.08 * noise.line(rng, cols, cols / 9, 4, 0.6)
        above = foot[None, :] - ys
        curtain = np.exp(-np.clip(above, 0.0, None) / np.clip(tall, 0.08, 1.0)) * smoothstep(-0.035, 0.02, above)
        full = resize((curtain * rays * patches).astype(np.float32), int(horizon), canvas.width)
        canvas.add(np.clip(full, 0.0, None) * np.float32(0.75), colours[min(index, 1)])


def paint_lightning(stage: Stage, horizon: float) -> None:
    """Strike once or twice, with forks and a lit cloud above."""
    rng, canvas = stage.rng("lightning"), stage.canvas
    light = stage.shine(mix(stage.tones.light, stage.tones.glow, 0.15), 3.0)
    for _ in range(int(rng.integers(1, 3))):
        x = canvas.width * float(rng.uniform(0.15, 0.85))
        canvas.spot(x, horizon * 0.05, canvas.unit * 1.0, light, 0.4)
        canvas.spot(x, horizon * 0.55, canvas.unit * 0.5, light, 0.12)
        stencil = Stencil(canvas, 0, 0, canvas.width, horizon + 2, 2)
        _bolt(stencil, rng, (x, 0.0), (x + canvas.unit * float(rng.normal(0, 0.14)), horizon), canvas.unit, 3.4)
        stencil.shine(light, 6.0)


def _bolt(
    stencil: Stencil,
    rng: np.random.Generator,
    start: tuple[float, float],
    end: tuple[float, float],
    unit: float,
    width: float,
) -> None:
    steps = 34
    drift = np.cumsum(rng.normal(0.0, 1.0, steps + 1))
    drift -= np.linspace(drift[0], drift[-1], steps + 1)
    xs = np.linspace(start[0], end[0], steps + 1) + drift * unit * 0.011
    ys = np.linspace(start[1], end[1], steps + 1)
    points = [(float(x), float(y)) for x, y in zip(xs, ys, strict=True)]
    stencil.line(points, width * unit / 1080)
    if width < 1.0:
        return
    for place in rng.choice(np.arange(5, steps - 6), 4, replace=False):
        reach = float(rng.uniform(0.08, 0.3))
        tip = (points[place][0] + unit * float(rng.normal(0, 0.2)), points[place][1] + unit * reach)
        _bolt(stencil, rng, points[place], tip, unit * 0.6, width * 0.28)
