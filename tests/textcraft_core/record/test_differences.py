from hypothesis import given
from hypothesis import strategies as st

from textcraft_core.record.differences import MAX_TOKENS, Piece, passage_of, unified, word_diff

TEXTS = st.text(alphabet="ab \n.é", max_size=60)


def test_a_unified_diff_names_both_sides() -> None:
    told = unified("a\nb\n", "a\nc\n", names=("one", "two"))
    assert told.splitlines() == ["--- one", "+++ two", "@@ -1,2 +1,2 @@", " a", "-b", "+c"]
    assert unified("a", "a") == ""


def test_words_that_differ_are_told_as_words() -> None:
    assert word_diff("The old door.\nStays.\n", "The red door.\nStays.\n") == (
        Piece("same", "The "),
        Piece("removed", "old"),
        Piece("added", "red"),
        Piece("same", " door.\nStays.\n"),
    )


@given(TEXTS, TEXTS)
def test_the_pieces_are_both_texts(before: str, after: str) -> None:
    pieces = word_diff(before, after)
    assert "".join(piece.text for piece in pieces if piece.change != "added") == before
    assert "".join(piece.text for piece in pieces if piece.change != "removed") == after


@given(TEXTS, TEXTS)
def test_a_passage_put_in_place_of_another_gives_the_new_text(before: str, after: str) -> None:
    gone, came = passage_of(before, after)
    assert any(
        before[:at] + came + before[at + len(gone) :] == after
        for at in range(len(before) + 1)
        if before.startswith(gone, at)
    )


def test_a_long_rewritten_stretch_is_told_whole() -> None:
    before, after = "a " * MAX_TOKENS, "b " * MAX_TOKENS
    assert word_diff(before, after) == (Piece("removed", before), Piece("added", after))
