"""Small living and drifting silhouettes: people, boats, birds; it knows no scene."""

import math

import numpy as np

from textcraft_image_server.painting.raster import Light
from textcraft_image_server.painting.stage import Stage
from textcraft_image_server.painting.stencil import Point, Stencil, curve, tapered


def draw_person(
    stencil: Stencil, x: float, foot: float, tall: float, rng: np.random.Generator, dressed: bool = False
) -> None:
    """Draw a standing or walking figure, in a long dress if `dressed`, else in a coat; `foot` is the ground row,
    `tall` the height in pixels.
    """
    turn = float(rng.choice([-1.0, 1.0]))
    _draw_legs(stencil, x, foot, tall, turn * tall * float(rng.uniform(0.02, 0.10)))
    hem = tall * float(rng.uniform(0.13, 0.2) if dressed else rng.uniform(0.09, 0.15))
    end = foot - tall * float(rng.uniform(0.06, 0.18) if dressed else rng.uniform(0.2, 0.36))
    shoulder = tall * (0.085 if dressed else 0.105)
    _draw_coat(stencil, x, (foot - tall * 0.84, foot - tall * 0.47, end), (shoulder, shoulder * 0.62, hem), tall)
    _draw_arms(stencil, x, foot, tall, shoulder)
    _draw_head(stencil, x + turn * tall * 0.008, foot, tall, dressed, hatted=not dressed and rng.random() < 0.35)


def _draw_legs(stencil: Stencil, x: float, foot: float, tall: float, stride: float) -> None:
    for side in (-1.0, 1.0):
        leg = [(x + side * tall * 0.035, foot - tall * 0.42), (x + side * stride * 0.6, foot - tall * 0.2)]
        stencil.polygon(tapered([*leg, (x + side * stride, foot)], tall * 0.085, tall * 0.05))
        stencil.ellipse(x + side * stride + tall * 0.015, foot - tall * 0.008, tall * 0.042, tall * 0.016)


def _draw_coat(
    stencil: Stencil, x: float, rows: tuple[float, float, float], halves: tuple[float, float, float], tall: float
) -> None:
    """Fill the outline from neck over waist to hem: `rows` and half widths from top to bottom."""
    (neck, waist, end), (shoulder, narrow, hem) = rows, halves
    right = [
        (x + tall * 0.03, neck),
        (x + shoulder * 0.85, neck + tall * 0.035),
        (x + shoulder, neck + tall * 0.10),
        *curve((x + narrow, waist), (x + narrow * 1.05, (waist + end) / 2), (x + hem, end), 6),
    ]
    stencil.polygon([*right, *((2 * x - px, py) for px, py in reversed(right))])


def _draw_arms(stencil: Stencil, x: float, foot: float, tall: float, shoulder: float) -> None:
    neck, hip = foot - tall * 0.84, foot - tall * 0.42
    for side in (-1.0, 1.0):
        hand = (x + side * tall * 0.135, hip + tall * 0.02)
        bend = (x + side * tall * 0.15, hip - tall * 0.2)
        arm = curve((x + side * shoulder * 0.9, neck + tall * 0.06), bend, hand, 6)
        stencil.polygon(tapered(arm, tall * 0.05, tall * 0.03))


def _draw_head(stencil: Stencil, x: float, foot: float, tall: float, haired: bool, hatted: bool) -> None:
    stencil.rectangle(x - tall * 0.022, foot - tall * 0.88, x + tall * 0.022, foot - tall * 0.82)
    stencil.ellipse(x, foot - tall * 0.925, tall * 0.052, tall * 0.068)
    if haired:
        stencil.ellipse(x, foot - tall * 0.90, tall * 0.062, tall * 0.095)
        stencil.ellipse(x - tall * 0.012, foot - tall * 0.84, tall * 0.055, tall * 0.08)
    if hatted:
        stencil.ellipse(x, foot - tall * 0.955, tall * 0.10, tall * 0.018)
        stencil.ellipse(x, foot - tall * 0.975, tall * 0.055, tall * 0.045)


def draw_umbrella(stencil: Stencil, x: float, foot: float, tall: float) -> None:
    """Hold an umbrella over a figure."""
    top = foot - tall * 1.24
    arc = [
        (x + tall * 0.36 * math.cos(a), foot - tall * 1.02 - tall * 0.22 * math.sin(a))
        for a in np.linspace(0, math.pi, 22)
    ]
    stencil.polygon(arc)
    stencil.line([(x + tall * 0.12, top + tall * 0.05), (x + tall * 0.12, foot - tall * 0.45)], tall * 0.016)


def paint_people(stage: Stage, x: float, foot: float, tall: float, light: Light, name: str = "people") -> None:
    """Set one figure, or two to four where the prompt speaks of several, on the ground row `foot`."""
    rng = stage.rng(name)
    several = stage.has("people")
    count = int(rng.integers(2, 5)) if several else 1
    stencil = Stencil(stage.canvas, x - tall * 2.2, foot - tall * 1.35, x + tall * 2.2, foot + tall * 0.1, 5)
    for index in range(count):
        size = tall * float(rng.uniform(0.85, 1.05)) if several else tall
        dressed = rng.random() < 0.5 if several else stage.has("woman")
        where = x + (index - (count - 1) / 2) * tall * float(rng.uniform(0.34, 0.5))
        draw_person(stencil, where, foot, size, rng, dressed)
        if stage.has("rain") and rng.random() < 0.75:
            draw_umbrella(stencil, where, foot, size)
    stencil.cover(light)


