"""The data file: complete, well formed, and every name in it means something."""

import json
import re
from importlib.resources import files

import pytest

from textcraft_image_server.painting.reading import ABSTRACT
from textcraft_image_server.painting.scenes import SCENES
from textcraft_image_server.painting.vocabulary import fold, load

TIMES = {"night", "dusk", "dawn", "day"}
RAW = json.loads(files("textcraft_image_server.painting").joinpath("vocabulary.json").read_text(encoding="utf-8"))


def test_the_tables_are_the_known_ones() -> None:
    assert set(RAW) == {
        "families", "wanderings", "times", "time_hints", "weather", "elements", "moods", "palettes_by_time", "palettes",
    }  # fmt: skip


def test_every_family_has_a_scene_and_every_scene_words() -> None:
    assert set(RAW["families"]) == set(SCENES)
    assert all(set(grades) == {"strong", "weak"} and grades["strong"] for grades in RAW["families"].values())
    assert ABSTRACT in SCENES
    assert ABSTRACT not in RAW["wanderings"]
    assert set(RAW["wanderings"]) <= set(SCENES)


def test_there_are_at_least_six_families() -> None:
    assert len(SCENES) >= 6
    assert len(set(SCENES.values())) == len(SCENES)


@pytest.mark.parametrize("name", sorted(RAW["palettes"]))
def test_palette(name: str) -> None:
    palette = RAW["palettes"][name]
    assert set(palette) == {"time", "sky", "glow", "light", "far", "near", "accent"}
    assert palette["time"] in TIMES
    colours = [*palette["sky"], *(palette[part] for part in ("glow", "light", "far", "near", "accent"))]
    assert len(palette["sky"]) == 5
    assert all(re.fullmatch(r"#[0-9a-f]{6}", colour) for colour in colours)
    tones = load().palettes[name].tones
    assert list(tones.sky[0]) == sorted(tones.sky[0]), "a sky grows lighter toward its horizon"
    assert tones.near[0] < tones.far[0] < tones.light[0]


def test_palettes_named_elsewhere_exist() -> None:
    assert set(RAW["moods"]) <= set(RAW["palettes"])
    assert set(RAW["palettes_by_time"]) == TIMES == set(RAW["times"]) == set(RAW["time_hints"])
    assert {name for row in RAW["palettes_by_time"].values() for name in row} <= set(RAW["palettes"])


def _words() -> list[str]:
    plain = [RAW[table] for table in ("times", "time_hints", "weather", "elements", "moods")]
    return [word for table in [*plain, *RAW["families"].values()] for words in table.values() for word in words]


def test_words_are_folded_as_prompts_are() -> None:
    assert [word for word in _words() if " ".join(fold(word)) != word] == []


@pytest.mark.parametrize("table", ["times", "time_hints", "weather", "elements", "moods"])
def test_no_word_stands_twice_under_one_name(table: str) -> None:
    assert [name for name, words in RAW[table].items() if len(words) != len(set(words))] == []


def test_fold_drops_case_accents_and_signs() -> None:
    assert fold("Forêt_d’AUTOMNE, Straße!") == ["foret", "d", "automne", "strasse"]
