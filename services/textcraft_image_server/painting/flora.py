"""Plants as silhouettes: conifers, bare trees, crowns, reeds, grass; it knows no scene."""

import math

import numpy as np

from textcraft_image_server.painting.stencil import Point, Stencil, curve, tapered


def draw_conifer(
    stencil: Stencil, x: float, foot: float, tall: float, rng: np.random.Generator, tiers: int = 0
) -> None:
    """Draw a spruce: drooping tiers that widen downward, each a little irregular."""
    count = tiers or int(np.clip(tall / 7, 6, 26))
    half = tall * float(rng.uniform(0.17, 0.25))
    lean = tall * float(rng.normal(0.0, 0.012))
    reach = rng.uniform(0.55, 1.1, (2, count))
    sides: list[list[Point]] = [[], []]
    for side in (0, 1):
        sign = -1.0 if side == 0 else 1.0
        for tier in range(count):
            down = (tier + 0.7) / count
            spread = half * down**0.85 * float(reach[side, tier])
            y = foot - tall * (0.98 - 0.9 * down)
            tip = (x + lean * (1 - down) + sign * spread, y + tall * 0.03)
            inner = (x + lean * (1 - down) + sign * spread * 0.42, y + tall * 0.012)
            sides[side] += [(x + lean * (1 - down) + sign * spread * 0.5, y - tall * 0.012), tip, inner]
    stencil.polygon([(x + lean, foot - tall), *sides[1], *sides[0][::-1]])
    stencil.polygon(tapered([(x + lean * 0.2, foot - tall * 0.5), (x, foot + tall * 0.03)], tall * 0.012, tall * 0.035))


def draw_bare_tree(stencil: Stencil, x: float, foot: float, tall: float, rng: np.random.Generator) -> None:
    """Draw a leafless tree that forks down to twigs."""
    _fork(stencil, (x, foot), -math.pi / 2 + float(rng.normal(0, 0.06)), tall * 0.3, tall * 0.05, 8, rng)


def _fork(
    stencil: Stencil, start: Point, angle: float, length: float, width: float, depth: int, rng: np.random.Generator
) -> None:
    bend = angle + float(rng.normal(0.0, 0.18))
    middle = (start[0] + math.cos(angle) * length * 0.5, start[1] + math.sin(angle) * length * 0.5)
    end = (middle[0] + math.cos(bend) * length * 0.5, middle[1] + math.sin(bend) * length * 0.5)
    if width > 1.2:
        stencil.polygon(tapered([start, middle, end], width, width * 0.72))
    else:
        stencil.line([start, middle, end], max(0.35, width))
    if depth == 0 or length < 2.5:
        return
    for turn in (-1.0, 1.0) if rng.random() < 0.82 else (float(rng.choice([-1.0, 1.0])),):
        spread = turn * float(rng.uniform(0.22, 0.62))
        shrink = float(rng.uniform(0.66, 0.86))
        _fork(stencil, end, bend * 0.93 + -math.pi / 2 * 0.07 + spread, length * shrink, width * 0.68, depth - 1, rng)


def draw_crown_tree(stencil: Stencil, x: float, foot: float, tall: float, rng: np.random.Generator) -> None:
    """Draw a leafy tree: trunk and a crown of many overlapping leaf clumps with gaps."""
    stencil.polygon(tapered([(x, foot - tall * 0.6), (x + tall * 0.01, foot)], tall * 0.03, tall * 0.065))
    _fork(stencil, (x, foot - tall * 0.3), -math.pi / 2, tall * 0.2, tall * 0.035, 4, rng)
    masses = [(rng.normal(0.0, 0.17), rng.uniform(0.5, 0.8), rng.uniform(0.1, 0.2)) for _ in range(6)]
    clumps = int(np.clip(tall / 4, 10, 34))
    for across, rise, wide in masses:
        for _ in range(clumps):
            angle, far = float(rng.uniform(0, 2 * math.pi)), math.sqrt(float(rng.random()))
            cx = x + tall * (float(across) + math.cos(angle) * far * float(wide) * 1.25)
            cy = foot - tall * (float(rise) + math.sin(angle) * far * float(wide) * 0.75)
            size = tall * float(rng.uniform(0.012, 0.05)) * (1.2 - 0.7 * far)
            stencil.ellipse(cx, cy, size * 1.2, size * 0.9)


def draw_reed(stencil: Stencil, x: float, foot: float, tall: float, rng: np.random.Generator, headed: bool) -> None:
    """Draw a reed: a bent stalk, one or two blades, perhaps a seed head."""
    lean = tall * float(rng.normal(0.06, 0.12))
    stalk = curve((x, foot), (x + lean * 0.2, foot - tall * 0.6), (x + lean, foot - tall), 7)
    stencil.polygon(tapered(stalk, tall * 0.013, tall * 0.004))
    for _ in range(int(rng.integers(1, 3))):
        turn = float(rng.choice([-1.0, 1.0])) * tall * float(rng.uniform(0.08, 0.3))
        rise = float(rng.uniform(0.5, 0.9))
        tip = (x + turn, foot - tall * rise * float(rng.uniform(0.7, 1.0)))
        blade = curve((x, foot), (x + turn * 0.15, foot - tall * rise * 0.85), tip, 6)
        stencil.polygon(tapered(blade, tall * 0.017, tall * 0.002))
    if headed:
        (ax, ay), (bx, by) = stalk[-1], stalk[-3]
        head = [(ax, ay), ((ax + bx) / 2, (ay + by) / 2), (bx, by)]
        stencil.polygon(tapered(head, tall * 0.02, tall * 0.03))
        stencil.ellipse(bx, by, tall * 0.014, tall * 0.02)


def draw_grass(
    stencil: Stencil, left: float, right: float, foot: float, tall: float, count: int, rng: np.random.Generator
) -> None:
    """Draw a ragged fringe of blades along the row `foot`."""
    wind = float(rng.normal(0.0, 0.3))
    for x, size, bend in zip(
        rng.uniform(left, right, count), rng.random(count), rng.normal(0, 0.3, count), strict=True
    ):
        high = tall * (0.35 + 0.65 * float(size) ** 2)
        tip = (float(x) + high * (wind + float(bend)), foot - high)
        blade = curve((float(x), foot + tall * 0.2), (float(x) + high * 0.1 * float(bend), foot - high * 0.6), tip, 5)
        stencil.polygon(tapered(blade, tall * 0.035, tall * 0.004))
