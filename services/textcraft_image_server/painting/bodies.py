"""One human silhouette at a time: coat or dress, standing, walking or seated; it knows no picture and no prompt."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise

import numpy as np

from textcraft_image_server.painting.stencil import Point, Stencil, curve, rounded, tapered


class Pose(Enum):
    """What a figure does."""

    STAND = "stand"
    WALK = "walk"
    SIT = "sit"


@dataclass(frozen=True)
class Look:
    """How one figure is built and what it holds; `heading` is -1 left or 1 right."""

    pose: Pose = Pose.STAND
    heading: float = 1.0
    dressed: bool = False
    child: bool = False
    old: bool = False
    umbrella: bool = False
    lantern: bool = False
    stick: bool = False


@dataclass(frozen=True)
class Frame:
    """Turns shares of a stature into canvas pixels; above the hips the figure bows forward."""

    x: float
    foot: float
    tall: float
    heading: float = 1.0
    lean: float = 0.0
    bow: float = 0.0

    def at(self, across: float, up: float) -> Point:
        """Canvas point `across` (forward positive) and `up` from the ground, both shares of the stature."""
        forward = across + self.lean * up + self.bow * max(0.0, up - 0.42) ** 2
        return self.x + self.heading * forward * self.tall, self.foot - (up - self.bow * 0.12 * up * up) * self.tall

    def all(self, points: Sequence[Point]) -> list[Point]:
        """Every point on the canvas."""
        return [self.at(across, up) for across, up in points]


@dataclass(frozen=True)
class _Build:
    """Shares of the stature: head height, half widths of shoulder and hem, row of the hem."""

    head: float
    shoulder: float
    flare: float
    hem: float

    @property
    def chin(self) -> float:
        return 1.0 - self.head


def _build(look: Look, rng: np.random.Generator) -> _Build:
    thick = float(rng.uniform(0.92, 1.1))
    if look.child:
        return _Build(0.185, 0.098 * thick, 0.135 * thick, float(rng.uniform(0.2, 0.28)))
    if look.dressed:
        return _Build(0.135, 0.083 * thick, 0.132 * thick, float(rng.uniform(0.07, 0.16)))
    return _Build(0.13, 0.100 * thick, 0.108 * thick, float(rng.uniform(0.22, 0.34)))


def draw_person(stencil: Stencil, x: float, foot: float, tall: float, rng: np.random.Generator, look: Look) -> Point:
    """Draw a figure whose soles touch the row `foot` and who would stand `tall` pixels high; return where its
    lantern hangs, or would.
    """
    build = _build(look, rng)
    bow = 0.42 if look.old else float(rng.uniform(0.0, 0.08))
    lean = float(rng.uniform(0.02, 0.06)) if look.pose is Pose.WALK else float(rng.normal(0.0, 0.008))
    frame = Frame(x, foot, tall, look.heading, lean, bow)
    if look.pose is Pose.SIT:
        _draw_seated(stencil, frame, build, rng)
    elif look.pose is Pose.WALK:
        _draw_walking(stencil, frame, build, rng)
    else:
        _draw_standing(stencil, frame, build, rng)
    if look.pose is not Pose.SIT:
        _draw_head(stencil, frame, build, look, rng)
    _hold(stencil, frame, build, look)
    return frame.at(0.2, 0.36)


def _shoe(stencil: Stencil, frame: Frame, heel: float, up: float, toe: float) -> None:
    """A shoe from its heel, `up` above the ground, to its toe on the ground or lifted the other way."""
    raised = max(0.0, -up)
    low, front = max(0.0, up), raised
    points = [(heel - 0.018, low + 0.002), (heel - 0.014, low + 0.045), (heel + 0.028, low + 0.046)]
    points += [(heel + toe * 0.75, front + 0.026), (heel + toe, front + 0.006), (heel + toe * 0.5, front)]
    stencil.polygon(rounded(frame.all(points), 4))


def _leg(stencil: Stencil, frame: Frame, hip: Point, knee: Point, ankle: Point, thick: float = 0.088) -> None:
    path = curve(hip, (2 * knee[0] - (hip[0] + ankle[0]) / 2, 2 * knee[1] - (hip[1] + ankle[1]) / 2), ankle, 8)
    stencil.polygon(tapered(frame.all(path), frame.tall * thick, frame.tall * thick * 0.55))


def _draw_standing(stencil: Stencil, frame: Frame, build: _Build, rng: np.random.Generator) -> None:
    """Seen from before or behind, the weight on one leg, the hands in the pockets or folded."""
    shift, apart = float(rng.uniform(-0.012, 0.012)), float(rng.uniform(0.032, 0.05))
    for side, spread in ((-1.0, apart), (1.0, apart * float(rng.uniform(1.0, 1.35)))):
        ankle = side * spread
        _leg(stencil, frame, (side * 0.035 + shift, build.hem + 0.14), (ankle, 0.22), (ankle, 0.03), 0.08)
        _shoe(stencil, frame, ankle - (0.006 if side > 0 else 0.024), 0.0, 0.052 if side > 0 else 0.06)
    right = _coat_side(build, float(rng.uniform(0.95, 1.06)))
    left = [(-across, up) for across, up in _coat_side(build, float(rng.uniform(0.95, 1.06)))]
    dip = [(shift, build.hem - float(rng.uniform(0.0, 0.015)))]
    stencil.polygon(rounded(frame.all([*right, *dip, *left[::-1]]), 5))
    if frame.tall > 110.0:
        _part_sleeves(stencil, frame, build)


def _part_sleeves(stencil: Stencil, frame: Frame, build: _Build) -> None:
    """Let a thread of light through between each sleeve and the coat."""
    for side in (-1.0, 1.0):
        slit = [(side * 0.90 * build.shoulder, build.chin - 0.22), (side * 0.95 * build.shoulder, 0.50)]
        thin = rounded(frame.all([slit[0], (slit[0][0] * 1.05, 0.56), slit[1], (slit[1][0] * 0.94, 0.56)]), 4)
        stencil.polygon(thin, 0)


def _coat_side(build: _Build, wide: float) -> list[Point]:
    """From the collar over shoulder, elbow and cuff down to the hem; sleeve and coat are one mass."""
    sh, chin, cuff = build.shoulder * wide, build.chin, 0.44
    waist = chin - 0.30
    rows = [(0.028, chin + 0.02), (0.034, chin - 0.012), (0.6 * sh, chin - 0.035), (0.93 * sh, chin - 0.062)]
    rows += [(1.08 * sh, chin - 0.115), (1.24 * sh, waist + 0.07), (1.26 * sh, waist), (1.10 * sh, cuff)]
    flare = build.flare * wide
    middle = (cuff + build.hem) / 2
    rows += [(max(1.1 * sh, 0.5 * sh + 0.4 * flare), cuff - 0.05), (0.2 * sh + 0.75 * flare, middle - 0.02)]
    return [*rows, (flare, build.hem + 0.025), (flare * 0.93, build.hem)]


def _draw_walking(stencil: Stencil, frame: Frame, build: _Build, rng: np.random.Generator) -> None:
    """Seen from the side in mid stride: heel down before, toe down behind, the coat blown back a little."""
    step, chin, hem = float(rng.uniform(0.095, 0.13)), build.chin, build.hem
    _leg(stencil, frame, (0.0, 0.47), (0.45 * step + 0.028, 0.25), (step * 0.95, 0.035))
    _shoe(stencil, frame, step * 0.9, -0.018, 0.085)
    _leg(stencil, frame, (-0.01, 0.47), (-0.15 * step, 0.26), (-step * 1.15, 0.075))
    _shoe(stencil, frame, -step * 1.22, 0.05, 0.085)
    trail, front = build.flare * float(rng.uniform(1.0, 1.35)), build.flare * 0.78
    back = [(-0.022, chin + 0.03), (-0.045, chin - 0.03), (-0.080, chin - 0.11), (-0.080, chin - 0.22)]
    back += [(-0.072, 0.54), (-0.086, 0.44), (-0.55 * trail - 0.03, (0.44 + hem) / 2), (-trail, hem + 0.01)]
    fore = [(0.2 * front, hem - 0.006), (front, hem + 0.012), (0.085, 0.42), (0.068, 0.53)]
    fore += [(0.076, chin - 0.21), (0.070, chin - 0.12), (0.046, chin - 0.045), (0.032, chin + 0.01)]
    stencil.polygon(rounded(frame.all([*back, *fore]), 5))
    swing = float(rng.choice([-1.0, 1.0])) * float(rng.uniform(0.07, 0.13))
    hand = (0.012 + swing * 1.1, 0.455)
    arm = curve((0.0, chin - 0.09), (swing * 0.2 - 0.03, chin - 0.27), hand, 8)
    stencil.polygon(tapered(frame.all(arm), frame.tall * 0.062, frame.tall * 0.038))
    stencil.ellipse(*frame.at(*hand), frame.tall * 0.02, frame.tall * 0.024)


def _draw_seated(stencil: Stencil, frame: Frame, build: _Build, rng: np.random.Generator) -> None:
    """From the side on a plain chair, a shawl round the shoulders, a long skirt over the knees."""
    tilt = float(rng.uniform(0.0, 0.02))
    lap = [(-0.10, 0.27), (-0.125, 0.40), (-0.115, 0.54), (-0.065, 0.635), (-0.012, 0.665), (0.035, 0.63)]
    lap += [(0.07, 0.55), (0.085, 0.45), (0.15, 0.385), (0.235, 0.355), (0.262, 0.30), (0.262, 0.12)]
    stencil.polygon(rounded(frame.all([*lap, (0.275, 0.03), (0.15, 0.028), (0.12, 0.22), (0.0, 0.245)]), 5))
    _shoe(stencil, frame, 0.215, 0.0, 0.10)
    x, y = frame.at(0.028 + tilt, 0.715)
    size = frame.tall * build.head
    stencil.ellipse(x, y, size * 0.40, size * 0.5)
    stencil.ellipse(*frame.at(-0.032 + tilt, 0.745), size * 0.24, size * 0.22)
    stencil.polygon(rounded(frame.all([(-0.03, 0.62), (-0.02, 0.70), (0.04, 0.69), (0.03, 0.62)]), 4))
    thin = frame.tall * 0.017
    for seat in ((-0.115, 0.0), (0.13, 0.0)):
        stencil.polygon(tapered(frame.all([seat, (seat[0] + 0.004, 0.25)]), thin, thin * 1.1))
    stencil.polygon(rounded(frame.all([(-0.13, 0.235), (-0.13, 0.26), (0.15, 0.26), (0.15, 0.235)]), 3))
    stencil.polygon(tapered(frame.all([(-0.125, 0.24), (-0.165, 0.60)]), thin * 1.1, thin * 0.9))


def _draw_head(stencil: Stencil, frame: Frame, build: _Build, look: Look, rng: np.random.Generator) -> None:
    """An egg-shaped head on its neck, a hint of a face where it is seen from the side, hair or a hat."""
    chin, tall = build.chin, build.head
    stencil.polygon(
        rounded(frame.all([(-0.03, chin - 0.04), (-0.022, chin + 0.03), (0.024, chin + 0.03), (0.03, chin - 0.04)]), 4)
    )
    walking = look.pose is Pose.WALK
    nose = 0.41 if walking else 0.36
    egg = [(0.0, 1.0), (0.27, 0.93), (0.37, 0.66), (nose, 0.42), (0.26, 0.12), (0.08, 0.0)]
    egg += [(-0.16, 0.08), (-0.36, 0.40), (-0.38, 0.70), (-0.24, 0.93)]
    stencil.polygon(rounded(frame.all([(a * tall, chin + u * tall) for a, u in egg]), 5))
    if walking:
        face = [(0.34, 0.55), (0.49, 0.37), (0.36, 0.32)]
        stencil.polygon(frame.all([(a * tall, chin + u * tall) for a, u in face]))
    _dress_head(stencil, frame, build, look, int(rng.integers(0, 4)))


_HATS: tuple[tuple[Point, ...], ...] = (
    (
        (-0.74, 0.72),
        (-0.42, 0.84),
        (-0.37, 1.10),
        (0.0, 1.15),
        (0.36, 1.08),
        (0.44, 0.83),
        (0.78, 0.70),
        (0.4, 0.64),
        (-0.38, 0.65),
    ),
    ((-0.42, 0.62), (-0.46, 0.92), (-0.2, 1.12), (0.24, 1.08), (0.42, 0.84), (0.66, 0.72), (0.4, 0.68)),
)  # brimmed and peaked; shares of the head, the chin at 0
_HAIR: tuple[tuple[Point, ...], ...] = (
    ((0.0, 1.06), (0.36, 0.92), (0.44, 0.5), (0.46, -0.1), (0.2, -0.35), (-0.26, -0.45), (-0.52, -0.1), (-0.5, 0.6)),
    ((0.0, 1.05), (0.36, 0.86), (0.38, 0.5), (-0.1, 0.2), (-0.42, 0.3), (-0.64, 0.34), (-0.72, 0.58), (-0.46, 0.8)),
    ((0.0, 1.1), (0.42, 0.92), (0.46, 0.4), (0.42, -0.12), (0.0, -0.3), (-0.44, -0.14), (-0.5, 0.44), (-0.42, 0.9)),
)  # long, in a knot, under a headscarf


def _dress_head(stencil: Stencil, frame: Frame, build: _Build, look: Look, kind: int) -> None:
    if look.dressed:
        outline: tuple[Point, ...] = _HAIR[kind % 3] if look.pose is Pose.WALK else _HAIR[kind // 2 * 2 % 4]
    elif look.child or kind < 2:
        outline = _HATS[1] if look.child else _HATS[kind]
    else:
        return
    stencil.polygon(rounded(frame.all([(a * build.head, build.chin + u * build.head) for a, u in outline]), 5))


def _reach(stencil: Stencil, frame: Frame, shoulder: Point, bend: Point, hand: Point) -> None:
    arm = curve(shoulder, bend, hand, 8)
    stencil.polygon(tapered(frame.all(arm), frame.tall * 0.062, frame.tall * 0.04))
    stencil.ellipse(*frame.at(*hand), frame.tall * 0.02, frame.tall * 0.022)


def _hold(stencil: Stencil, frame: Frame, build: _Build, look: Look) -> None:
    shoulder = (build.shoulder * 0.6, (0.60 if look.pose is Pose.SIT else build.chin - 0.085))
    if look.umbrella:
        _reach(stencil, frame, shoulder, (0.16, 0.56), (0.135, 0.70))
        _open_umbrella(stencil, frame)
    if look.lantern:
        _reach(stencil, frame, shoulder, (0.12, 0.56), (0.2, 0.47))
        _draw_lantern(stencil, frame)
    if look.stick:
        seated = look.pose is Pose.SIT
        hand, tip = ((0.27, 0.42), (0.315, 0.0)) if seated else ((0.19, 0.46), (0.235, 0.0))
        _reach(stencil, frame, shoulder, (0.1, 0.46), hand)
        stencil.polygon(
            tapered(frame.all([(hand[0] - 0.01, hand[1] + 0.03), tip]), frame.tall * 0.02, frame.tall * 0.012)
        )


def _open_umbrella(stencil: Stencil, frame: Frame) -> None:
    """A canopy of six ribs, tipped a little into the wind."""
    grip, top = (0.135, 0.64), (0.075, 1.30)
    stencil.polygon(tapered(frame.all([grip, top]), frame.tall * 0.014, frame.tall * 0.012))
    stencil.polygon(tapered(frame.all([top, (0.07, 1.345)]), frame.tall * 0.014, frame.tall * 0.005))
    dome = curve((-0.30, 1.03), (-0.20, 1.30), (0.07, 1.315), 8) + curve((0.07, 1.315), (0.36, 1.33), (0.46, 1.10), 8)
    ribs = [(0.46 - 0.19 * i, 1.10 - 0.0175 * i) for i in range(5)]
    scallops: list[Point] = []
    for (ax, ay), (bx, by) in pairwise(ribs):
        scallops += curve((ax, ay), ((ax + bx) / 2, (ay + by) / 2 + 0.055), (bx, by), 5)
    stencil.polygon(frame.all([*dome, *scallops]))


def _draw_lantern(stencil: Stencil, frame: Frame) -> None:
    stencil.polygon(tapered(frame.all([(0.2, 0.46), (0.2, 0.41)]), frame.tall * 0.008, frame.tall * 0.008))
    for low, high, half in ((0.395, 0.41, 0.026), (0.315, 0.33, 0.03)):
        stencil.polygon(
            rounded(frame.all([(0.2 - half, low), (0.2 - half, high), (0.2 + half, high), (0.2 + half, low)]), 3)
        )
    for side in (0.175, 0.225):
        stencil.polygon(tapered(frame.all([(side, 0.32), (side, 0.40)]), frame.tall * 0.008, frame.tall * 0.008))
