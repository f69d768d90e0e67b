import asyncio
import json
import re
import time
from collections import Counter
from random import Random

import pytest

from tests.fakes.show import make_show
from tests.textcraft_core.brains.book import TARGET_WORDS, TOOLS, Book, sample_copy, write_book
from textcraft_core.ai_services.client import BrainError, Purpose, check_answer
from textcraft_core.ai_services.editor import read_verdict
from textcraft_core.brains.grammar import sentences
from textcraft_core.brains.rehearsal import Latency, RehearsalBrain, pieces
from textcraft_core.brains.scene import Moment, World
from textcraft_core.brains.script import ScriptShelf
from textcraft_core.brains.story import StoryShelf
from textcraft_core.engine.decisions import parse_decision

PLANNED = 12
MAX_TOLD = 3
NAMES = {"Orsolya", "Tobin", "Pim", "Casimir", "Iveta", "Lark"}


@pytest.fixture(scope="module")
def long_book(tmp_path_factory):
    return write_book(sample_copy(tmp_path_factory.mktemp("long") / "show"), 60)


@pytest.fixture(scope="module")
def plain_book(tmp_path_factory):
    return write_book(sample_copy(tmp_path_factory.mktemp("plain") / "show", script=False), 20)


def places(book):
    listed = json.loads((book.show.bible / "locations.json").read_text(encoding="utf-8"))
    return {place["name"] for place in listed.values()}


def purpose(role, target="ch01_The_Casting.md", *, cycle=1, attempt=0, task=None, **context):
    return Purpose(role, cycle, target, attempt, {"target_file": target, **(task or {})}, context)


async def ask(brain, asked, tools=TOOLS):
    heard = []
    raw = await brain.generate([], "any", tools, 0.5, 500, purpose=asked, on_text=heard.append)
    return check_answer(raw), heard


# A whole book


@pytest.mark.parametrize("book", ["long_book", "plain_book"])
def test_no_sentence_is_told_too_often(book, request):
    book = request.getfixturevalue(book)
    told = Counter(sentences(book.whole))
    assert [(text, count) for text, count in told.items() if count > MAX_TOLD] == []


@pytest.mark.parametrize("book", ["long_book", "plain_book"])
def test_the_prose_is_clean(book, request):
    text = request.getfixturevalue(book).whole
    assert not re.search(r"[{}\[\]|]|TODO|ipsum|[^\n]  |\b[Aa] [aeio]", text)
    assert not re.search(r"\b([A-Za-z]+) \1\b", text)
    assert not re.search(r"[.!?] [a-z]|\.” [a-z]", text)
    assert text.count("“") == text.count("”")


@pytest.mark.parametrize("book", ["long_book", "plain_book"])
def test_each_passage_names_a_place_and_somebody(book, request):
    book = request.getfixturevalue(book)
    everywhere = places(book)
    for passage in book.passages:
        assert any(name in passage for name in NAMES), passage
        assert any(place in passage for place in everywhere), passage


def test_a_passage_has_a_passage_s_length_and_some_speech(long_book):
    fresh = [text for text in long_book.passages if not text.startswith("## ")]
    assert len(fresh) > 20
    for text in fresh:
        assert 140 <= len(text.split()) <= 260 and text.count("\n\n") >= 2


def test_chapters_follow_the_brief_and_then_go_on(long_book):
    chapters = list(long_book.chapters.values())
    brief = json.loads((long_book.show.bible / "story_brief.json").read_text(encoding="utf-8"))
    assert [chapter.title for chapter in chapters[:PLANNED]] == [one["title"] for one in brief["structure"]["chapters"]]
    assert len(chapters) > PLANNED and all(re.search(r"[A-Za-z]{3}", chapter.title) for chapter in chapters)
    for chapter in chapters:
        assert long_book.text(chapter).startswith(f"## Chapter {int(chapter.id[2:])}: {chapter.title}\n\n")


def test_a_chapter_is_written_in_two_or_three_passages(long_book):
    written = Counter(d["target_file"] for d in long_book.decisions if d["action_type"] == "generate")
    assert set(written.values()) <= {1, 2, 3}
    locked = [chapter for chapter in long_book.chapters.values() if chapter.status == "LOCKED"]
    assert all(len(long_book.text(chapter).split()) >= TARGET_WORDS for chapter in locked)


def test_the_editor_fails_some_and_passes_what_was_mended(long_book):
    verdicts = [verdict["verdict"] for verdict in long_book.verdicts]
    assert 0 < verdicts.count("FAIL") < verdicts.count("PASS")
    assert "FAIL FAIL" not in " ".join(verdicts)
    assert all(verdict["notes"] for verdict in long_book.verdicts)


def test_the_pictures_are_varied_and_their_captions_short(long_book):
    prompts = [picture["prompt"] for picture in long_book.pictures]
    assert len(set(prompts)) > len(prompts) * 0.8
    assert all(0 < len(picture["caption"]) <= 70 and picture["alt"] for picture in long_book.pictures)
    assert "{" not in "".join(prompts)


