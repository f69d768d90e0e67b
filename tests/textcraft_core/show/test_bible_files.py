"""What editors work on: one shape whatever was written, and every mistake at its place."""

import json

import pytest

from tests.fakes.show import make_show
from textcraft_core.errors import BibleError
from textcraft_core.show import bible_files
from textcraft_core.show.bible_files import fatal, problems

PERSONA = {"name": "N", "model": "m", "system_prompt": "p"}
COMPANY = {role: dict(PERSONA) for role in bible_files.REQUIRED}


def told(file, content, others=None):
    return {problem.path: problem.text for problem in problems(file, content, others)}


@pytest.mark.parametrize(
    ("file", "written", "shape"),
    [
        ("characters", [{"id": "a", "name": "A"}], {"a": {"id": "a", "name": "A"}}),
        ("characters", {"characters": {"a": {"name": "A"}}}, {"a": {"name": "A"}}),
        ("timeline", [{"id": "e"}], {"events": [{"id": "e"}]}),
        ("personas", {"personas": {"narrator": {"x": None}}}, {"narrator": {"x": None}}),
        ("story_brief", None, {}),
        ("project_conf", {"odd": {"deep": [1]}}, {"odd": {"deep": [1]}}),
    ],
)
def test_one_shape_whatever_was_written(file, written, shape):
    assert bible_files.parse(file, b"\xef\xbb\xbf" + json.dumps(written).encode()) == shape


@pytest.mark.parametrize("data", [b"{", b"[1]", b'"x"', b"\xff"])
def test_a_broken_file_is_told_and_not_replaced(data):
    with pytest.raises(BibleError, match=r"characters\.json is broken"):
        bible_files.parse("characters", data)


def test_a_file_of_a_show_is_read(tmp_path):
    show = make_show(tmp_path)
    assert set(bible_files.read(show.sandbox, "personas")) >= set(bible_files.REQUIRED)
    assert bible_files.read(show.sandbox, "timeline") == {}


@pytest.mark.parametrize(
    ("path", "file"),
    [
        ("data/story_bible/personas.json", "personas"),
        ("story_bible/timeline.json", "timeline"),
        ("story_bible/other.json", None),
        ("manuscripts/personas.md", None),
        ("personas.json", None),
    ],
)
def test_a_path_names_its_file(path, file):
    assert bible_files.file_of(path) == file


@pytest.mark.parametrize(
    ("field", "value", "text"),
    [
        ("system_prompt", "\n", "A persona needs a prompt."),
        ("temperature", 1.4, "This is too large."),
        ("temperature", -0.1, "This is too small."),
        ("temperature", "warm", "This is to be a number."),
        ("max_tokens", 0, "This must be above 0."),
        ("max_tokens", 1.5, "This is to be a whole number."),
        ("allowed_tools", 5, "This is to be a list."),
    ],
)
def test_what_is_wrong_with_a_persona_is_told_at_its_field(field, value, text):
    company = {**COMPANY, "narrator": {**PERSONA, field: value}}
    assert told("personas", company) == {("narrator", field): text}
    assert fatal(problems("personas", company)).path == ("narrator", field)


def test_a_persona_without_a_name_or_a_model_is_told_and_may_be_saved():
    found = problems("personas", {**COMPANY, "narrator": {"system_prompt": "p"}})
    assert {problem.path for problem in found} == {("narrator", "name"), ("narrator", "model")}
    assert fatal(found) is None


def test_a_company_without_an_editor_is_told():
    company = {role: persona for role, persona in COMPANY.items() if role != "editor"}
    assert list(told("personas", company)) == [("editor",)]


def test_mistakes_deep_in_a_file_have_their_place():
    conf = {"constraints": {"chapter_target_word_count": "many"}, "formatting": {"use_british_spelling": "maybe"}}
    assert set(told("project_conf", conf)) == {
        ("constraints", "chapter_target_word_count"),
        ("formatting", "use_british_spelling"),
    }
    timeline = {"events": [{"id": "e1"}, {"id": "e2", "participants": 4}]}
    assert list(told("timeline", timeline)) == [("events", "e2", "participants")]


def test_strangers_are_told_and_not_forbidden():
    people = {"mara": {"name": "Mara", "aliases": ["the guard"], "relationships": {"nobody": "x", "mara": "y"}}}
    assert told("characters", people, {}) == {("mara", "relationships"): "nobody is not in characters.json."}
    places = {"inn": {"name": "Inn", "parent_location": "town"}}
    assert told("locations", places, {}) == {("inn", "parent_location"): "town is not in locations.json."}
    timeline = {"events": [{"id": "e", "participants": ["The Guard", "Zoe"], "location": "Inn"}]}
    found = problems("timeline", timeline, {"characters": people, "locations": places})
    assert [(problem.path, problem.text) for problem in found] == [
        (("events", "e", "participants"), "Zoe is not in characters.json.")
    ]
    assert fatal(found) is None


@pytest.mark.parametrize("file", bible_files.FILES)
@pytest.mark.parametrize("odd", [{"x": None}, {"x": 5}, {"events": 3}, {"structure": {"chapters": [1, {"id": 4}]}}])
def test_odd_content_never_breaks_the_check(file, odd):
    assert isinstance(problems(file, odd, {"characters": {"a": 1}, "locations": {}}), list)
