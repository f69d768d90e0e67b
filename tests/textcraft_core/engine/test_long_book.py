"""A book of 3,000 chapters: prompts stay within their budget, an old fact is found, nothing is read twice."""

import json

import pytest

from tests.fakes.engine import FAST, a_company, decision, engine_on, until
from tests.fakes.show import PERSONAS, make_show
from textcraft_core import events as ev
from textcraft_core.ai_services.budget import estimated_tokens
from textcraft_core.engine.recall import Recall, spans, summary_of
from textcraft_core.options import ServiceLimits
from textcraft_core.show.matrix import Entry

CHAPTERS = 3000
BUDGET = 4000
FACT = "Ottoline buried the brass astrolabe under the ferry landing."


def chapter(number):
    if number == 7:
        return f"# Seven\n\nThe ferry was late.\n\n{FACT}\n\nRain fell until morning.\n"
    return f"# {number}\n\nChapter {number} opens quietly. The people walked on.\n\nNothing ended in {number}.\n"


def name_of(number):
    return f"ch{number:04d}_Part_{number}.md"


@pytest.fixture(scope="module")
def long_show(tmp_path_factory):
    personas = {
        role: {**each, "system_prompt": each["system_prompt"] + "\n{{story_brief}}\n{{memory_context}}"}
        for role, each in PERSONAS.items()
    }
    plans = [
        {"number": n, "title": f"Part {n}", "summary": f"In part {n} something is decided at length."}
        for n in range(1, CHAPTERS + 2)
    ]
    brief = {"logline": "a logline to be kept", "structure": {"chapters": plans}}
    content = {
        f"ch{n:04d}": {"path": f"data/manuscripts/{name_of(n)}", "status": "LOCKED", "continuity_check": "PASS"}
        for n in range(1, CHAPTERS)
    }
    texts = {name_of(n): chapter(n) for n in range(1, CHAPTERS + 1)}
    place = tmp_path_factory.mktemp("long")
    return make_show(place, texts, matrix={"content": content}, personas=personas, brief=brief)


@pytest.mark.timeout(180)
async def test_prompts_stay_within_their_budget_and_an_old_fact_is_found(long_show):
    options = FAST.model_copy(update={"limits": ServiceLimits(prompt_tokens=BUDGET)})
    brain = a_company()
    async with engine_on(long_show, brain, options) as bench:
        await bench.engine.queue_line("what became of Ottoline and her astrolabe?", "operator")
        assert await bench.engine.step(), bench.events[-1]
    first = {}
    for purpose, messages, _ in brain.calls:
        first.setdefault(purpose.role, messages)
    assert set(first) == {"architect", "narrator"}
    for role, messages in first.items():
        assert sum(estimated_tokens(message["content"]) for message in messages[:2]) <= BUDGET + 2, role
    system, told = first["architect"][0]["content"], json.loads(first["architect"][1]["content"])
    assert "a logline to be kept" in system
    assert "In part 3000 something" in system
    assert "In part 12 something" not in system
    assert told["summaries"][-1]["id"] == f"ch{CHAPTERS}"
    assert told["summaries"][-1]["summary"] == f"Chapter {CHAPTERS} opens quietly. … Nothing ended in {CHAPTERS}."
    assert told["story_so_far"][-1]["chapters"].endswith(" – ch2976")
    assert FACT in first["narrator"][0]["content"]


@pytest.mark.timeout(180)
async def test_a_second_engine_reads_nothing_again(long_show, monkeypatch):
    reads = []
    real = Recall._text
    monkeypatch.setattr(Recall, "_text", lambda self, entry: reads.append(entry.path) or real(self, entry))
    for expected in (True, False):
        async with engine_on(long_show, a_company()) as bench:
            assert await bench.engine.step()
        if expected:
            reads.clear()
    assert len(set(reads)) <= 2, reads[:5]


@pytest.mark.parametrize(
    ("text", "summary"),
    [
        ("# Head\n\nIt began. Much happened.\n\nIt ended!\n", "It began. … It ended!"),
        ("One sentence only", "One sentence only"),
        ("", ""),
        ("## Only a heading\n", ""),
        ("“Who?” she said. Nobody.", "“Who?” … Nobody."),
    ],
)
def test_a_summary_is_how_a_chapter_opens_and_ends(text, summary):
    assert summary_of(text) == summary


def test_a_summary_is_short():
    assert len(summary_of("a" * 5000 + ". " + "b" * 5000)) < 300


def test_stretches_cover_everything_evenly():
    names = [f"ch{n}" for n in range(100)]
    found = spans(names, 12)
    assert (found[0][0], found[-1][1], len(found)) == ("ch0", "ch99", 12)
    assert spans([], 12) == []
    assert spans(["ch1"], 12) == [("ch1", "ch1")]


def test_what_is_kept_survives_and_a_broken_memory_is_begun_anew(tmp_path, caplog):
    texts = {"ch01.md": "The lantern hung there.", "ch02.md": "Rain."}
    content = {name[:4]: Entry(path=f"data/manuscripts/{name}", word_count=3) for name in texts}
    reads = []

    def read(name):
        reads.append(name)
        return texts[name]

    def ask():
        recall = Recall(read, tmp_path / "memory")
        try:
            found = recall.passages({"instructions": "a lantern"}, {"chapter": {"id": "ch03"}}, content)
            return found, recall.summaries(content, content)
        finally:
            recall.close()

    answer = ask()
    assert answer == ("ch01: The lantern hung there.", {"ch01": "The lantern hung there.", "ch02": "Rain."})
    reads.clear()
    assert ask() == answer
    assert reads == []
    (tmp_path / "memory").write_bytes(b"no database" * 1000)
    assert ask() == answer
    assert reads
    assert "begun anew" in caplog.text
    caplog.clear()


def test_a_chapter_that_is_gone_is_forgotten(tmp_path):
    texts = {"ch01.md": "A lantern.", "ch02.md": "Another lantern."}
    content = {name[:4]: Entry(path=f"data/manuscripts/{name}", word_count=2) for name in texts}
    recall = Recall(texts.__getitem__, tmp_path / "memory")
    task, context = {"instructions": "lantern"}, {"chapter": {"id": "ch03"}}
    assert "ch01" in recall.passages(task, context, content)
    del content["ch01"]
    assert recall.passages(task, context, content) == "ch02: Another lantern."
    recall.close()


def test_accents_and_case_find_each_other(tmp_path):
    recall = Recall(lambda _name: "Élodie ouvrit la FENÊTRE.")
    content = {"ch01": Entry(path="data/manuscripts/ch01.md", word_count=4)}
    found = recall.passages({"instructions": "fenetre élodie"}, {"chapter": {"id": "ch02"}}, content)
    assert found.startswith("ch01: Élodie")
    recall.close()


async def test_what_a_visitor_wants_forgotten_is_not_kept_in_the_memory_either(tmp_path):
    personas = {role: {**each, "system_prompt": "{{memory_context}}"} for role, each in PERSONAS.items()}
    show = make_show(tmp_path, {"ch01_One": "A canary sang.\n", "ch02_Two": "More."}, personas=personas)
    brain = a_company()
    brain.say("architect", decision("generate", "ch02"))
    async with engine_on(show, brain) as bench:
        assert await bench.engine.step()
        bench.engine.desk.recall.close()
        assert b"canary" in b"".join(path.read_bytes() for path in show.root.glob("journal-memory.sqlite*"))
        await bench.stream.commit(ev.StoryDecided(story_id="s", verdict="forget"))
        await until(lambda: not list(show.root.glob("journal-memory.sqlite*")))
        assert await bench.engine.step()
