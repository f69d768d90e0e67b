"""A foundry hall: brick bays under roof trusses, tall windows, chains, a furnace and its sparks."""

import math

import numpy as np

from textcraft_image_server.painting import noise
from textcraft_image_server.painting.bells import draw_bell
from textcraft_image_server.painting.colour import mix, ramp
from textcraft_image_server.painting.figures import paint_people, wants_people
from textcraft_image_server.painting.indoors import enlarge, half_grid
from textcraft_image_server.painting.raster import Light, smoothstep
from textcraft_image_server.painting.stage import Stage
from textcraft_image_server.painting.stencil import Point, Stencil, curve, rounded, tapered
from textcraft_image_server.painting.vocabulary import load


def paint(stage: Stage) -> None:
    """Paint the hall; its furnace stands to one side and lights everything else from there."""
    rng, canvas = stage.rng("foundry"), stage.canvas
    side = float(rng.choice([-1.0, 1.0]))
    floor = canvas.height * float(rng.uniform(0.66, 0.74))
    mouth = (canvas.width * 0.5 + side * canvas.width * float(rng.uniform(0.16, 0.3)), floor - canvas.unit * 0.07)
    _fill_hall(stage, floor)
    _open_windows(stage, floor, mouth[0])
    _light_hall(stage, floor, mouth)
    _span_roof(stage, floor)
    _build_furnace(stage, floor, mouth)
    _hang_chains(stage, floor, mouth[0])
    if stage.has("bell"):
        _lower_bell(stage, floor, canvas.width * 0.5 - side * canvas.unit * 0.46)
    _stand_tools(stage, floor, -side)
    _pour_light(stage, floor, mouth)
    if wants_people(stage):
        where = mouth[0] - side * canvas.unit * float(rng.uniform(0.34, 0.44))
        paint_people(stage, where, floor + canvas.unit * 0.10, canvas.unit * 0.30, stage.air(0.0), indoors=True)
    _fly_sparks(stage, mouth)


def _hot(stage: Stage, strength: float = 1.0) -> Light:
    """The colour of furnace light, redder than a lamp's."""
    found: Light = stage.shine(stage.tones.accent) ** np.float32(1.9) * np.float32(strength)
    return found


