import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.clock import FakeClock
from tests.fakes.show import PERSONAS, make_show, write_json
from textcraft_core.errors import BibleError, PersonaError
from textcraft_core.record.journal import Journal
from textcraft_core.show.bible import Bible
from textcraft_core.show.folder import ShowFolder
from textcraft_core.show.writer import ShowWriter


@pytest.fixture
def show(tmp_path: Path) -> ShowFolder:
    return make_show(tmp_path)


@pytest.fixture
def bible(show: ShowFolder) -> Bible:
    return Bible(show, FakeClock())


@pytest.fixture
def writer(show: ShowFolder):
    journal = Journal(show.journal, FakeClock())
    yield ShowWriter(show, journal)
    journal.close()


def change_persona(show: ShowFolder, role: str, **change: Any) -> None:
    write_json(show.bible / "personas.json", {**PERSONAS, role: {**PERSONAS[role], **change}})


def test_everything_is_read(bible: Bible) -> None:
    assert bible.persona("narrator").temperature == 0.9
    assert set(bible.personas()) == set(PERSONAS)
    assert bible.missing_roles() == ()
    assert bible.conf().style.genre == "test genre"
    assert bible.characters()["alpha"].psychology.traits == ("trait a",)
    assert bible.brief().logline == "test logline"
    assert (bible.locations(), bible.timeline().events) == ({}, ())
    assert bible.take_warnings() == ()


def test_a_persona_is_fresh_at_each_call(show: ShowFolder, bible: Bible) -> None:
    bible.personas()
    path = show.bible / "personas.json"
    seen = path.stat()
    text = path.read_text()
    with path.open("r+") as file:
        file.write(text.replace("prompt of narrator", "PROMPT of narrator"))
    os.utime(path, ns=(seen.st_atime_ns, seen.st_mtime_ns))
    assert bible.persona("narrator").system_prompt.startswith("PROMPT")


@pytest.mark.parametrize(
    ("field", "value", "help_text"),
    [
        ("temperature", 1.5, "from 0 to 1"),
        ("temperature", "hot", "from 0 to 1"),
        ("max_tokens", 0, "above 0"),
        ("system_prompt", " ", "write the prompt"),
        ("system_prompt", None, "write the prompt"),
        ("allowed_tools", 5, "list of tool names"),
    ],
)
def test_a_wrong_field_is_named_with_what_to_do(
    show: ShowFolder, bible: Bible, field: str, value: Any, help_text: str
) -> None:
    change_persona(show, "narrator", **{field: value})
    with pytest.raises(PersonaError, match=help_text) as caught:
        bible.persona("narrator")
    assert (caught.value.role, caught.value.field) == ("narrator", field)
    assert "editor" in bible.personas()
    assert bible.missing_roles() == ("narrator",)
    assert field in bible.take_warnings()[0].text


def test_a_role_that_is_missing_is_told(bible: Bible) -> None:
    with pytest.raises(PersonaError, match="add the role painter"):
        bible.persona("painter")


def test_a_show_without_personas_is_told(show: ShowFolder, bible: Bible) -> None:
    (show.bible / "personas.json").unlink()
    with pytest.raises(BibleError, match="bring one"):
        bible.persona("narrator")


def test_lists_marks_nulls_and_single_texts_are_accepted(show: ShowFolder, bible: Bible) -> None:
    listed = [{"id": role, **persona} for role, persona in PERSONAS.items()]
    (show.bible / "personas.json").write_bytes(b"\xef\xbb\xbf" + json.dumps(listed).encode())
    write_json(show.bible / "project_conf.json", {"meta": None, "style": {"tone": None}, "constraints": None})
    write_json(
        show.bible / "characters.json", [{"name": "Gamma", "psychology": "moody", "voice": None, "aliases": "G"}]
    )
    write_json(show.bible / "timeline.json", [{"name": "event", "participants": None}])
    write_json(show.bible / "locations.json", {"locations": {"loc": {"atmosphere": "text", "more": [1]}}})
    write_json(
        show.bible / "story_brief.json",
        {"setting_rules": ["rule"], "ending": {"text": "end"}, "structure": {"chapters": {"ch01": {"title": "t"}}}},
    )
    assert bible.persona("editor").temperature == 0.2
    assert bible.conf().constraints.chapter_target_word_count == 2000
    gamma = bible.characters()["Gamma"]
    assert (gamma.aliases, gamma.psychology.model_extra, gamma.voice.tone) == (("G",), {"text": "moody"}, "")
    assert bible.timeline().events[0].name == "event"
    assert (bible.locations()["loc"].name, bible.locations()["loc"].model_extra) == ("loc", {"more": [1]})
    brief = bible.brief()
    assert (brief.setting_rules, brief.ending, brief.structure.chapters[0].id) == (["rule"], {"text": "end"}, "ch01")
    assert bible.take_warnings() == ()


