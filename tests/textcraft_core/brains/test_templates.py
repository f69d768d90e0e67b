"""Every show one can begin from: whole, clean, and long enough in rehearsal to listen to for an evening."""

import asyncio
import json
import re
from collections import Counter
from importlib.resources import files
from pathlib import Path

import pytest

from tests.fakes.engine import FAST, engine_on
from tests.textcraft_core.brains.book import Book
from tests.textcraft_core.brains.test_sample_show import EXTRA, templates_of
from textcraft_bus.clock import SystemClock
from textcraft_bus.config import read_toml, unknown_keys
from textcraft_core.brains.grammar import expand, guarded, readings, sentences, slots
from textcraft_core.brains.rehearsal import Latency, RehearsalBrain
from textcraft_core.brains.scene import Moment, World, chance
from textcraft_core.brains.script import PARTS, ScriptShelf, title_key
from textcraft_core.brains.story import StoryShelf
from textcraft_core.config import TextCraftCoreConfig
from textcraft_core.engine.planning import brief_chapters
from textcraft_core.events import ChapterLocked, CycleFailed, RenderRequested
from textcraft_core.prompt_builder import hydrate, variables
from textcraft_core.show.bible import Bible
from textcraft_core.show.folder import ShowFolder
from textcraft_core.show.templates import begin_from, templates
from textcraft_display.config import DisplayConfig
from textcraft_image_server.config import ImageServerConfig

SHIPPED = files("textcraft_core") / "show_templates"
NAMES = [template.name for template in templates() if (SHIPPED / template.name).is_dir()]
TARGET_WORDS = 400
STORY = ("opening", "development", "turn", "close")


class Rehearsal(RehearsalBrain):
    def release(self):
        pass


@pytest.fixture(params=NAMES)
def show(request, tmp_path):
    return begin_from(request.param, tmp_path / request.param)


@pytest.fixture(scope="module", params=NAMES)
def book(request, tmp_path_factory):
    show = begin_from(request.param, tmp_path_factory.mktemp("book") / "show")
    return asyncio.run(Book(show, RehearsalBrain(show, 3), TARGET_WORDS).write(30))


def bible(show: ShowFolder, name: str):
    return json.loads((show.bible / f"{name}.json").read_text(encoding="utf-8"))


def world_of(show: ShowFolder) -> World:
    return World(ScriptShelf(show.script).read(), StoryShelf(show.bible).read(), 1)


def test_there_are_three_genres_beside_the_sample():
    assert len(NAMES) == 3 and len({template.genre for template in templates()}) == 4


def test_the_bible_is_read_without_a_warning(show):
    read = Bible(show, SystemClock())
    assert {"architect", "narrator", "editor", "illustrator"} <= set(read.personas())
    assert read.conf().constraints.chapter_target_word_count == TARGET_WORDS
    assert read.characters() and read.locations() and read.timeline().events and read.brief().structure.chapters
    assert read.missing_roles() == () and read.take_warnings() == ()
    known = variables(read, tuple(read.characters())[:1], "")
    for persona in bible(show, "personas").values():
        assert hydrate(persona["system_prompt"], known).unknown == ()


def test_people_places_and_titles_agree(show):
    people, places, brief = bible(show, "characters"), bible(show, "locations"), bible(show, "story_brief")
    chapters = brief["structure"]["chapters"]
    for chapter in chapters:
        assert chapter["location"] in places and set(chapter["characters_involved"]) <= set(people)
    for event in bible(show, "timeline")["events"]:
        assert event["location"] in places and set(event["participants"]) <= set(people)
    for person in people.values():
        assert set(person["relationships"]) <= set(people)
    assert set(brief["character_arcs"]) <= set(people)
    for chapter in brief_chapters(brief):
        assert chapter.file.removesuffix(".md").partition("_")[2].replace("_", " ") == chapter.title
    script = world_of(show).script
    assert (set(script.part("characters")), set(script.part("places"))) == (set(people), set(places))
    assert set(script.chapters) == {title_key(chapter["title"]) for chapter in chapters}
    for arc in script.arcs:
        assert set(arc["cast"]) <= set(people) and set(arc["places"]) <= set(places)
        assert all(arc[part] and arc["talk"] for part in STORY)


