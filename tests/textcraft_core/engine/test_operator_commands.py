import json

import pytest

from tests.fakes.engine import a_company, engine_on
from tests.fakes.show import PERSONAS, make_show, words
from textcraft_core import commands
from textcraft_core.engine.operator_commands import manuscript_path
from textcraft_core.errors import CommandRefused
from textcraft_core.events import ChapterLocked, FileWritten, MatrixChanged, PersonaSaved
from textcraft_core.show.matrix import Status

CHAPTERS = {"ch01_One.md": 60}


async def test_locking_by_hand(tmp_path):
    async with engine_on(make_show(tmp_path, CHAPTERS), a_company()) as bench:
        for _ in range(2):
            await bench.engine.handle(commands.LockChapter(chapter_id="ch01", locked=True))
        assert bench.saved().content["ch01"].status is Status.LOCKED
        await bench.engine.handle(commands.LockChapter(chapter_id="ch01", locked=False))
        assert bench.saved().content["ch01"].status is Status.DRAFTING
        assert [(event.locked, event.by) for event in bench.of(ChapterLocked)] == [
            (True, "operator"),
            (False, "operator"),
        ]
        assert bench.of(MatrixChanged)[-1].entries["ch01"]["status"] == "DRAFTING"


async def test_a_chapter_nobody_has_is_refused(tmp_path):
    async with engine_on(make_show(tmp_path, CHAPTERS), a_company()) as bench:
        with pytest.raises(CommandRefused, match="no chapter ch1"):
            await bench.engine.handle(commands.LockChapter(chapter_id="ch1", locked=True))


async def test_forgetting_notes(tmp_path):
    matrix = {"content": {"ch01": {"path": "data/manuscripts/ch01_One.md", "notes": ["a"]}}}
    async with engine_on(make_show(tmp_path, CHAPTERS, matrix=matrix), a_company()) as bench:
        assert bench.saved().content["ch01"].notes == ("a",)
        await bench.engine.handle(commands.ForgetNotes(chapter_id="ch01"))
        assert bench.saved().content["ch01"].notes == ()


async def test_saving_a_manuscript_keeps_the_old_text_and_scans(tmp_path):
    async with engine_on(make_show(tmp_path, CHAPTERS), a_company()) as bench:
        bench.events.clear()
        await bench.engine.handle(commands.SaveManuscript(path="ch01_One.md", text="three plain words"))
        written = bench.of(FileWritten)[0]
        assert (written.path, written.by) == ("data/manuscripts/ch01_One.md", "operator")
        assert bench.journal.revision_content(written.revision).decode() == words(60)
        assert bench.saved().content["ch01"].word_count == 3


@pytest.mark.parametrize("path", ["../x.md", "matrix.json", "ch01", "data/story_bible/personas.json", ".md"])
async def test_only_manuscripts_are_saved_so(tmp_path, path):
    async with engine_on(make_show(tmp_path, CHAPTERS), a_company()) as bench:
        with pytest.raises(CommandRefused):
            await bench.engine.handle(commands.SaveManuscript(path=path, text="x"))


@pytest.mark.parametrize(
    "path", ["ch01.md", "manuscripts/ch01.md", "data/manuscripts/ch01.md", "data\\manuscripts\\ch01.md"]
)
def test_manuscripts_are_found_by_any_spelling(path):
    assert manuscript_path(path) == "manuscripts/ch01.md"


async def test_a_saved_persona_is_used_by_the_next_call(tmp_path):
    brain = a_company()
    async with engine_on(make_show(tmp_path, CHAPTERS), brain) as bench:
        persona = {**PERSONAS["architect"], "system_prompt": "new words {{style_guide}}"}
        await bench.engine.handle(commands.SavePersona(role="architect", persona=persona))
        assert bench.of(PersonaSaved)[0].role == "architect"
        assert await bench.engine.step()
        assert brain.calls[0][1][0]["content"].startswith("new words")
        with pytest.raises(CommandRefused, match="system_prompt"):
            await bench.engine.handle(commands.SavePersona(role="architect", persona={"system_prompt": ""}))


async def test_saving_another_file_of_the_bible(tmp_path):
    async with engine_on(make_show(tmp_path, CHAPTERS), a_company()) as bench:
        await bench.engine.handle(commands.SaveBible(file="timeline", content={"events": []}))
        assert json.loads((bench.show.bible / "timeline.json").read_text(encoding="utf-8")) == {"events": []}


async def test_broken_text_is_refused(tmp_path):
    async with engine_on(make_show(tmp_path, CHAPTERS), a_company()) as bench:
        command = commands.SaveManuscript.model_construct(path="ch01_One.md", text="\ud800")
        with pytest.raises(CommandRefused, match="broken characters"):
            await bench.engine.handle(command)
        assert bench.text("ch01_One.md") == words(60)


async def test_what_is_not_the_engines_is_refused(tmp_path):
    async with engine_on(make_show(tmp_path, CHAPTERS), a_company()) as bench:
        with pytest.raises(CommandRefused, match="Take is not for the engine"):
            await bench.engine.handle(commands.Take())
