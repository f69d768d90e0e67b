"""Every scene paints every shape of canvas, in every weather, with everything in it."""

import numpy as np
import pytest

from textcraft_image_server.painting.chance import Chance
from textcraft_image_server.painting.raster import Canvas
from textcraft_image_server.painting.reading import Brief
from textcraft_image_server.painting.scenes import SCENES
from textcraft_image_server.painting.stage import Stage, tune_tones
from textcraft_image_server.painting.vocabulary import load

SIZES = [(333, 777), (64, 64), (65, 420), (421, 65)]
ALL_WEATHER = frozenset(name for names in load().weather.values() for name in names)
ALL_ELEMENTS = frozenset(name for names in load().elements.values() for name in names)


def _stage(family: str, size: tuple[int, int], seed: int, weather: frozenset[str], elements: frozenset[str]) -> Stage:
    time, palette = [("night", "teal"), ("dusk", "ember"), ("dawn", "rose"), ("day", "cold")][seed % 4]
    brief, chance = Brief(family, palette, time, weather, elements), Chance(family, seed)
    return Stage(Canvas(*size), brief, chance, tune_tones(brief, chance))


def _check(stage: Stage) -> None:
    light = stage.canvas.light
    assert light.dtype == np.float32
    assert np.isfinite(light).all()
    assert float(light.std()) > 0.005


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("family", sorted(SCENES))
def test_every_scene_at_odd_sizes(family: str, size: tuple[int, int]) -> None:
    stage = _stage(family, size, size[0] % 3, frozenset(), frozenset())
    SCENES[family](stage)
    _check(stage)


@pytest.mark.parametrize("family", sorted(SCENES))
def test_every_scene_with_everything_in_it(family: str) -> None:
    for seed in range(3):
        stage = _stage(family, (128, 72), seed, ALL_WEATHER, ALL_ELEMENTS)
        SCENES[family](stage)
        _check(stage)


# What only shows in another scene, or in another's company.
COMPANY: dict[str, tuple[tuple[str, ...], frozenset[str]]] = {
    "adult": (("room", "fields"), frozenset({"child"})),
    "bell": (("room",), frozenset({"furnace"})),
    "bridge": (("city",), frozenset()),
    **{name: (("abstract",), frozenset()) for name in ("ink", "nebula", "strata")},
    "heron": (("marsh",), frozenset()),
    "lake": (("mountains",), frozenset()),
    "pan": (("desert",), frozenset()),
    **{
        name: (("room", "fields", "coast"), frozenset({"person"}))
        for name in ("lantern", "old", "seated", "standing", "stick", "umbrella", "walking")
    },
}


@pytest.mark.parametrize("element", sorted(ALL_ELEMENTS))
def test_every_element_is_drawn_somewhere(element: str) -> None:
    families, company = COMPANY.get(element, (("room", "fields", "sea", "coast", "city", "abstract"), frozenset()))

    def paint(family: str, seed: int, elements: frozenset[str]) -> np.ndarray:
        stage = _stage(family, (72, 64), seed, frozenset(), elements)
        SCENES[family](stage)
        return stage.canvas.light

    assert any(
        not np.array_equal(paint(family, seed, company), paint(family, seed, company | {element}))
        for seed in range(6)
        for family in families
    )


@pytest.mark.parametrize("kind", [{"furnace"}, {"furnace", "bell"}, {"belfry"}, {"hearth", "table"}, {"bed"}], ids=str)
@pytest.mark.parametrize("size", [(160, 90), (64, 300), (300, 64)], ids=str)
def test_every_inside_is_painted_and_is_its_own(kind: set[str], size: tuple[int, int]) -> None:
    def paint(elements: frozenset[str]) -> Stage:
        stage = _stage("room", size, 1, frozenset(), elements)
        SCENES["room"](stage)
        return stage

    found = paint(frozenset(kind) | {"person"})
    _check(found)
    plain = paint(frozenset({"window", "person"}))
    assert float(np.abs(found.canvas.light - plain.canvas.light).mean()) > 0.04 * float(plain.canvas.light.mean())


def test_a_furnace_is_the_brightest_thing_in_its_hall() -> None:
    stage = _stage("room", (320, 180), 1, frozenset(), frozenset({"furnace"}))
    SCENES["room"](stage)
    light = stage.canvas.light.mean(axis=0)
    row, column = np.unravel_index(int(np.argmax(light)), light.shape)
    assert 100 < row < 160
    assert float(light[row - 4 : row + 4, column - 4 : column + 4].mean()) > 12 * float(np.median(light))
