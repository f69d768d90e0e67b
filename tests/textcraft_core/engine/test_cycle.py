from tests.fakes.brain import ScriptedBrain
from tests.fakes.engine import a_company, appends, decision, engine_on, verdict, writes
from tests.fakes.show import make_show, words
from textcraft_core.events import (
    ChapterLocked,
    ChapterOpened,
    CycleFailed,
    CycleFinished,
    DecisionMade,
    MatrixChanged,
    Phase,
    PhaseEntered,
    ReportReturned,
    TokensStreamed,
    VerdictGiven,
)
from textcraft_core.show.matrix import Continuity, Status


async def test_a_cycle_tells_its_phases_in_order(tmp_path):
    show = make_show(tmp_path, {"ch01_One.md": 60})
    brain = ScriptedBrain()
    brain.say("architect", decision("generate", "ch01_One.md", characters=["alpha"]))
    brain.say("narrator", appends("ch01_One.md", words(10, "more")), "done")
    async with engine_on(show, brain) as bench:
        bench.events.clear()
        assert await bench.engine.step()
        names = [name for name in bench.names() if name not in {"BrainCalled", "BrainAnswered", "EngineStateChanged"}]
        assert names == [
            "CycleStarted",
            "PhaseEntered",
            "ScanFinished",
            "PhaseEntered",
            "DecisionMade",
            "PhaseEntered",
            "TaskDispatched",
            "PhaseEntered",
            "FileWritten",
            "ToolCalled",
            "ReportReturned",
            "PhaseEntered",
            "MatrixChanged",
            "CycleFinished",
        ]
        phases = [event.phase for event in bench.of(PhaseEntered)]
        assert phases == [Phase.SCAN, Phase.PLAN, Phase.DISPATCH, Phase.EXECUTE, Phase.VERIFY]
        made = bench.of(DecisionMade)[0]
        assert (made.role, made.target, made.source, made.characters) == (
            "narrator",
            "ch01_One.md",
            "architect",
            ("alpha",),
        )
        assert bench.of(CycleFinished)[0].changed == ("ch01",)
        assert bench.of(MatrixChanged)[-1].entries["ch01"]["word_count"] == 70
        assert "".join(event.text for event in bench.of(TokensStreamed) if event.role == "narrator").startswith("more")
        saved = bench.saved()
        assert saved.content["ch01"].word_count == 70
        assert saved.active_task is None


async def test_pass_locks_and_clears_the_notes(tmp_path):
    matrix = {"content": {"ch01": {"path": "data/manuscripts/ch01_One.md", "editor_notes": ["old"], "notes": ["fact"]}}}
    show = make_show(tmp_path, {"ch01_One.md": 120}, matrix=matrix)
    brain = ScriptedBrain().say("architect", decision("edit", "ch01", "editor")).say("editor", verdict("pass", "fine"))
    async with engine_on(show, brain) as bench:
        assert await bench.engine.step()
        entry = bench.saved().content["ch01"]
        assert entry.status is Status.LOCKED
        assert entry.continuity_check is Continuity.PASS
        assert (entry.editor_notes, entry.notes) == ((), ())
        assert bench.of(VerdictGiven)[0].verdict == "PASS"
        assert bench.of(ChapterLocked)[0].by == "editor"


async def test_fail_asks_for_a_revision_with_notes_and_costs_integrity(tmp_path):
    show = make_show(tmp_path, {"ch01_One.md": 120})
    brain = ScriptedBrain().say("architect", decision("revise", "ch01", "ai_services.editor"))
    brain.say("editor", verdict("Fail", "too long", "too short"))
    async with engine_on(show, brain) as bench:
        assert await bench.engine.step()
        saved = bench.saved()
        assert saved.content["ch01"].status is Status.REVISION_NEEDED
        assert saved.content["ch01"].continuity_check is Continuity.FAIL
        assert saved.content["ch01"].editor_notes == ("too long", "too short")
        assert saved.metrics.narrative_integrity_score == 95


async def test_the_writer_is_told_the_editors_notes(tmp_path):
    show = make_show(tmp_path, {"ch01_One.md": 120})
    brain = ScriptedBrain()
    brain.say("architect", decision("edit", "ch01", "editor"), decision("edit", "ch01", "narrator"))
    brain.say("editor", verdict("FAIL", "too long")).say("narrator", writes("ch01_One.md", words(110)), "done")
    async with engine_on(show, brain) as bench:
        assert await bench.engine.step()
        assert await bench.engine.step()
        assert brain.purposes("narrator")[0].context["chapter"]["editor_notes"] == ["too long"]
        assert bench.saved().content["ch01"].status is Status.REVIEW_READY


