"""Small living and drifting silhouettes: people with their beasts, boats, birds; it knows no scene."""

from dataclasses import dataclass

import numpy as np

from textcraft_image_server.painting.animals import draw_beast, draw_cart, draw_dog
from textcraft_image_server.painting.bodies import Look, Pose, draw_person
from textcraft_image_server.painting.buildings import light_lamp
from textcraft_image_server.painting.raster import Light, Plane
from textcraft_image_server.painting.stage import Stage
from textcraft_image_server.painting.stencil import Point, Stencil, curve, tapered

_AMPLE = 9.0  # statures to either side of a place with room for everyone
_BEASTS = ("mule", "horse", "cart", "dog")


@dataclass(frozen=True)
class _Cast:
    """Who comes: each with a place (statures aside), a size and a look; then the beasts."""

    people: tuple[tuple[float, float, Look], ...]
    beast: bool
    cart: bool
    dog: bool
    heading: float

    @property
    def reach(self) -> float:
        """How far the group extends to either side, in statures."""
        aside = max((abs(place) + 0.5 for place, _, _ in self.people), default=0.5)
        return max(aside, 2.5 if self.cart else 1.35 if self.beast else 0.0, 0.8 if self.dog else 0.0)


def wants_people(stage: Stage) -> bool:
    """Tell whether the prompt speaks of anyone, or of a beast that would stand where people stand."""
    return stage.has("person", "people", "crowd", "woman", "child", *_BEASTS)


def group_reach(stage: Stage, indoors: bool = False) -> float:
    """How far to either side the group of `paint_people` extends, in statures."""
    return _cast(stage, stage.rng("people"), indoors).reach


def _look(stage: Stage, rng: np.random.Generator, index: int, heading: float, alone: bool, indoors: bool) -> Look:
    dressed = stage.has("woman") if alone else rng.random() < 0.5
    first = index == 0
    furled = first and indoors and stage.has("umbrella")
    wet = stage.has("rain") and rng.random() < 0.5 and not stage.has("stick")
    umbrella = not indoors and (wet or (first and stage.has("umbrella")))
    lantern = first and stage.has("lantern") and not umbrella
    rests = rng.random() < 0.45
    still = stage.has("standing") or (not stage.has("walking") and (rests or umbrella))
    seated = first and stage.has("seated")
    pose = Pose.SIT if seated else Pose.STAND if still else Pose.WALK
    child = stage.has("child") and (alone or index % 2 == 1)
    old = first and stage.has("old") and not seated
    return Look(
        pose, heading, dressed, child, old, umbrella and not seated, lantern, furled or (first and stage.has("stick"))
    )


def _cast(stage: Stage, rng: np.random.Generator, indoors: bool = False, within: float = _AMPLE) -> _Cast:
    heading = float(rng.choice([-1.0, 1.0]))
    beast = stage.has("mule", "horse", "cart") and not indoors and within >= 1.4
    cart, dog = beast and stage.has("cart") and within >= 2.6, stage.has("dog") and within >= 0.85
    if stage.has("crowd"):
        count = int(rng.integers(4, 8))
    elif stage.has("people"):
        count = int(rng.integers(2, 4))
    else:
        count = 1 if stage.has("person", "woman", "child") else 0
        count += stage.has("adult") and stage.has("child")
    count = min(count, max(1, int(within * 2 / 0.6)))
    people, place = [], (0.72 * heading if beast else 0.0)
    for index in range(count):
        look = _look(stage, rng, index, heading, count == 1, indoors)
        size = float(rng.uniform(0.92, 1.04)) * (0.66 if look.child else 0.9 if look.old else 1.0)
        people.append((place, size, look))
        place += heading * float(rng.uniform(0.30, 0.52)) * (1.5 if look.umbrella else 1.0)
    middle = 0.0 if beast or not people else (people[0][0] + people[-1][0]) / 2
    return _Cast(tuple((at - middle, size, look) for at, size, look in people), beast, cart, dog, heading)


def _ground(ground: Plane | None, x: float, foot: float) -> float:
    """The row on which something at column `x` stands: that of the ridge, else `foot`."""
    if ground is None:
        return foot
    return float(ground[min(ground.size - 1, max(0, int(x)))])


def paint_people(
    stage: Stage,
    x: float,
    foot: float,
    tall: float,
    light: Light,
    ground: Plane | None = None,
    indoors: bool = False,
    within: float = _AMPLE,
) -> None:
    """Set whoever the prompt speaks of, `tall` pixels high, on the ground: the row `foot`, or the rows of the ridge
    `ground` where that is given; beasts stay outdoors, and only who fits `within` so many statures
    comes.
    """
    rng = stage.rng("people")
    cast = _cast(stage, rng, indoors, within)
    wide = tall * (cast.reach + 0.3)
    scale = 5 if tall < 100 else 4 if tall < 220 else 3
    rise = tall * 0.5 if ground is not None else 0.0
    stencil = Stencil(stage.canvas, x - wide, foot - tall * 1.5 - rise, x + wide, foot + tall * 0.12 + rise, scale)
    lamps = []
    for place, size, look in cast.people:
        at = x + place * tall
        row = _ground(ground, at, foot)
        _rest(stencil, at, row, tall * size * 0.2)
        hand = draw_person(stencil, at, row, tall * size, rng, look)
        lamps += [(*hand, tall * size)] if look.lantern else []
    _lead_beasts(stage, stencil, cast, x, foot, tall, ground)
    stencil.cover(light)
    for lamp_x, lamp_y, size in lamps:
        light_lamp(stage, lamp_x, lamp_y, max(1.0, size * 0.016), 0.9)


def _rest(stencil: Stencil, x: float, row: float, half: float) -> None:
    """The dark that gathers where something stands on the ground."""
    for wide, fill in ((1.5, 60), (0.9, 120)):
        stencil.ellipse(x, row + half * 0.02, half * wide, max(0.7, half * 0.11 * wide), fill)


def _lead_beasts(
    stage: Stage, stencil: Stencil, cast: _Cast, x: float, foot: float, tall: float, ground: Plane | None
) -> None:
    turn = cast.heading
    if cast.beast:
        at = x - turn * tall * 0.22
        row = _ground(ground, at, foot)
        _rest(stencil, at, row, tall * 0.5)
        if cast.cart:
            axle = at - turn * tall * 1.3
            _rest(stencil, axle, _ground(ground, axle, foot), tall * 0.3)
            draw_cart(stencil, axle, _ground(ground, axle, foot), tall * 0.82, turn)
        draw_beast(stencil, at, row, tall * 0.74, turn, not stage.has("horse"))
    if cast.dog:
        at = x + turn * tall * (1.05 if cast.beast else -0.55)
        row = _ground(ground, at, foot)
        _rest(stencil, at, row, tall * 0.2)
        draw_dog(stencil, at, row, tall * 0.30, turn)


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
