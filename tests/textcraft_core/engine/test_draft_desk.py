"""Texts are saved at once or wait as drafts; what waits comes into use when a cycle begins, never over another's."""

import json

import pytest

from tests.fakes.engine import a_company, engine_on
from tests.fakes.show import make_show, write_json
from textcraft_core import commands as cmd
from textcraft_core import events as ev
from textcraft_core.engine.draft_desk import DraftDesk
from textcraft_core.errors import CommandRefused

CHAPTERS = {"ch01_One.md": 60}
CONF = "story_bible/project_conf.json"
CH01 = "manuscripts/ch01_One.md"


def conf_of(bench):
    return json.loads((bench.show.bible / "project_conf.json").read_text())


def draft(content, base=None, path=CONF):
    return cmd.SaveDraft(path=path, base=base, content=content)


async def test_a_draft_is_not_in_use_until_it_is_applied_and_a_cycle_began(tmp_path):
    async with engine_on(make_show(tmp_path, CHAPTERS, conf={"style": {"tone": "dry"}}), a_company()) as bench:
        base = conf_of(bench)
        await bench.engine.handle(draft({"style": {"tone": "wet"}}, base))
        await bench.engine.step()
        assert conf_of(bench) == base
        await bench.engine.handle(cmd.ApplyDraft(draft_id=CONF))
        assert conf_of(bench) == base
        await bench.engine.step()
        assert conf_of(bench) == {"style": {"tone": "wet"}}
        assert [event.waiting for event in bench.of(ev.DraftSaved)] == [False, True]
        assert [event.path for event in bench.of(ev.DraftApplied)] == [CONF]
        assert bench.engine.drafts.store.all() == []
        names = bench.names()
        assert names.index("DraftApplied") > [n for n, name in enumerate(names) if name == "CycleStarted"][1]
        before_scan = names[: names.index("DraftApplied")]
        assert before_scan.count("ScanFinished") == 1


async def test_drafts_survive_a_kill_and_are_applied_by_the_next_engine(tmp_path):
    show = make_show(tmp_path, CHAPTERS, conf={"style": {"tone": "dry"}})
    async with engine_on(show, a_company(), close=False) as bench:
        await bench.engine.handle(draft({"style": {"tone": "wet"}}, conf_of(bench)))
        await bench.engine.handle(cmd.ApplyDraft(draft_id=CONF))
    async with engine_on(show, a_company()) as bench:
        assert [kept.waiting for kept in bench.engine.drafts.store.all()] == [True]
        await bench.engine.step()
        assert conf_of(bench)["style"]["tone"] == "wet"


async def test_what_others_changed_elsewhere_stays(tmp_path):
    show = make_show(tmp_path, CHAPTERS, conf={"style": {"tone": "dry"}, "odd": 1})
    async with engine_on(show, a_company()) as bench:
        base = conf_of(bench)
        write_json(show.bible / "project_conf.json", {**base, "odd": 2})
        content = {**base, "style": {"tone": "wet"}}
        await bench.engine.handle(cmd.SaveBible(file="project_conf", content=content, base=base))
        assert conf_of(bench) == {"style": {"tone": "wet"}, "odd": 2}


async def test_a_collision_is_refused_and_nothing_overwritten(tmp_path):
    show = make_show(tmp_path, CHAPTERS, conf={"style": {"tone": "dry"}})
    async with engine_on(show, a_company()) as bench:
        base = conf_of(bench)
        theirs = {"style": {"tone": "theirs"}}
        write_json(show.bible / "project_conf.json", theirs)
        with pytest.raises(CommandRefused, match=r"style\.tone"):
            save = cmd.SaveBible(file="project_conf", content={"style": {"tone": "mine"}}, base=base)
            await bench.engine.handle(save)
        await bench.engine.handle(draft({"style": {"tone": "mine"}}, base))
        await bench.engine.handle(cmd.ApplyDraft(draft_id=CONF))
        assert await bench.engine.step()
        assert conf_of(bench) == theirs
        kept = bench.engine.drafts.store.get(CONF)
        assert (kept.content, kept.waiting) == ({"style": {"tone": "mine"}}, False)
        assert any("style.tone" in event.text for event in bench.of(ev.Warned))