async def test_any_other_verdict_is_undecided(tmp_path):
    show = make_show(tmp_path, {"ch01_One.md": 120})
    brain = ScriptedBrain().always("architect", lambda _: decision("edit", "ch01", "editor"))
    brain.say("editor", verdict("PASS?"), "PASS", '{"verdict": "PASS"} or {"verdict": "FAIL"}', verdict(True))
    async with engine_on(show, brain) as bench:
        for _ in range(4):
            assert await bench.engine.step()
        assert [event.verdict for event in bench.of(VerdictGiven)] == ["UNDECIDED"] * 4
        assert bench.saved().content["ch01"].status is Status.REVIEW_READY


async def test_when_all_is_locked_the_briefs_next_chapter_is_opened(tmp_path):
    matrix = {"content": {"ch01": {"path": "data/manuscripts/ch01_One.md", "status": "LOCKED", "word_count": 120}}}
    brief = {"structure": {"chapters": ["One", {"title": "The Second: Part!", "summary": "s"}]}}
    show = make_show(tmp_path, {"ch01_One.md": 120}, matrix=matrix, brief=brief)
    brain = ScriptedBrain().say("architect", decision("outline", "ch02_Whatever.md"))
    brain.say("narrator", writes("ch02_The_Second_Part.md", words(20)), "done")
    async with engine_on(show, brain) as bench:
        assert await bench.engine.step()
        opened = bench.of(ChapterOpened)[0]
        assert (opened.chapter_id, opened.path) == ("ch02", "data/manuscripts/ch02_The_Second_Part.md")
        told = brain.purposes("architect")[0].context["plan"]
        assert (told["next_id"], told["next_file"], told["all_locked"]) == ("ch02", "ch02_The_Second_Part.md", True)
        assert brain.purposes("narrator")[0].context["chapter"]["title"] == "The Second: Part!"


async def test_beyond_the_brief_the_architect_gives_the_title(tmp_path):
    matrix = {"content": {"ch01": {"path": "data/manuscripts/ch01_One.md", "status": "LOCKED", "word_count": 120}}}
    show = make_show(tmp_path, {"ch01_One.md": 120}, matrix=matrix, brief={"structure": {"chapters": ["One"]}})
    brain = ScriptedBrain()
    brain.say("architect", decision("generate", "ch02"), decision("generate", "ch02_../x.md"))
    brain.say("architect", decision("generate", "ch02_Further.md"))
    brain.say("narrator", writes("ch02_Further.md", words(20)), "done")
    async with engine_on(show, brain) as bench:
        assert await bench.engine.step()
        assert bench.of(ChapterOpened)[0].title == "Further"
        assert len(brain.purposes("architect")[2].context["rejected"]) == 2


async def test_an_empty_show_begins_with_the_first_chapter(tmp_path):
    show = make_show(tmp_path, brief={"structure": {"chapters": [{"id": "ch01", "title": "Begin"}]}})
    brain = ScriptedBrain().say("architect", decision("generate", "ch01_Begin.md"))
    brain.say("narrator", writes("ch01_Begin.md", words(60)), "done")
    async with engine_on(show, brain) as bench:
        assert await bench.engine.step()
        assert bench.saved().content["ch01"].status is Status.DRAFTING


async def test_a_narrator_that_wrote_nothing_is_an_error(tmp_path):
    show = make_show(tmp_path, {"ch01_One.md": 60})
    brain = ScriptedBrain().say("architect", decision("generate", "ch01")).say("narrator", "all done, I promise")
    async with engine_on(show, brain) as bench:
        before = bench.text("ch01_One.md")
        assert not await bench.engine.step()
        assert bench.of(ReportReturned)[0].status == "error"
        failed = bench.of(CycleFailed)[0]
        assert "wrote nothing" in failed.reason
        assert bench.text("ch01_One.md") == before
        assert bench.saved().active_task is None


async def test_a_further_role_runs_through_the_general_service(tmp_path):
    from tests.fakes.show import PERSONAS

    poet = {"system_prompt": "p", "allowed_tools": ["append_file"], "model": "m"}
    show = make_show(tmp_path, {"ch01_One.md": 60}, personas={**PERSONAS, "poet": poet})
    brain = ScriptedBrain().say("architect", decision("edit", "ch01", "poet"))
    brain.say("poet", appends("ch01_One.md", "a line\n"), "done")
    async with engine_on(show, brain) as bench:
        assert await bench.engine.step()
        assert bench.text("ch01_One.md").endswith("a line\n")
        assert bench.of(ReportReturned)[0].role == "poet"


async def test_a_story_writes_itself_chapter_by_chapter(tmp_path):
    brief = {"structure": {"chapters": ["One", "Two"]}}
    show = make_show(tmp_path, brief=brief)
    async with engine_on(show, a_company()) as bench:
        for _ in range(15):
            assert await bench.engine.step(), bench.of(CycleFailed)
        content = bench.saved().content
        assert list(content) == ["ch01", "ch02", "ch03"]
        assert content["ch03"].path == "data/manuscripts/ch03_Beyond.md"
        assert {entry.status for entry in content.values()} == {Status.LOCKED}