def wants_people(stage: Stage) -> bool:
    """Tell whether the prompt speaks of anyone."""
    return stage.has("person", "people", "woman")


def paint_rowing_boat(stage: Stage, x: float, line: float, length: float, light: Light, manned: bool) -> None:
    """Float a rowing boat whose waterline is the row `line`, with its own dark mirror below."""
    rng = stage.rng("rowing boat")
    stencil = Stencil(stage.canvas, x - length, line - length, x + length, line + length * 0.5, 5)
    half, deck = length / 2, line - length * 0.13
    hull = curve((x - half, deck - length * 0.05), (x, deck + length * 0.03), (x + half, deck - length * 0.07), 14)
    keel = curve((x + half * 0.84, line), (x, line + length * 0.025), (x - half * 0.8, line), 8)
    stencil.polygon([*hull, *keel])
    for rise, fill in ((0.12, 150), (0.2, 70)):
        stencil.ellipse(x, line + length * rise * 0.35, half * 0.8, length * rise * 0.3, fill)
    if manned:
        _draw_rower(stencil, x, deck, length, rng)
    stencil.cover(light)


def _draw_rower(stencil: Stencil, x: float, deck: float, length: float, rng: np.random.Generator) -> None:
    tall = length * 0.42
    lean = tall * float(rng.uniform(-0.25, 0.25))
    back = curve((x, deck + tall * 0.1), (x + lean * 0.2, deck - tall * 0.35), (x + lean, deck - tall * 0.62), 8)
    stencil.polygon(tapered(back, tall * 0.34, tall * 0.26))
    stencil.ellipse(x + lean, deck - tall * 0.6, tall * 0.13, tall * 0.07)
    stencil.rectangle(
        x + lean * 1.05 - tall * 0.04, deck - tall * 0.74, x + lean * 1.05 + tall * 0.04, deck - tall * 0.6
    )
    stencil.ellipse(x + lean * 1.1, deck - tall * 0.8, tall * 0.085, tall * 0.11)
    stencil.line([(x + lean * 0.6, deck - tall * 0.3), (x - length * 0.6, deck + length * 0.15)], length * 0.011)


def paint_sail(stage: Stage, x: float, line: float, tall: float, light: Light) -> None:
    """Float a sailing boat: hull, mast, main sail and jib."""
    rng = stage.rng("sail")
    side = float(rng.choice([-1.0, 1.0]))
    stencil = Stencil(stage.canvas, x - tall, line - tall * 1.1, x + tall, line + tall * 0.4, 5)

    def at(across: float, up: float) -> Point:
        return x + side * across * tall, line - up * tall

    hull = curve(at(-0.34, 0.1), at(0.0, 0.04), at(0.42, 0.13), 8)
    stencil.polygon([*hull, at(0.3, -0.01), at(-0.28, -0.01)])
    stencil.line([at(0.0, 0.05), at(0.0, 1.02)], tall * 0.012)
    main = curve(at(-0.02, 0.98), at(-0.30, 0.5), at(-0.36, 0.16), 10)
    stencil.polygon([*main, at(-0.02, 0.13)], 235)
    jib = curve(at(0.02, 0.86), at(0.12, 0.42), at(0.36, 0.16), 10)
    stencil.polygon([*jib, at(0.03, 0.17)], 215)
    for reach, fill in ((0.06, 120), (0.14, 60), (0.26, 26)):
        stencil.ellipse(x, line + tall * reach, tall * 0.3, tall * 0.05, fill)
    stencil.cover(light)


def paint_birds(stage: Stage, horizon: float, light: Light) -> None:
    """Let a loose flock cross the sky."""
    rng, canvas = stage.rng("birds"), stage.canvas
    x, y = canvas.width * float(rng.uniform(0.25, 0.75)), horizon * float(rng.uniform(0.25, 0.6))
    stencil = Stencil(canvas, 0, 0, canvas.width, horizon, 2)
    for _ in range(int(rng.integers(7, 22))):
        where = (x + canvas.unit * float(rng.normal(0, 0.16)), y + canvas.unit * float(rng.normal(0, 0.06)))
        _draw_bird(stencil, where, canvas.unit * float(rng.uniform(0.008, 0.022)), rng)
    stencil.cover(light)


def _draw_bird(stencil: Stencil, at: Point, span: float, rng: np.random.Generator) -> None:
    lift, tilt = float(rng.uniform(0.15, 0.75)) * span, float(rng.normal(0.0, 0.2)) * span
    for side in (-1.0, 1.0):
        tip = (at[0] + side * span, at[1] - lift * 0.5 + side * tilt)
        wing = curve(at, (at[0] + side * span * 0.45, at[1] - lift + side * tilt * 0.4), tip, 7)
        stencil.polygon(tapered(wing, span * 0.2, span * 0.03))
    stencil.ellipse(at[0], at[1], span * 0.14, span * 0.09)
