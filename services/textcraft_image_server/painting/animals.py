"""Beasts and their cart as silhouettes; it knows no picture and no prompt."""

import math
from collections.abc import Sequence
from itertools import pairwise

from textcraft_image_server.painting.bodies import Frame
from textcraft_image_server.painting.stencil import Point, Stencil, curve, rounded, tapered

# Outlines from nature, heading right; shares of the height at the withers.
_BEAST: tuple[Point, ...] = (
    (0.76, 1.36), (0.86, 1.31), (0.95, 1.14), (1.04, 0.99), (1.05, 0.92), (0.99, 0.88), (0.91, 0.95), (0.82, 1.04),
    (0.71, 0.92), (0.60, 0.72), (0.48, 0.58), (0.18, 0.50), (-0.18, 0.51), (-0.40, 0.57), (-0.58, 0.60), (-0.66, 0.76),
    (-0.62, 0.92), (-0.48, 0.985), (-0.20, 0.93), (0.10, 0.93), (0.36, 1.0), (0.50, 1.10), (0.64, 1.27),
)  # fmt: skip
_LEGS: tuple[tuple[tuple[Point, ...], float], ...] = (
    (((0.38, 0.68), (0.43, 0.34), (0.37, 0.05)), 0.18),
    (((0.50, 0.68), (0.55, 0.34), (0.54, 0.05)), 0.19),
    (((-0.44, 0.76), (-0.40, 0.46), (-0.52, 0.30), (-0.46, 0.05)), 0.27),
    (((-0.50, 0.76), (-0.54, 0.46), (-0.67, 0.31), (-0.64, 0.05)), 0.28),
)
_DOG: tuple[Point, ...] = (
    (0.62, 1.42), (0.78, 1.38), (1.0, 1.24), (1.02, 1.16), (0.82, 1.14), (0.68, 1.08), (0.60, 0.86), (0.52, 0.56),
    (0.24, 0.52), (-0.14, 0.66), (-0.44, 0.62), (-0.60, 0.74), (-0.56, 0.94), (-0.20, 1.0), (0.24, 1.0), (0.44, 1.14),
)  # fmt: skip
_DOG_LEGS: tuple[tuple[tuple[Point, ...], float], ...] = (
    (((0.42, 0.74), (0.44, 0.36), (0.38, 0.04)), 0.17),
    (((0.52, 0.72), (0.56, 0.36), (0.60, 0.04)), 0.17),
    (((-0.40, 0.80), (-0.32, 0.48), (-0.48, 0.28), (-0.42, 0.04)), 0.26),
    (((-0.48, 0.80), (-0.54, 0.46), (-0.66, 0.28), (-0.66, 0.04)), 0.24),
)
_HERON: tuple[Point, ...] = (
    (-0.34, 0.40), (-0.20, 0.56), (0.04, 0.62), (0.16, 0.60), (0.20, 0.50), (0.08, 0.42), (-0.12, 0.38),
)  # fmt: skip


def _stand_on(stencil: Stencil, frame: Frame, legs: Sequence[tuple[Sequence[Point], float]]) -> None:
    for path, thick in legs:
        size = frame.tall * thick
        points = frame.all(path)
        widths = [size * share for share in ((1.0, 0.60, 0.46, 0.34) if len(points) == 4 else (1.0, 0.60, 0.34))]
        for (start, end), (broad, slim) in zip(pairwise(points), pairwise(widths), strict=True):
            stencil.polygon(tapered([start, end], broad, slim))
            stencil.ellipse(*end, slim * 0.52, slim * 0.56)
        (x, up), half = path[-1], 0.055
        hoof = [(x - half * 0.8, 0.0), (x - half * 0.5, up + 0.04), (x + half * 0.6, up + 0.04), (x + half * 1.3, 0.0)]
        stencil.polygon(frame.all(hoof))