def test_the_settings_are_known_to_their_program_and_explained(show):
    models = {"core": TextCraftCoreConfig, "image_server": ImageServerConfig, "display": DisplayConfig}
    for name, model in models.items():
        place = show.root / f"{name}.toml"
        assert list(unknown_keys(read_toml(place), model)) == [] and model.from_overrides(place)
        assert list(unknown_keys(read_toml(show.root / "config.toml"), model)) == []
    settings = (show.root / "core.toml").read_text(encoding="utf-8")
    assert all(part in settings for part in ("[gate]", "[day]", "[audience]")) and settings.count("# ") > 8
    assert (
        (show.root / "README.md")
        .read_text(encoding="utf-8")
        .startswith(f"# {bible(show, 'project_conf')['meta']['title']}\n")
    )
    assert {".env", "journal*", "rehearsals/"} <= set((show.root / ".gitignore").read_text(encoding="utf-8").split())


def test_every_reading_of_every_template_is_clean(show):
    world, people, places = world_of(show), list(bible(show, "characters")), list(bible(show, "locations"))
    roles = dict(zip(("a", "b", "guest"), people, strict=False))
    scope = world.slots(places[0], Moment("day", "clear"), roles) | dict.fromkeys(EXTRA, "a word")
    scope["self"] = "Somebody"
    for part in PARTS:
        for template in templates_of(world.script.part(part)):
            for reading in readings(guarded(template)[1]):
                assert set(slots(reading)) <= set(scope), template
                told = expand(reading, scope, chance(1, part, 0, reading, 0))
                assert not re.search(r"[{}\[\]|]|  |\b[Aa] [aeio]|[.,;]{2}|\s[.,;:!?]", told), told
                assert not re.search(r"\b([a-z]+) \1\b", told), told
                assert all(paragraph.count("“") == paragraph.count("”") for paragraph in told.split("\n")), told


def test_captions_are_short(show):
    for chapter in world_of(show).script.chapters.values():
        assert all(0 < len(caption) <= 70 for caption in templates_of(chapter["captions"]))


def test_thirty_cycles_finish_chapters_and_repeat_nothing_within_one(book):
    locked = [chapter for chapter in book.chapters.values() if chapter.status == "LOCKED"]
    assert len(locked) >= 6
    assert all(len(book.text(chapter).split()) >= TARGET_WORDS for chapter in locked)
    for chapter in book.chapters.values():
        told = Counter(sentences(book.text(chapter)))
        assert [text for text, times in told.items() if times > 1] == [], chapter.title
    everywhere = Counter(sentences(book.whole))
    assert [text for text, times in everywhere.items() if times > 3] == []


def test_the_prose_of_a_long_rehearsal_is_clean(book):
    assert not re.search(r"[{}\[\]|]|TODO|[^\n]  |\b[Aa] [aeio]|\b([A-Za-z]+) \1\b|[.!?] [a-z]|\.” [a-z]", book.whole)
    assert book.whole.count("“") == book.whole.count("”")


def test_its_pictures_are_of_many_kinds(book):
    prompts = [picture["prompt"] for picture in book.pictures]
    assert len(set(prompts)) > len(prompts) * 0.8
    assert len({picture["caption"] for picture in book.pictures}) > len(prompts) * 0.6


def test_no_two_shows_paint_alike(tmp_path):
    seen: dict[str, set[str]] = {}
    for name in NAMES:
        show = begin_from(name, tmp_path / name)
        book = asyncio.run(Book(show, RehearsalBrain(show, 3), TARGET_WORDS).write(6))
        seen[name] = {picture["prompt"] for picture in book.pictures}
    assert all(seen.values()) and not set.intersection(*seen.values())


async def test_the_engine_plays_twelve_cycles_of_it(show):
    options = FAST.model_copy(update={"illustrate": True})
    async with engine_on(show, Rehearsal(show, seed=3, latency=Latency()), options) as bench:
        for _ in range(12):
            assert await bench.engine.step(), bench.of(CycleFailed)
        await bench.engine.settle()
        assert len(bench.of(ChapterLocked)) >= 2
        prompts = [event.prompt for event in bench.of(RenderRequested)]
    assert len(prompts) >= 6 and len(set(prompts)) > len(prompts) * 0.8


def test_what_ships_is_small():
    for name in NAMES:
        folder = Path(str(SHIPPED / name))
        assert sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) <= 128 * 1024
