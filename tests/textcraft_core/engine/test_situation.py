import pytest

from textcraft_core.engine.situation import header, last_words, passage, summaries
from textcraft_core.engine.survey import look_over
from textcraft_core.show.matrix import Entry, Matrix, Status


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [("one ", "one two", "two"), ("one", "other", "other"), ("", "all", "all"), ("a", "a" + "b" * 50, "b" * 10)],
)
def test_a_passage_is_what_was_added(before, after, expected):
    assert passage(before, after, 10) == expected


def test_a_header_is_the_shows_own():
    assert header("## Chapter {{n}}: {{title}}", "ch07", "Dusk") == "## Chapter 7: Dusk"
    assert header("", "ch07", "Dusk") == ""


def test_last_words():
    assert last_words("a b  c\nd", 2) == "c d"
    assert last_words("a", 5) == "a"
    assert last_words("", 5) == ""


def test_summaries_show_what_is_open_first_and_fill_with_the_newest():
    content = {
        f"ch{number:02d}": Entry(
            path=f"data/manuscripts/ch{number:02d}.md", status=Status.DRAFTING if number == 3 else Status.LOCKED
        )
        for number in range(1, 31)
    }
    matrix = Matrix(content=content)
    chosen = [summary["id"] for summary in summaries(matrix, look_over(content), 4)]
    assert chosen == ["ch03", "ch28", "ch29", "ch30"]
    assert [summary["id"] for summary in summaries(matrix, look_over(content), 1)] == ["ch03"]