def test_what_streams_is_what_is_written(long_book):
    for passage in long_book.passages[:3]:
        assert any(passage.strip() in heard for heard in long_book.streamed)


# Determinism


def test_timing_and_concurrency_change_no_byte(tmp_path):
    paces = [Latency(), Latency(0.002, 20_000.0), Latency(0.001, 0.0)]
    texts = {write_book(sample_copy(tmp_path / str(n)), 8, 7, pace).whole for n, pace in enumerate(paces)}
    assert len(texts) == 1


def test_another_seed_writes_another_book(tmp_path):
    texts = {write_book(sample_copy(tmp_path / str(seed)), 2, seed).whole for seed in (1, 2, 3)}
    assert len(texts) == 3


async def test_calls_at_the_same_time_answer_as_calls_one_by_one(tmp_path):
    brain = RehearsalBrain(sample_copy(tmp_path / "show"), 3, Latency(0.001, 50_000.0))
    asked = [purpose("narrator", cycle=n, chapter={"words": 0, "target_words": 420}) for n in range(1, 5)]
    alone = [(await ask(brain, one))[0].tool_calls for one in asked]
    together = [answer.tool_calls for answer, _ in await asyncio.gather(*(ask(brain, one) for one in asked))]
    assert alone == together


# The operator


async def test_a_character_the_operator_names_is_in_the_next_passage(tmp_path):
    show = sample_copy(tmp_path / "show")
    book = await Book(show, RehearsalBrain(show, 1)).write(1, operator=("please bring Iveta back",))
    assert (
        "iveta" in book.decisions[0]["characters"] and "please bring Iveta back" in book.decisions[0]["context_notes"]
    )
    assert "Iveta" in book.passages[0]


async def test_a_character_added_to_the_bible_is_played_too(tmp_path):
    show = sample_copy(tmp_path / "show")
    path = show.bible / "characters.json"
    people = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**people, "zora": {"name": "Zora Quill"}}), encoding="utf-8")
    book = await Book(show, RehearsalBrain(show, 1)).write(1, operator=("where is Zora?",))
    assert "Zora" in book.passages[0]


def test_the_operator_s_words_set_hour_and_weather(tmp_path):
    show = sample_copy(tmp_path / "show")
    world = World(ScriptShelf(show.script).read(), StoryShelf(show.bible).read(), 1)
    setting = world.setting("ch01_The_Casting.md")
    assert world.moment(setting, 0) == Moment("night", "rain")
    assert world.moment(setting, 0, ("let there be a blizzard", "at noon")) == Moment("day", "snow")
    assert world.moment(setting, 0, ("open the window, darkly",)) == Moment("night", "rain")


@pytest.mark.parametrize(
    "target", ["ch02", "ch02_Out_by_the_Water_Gate.md", "manuscripts/ch02_Out_by_the_Water_Gate.md"]
)
async def test_a_forced_target_is_obeyed_unless_it_was_rejected(tmp_path, target):
    brain = RehearsalBrain(sample_copy(tmp_path / "show"), 1)
    summaries = [
        {"id": "ch01", "status": "DRAFTING", "words": 90, "path": "manuscripts/ch01_The_Casting.md"},
        {"id": "ch02", "status": "DRAFTING", "words": 90, "path": "manuscripts/ch02_Out_by_the_Water_Gate.md"},
    ]
    context = {"summaries": summaries, "override": {"instruction": "now this", "target": target}}
    answer, _ = await ask(brain, purpose("architect", "", **context))
    decision = parse_decision(answer.content)
    assert (decision.target_file, "now this" in decision.context_notes) == ("ch02_Out_by_the_Water_Gate.md", True)
    answer, _ = await ask(brain, purpose("architect", "", attempt=1, **context, rejected=["no"]))
    assert parse_decision(answer.content).target_file == "ch01_The_Casting.md"


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("EMPTY", ("generate", "narrator")),
        ("MISSING", ("generate", "narrator")),
        ("DRAFTING", ("generate", "narrator")),
        ("REVIEW_READY", ("edit", "editor")),
        ("REVISION_NEEDED", ("edit", "narrator")),
    ],
)
async def test_the_architect_goes_by_the_status(tmp_path, status, expected):
    brain = RehearsalBrain(sample_copy(tmp_path / "show"), 1)
    summaries = [{"id": "ch01", "status": status, "words": 90, "path": "manuscripts/ch01_The_Casting.md"}]
    answer, _ = await ask(brain, purpose("architect", "", summaries=summaries))
    decision = parse_decision(answer.content)
    assert (decision.action_type, decision.assigned_agent) == expected
    assert decision.target_file == "ch01_The_Casting.md" and decision.context_notes and decision.characters


# Single answers


