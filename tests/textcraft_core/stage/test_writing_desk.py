"""What editors read, from a real engine on a real folder."""

import pytest

from tests.fakes.engine import a_company, engine_on
from tests.fakes.show import make_show
from textcraft_core import commands as cmd
from textcraft_core.errors import JournalError
from textcraft_core.stage.writing_desk import WritingDesk

PATH = "manuscripts/ch01_One.md"
CONF = "story_bible/project_conf.json"


@pytest.fixture
def show(tmp_path):
    return make_show(tmp_path, {"ch01_One.md": "It was late."})


def desk_of(bench):
    return WritingDesk(bench.show, bench.engine, bench.journal)


async def test_a_chapter_edited_by_hand_has_a_past(show):
    async with engine_on(show, a_company()) as bench:
        desk = desk_of(bench)
        before = desk.stamp(PATH)
        await bench.engine.handle(cmd.SaveManuscript(path=PATH, text="It was very late.", base="It was late."))
        assert desk.stamp(PATH) != before
        versions = await desk.versions(PATH)
        assert [(version.by, version.words, version.current) for version in versions] == [
            ("operator", 4, True),
            ("changed outside", 3, False),
        ]
        new, old = (version.revision for version in versions)
        assert await desk.text(PATH, old) == "It was late."
        assert [piece.text for piece in await desk.differences(PATH, old, new) if piece.change == "added"] == ["very "]
        assert len((await desk.standing(PATH)).done) == 1
        assert await desk.alternatives(PATH) == []
        with pytest.raises(JournalError):
            await desk.text(PATH, 999)


async def test_the_bible_its_drafts_and_prompts_are_read(show):
    async with engine_on(show, a_company()) as bench:
        desk = desk_of(bench)
        conf = desk.bible("project_conf")
        await bench.engine.handle(cmd.SaveDraft(path=CONF, base=conf, content={"style": {"tone": "wet"}}))
        assert desk.draft(CONF).content == {"style": {"tone": "wet"}}
        assert desk.bible("project_conf") == conf
        assert desk.stamp("story_bible/none.json") is None
        persona = {"system_prompt": "Say {{tone}}"}
        assert (await desk.prompt("narrator", persona)).text.startswith(f"Say {conf['style']['tone']}")