def _fill_hall(stage: Stage, floor: float) -> None:
    """Back wall of soot and brick, floor of beaten earth."""
    canvas, tones = stage.canvas, stage.tones
    row = int(floor)
    wall = ramp(np.stack([tones.near, mix(tones.near, tones.far, 0.6)], axis=1), (0.0, 1.0), np.linspace(0, 1, row))
    canvas.put(np.broadcast_to(wall[:, :, None], (3, row, canvas.width)))
    canvas.light[:, row:] = stage.between(tones.near, tones.far, 0.4)
    shape = (canvas.height // 3 + 2, canvas.width // 3 + 2)
    soot = noise.fractal(stage.rng("soot"), shape, (shape[0] / 4, shape[1] / 6), 7, 0.62)
    full = enlarge(stage, np.clip(1.0 + 0.16 * soot, 0.4, 1.7))
    canvas.light *= full
    _lay_bricks(stage, floor)


def _lay_bricks(stage: Stage, floor: float) -> None:
    canvas, high = stage.canvas, stage.canvas.unit * 0.022
    stencil = Stencil(canvas, 0, 0, canvas.width, floor, 1)
    for index, y in enumerate(np.arange(floor, 0.0, -high)):
        stencil.line([(0, y), (canvas.width, y)], 1.0, 130)
        for x in np.arange(high * (index % 2) * 1.2, canvas.width, high * 2.4):
            stencil.line([(x, y), (x, y - high)], 1.0, 90)
    stencil.cover(stage.paint_dark(), 0.30)


def _windows(stage: Stage, floor: float) -> list[tuple[float, float, float, float]]:
    """Left, top, right, bottom of each tall window."""
    rng, canvas = stage.rng("tall windows"), stage.canvas
    count = max(2, round(canvas.width / canvas.unit * float(rng.uniform(1.7, 2.6))))
    pitch = canvas.width / count
    half, top = pitch * float(rng.uniform(0.20, 0.27)), floor * float(rng.uniform(0.20, 0.3))
    bottom = floor - canvas.unit * float(rng.uniform(0.17, 0.24))
    middles = [pitch * (index + 0.5) for index in range(count)]
    return [(middle - half, top, middle + half, bottom) for middle in middles]


def _arched(left: float, top: float, right: float, bottom: float) -> list[Point]:
    middle, half = (left + right) / 2, (right - left) / 2
    spring = top + half * 0.8
    arc = [(middle + half * math.cos(a), spring - half * 0.8 * math.sin(a)) for a in np.linspace(0.0, math.pi, 20)]
    return [(right, bottom), *arc, (left, bottom)]


def _open_windows(stage: Stage, floor: float, furnace: float) -> None:
    """Panes that show the time of day, one or another blind; none behind the furnace."""
    rng, canvas = stage.rng("panes"), stage.canvas
    stops = load().palettes[load().palettes_by_time[stage.brief.time][0]].tones.sky  # cold beside the fire
    frames = Stencil(canvas, 0, 0, canvas.width, floor, 3)
    for left, top, right, bottom in _windows(stage, floor):
        if abs((left + right) / 2 - furnace) < canvas.unit * 0.26:
            continue
        glass = Stencil(canvas, left, top, right, bottom, 3)
        glass.polygon(_arched(left, top, right, bottom))
        mask = glass.mask()
        rows = np.linspace(0.1, 1.0, mask.shape[0], dtype=np.float32)
        sky = ramp(stops, (0.0, 0.3, 0.55, 0.8, 1.0), rows)[:, :, None]
        bleach = float(rng.uniform(0.75, 1.1)) * (0.8 if stage.night else 1.3)
        canvas.blend(mask, (sky * np.float32(bleach)).astype(np.float32), *glass.corner)
        for x in np.linspace(left, right, 5):
            frames.line([(float(x), top), (float(x), bottom)], canvas.unit * 0.0035)
        for y in np.linspace(bottom, top, 8):
            frames.line([(left, float(y)), (right, float(y))], canvas.unit * 0.003)
        frames.rectangle(left - canvas.unit * 0.014, bottom, right + canvas.unit * 0.014, bottom + canvas.unit * 0.012)
    frames.cover(stage.paint_dark())


def _light_hall(stage: Stage, floor: float, mouth: Point) -> None:
    """Multiply the hall by the furnace's light, add the dusty shafts of the windows."""
    canvas = stage.canvas
    xs, ys = half_grid(stage)
    unit = np.float32(1.0 / canvas.unit)
    far = ((xs - mouth[0]) * unit) ** 2 + ((ys - mouth[1]) * unit * np.float32(1.2)) ** 2
    warm = 1.5 / (0.10 + 2.6 * far)
    gain = _hot(stage, 1.6) * enlarge(stage, warm) + np.float32(0.75)
    canvas.light *= gain.astype(np.float32)
    smoke = noise.fractal(
        stage.rng("smoke"), (ys.shape[0], xs.shape[1]), (canvas.unit * 0.12, canvas.unit * 0.2), 5, 0.5
    )
    haze = np.exp(-2.4 * far) * (1.0 + 0.30 * smoke) * 0.34 + np.exp(-14.0 * far) * 0.5
    roof = np.exp(-(((ys * unit - 0.12) / 0.16) ** 2)) * np.clip(0.5 + 0.5 * smoke, 0.0, 2.0) * 0.05
    canvas.add(enlarge(stage, haze), _hot(stage))
    canvas.add(enlarge(stage, roof + 0.0 * xs), stage.shine(stage.tones.sky[:, 3]))
    _cast_shafts(stage, floor, smoke)


def _cast_shafts(stage: Stage, floor: float, smoke: Light) -> None:
    canvas = stage.canvas
    xs, ys = half_grid(stage)
    slant = float(stage.rng("slant").choice([-1.0, 1.0])) * 0.42
    amount = np.zeros((ys.shape[0], xs.shape[1]), dtype=np.float32)
    for left, top, right, bottom in _windows(stage, floor):
        middle, half = (left + right) / 2, (right - left) / 2
        along = np.clip((ys - top) / np.float32(floor - top), 0.0, 1.2)
        aside = np.abs(xs - middle - slant * (ys - (top + bottom) / 2)) / np.float32(half)
        amount += smoothstep(1.25, 0.6, aside) * smoothstep(0.0, 0.3, along) * np.exp(-1.8 * along)
    strength = 0.05 if stage.night else 0.13
    canvas.add(enlarge(stage, amount * (1.0 + 0.25 * smoke) * strength), stage.shine(stage.tones.sky[:, 4]))


def _span_roof(stage: Stage, floor: float) -> None:
    """Trusses overhead and pillars between the bays, against the light."""
    rng, canvas = stage.rng("roof"), stage.canvas
    unit, frames = canvas.unit, _windows(stage, floor)
    stencil = Stencil(canvas, 0, 0, canvas.width, floor + 4, 2)
    tie = frames[0][1] - unit * float(rng.uniform(0.03, 0.05))
    stencil.rectangle(0, tie - unit * 0.016, canvas.width, tie + unit * 0.012)
    pitch = frames[1][0] - frames[0][0]
    for index in range(len(frames) + 1):
        x = pitch * index
        stencil.polygon(tapered([(x, tie), (x, floor + 4)], unit * 0.036, unit * 0.046))
        for turn in (-1.0, 1.0):
            stencil.polygon(
                tapered([(x, tie + unit * 0.11), (x + turn * unit * 0.11, tie)], unit * 0.014, unit * 0.014)
            )
            stencil.polygon(tapered([(x, tie), (x + turn * pitch * 0.5, -unit * 0.05)], unit * 0.016, unit * 0.016))
        stencil.polygon(tapered([(x + pitch / 2, tie), (x + pitch / 2, 0)], unit * 0.012, unit * 0.012))
    stencil.cover(stage.air(0.02))


def _build_furnace(stage: Stage, floor: float, mouth: Point) -> None:
    """A round-shouldered furnace with an arched mouth and a hood that narrows into its flue."""
    canvas, unit = stage.canvas, stage.canvas.unit
    x, foot = mouth[0], floor + unit * 0.035
    body = Stencil(canvas, x - unit * 0.4, 0, x + unit * 0.4, foot + unit * 0.05, 3)
    right = [(0.215, 0.0), (0.205, 0.16), (0.185, 0.27), (0.12, 0.36), (0.085, 0.47), (0.075, 0.62)]
    outline = [(x + a * unit, foot - u * unit) for a, u in right] + [(x + 0.07 * unit, -10.0), (x - 0.07 * unit, -10.0)]
    outline += [(x - a * unit, foot - u * unit) for a, u in reversed(right)]
    body.polygon(outline)
    for band in (0.175, 0.29):
        body.rectangle(x - unit * 0.222, foot - unit * band, x + unit * 0.222, foot - unit * (band - 0.012))
    body.cover(stage.air(0.01))
    _light_mouth(stage, x, foot)


def _light_mouth(stage: Stage, x: float, foot: float) -> None:
    canvas, unit = stage.canvas, stage.canvas.unit
    for half, rise, light in (
        (0.098, 0.155, _hot(stage, 1.6)),
        (0.085, 0.14, _hot(stage, 5.0)),
        (0.062, 0.095, stage.shine(mix(stage.tones.accent, stage.tones.light, 0.35), 9.0)),
    ):
        opening = Stencil(canvas, x - unit * 0.2, foot - unit * 0.3, x + unit * 0.2, foot + unit * 0.02, 4)
        base = foot - unit * 0.028
        opening.polygon(_arched(x - half * unit, base - rise * unit, x + half * unit, base))
        opening.cover(light, 0.92)
    _lick_flames(stage, x, foot - unit * 0.028)
    canvas.spot(x, foot - unit * 0.1, unit * 0.55, _hot(stage), 1.6)


def _lick_flames(stage: Stage, x: float, base: float) -> None:
    """Thin tongues inside the mouth, paler than the coals behind them."""
    unit, rng = stage.canvas.unit, stage.rng("tongues")
    tongues = Stencil(stage.canvas, x - unit * 0.2, base - unit * 0.3, x + unit * 0.2, base, 4)
    for _ in range(11):
        at, high = x + unit * float(rng.uniform(-0.06, 0.06)), unit * float(rng.uniform(0.04, 0.12))
        sway = unit * float(rng.normal(0.0, 0.007))
        lick = [(at - high * 0.10, base), (at - high * 0.12 + sway * 0.4, base - high * 0.35)]
        lick += [(at + sway * 1.6, base - high), (at + high * 0.12 + sway * 0.4, base - high * 0.35)]
        tongues.polygon(rounded([*lick, (at + high * 0.10, base)], 5))
    tongues.cover(stage.shine(mix(stage.tones.accent, stage.tones.light, 0.6), 9.0), 0.5)


def _hang_chains(stage: Stage, floor: float, furnace: float) -> None:
    """Chains of links from the roof, some with a hook; one sags in a bow."""
    rng, canvas = stage.rng("chains"), stage.canvas
    unit = canvas.unit
    stencil = Stencil(canvas, 0, 0, canvas.width, floor, 3)
    for place in rng.uniform(0.04, 0.96, 7):
        x = float(place) * canvas.width
        if abs(x - furnace) < unit * 0.12:
            continue
        end, size = floor * float(rng.uniform(0.28, 0.66)), unit * float(rng.uniform(0.006, 0.010))
        _draw_chain(stencil, [(x, y) for y in np.arange(0.0, end, size * 2.3)], size)
        hook = [(x, end), (x + size * 0.4, end + size * 3.0), (x + size * 3.0, end + size * 4.4)]
        hook += [(x + size * 4.4, end + size * 2.0)]
        stencil.polygon(tapered(hook, size * 1.3, size * 0.7))
    start, sag = canvas.width * float(rng.uniform(0.1, 0.5)), floor * float(rng.uniform(0.3, 0.5))
    _draw_chain(stencil, curve((start, 0), (start + unit * 0.3, sag * 2), (start + unit * 0.6, 0), 70), unit * 0.007)
    stencil.cover(stage.air(0.0))


def _draw_chain(stencil: Stencil, points: list[Point], size: float) -> None:
    for index, (x, y) in enumerate(points):
        if index % 2:
            stencil.ellipse(x, y, size * 0.42, size * 1.5)
        else:
            stencil.ellipse(x, y, size * 0.95, size * 1.6)
            stencil.ellipse(x, y, size * 0.35, size * 0.95, 0)


def _lower_bell(stage: Stage, floor: float, x: float) -> None:
    """A great bell on its chain over the casting pit, its lit flank toward the fire."""
    canvas, unit = stage.canvas, stage.canvas.unit
    tall = unit * float(stage.rng("bell").uniform(0.24, 0.32))
    foot = floor + unit * 0.01
    pit = Stencil(canvas, x - tall * 1.4, foot - tall * 0.3, x + tall * 1.4, foot + tall * 0.4, 3)
    pit.ellipse(x, foot + unit * 0.02, tall * 0.95, tall * 0.13)
    pit.cover(stage.paint_dark(), 0.92)
    rope = Stencil(canvas, x - tall, 0, x + tall, foot - tall * 0.9, 3)
    _draw_chain(rope, [(x, y) for y in np.arange(0.0, foot - tall * 1.05, unit * 0.02)], unit * 0.0088)
    rope.cover(stage.air(0.0))
    draw_bell(stage, x, foot, tall, _hot(stage, 0.9))


def _stand_tools(stage: Stage, floor: float, side: float) -> None:
    """At the near edge, in the dark: an anvil on its block, a bench with ladles, long irons against a pillar."""
    rng, canvas = stage.rng("tools"), stage.canvas
    unit, foot = canvas.unit, canvas.height - canvas.unit * 0.03
    x = canvas.width * 0.5 + side * canvas.width * float(rng.uniform(0.24, 0.36))
    stencil = Stencil(canvas, x - unit * 0.5, floor - unit * 0.2, x + unit * 0.5, canvas.height, 3)
    block = [(-0.055, 0.0), (-0.05, 0.10), (0.05, 0.10), (0.055, 0.0)]
    anvil = [(-0.085, 0.185), (0.06, 0.185), (0.135, 0.178), (0.06, 0.150), (0.035, 0.125), (0.05, 0.10)]
    anvil += [(-0.05, 0.10), (-0.03, 0.125), (-0.04, 0.150), (-0.085, 0.155)]
    for outline in (block, anvil):
        stencil.polygon([(x + a * unit, foot - u * unit) for a, u in outline])
    for index in range(int(rng.integers(3, 6))):
        low = x + side * unit * (0.2 + 0.022 * index)
        high = unit * float(rng.uniform(0.28, 0.42))
        stencil.polygon(tapered([(low, foot), (low + side * unit * 0.05, foot - high)], unit * 0.006, unit * 0.005))
        if rng.random() < 0.6:
            stencil.ellipse(low + side * unit * 0.051, foot - high, unit * 0.017, unit * 0.012)
    stencil.cover(stage.air(0.0))


def _pour_light(stage: Stage, floor: float, mouth: Point) -> None:
    """The furnace's light on the uneven floor."""
    canvas = stage.canvas
    xs, ys = half_grid(stage)
    below = np.clip((ys - floor) * np.float32(1.0 / canvas.unit), 0.0, None)
    rough = noise.fractal(stage.rng("floor"), (ys.shape[0], xs.shape[1]), (14, 90), 5, 0.6)
    wide = 0.13 + 0.95 * below
    pool = np.exp(-((((xs - mouth[0]) / canvas.unit) / wide) ** 2)) * np.exp(-5.5 * below) * (below > 0)
    canvas.add(enlarge(stage, pool * np.clip(0.75 + 0.32 * rough, 0.1, 2.0) * 0.95), _hot(stage))


def _fly_sparks(stage: Stage, mouth: Point) -> None:
    """Short bright streaks that leave the mouth in arcs, and embers that float above."""
    rng, canvas = stage.rng("sparks"), stage.canvas
    unit = canvas.unit
    stencil = Stencil(canvas, mouth[0] - unit * 0.8, 0, mouth[0] + unit * 0.8, canvas.height, 2)
    for speed, angle, age in rng.random((90, 3)):
        vx, vy = (float(angle) - 0.5) * 1.5 * float(speed), -(0.25 + 0.75 * float(speed)) * 0.9
        now, before = 0.15 + 0.8 * float(age), 0.12 + 0.8 * float(age)
        points = [(mouth[0] + unit * vx * t, mouth[1] + unit * (vy * t + 0.75 * t * t)) for t in (before, now)]
        stencil.line(points, max(1.0, unit * 0.0022 * (1.2 - float(age))), 120 + int(130 * (1.0 - age)))
    stencil.shine(stage.shine(mix(stage.tones.accent, stage.tones.light, 0.25), 6.0), 0.9)
    for across, up, size in rng.random((36, 3)):
        where = mouth[0] + (float(across) - 0.5) * unit * 0.9 * (0.4 + float(up)), mouth[1] - unit * 0.6 * float(up)
        canvas.spot(*where, unit * 0.006 * (0.5 + float(size)), _hot(stage), 5.0)
