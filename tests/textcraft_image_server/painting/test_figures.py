"""People and beasts: on their ground, of one piece, of the right size."""

from itertools import product

import numpy as np
import pytest

from textcraft_image_server.painting.animals import draw_beast, draw_cart, draw_dog, draw_heron
from textcraft_image_server.painting.bodies import Look, Pose, draw_person
from textcraft_image_server.painting.chance import Chance
from textcraft_image_server.painting.figures import group_reach, paint_people, wants_people
from textcraft_image_server.painting.raster import Canvas
from textcraft_image_server.painting.reading import Brief
from textcraft_image_server.painting.stage import Stage, tune_tones
from textcraft_image_server.painting.stencil import Stencil, rounded

FOOT, TALL = 170, 120
LOOKS = [
    Look(pose, heading, dressed=dressed, child=child, old=old)
    for pose, heading, (dressed, child, old) in product(
        Pose, (-1.0, 1.0), [(False, False, False), (True, False, False), (True, True, False), (False, False, True)]
    )
] + [Look(umbrella=True), Look(lantern=True, child=True), Look(stick=True, old=True), Look(Pose.SIT, stick=True)]


def _rng(seed: int = 1) -> np.random.Generator:
    return Chance("figures", seed).stream("figure")


def _draw(look: Look, seed: int = 1) -> np.ndarray:
    stencil = Stencil(Canvas(400, 200), 0, 0, 400, 200, 3)
    draw_person(stencil, 200, FOOT, TALL, _rng(seed), look)
    return stencil.mask()


def _pieces(mask: np.ndarray) -> int:
    """Count the connected parts of what is covered by more than half."""
    left = {(int(row), int(column)) for row, column in np.argwhere(mask > 0.5)}
    count = 0
    while left:
        front, count = [left.pop()], count + 1
        while front:
            row, column = front.pop()
            near = {(row + dy, column + dx) for dy in (-1, 0, 1) for dx in (-1, 0, 1)} & left
            left -= near
            front += near
    return count


@pytest.mark.parametrize("look", LOOKS, ids=repr)
def test_a_figure_is_of_one_piece_and_stands_on_its_row(look: Look) -> None:
    mask = _draw(look)
    rows = np.flatnonzero((mask > 0.5).any(axis=1))
    assert _pieces(mask) == 1
    assert abs(int(rows[-1]) + 1 - FOOT) <= 1
    high = (FOOT - int(rows[0])) / TALL
    assert high == pytest.approx(1.34 if look.umbrella else 0.8 if look.pose is Pose.SIT else 1.0, abs=0.1)


def test_figures_differ_by_seed_and_look() -> None:
    masks = [
        _draw(Look(), 1),
        _draw(Look(), 2),
        _draw(Look(Pose.WALK)),
        _draw(Look(dressed=True)),
        _draw(Look(Pose.SIT)),
    ]
    assert min(float(np.abs(a - b).sum()) for i, a in enumerate(masks) for b in masks[:i]) > 100


def test_a_walker_is_turned_by_its_heading() -> None:
    assert np.abs(_draw(Look(Pose.WALK, -1.0))[:, ::-1] - _draw(Look(Pose.WALK, 1.0))).mean() < 0.004


@pytest.mark.parametrize(
    "draw",
    [
        lambda s: draw_beast(s, 200, FOOT, 100, 1.0, True),
        lambda s: draw_beast(s, 200, FOOT, 100, -1.0, False),
        lambda s: draw_cart(s, 200, FOOT, 120, 1.0),
        lambda s: draw_dog(s, 200, FOOT, 90, -1.0),
        lambda s: draw_heron(s, 200, FOOT - 8, 120, 1.0),
    ],
    ids=["mule", "horse", "cart", "dog", "heron"],
)
def test_beasts_and_cart_are_of_one_piece_and_stand(draw: object) -> None:
    stencil = Stencil(Canvas(400, 200), 0, 0, 400, 200, 3)
    assert callable(draw)
    draw(stencil)
    assert _pieces(stencil.mask()) == 1
    assert abs(int(np.flatnonzero((stencil.mask() > 0.3).any(axis=1))[-1]) + 1 - FOOT) <= 2


def _stage(*elements: str) -> Stage:
    brief, chance = Brief("fields", "cold", "day", frozenset(), frozenset(elements)), Chance("figures", 3)
    stage = Stage(Canvas(600, 300), brief, chance, tune_tones(brief, chance))
    stage.canvas.light += np.float32(0.8)
    return stage


def _dark(stage: Stage) -> np.ndarray:
    return stage.canvas.light.mean(axis=0) < 0.3


@pytest.mark.parametrize(
    "elements", [("person",), ("people",), ("crowd",), ("person", "mule", "cart"), ("dog",)], ids=str
)
def test_a_group_stays_within_its_reach(elements: tuple[str, ...]) -> None:
    stage = _stage(*elements)
    assert wants_people(stage)
    paint_people(stage, 300, 250, 80, stage.air(0.0))
    columns = np.flatnonzero(_dark(stage).any(axis=0))
    assert columns.size > 8
    assert np.abs(columns - 300).max() <= 80 * group_reach(stage) + 4


def test_a_group_follows_the_ground() -> None:
    stage, slope = _stage("crowd"), np.linspace(150, 290, 600, dtype=np.float32)
    paint_people(stage, 300, float(slope[300]), 60, stage.air(0.0), ground=slope)
    dark = _dark(stage)
    columns = np.flatnonzero(dark.any(axis=0))
    for column in (int(columns[4]), int(columns[-5])):
        assert np.flatnonzero(dark[:, column])[-1] < slope[column] + 8
    first, last = (np.flatnonzero(dark[:, c : c + 12].any(axis=1))[-1] for c in (columns[0], columns[-1] - 12))
    assert last > first + 4


def test_only_who_fits_comes() -> None:
    stage = _stage("crowd", "mule", "cart", "dog")
    paint_people(stage, 300, 250, 80, stage.air(0.0), within=0.3)
    columns = np.flatnonzero(_dark(stage).any(axis=0))
    assert 4 < np.ptp(columns) < 80 * 0.8


def test_beasts_stay_outdoors() -> None:
    assert group_reach(_stage("person", "mule")) > group_reach(_stage("person", "mule"), indoors=True)


def test_rounded_passes_through_its_points() -> None:
    points = [(0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0)]
    outline = rounded(points, 5)
    assert len(outline) == 20
    assert all(min(abs(x - a) + abs(y - b) for a, b in outline) < 1e-9 for x, y in points)
