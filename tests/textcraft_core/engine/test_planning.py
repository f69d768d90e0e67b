import pytest

from textcraft_core.engine.decisions import parse_decision
from textcraft_core.engine.planning import BriefChapter, brief_chapters, is_complete, next_chapter, settle
from textcraft_core.engine.survey import by_number, look_over
from textcraft_core.errors import DecisionError
from textcraft_core.show.matrix import Entry, Matrix, Status

BRIEF = (BriefChapter(1, "One"), BriefChapter(2, "Two words"))


def book(**statuses):
    content = {
        name: Entry(title=name, path=f"data/manuscripts/{name}_T.md", status=Status(status))
        for name, status in statuses.items()
    }
    return Matrix(content=content)


def following(matrix, brief=BRIEF):
    return next_chapter(look_over(matrix.content), brief)


def plan(matrix, brief=BRIEF, **fields):
    decision = parse_decision({"action": "generate", "agent": "narrator", **fields})
    return settle(decision, matrix=matrix, following=following(matrix, brief), roles={"narrator", "editor"})


def test_a_brief_is_read_in_its_many_forms():
    chapters = brief_chapters(
        {
            "structure": {
                "chapters": [
                    {"number": 3, "title": "Three", "characters_involved": ["a"]},
                    {"id": "ch02", "name": "Two"},
                    "One",
                    {"chapter": "4", "title": "Four", "summary": "s  s"},
                    {"number": 3, "title": "Again"},
                ]
            }
        }
    )
    assert [(c.number, c.title) for c in chapters] == [(2, "Two"), (3, "Three"), (4, "Four")]
    assert chapters[1].characters == ("a",)
    assert chapters[2].summary == "s s"
    assert [
        c.number for c in brief_chapters({"structure": {"chapters": {"ch02": {"title": "B"}, "ch01": {"title": "A"}}}})
    ] == [1, 2]


@pytest.mark.parametrize("brief", [{}, {"structure": None}, {"structure": []}, {"structure": {"chapters": 3}}])
def test_a_brief_without_chapters_has_none(brief):
    assert brief_chapters(brief) == ()


@pytest.mark.parametrize(
    ("title", "file"),
    [
        ("The Hook!", "ch01_The_Hook.md"),
        ("Été à Paris", "ch01_Été_à_Paris.md"),
        ("../x", "ch01_x.md"),
        ("", ""),
        ("…", ""),
    ],
)
def test_a_title_becomes_a_file_name(title, file):
    assert BriefChapter(1, title).file == file


def test_the_next_chapter_is_the_first_of_the_brief_that_is_not_there():
    assert following(Matrix()).file == "ch01_One.md"
    assert following(book(ch01="LOCKED")).file == "ch02_Two_words.md"
    assert following(book(ch02="LOCKED")).id == "ch01"
    beyond = following(book(ch01="LOCKED", ch02="LOCKED", ch07="LOCKED"))
    assert (beyond.id, beyond.file, beyond.due) == ("ch08", "", True)
    assert not following(book(ch01="LOCKED", ch02="DRAFTING")).due


def test_ids_stand_in_the_order_of_their_numbers():
    assert sorted(["ch10", "ch2", "ch100", "x"], key=by_number) == ["x", "ch2", "ch10", "ch100"]


def test_ch10_and_ch100_are_two():
    assert plan(book(ch10="DRAFTING", ch100="DRAFTING"), target="ch100").target == "ch100_T.md"


def test_a_new_chapter_is_named_by_the_brief():
    made = plan(book(ch01="LOCKED"), target="ch02_Something_Else.md")
    assert (made.target, made.chapter_id, made.new) == ("ch02_Two_words.md", "ch02", True)


@pytest.mark.parametrize("target", ["ch03_A_New_One.md", "ch03_Neu-Ö.md"])
def test_beyond_the_brief_by_the_decision(target):
    assert plan(book(ch01="LOCKED", ch02="LOCKED"), target=target).target == target


@pytest.mark.parametrize(
    "target", ["ch03", "ch03.md", "ch03_.md", "ch03_a b.md", "ch03_x.txt", "ch04_No.md", "notes.md"]
)
def test_beyond_the_brief_names_are_checked(target):
    with pytest.raises(DecisionError):
        plan(book(ch01="LOCKED", ch02="LOCKED"), target=target)


def test_no_new_chapter_while_one_is_open():
    with pytest.raises(DecisionError, match="come first"):
        plan(book(ch01="DRAFTING"), target="ch02_Two_words.md")


def test_what_is_not_written_cannot_be_edited():
    with pytest.raises(DecisionError, match="not written"):
        plan(book(ch01="LOCKED"), target="ch02", action="edit")


def test_a_missing_chapter_may_be_written_again():
    assert plan(book(ch01="MISSING"), target="ch01").new


def test_complete_means_written_and_locked():
    for statuses, complete in (({"ch01": "LOCKED"}, False), ({"ch01": "LOCKED", "ch02": "LOCKED"}, True), ({}, False)):
        matrix = book(**statuses)
        assert is_complete(look_over(matrix.content), following(matrix)) is complete
