"""What follows a finished book: kept whole, emptied, begun anew; also after a crash half-way."""

import json

import pytest

from tests.fakes.engine import FAST, a_company, engine_on, until
from tests.fakes.show import make_show
from textcraft_core import commands
from textcraft_core.engine import tellings
from textcraft_core.events import (
    BookCompleted,
    ChapterOpened,
    CycleFinished,
    EngineState,
    FileRemoved,
    TellingArchived,
    TellingBegun,
)
from textcraft_core.options import AfterComplete
from textcraft_core.show.folder import rehearsal_copy
from textcraft_core.show.matrix import ProjectStatus

BOOK = {
    "meta": {"project_name": "kept", "mine": 1},
    "content": {"ch01": {"path": "data/manuscripts/ch01_One.md", "status": "LOCKED", "word_count": 120}},
    "metrics": {"session_cost": 2.5, "narrative_integrity_score": 70},
}
ONE = {"structure": {"chapters": ["One"]}}
ANEW = FAST.model_copy(update={"after_complete": AfterComplete.BEGIN_ANEW})


@pytest.fixture
def show(tmp_path):
    return make_show(tmp_path, {"ch01_One.md": 120}, matrix=BOOK, brief=ONE)


async def test_begins_anew_and_run_goes_on(show):
    before = (show.manuscripts / "ch01_One.md").read_bytes()
    async with engine_on(show, a_company(), ANEW) as bench:
        bench.engine.run(commands.Run(cycles=2))
        await bench.engine.settle()
        assert [event.policy for event in bench.of(BookCompleted)] == ["begin_anew"]
        path = bench.of(TellingArchived)[0].path
        kept = show.root / path / "data"
        assert (kept / "manuscripts" / "ch01_One.md").read_bytes() == before
        assert json.loads((kept / "matrix.json").read_text())["content"]["ch01"]["status"] == "LOCKED"
        assert [event.path for event in bench.of(FileRemoved)] == ["data/manuscripts/ch01_One.md"]
        assert bench.of(ChapterOpened)[0].chapter_id == "ch01"
        saved = bench.saved()
        assert (saved.meta.project_status, saved.metrics.session_cost) == (ProjectStatus.ACTIVE, 2.5)
        assert saved.metrics.narrative_integrity_score == 100
        assert json.loads(show.matrix.read_text())["meta"]["mine"] == 1
        assert "cycle2" in bench.text("ch01_One.md")


async def test_what_is_taken_away_can_be_brought_back(show):
    before = (show.manuscripts / "ch01_One.md").read_bytes()
    async with engine_on(show, a_company(), ANEW) as bench:
        assert await bench.engine.step()
        assert not (show.manuscripts / "ch01_One.md").exists()
        revision = bench.journal.revisions("data/manuscripts/ch01_One.md")[-1]
        assert bench.journal.revision_content(revision.id) == before


async def test_a_crash_between_keeping_and_emptying_is_finished_at_the_next_start(show, monkeypatch):
    async def crash(_desk):
        raise KeyError("killed here")

    async with engine_on(show, a_company(), ANEW, close=False) as bench:
        with monkeypatch.context() as patch:
            patch.setattr(tellings, "empty", crash)
            await bench.engine.step()
        assert (show.manuscripts / "ch01_One.md").exists()
    async with engine_on(show, a_company(), ANEW) as bench:
        assert bench.of(TellingBegun)
        assert bench.engine.matrix.content == {}
        assert len(list(show.tellings.iterdir())) == 1


async def test_what_cannot_be_kept_is_not_taken_away(show, monkeypatch):
    show.tellings.write_text("in the way")
    async with engine_on(show, a_company(), ANEW) as bench:
        assert not await bench.engine.step()
        assert (show.manuscripts / "ch01_One.md").exists()
        assert bench.of(FileRemoved) == []


@pytest.mark.parametrize("policy", [AfterComplete.END_CARD, AfterComplete.RETELL])
async def test_the_other_policies_rest_and_tell_the_stage(show, policy):
    options = FAST.model_copy(update={"after_complete": policy})
    async with engine_on(show, a_company(), options) as bench:
        bench.engine.run(commands.Run())
        await bench.engine.settle()
        assert [event.policy for event in bench.of(BookCompleted)] == [policy.value]
        assert bench.engine.state is EngineState.COMPLETE
        assert len(bench.of(CycleFinished)) == 1
        bench.engine.run(commands.Run(cycles=1))
        await until(lambda: len(bench.of(BookCompleted)) == 2)


def test_tellings_are_not_copied_into_a_rehearsal(show):
    from tests.fakes.clock import FakeClock

    tellings.archive(show, FakeClock())
    tellings.archive(show, FakeClock())
    assert len(list(show.tellings.iterdir())) == 2
    assert not rehearsal_copy(show, FakeClock()).tellings.exists()
