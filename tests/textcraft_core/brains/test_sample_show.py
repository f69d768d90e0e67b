import json
import re
from importlib.resources import files

import pytest

from tests.textcraft_core.brains.book import SAMPLE
from textcraft_bus.clock import SystemClock
from textcraft_bus.config import read_toml, unknown_keys
from textcraft_core.brains.grammar import expand, guarded, readings, slots
from textcraft_core.brains.scene import Moment, World, chance
from textcraft_core.brains.script import PARTS, ScriptShelf, title_key
from textcraft_core.brains.story import StoryShelf
from textcraft_core.config import TextCraftCoreConfig
from textcraft_core.engine.planning import brief_chapters
from textcraft_core.prompt_builder import hydrate, variables
from textcraft_core.show.bible import Bible
from textcraft_core.show.folder import ShowFolder, new_show
from textcraft_core.show.matrix import Matrix
from textcraft_display.config import DisplayConfig
from textcraft_image_server.config import ImageServerConfig

TEMPLATES = files("textcraft_core") / "templates"
SHOW = ShowFolder(SAMPLE)
EXTRA = {"line", "title", "summary", "notes", "quote", "words", "reason", "figure", "look", "time_look", "weather_look"}
"""Slots the roles fill beside those of a scene."""


def bible(name):
    return json.loads((SHOW.bible / f"{name}.json").read_text(encoding="utf-8"))


@pytest.fixture
def world():
    return World(ScriptShelf(SHOW.script).read(), StoryShelf(SHOW.bible).read(), 1)


def test_the_bible_is_read_without_a_warning(tmp_path):
    show = new_show(tmp_path / "show")
    read = Bible(show, SystemClock())
    personas = read.personas()
    assert set(personas) == {"architect", "narrator", "editor", "illustrator"}
    assert (personas["narrator"].name, personas["narrator"].model, personas["narrator"].temperature) == (
        "Creative Writer",
        "gpt-4",
        0.9,
    )
    assert (personas["editor"].name, personas["editor"].model, personas["editor"].temperature) == (
        "Ruthless Critic",
        "gpt-4-turbo",
        0.2,
    )
    assert read.conf().constraints.chapter_target_word_count == 420
    assert read.characters() and read.locations() and read.timeline().events and read.brief().structure.chapters
    assert read.missing_roles() == () and read.take_warnings() == ()


@pytest.mark.parametrize("source", [SHOW.bible / "personas.json", TEMPLATES / "personas.json"])
def test_every_variable_of_a_prompt_is_known(tmp_path, source):
    known = variables(Bible(new_show(tmp_path / "show"), SystemClock()), ("pim",), "")
    for persona in json.loads(source.read_text(encoding="utf-8")).values():
        assert hydrate(persona["system_prompt"], known).unknown == ()


def test_ids_are_consistent():
    people, places, brief = bible("characters"), bible("locations"), bible("story_brief")
    chapters = brief["structure"]["chapters"]
    assert len(people) >= 5 and len(places) >= 6 and len(chapters) >= 8
    for chapter in chapters:
        assert chapter["location"] in places
        assert chapter["characters_involved"] and set(chapter["characters_involved"]) <= set(people)
    for event in bible("timeline")["events"]:
        assert event["location"] in places and set(event["participants"]) <= set(people)
    for person in people.values():
        assert set(person["relationships"]) <= set(people)
    assert set(brief["character_arcs"]) <= set(people)
    assert {place["parent_location"] for place in places.values()} <= {*places, ""}


def test_titles_survive_their_file_names():
    for chapter in brief_chapters(bible("story_brief")):
        assert chapter.file.removesuffix(".md").partition("_")[2].replace("_", " ") == chapter.title


def test_matrix_and_control_are_canonical():
    matrix = Matrix.model_validate(json.loads(SHOW.matrix.read_text(encoding="utf-8")))
    assert matrix.content == {} and matrix.meta.title == bible("project_conf")["meta"]["title"]
    control = json.loads(SHOW.control.read_text(encoding="utf-8"))
    assert control["system_status"] == "RUNNING" and control["architect_override"]["active"] is False


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("core.toml", TextCraftCoreConfig),
        ("image_server.toml", ImageServerConfig),
        ("display.toml", DisplayConfig),
        ("config.toml", TextCraftCoreConfig),
        ("config.toml", ImageServerConfig),
        ("config.toml", DisplayConfig),
    ],
)
def test_the_settings_are_known_to_their_program(name, model):
    assert list(unknown_keys(read_toml(SAMPLE / name), model)) == []
    assert model.from_overrides(SAMPLE / name)


def test_a_new_show_ignores_what_must_not_be_kept(tmp_path):
    ignored = (new_show(tmp_path / "show").root / ".gitignore").read_text(encoding="utf-8").split()
    assert {".env", "journal*", "images/", "rehearsals/", "restore.json", "*.lock"} <= set(ignored)


def test_the_script_is_small_enough_to_ship():
    folders = (SHOW.script, TEMPLATES / "script")
    assert sum(len((folder / f"{name}.json").read_bytes()) for folder in folders for name in PARTS) <= 200 * 1024


def test_the_script_knows_every_person_place_and_chapter(world):
    assert set(world.script.part("characters")) == set(bible("characters"))
    assert set(world.script.part("places")) == set(bible("locations"))
    titles = {title_key(chapter["title"]) for chapter in bible("story_brief")["structure"]["chapters"]}
    assert set(world.script.chapters) == titles
    for arc in world.script.arcs:
        assert set(arc.get("cast", ())) <= set(bible("characters"))
        assert set(arc.get("places", ())) <= set(bible("locations"))


def templates_of(value):
    """Every text of a file that is not a key of its own."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from templates_of(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from templates_of(item)


@pytest.mark.parametrize("own", [True, False])
@pytest.mark.parametrize("part", PARTS)
def test_every_reading_of_every_template_is_clean(part, own, tmp_path):
    world = World(ScriptShelf(SHOW.script if own else tmp_path).read(), StoryShelf(SHOW.bible).read(), 1)
    scope = world.slots("lowfield", Moment("day", "clear"), {"a": "pim", "b": "casimir", "guest": "iveta"})
    scope |= dict.fromkeys(EXTRA, "a word")
    scope["self"] = "Somebody"
    checked = 0
    for template in templates_of(world.script.part(part)):
        _, rest = guarded(template)
        for reading in readings(rest):
            assert set(slots(reading)) <= set(scope), template
            told = expand(reading, scope, chance(1, part, 0, reading, 0))
            assert not re.search(r"[{}\[\]|]|  |\b[Aa] [aeio]|[.,;]{2}|\s[.,;:!?]", told), told
            assert not re.search(r"\b([a-z]+) \1\b", told), told
            checked += 1
    assert checked or part in ("chapters", "characters", "places")


def test_quotation_marks_are_paired_in_each_paragraph(world):
    for part in PARTS:
        for template in templates_of(world.script.part(part)):
            for paragraph in template.split("\n"):
                assert paragraph.count("“") == paragraph.count("”"), paragraph


def test_captions_are_short(world):
    for chapter in world.script.chapters.values():
        for caption in templates_of(chapter["captions"]):
            assert 0 < len(caption) <= 70, caption