@pytest.mark.parametrize(("written", "words"), [("1500", 1500), (0, 2000), ("", 2000), (1200.0, 1200), (None, 2000)])
def test_the_target_is_read_in_every_spelling(show: ShowFolder, bible: Bible, written: Any, words: int) -> None:
    write_json(show.bible / "project_conf.json", {"constraints": {"chapter_target_word_count": written}})
    assert bible.conf().constraints.chapter_target_word_count == words


def test_unchanged_files_are_parsed_once(bible: Bible) -> None:
    assert bible.characters() is bible.characters()


@pytest.mark.parametrize("name", ["personas", "project_conf", "characters", "locations", "timeline", "story_brief"])
@pytest.mark.parametrize("broken", [b'{"half": ', b"5", b"\xff\xfe{}"])
def test_a_broken_file_is_set_aside_and_its_last_good_copy_used(show: ShowFolder, name: str, broken: bytes) -> None:
    path = show.bible / f"{name}.json"
    if not path.exists():
        write_json(path, {})
    good = path.read_bytes()
    readers = ("personas", "conf", "characters", "locations", "timeline", "brief")
    expected = [getattr(Bible(show, FakeClock()), reader)() for reader in readers]
    path.write_bytes(broken)
    bible = Bible(show, FakeClock())
    assert [getattr(bible, reader)() for reader in readers] == expected
    (warned,) = bible.take_warnings()
    assert f"{name}.json.bad-" in warned.text
    assert [aside.read_bytes() for aside in show.bible.glob("*.bad-*")] == [broken]
    assert path.read_bytes() == good


def test_a_file_somebody_is_saving_is_not_taken_away(show: ShowFolder) -> None:
    clock = FakeClock()
    bible = Bible(show, clock)
    path = show.bible / "characters.json"
    before = bible.characters()
    path.write_bytes(b'{"half": ')
    clock.jump(path.stat().st_mtime + 0.5 - clock.now().timestamp())
    assert bible.characters() is before
    assert path.read_bytes() == b'{"half": '
    clock.advance(5)
    assert bible.characters() is before
    assert path.read_bytes() != b'{"half": '
    assert len(bible.take_warnings()) == 2


def test_saving_a_persona_keeps_the_others_and_a_revision(show: ShowFolder, bible: Bible, writer: ShowWriter) -> None:
    base = bible.raw_persona("narrator")
    write_json(show.bible / "personas.json", {**PERSONAS, "editor": {**PERSONAS["editor"], "extra": 1}})
    event = bible.save_persona("narrator", {**base, "temperature": 0.1}, writer, "operator", base)
    assert event.path == "data/story_bible/personas.json"
    assert event.revision is not None
    assert bible.persona("narrator").temperature == 0.1
    assert bible.raw_persona("editor")["extra"] == 1


def test_a_persona_changed_by_another_program_is_never_overwritten(
    show: ShowFolder, bible: Bible, writer: ShowWriter
) -> None:
    base = bible.raw_persona("narrator")
    change_persona(show, "narrator", max_tokens=99)
    with pytest.raises(PersonaError, match="meanwhile"):
        bible.save_persona("narrator", {**base, "temperature": 0.1}, writer, "operator", base)
    assert bible.persona("narrator").max_tokens == 99


def test_a_wrong_persona_is_not_saved(bible: Bible, writer: ShowWriter) -> None:
    with pytest.raises(PersonaError, match="temperature"):
        bible.save_persona("narrator", {**PERSONAS["narrator"], "temperature": 7}, writer, "operator")
    assert bible.persona("narrator").temperature == 0.9