async def test_the_narrator_puts_a_new_line_where_the_editor_pointed(tmp_path):
    brain = RehearsalBrain(sample_copy(tmp_path / "show"), 1)
    text = (
        "## Chapter 1: The Casting\n\nThe night was long and rather cold for them. Nobody spoke about it in the yard.\n"
    )
    chapter = {"words": 20, "target_words": 420, "text": text, "editor_notes": ["“Nobody spoke about it…” is weak."]}
    answer, heard = await ask(brain, purpose("narrator", task={"action_type": "edit"}, chapter=chapter))
    (call,) = answer.tool_calls
    assert call.name == "edit_file" and call.arguments["search_text"] == "Nobody spoke about it in the yard."
    assert "".join(heard) == call.arguments["replace_text"]


async def test_without_tools_the_narrator_says_its_passage(tmp_path):
    brain = RehearsalBrain(sample_copy(tmp_path / "show"), 1)
    answer, heard = await ask(brain, purpose("narrator", chapter={"words": 0, "target_words": 420}), tools=[])
    assert not answer.tool_calls and "".join(heard) == answer.content and len(answer.content.split()) > 140


async def test_a_failed_tool_is_reported_and_not_tried_for_ever(tmp_path):
    brain = RehearsalBrain(sample_copy(tmp_path / "show"), 1)
    last = [{"tool": "write_file", "arguments": {}, "status": "error", "data": "the disk is full"}]
    answer, _ = await ask(brain, purpose("narrator", attempt=1, last=last))
    assert not answer.tool_calls and "the disk is full" in answer.content


async def test_any_further_role_gives_a_short_report(tmp_path):
    brain = RehearsalBrain(sample_copy(tmp_path / "show"), 1)
    answer, _ = await ask(brain, purpose("continuity_checker"))
    assert 5 < len(answer.content.split()) < 60 and not answer.tool_calls


async def test_an_answer_costs_nothing_and_counts_its_words(tmp_path):
    brain = RehearsalBrain(sample_copy(tmp_path / "show"), 1)
    answer, _ = await ask(brain, purpose("editor", chapter={"text": "It was so."}))
    assert (brain.name, brain.free, answer.usage.cost) == ("rehearsal", True, 0.0)
    assert answer.usage.completion_tokens > 0 and read_verdict(answer.content)[0] in ("PASS", "FAIL")


async def test_text_comes_in_pieces_of_one_to_three_words():
    text = " The quick\n\nbrown fox, jumped.  And sat. \n"
    told = list(pieces(text, Random(1)))
    assert "".join(told) == text and all(len(piece.split()) <= 3 for piece in told) and len(told) > 2


async def test_cancelling_ends_it_at_once(tmp_path):
    brain = RehearsalBrain(sample_copy(tmp_path / "show"), 1, Latency(0.0, 1.0))
    first = asyncio.Event()
    asked = purpose("narrator", chapter={"words": 0, "target_words": 420})
    running = asyncio.get_running_loop().create_task(
        brain.generate([], "any", TOOLS, 0.5, 500, purpose=asked, on_text=lambda _: first.set())
    )
    await asyncio.wait_for(first.wait(), 10)
    began = time.monotonic()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert time.monotonic() - began < 5  # it would be minutes


# Other people's shows


async def test_a_show_without_script_places_or_plan_can_be_rehearsed(tmp_path):
    show = make_show(tmp_path)
    brain = RehearsalBrain(show, 1)
    answer, _ = await ask(brain, purpose("narrator", "ch01_Any.md", chapter={"words": 0, "target_words": 420}))
    content = answer.tool_calls[0].arguments["content"]
    assert "Alpha" in content and "Beta" in content and not re.search(r"[{}\[\]|]", content)
    for path in list(show.bible.iterdir()):
        path.unlink()
    answer, _ = await ask(brain, purpose("narrator", "ch01_Any.md", chapter={"words": 0, "target_words": 420}))
    assert len(answer.tool_calls[0].arguments["content"].split()) > 140


async def test_names_from_outside_are_plain_text(tmp_path):
    show = make_show(tmp_path, characters={"x": {"name": "{{Evil}} [TODO]"}, "y": {"name": "The Old Man"}})
    answer, _ = await ask(
        RehearsalBrain(show, 1), purpose("narrator", "ch01_[x].md", chapter={"words": 0, "target_words": 420})
    )
    content = answer.tool_calls[0].arguments["content"]
    assert "Evil" in content and "the Old Man" in content and not re.search(r"[{}\[\]|]", content)


@pytest.mark.parametrize("broken", ["{", "[]", '"text"'])
async def test_a_broken_script_is_a_brain_error_that_names_the_file(tmp_path, broken):
    show = sample_copy(tmp_path / "show")
    (show.script / "common.json").write_text(broken, encoding="utf-8")
    with pytest.raises(BrainError, match=r"common\.json"):
        await ask(RehearsalBrain(show, 1), purpose("narrator"))


async def test_a_script_that_was_mended_is_used_at_once(tmp_path):
    show = sample_copy(tmp_path / "show")
    brain = RehearsalBrain(show, 1)
    path = show.script / "report.json"
    path.write_text(json.dumps({"report": ["Only this, of {title}."]}), encoding="utf-8")
    answer, _ = await ask(brain, purpose("reader"))
    assert answer.content == "Only this, of The Casting."
