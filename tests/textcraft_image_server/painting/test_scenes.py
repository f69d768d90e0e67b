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


@pytest.mark.parametrize("element", sorted(ALL_ELEMENTS))
def test_every_element_is_drawn_somewhere(element: str) -> None:
    def paint(family: str, seed: int, elements: frozenset[str]) -> np.ndarray:
        stage = _stage(family, (72, 64), seed, frozenset(), elements)
        SCENES[family](stage)
        return stage.canvas.light

    assert any(
        not np.array_equal(paint(family, seed, frozenset()), paint(family, seed, frozenset({element})))
        for seed in range(6)
        for family in ("abstract", "room", "fields", "sea", "coast", "city")
    )
