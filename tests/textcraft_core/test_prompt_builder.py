from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.clock import FakeClock
from tests.fakes.show import CHARACTERS, make_show
from textcraft_core.prompt_builder import (
    Scene,
    characters_in_scene,
    hydrate,
    named_variables,
    outline,
    system_prompt,
    variables,
)
from textcraft_core.show.bible import Bible, Persona

names = st.from_regex(r"[a-z_]{1,8}", fullmatch=True)
plain = st.text().filter(lambda text: "{" not in text and "}" not in text)


def scene(
    bible: Bible, planned: tuple[str, ...] = (), instructions: str = "", target: str = "", text: str = ""
) -> Scene:
    return characters_in_scene(bible, planned=planned, instructions=instructions, target=target, target_text=text)


def bible_of(tmp_path: Path, **change: Any) -> Bible:
    return Bible(make_show(tmp_path, **change), FakeClock())


@given(st.lists(st.tuples(plain, names)), st.dictionaries(names, st.text()))
def test_hydration_loses_no_text_and_keeps_unknown_variables(
    pieces: list[tuple[str, str]], values: dict[str, str]
) -> None:
    template = "".join(f"{text}{{{{{name}}}}}" for text, name in pieces)
    hydrated = hydrate(template, values)
    assert hydrated.text == "".join(text + values.get(name, f"{{{{{name}}}}}") for text, name in pieces)
    assert hydrated.unknown == tuple(dict.fromkeys(name for _, name in pieces if name not in values))


@given(st.text(alphabet="ab{} \n_", max_size=60))
def test_any_text_without_known_variables_stays_as_it_is(template: str) -> None:
    assert hydrate(template, {}).text == template


def test_a_value_is_never_taken_for_a_variable() -> None:
    assert hydrate("{{ a }}{{b}}", {"a": "{{b}}\\1", "b": "x"}).text == "{{b}}\\1x"


def test_every_variable_has_its_source(tmp_path: Path) -> None:
    found = variables(bible_of(tmp_path), ["alpha"], "passage")
    assert (found["title"], found["genre"], found["tone"]) == ("test title", "test genre", "test tone")
    assert (found["forbidden_tropes"], found["required_themes"]) == ("trope one", "theme")
    assert found["memory_context"] == "passage"
    assert found["style_guide"].splitlines()[0] == "genre: test genre"
    assert "logline: test logline" in found["story_brief"]
    assert found["character_context"].splitlines() == [
        "voice:",
        "  tone: voice a",
        "name: Alpha",
        "traits: trait a",
        "motivation: motive a",
        "relationships:",
        "  beta: knows",
    ]


def test_only_those_in_the_scene_are_in_the_context(tmp_path: Path) -> None:
    bible = bible_of(tmp_path)
    assert "Beta" not in variables(bible, ["alpha"], "")["character_context"]
    assert variables(bible, ["beta"], "")["character_context"] == "voice: voice b\nname: Beta"
    assert variables(bible, ["nobody"], "")["character_context"] == ""


@pytest.mark.parametrize(
    ("prompt", "result"),
    [
        ("p {{title}}", "p T\n\nS\n\nC"),
        ("p {{character_context}}", "p C"),
        ("p {{ style_guide }}", "p S"),
    ],
)
def test_no_writer_works_blind(prompt: str, result: str) -> None:
    values = {"title": "T", "style_guide": "S", "character_context": "C"}
    assert system_prompt(Persona(system_prompt=prompt), values).text == result


def test_named_variables() -> None:
    assert named_variables("{{a}} {{ b }} {c} {{a}}") == {"a", "b"}


@pytest.mark.parametrize(
    ("given_scene", "found"),
    [
        ({"planned": ("BETA",)}, ("beta",)),
        ({"planned": ("First",)}, ("alpha",)),
        ({"instructions": "let Beta's turn come"}, ("beta",)),
        ({"instructions": "first of all"}, ("alpha",)),
        ({"text": "Beta walks.\n" + "word " * 1990}, ("beta",)),
        ({"planned": ("beta",), "instructions": "Alpha"}, ("beta", "alpha")),
    ],
)
def test_who_is_in_the_scene(tmp_path: Path, given_scene: dict[str, Any], found: tuple[str, ...]) -> None:
    assert scene(bible_of(tmp_path), **given_scene) == Scene(found, fallback=False, unknown=())


@pytest.mark.parametrize("text", ["Betas", "alphabet", "Beta " + "word " * 2000])
def test_a_part_of_a_word_or_an_old_passage_is_nobody(tmp_path: Path, text: str) -> None:
    assert scene(bible_of(tmp_path), text=text) == Scene(("alpha",), fallback=True, unknown=())


def test_a_name_the_bible_does_not_know_is_told(tmp_path: Path) -> None:
    assert scene(bible_of(tmp_path), planned=("Omega", "beta")) == Scene(("beta",), fallback=False, unknown=("Omega",))


@pytest.mark.parametrize(
    "plan", [{"number": 2}, {"id": "ch02"}, {"id": "CH02_The_Title"}], ids=["number", "id", "file name"]
)
@pytest.mark.parametrize("target", ["ch02", "ch02_Any.md", "manuscripts/ch02_Any.md"])
def test_the_brief_names_who_is_in_a_chapter(tmp_path: Path, plan: dict[str, Any], target: str) -> None:
    chapters = [{"number": 1, "characters_involved": ["alpha"]}, {**plan, "characters_involved": ["Beta"]}]
    bible = bible_of(tmp_path, brief={"structure": {"chapters": chapters}})
    assert scene(bible, target=target).characters == ("beta",)


def test_a_show_without_characters_has_an_empty_scene(tmp_path: Path) -> None:
    assert scene(bible_of(tmp_path, characters={})) == Scene((), fallback=True, unknown=())


def test_the_first_stands_in_when_nobody_is_the_protagonist(tmp_path: Path) -> None:
    assert scene(bible_of(tmp_path, characters={"beta": CHARACTERS["beta"]})).characters == ("beta",)


def test_an_outline_shows_everything_that_is_not_empty() -> None:
    data = {"a_b": 1, "none": None, "flag": True, "list": ["x", "y"], "deep": [{"k": "v", "l": ["m"]}], "empty": {}}
    assert outline(data).splitlines() == ["a b: 1", "flag: true", "list: x, y", "deep:", "  - k: v", "    l: m"]
