"""From words to orders."""

import pytest

from textcraft_image_server.painting.chance import Chance
from textcraft_image_server.painting.reading import ABSTRACT, Brief, read
from textcraft_image_server.painting.vocabulary import load


def _read(prompt: str, negative: str = "", seed: int = 1) -> Brief:
    return read(prompt, negative, Chance(prompt, seed))


@pytest.mark.parametrize("family", sorted({name for hits in load().families.values() for name, _ in hits}))
def test_every_family_is_reached_by_its_own_words(family: str) -> None:
    words = [word for word, hits in load().families.items() if hits[0] == (family, 1.0)]
    reached = [word for word in words if _read(word).family == family]
    assert len(reached) >= 0.9 * len(words) >= 3


@pytest.mark.parametrize(
    ("prompt", "family"),
    [
        ("A ship crosses the ocean", "sea"),
        ("the old lighthouse on the cliff", "coast"),
        ("Une forêt dans la brume", "forest"),
        ("wet streets and rooftops", "city"),
        ("Berge und Tal im Morgen", "mountains"),
        ("a kitchen table by the window", "room"),
        ("dunes without end", "desert"),
        ("herons among the reeds", "marsh"),
        ("snow on the roof of the cabin in winter", "snow"),
        ("a village between fields and orchards", "fields"),
        ("thunder and lightning, a tempest", "storm"),
        ("a ship in the storm, a far coast", "storm"),
        ("snowy mountains, violent storm, lightning, black clouds", "mountains"),
        ("narrow street, storm light, torn sky, thunder", "city"),
        ("grief", ABSTRACT),
        ("", ABSTRACT),
        ("zxqv 1234", ABSTRACT),
    ],
)
def test_family(prompt: str, family: str) -> None:
    assert _read(prompt).family == family


def test_a_prompt_with_only_a_hint_wanders_with_the_seed() -> None:
    families = {_read("she waits at midnight", seed=seed).family for seed in range(40)}
    assert len(families) >= 6
    assert ABSTRACT not in families


def test_words_set_time_weather_and_elements() -> None:
    brief = _read("at dusk, rain and fog over the sea, two gulls above a boat with a lantern")
    assert brief.time == "dusk"
    assert brief.weather >= {"rain", "fog"}
    assert brief.elements >= {"birds", "boat", "lamps"}


@pytest.mark.parametrize(
    ("word", "palette"), [("fire", "ember"), ("blood", "blood"), ("rust", "rust"), ("golden", "gold")]
)
def test_colour_words_set_the_palette(word: str, palette: str) -> None:
    assert _read(f"a {word} sea").palette == palette


def test_time_follows_the_palette_where_no_word_names_it() -> None:
    assert _read("a sea of blood").time == load().palettes["blood"].time


def test_the_negative_prompt_and_negations_take_away() -> None:
    assert "rain" in _read("the sea in the rain").weather
    assert "rain" not in _read("the sea in the rain", "rain, people").weather
    assert "rain" not in _read("the sea without rain").weather
    assert _read("sea and forest", "sea").family == "forest"
    assert _read("sea", "sea, ocean").family != "sea"


def test_a_word_that_only_hints_at_the_hour_gives_way_to_one_that_names_it() -> None:
    assert _read("a dark forest").time == "night"
    assert _read("a dark forest at dusk, a dark coat").time == "dusk"


@pytest.mark.parametrize("negative", ["text, letters, watermark, frame, close-up face, crowd", "a letter, a lamp"])
def test_a_negative_prompt_that_only_brushes_a_family_leaves_it(negative: str) -> None:
    assert _read("a kitchen with a hearth", negative).family == "room"
    assert _read("the old city on its canals", negative).family == "city"


@pytest.mark.parametrize(
    ("prompt", "elements"),
    [
        (
            "cavernous foundry workshop interior, glowing furnace fire, hanging chains, tall windows",
            {"furnace", "window"},
        ),
        ("dark workshop room with a furnace blaze", {"furnace", "fire"}),
        ("stone bell tower interior, a great bell above", {"belfry", "bell"}),
        ("long kitchen room with a hearth and a table", {"hearth", "table"}),
        ("quiet dormitory room with beds", {"bed"}),
    ],
)
def test_insides_are_told_apart(prompt: str, elements: set[str]) -> None:
    brief = _read(prompt)
    assert brief.family == "room"
    assert brief.elements >= elements


@pytest.mark.parametrize(
    ("prompt", "elements"),
    [
        ("a lanky carter beside a patient mule", {"person", "mule"}),
        ("a thin man in a coat with an umbrella", {"person", "umbrella"}),
        ("an old woman with a stick on a kitchen chair", {"person", "woman", "old", "stick", "seated"}),
        ("a small girl with a lantern", {"person", "woman", "child", "lantern", "lamps"}),
        ("a boy and his dog", {"child", "dog"}),
    ],
)
def test_figures_are_told_apart(prompt: str, elements: set[str]) -> None:
    brief = _read(prompt)
    assert brief.elements >= elements
    assert "rain" not in brief.weather


def test_plurals_count() -> None:
    assert _read("boats").elements == _read("boat").elements == {"boat"}