async def test_a_draft_that_could_not_be_used_does_not_fail_the_cycle(tmp_path):
    async with engine_on(make_show(tmp_path, CHAPTERS), a_company()) as bench:
        company = {"narrator": {"name": "N"}}
        await bench.engine.handle(draft(company, {}, "story_bible/personas.json"))
        await bench.engine.handle(cmd.ApplyDraft(draft_id="story_bible/personas.json"))
        assert await bench.engine.step()
        assert len(bench.of(ev.DraftApplied)) == 0


async def test_in_show_nothing_is_saved_at_once(tmp_path):
    async with engine_on(make_show(tmp_path, CHAPTERS), a_company()) as bench:
        bench.engine.drafts.direct = lambda: False
        before = conf_of(bench)
        persona = {"name": "x", "system_prompt": "y"}
        for command in (
            cmd.SaveBible(file="project_conf", content={}),
            cmd.SaveManuscript(path="ch01_One.md", text="x"),
            cmd.SavePersona(role="narrator", persona=persona),
        ):
            with pytest.raises(CommandRefused, match="SHOW is on"):
                await bench.engine.handle(command)
        assert conf_of(bench) == before
        await bench.engine.handle(draft("a new text", bench.text("ch01_One.md"), CH01))
        await bench.engine.handle(cmd.ApplyDraft(draft_id=CH01))
        await bench.engine.step()
        assert bench.text("ch01_One.md").startswith("a new text")


async def test_in_show_the_past_of_the_bible_is_not_brought_back_at_once_that_of_chapters_is():
    handled = []

    async def handler(command):
        handled.append(command.path)

    desk = DraftDesk.__new__(DraftDesk)
    desk.direct = lambda: False
    guarded = desk.guarded(handler)
    await guarded(cmd.Undo(path=CH01))
    for path in (CONF, f"data/{CONF}"):
        with pytest.raises(CommandRefused, match="SHOW is on"):
            await guarded(cmd.Undo(path=path))
    desk.direct = lambda: True
    await guarded(cmd.Undo(path=CONF))
    assert handled == [CH01, CONF]


async def test_saving_directly_ends_the_draft(tmp_path):
    async with engine_on(make_show(tmp_path, CHAPTERS), a_company()) as bench:
        base = bench.text("ch01_One.md")
        await bench.engine.handle(draft("half", base, CH01))
        await bench.engine.handle(cmd.SaveManuscript(path="ch01_One.md", text="whole", base=base))
        assert bench.engine.drafts.store.all() == []
        assert [event.draft_id for event in bench.of(ev.DraftDiscarded)] == [CH01]
        with pytest.raises(CommandRefused, match="was changed meanwhile"):
            await bench.engine.handle(cmd.SaveManuscript(path="ch01_One.md", text="other", base=base))
        assert bench.text("ch01_One.md") == "whole"


async def test_applying_can_be_taken_back_and_a_draft_thrown_away(tmp_path):
    async with engine_on(make_show(tmp_path, CHAPTERS), a_company()) as bench:
        before = conf_of(bench)
        await bench.engine.handle(draft({"style": {"tone": "wet"}}, before))
        await bench.engine.handle(cmd.ApplyDraft(draft_id=CONF))
        await bench.engine.handle(cmd.ApplyDraft(draft_id=CONF, on=False))
        await bench.engine.step()
        assert conf_of(bench) == before
        for _ in range(2):
            await bench.engine.handle(cmd.DiscardDraft(draft_id=CONF))
        assert len(bench.of(ev.DraftDiscarded)) == 1
        with pytest.raises(CommandRefused, match="no draft"):
            await bench.engine.handle(cmd.ApplyDraft(draft_id=CONF))


@pytest.mark.parametrize("path", ["matrix.json", "story_bible/../matrix.json", "story_bible/odd.json", "x.txt"])
async def test_drafts_are_of_texts_only(tmp_path, path):
    async with engine_on(make_show(tmp_path, CHAPTERS), a_company()) as bench:
        with pytest.raises(CommandRefused):
            await bench.engine.handle(draft({}, {}, path))


async def test_saving_the_company_tells_every_persona(tmp_path):
    async with engine_on(make_show(tmp_path, CHAPTERS), a_company()) as bench:
        company = json.loads((bench.show.bible / "personas.json").read_text())
        for persona in company.values():
            persona |= {"model": "m", "name": persona.get("name") or "n"}
        await bench.engine.handle(cmd.SaveBible(file="personas", content=company))
        assert {event.role for event in bench.of(ev.PersonaSaved)} == set(company)