def draw_beast(stencil: Stencil, x: float, foot: float, withers: float, heading: float, mule: bool) -> None:
    """Draw a mule with its long ears, or a horse with its mane; `withers` is its height there in pixels."""
    frame = Frame(x, foot, withers, heading)
    _stand_on(stencil, frame, _LEGS)
    stencil.polygon(rounded(frame.all(_BEAST), 5))
    for tip in ((0.66, 1.66), (0.79, 1.68)) if mule else ((0.72, 1.50), (0.79, 1.50)):
        middle = ((0.76 + tip[0]) / 2 - 0.03, (1.3 + tip[1]) / 2)
        stencil.polygon(
            rounded(frame.all([(0.70, 1.30), middle, tip, (middle[0] + 0.075, middle[1]), (0.80, 1.31)]), 4)
        )
    tail = curve((-0.63, 0.90), (-0.80, 0.80), (-0.76, 0.34), 8)
    stencil.polygon(tapered(frame.all(tail), withers * 0.05, withers * (0.07 if mule else 0.12)))
    if mule:
        pack = [
            (-0.26, 0.86),
            (-0.30, 1.08),
            (-0.1, 1.2),
            (0.14, 1.17),
            (0.26, 1.04),
            (0.22, 0.84),
            (0.2, 0.68),
            (-0.2, 0.68),
        ]
        stencil.polygon(rounded(frame.all(pack), 5))
    else:
        mane = [(0.74, 1.40), (0.56, 1.26), (0.38, 1.04), (0.44, 0.98), (0.66, 1.10)]
        stencil.polygon(rounded(frame.all(mane), 5))


def draw_cart(stencil: Stencil, x: float, foot: float, tall: float, heading: float) -> None:
    """Draw a two-wheeled cart with a covered load; its shafts reach 1.15 × `tall` forward of its axle."""
    frame = Frame(x, foot, tall, heading)
    wheel, (hub_x, hub_y) = tall * 0.36, frame.at(0.0, 0.36)
    stencil.ellipse(hub_x, hub_y, wheel, wheel)
    stencil.ellipse(hub_x, hub_y, wheel * 0.86, wheel * 0.86, 0)
    for spoke in range(5):
        dx, dy = wheel * 0.9 * math.cos(spoke * math.pi / 5), wheel * 0.9 * math.sin(spoke * math.pi / 5)
        stencil.line([(hub_x - dx, hub_y - dy), (hub_x + dx, hub_y + dy)], tall * 0.022)
    stencil.ellipse(hub_x, hub_y, wheel * 0.17, wheel * 0.17)
    stencil.polygon(frame.all([(-0.62, 0.46), (-0.66, 0.70), (0.52, 0.70), (0.48, 0.46)]))
    cover = [(-0.60, 0.64), (-0.54, 0.92), (-0.32, 1.12), (-0.04, 1.22), (0.24, 1.10), (0.42, 0.90), (0.47, 0.64)]
    stencil.polygon(rounded(frame.all(cover), 5))
    stencil.polygon(tapered(frame.all(curve((0.40, 0.52), (0.8, 0.50), (1.15, 0.60), 6)), tall * 0.045, tall * 0.03))


def draw_dog(stencil: Stencil, x: float, foot: float, withers: float, heading: float) -> None:
    """Draw a standing dog; `withers` is its height there in pixels."""
    frame = Frame(x, foot, withers, heading)
    _stand_on(stencil, frame, _DOG_LEGS)
    stencil.polygon(rounded(frame.all(_DOG), 5))
    stencil.polygon(rounded(frame.all([(0.60, 1.36), (0.54, 1.20), (0.60, 1.10), (0.70, 1.28)]), 4))
    stencil.polygon(
        tapered(frame.all(curve((-0.56, 0.90), (-0.86, 0.92), (-0.96, 1.26), 8)), withers * 0.12, withers * 0.04)
    )


def draw_heron(stencil: Stencil, x: float, foot: float, tall: float, heading: float) -> None:
    """Draw a heron that stands and waits, `tall` pixels high."""
    frame = Frame(x, foot, tall, heading)
    for hip, knee in ((-0.03, -0.05), (0.03, 0.045)):
        path = frame.all([(hip, 0.44), (knee, 0.22), (hip, -0.06)])
        stencil.polygon(tapered(path, tall * 0.018, tall * 0.011))
    stencil.polygon(rounded(frame.all(_HERON), 5))
    neck = curve((0.14, 0.54), (0.32, 0.72), (0.14, 0.80), 6) + curve((0.14, 0.80), (0.04, 0.90), (0.16, 0.96), 6)
    stencil.polygon(tapered(frame.all(neck), tall * 0.075, tall * 0.04))
    stencil.polygon(frame.all([(0.11, 0.985), (0.18, 0.992), (0.46, 0.94), (0.18, 0.935)]))
    stencil.polygon(tapered(frame.all([(0.12, 0.975), (-0.06, 0.96)]), tall * 0.014, tall * 0.004))
