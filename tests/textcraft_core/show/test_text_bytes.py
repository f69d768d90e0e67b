"""Bytes that nobody asked to change stay, whatever encoding a text is in and whatever is edited around them."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from textcraft_core.show.text_bytes import edited, same_ends, text_of

LATIN = "Où est l'été ? Là-bas.\r\nUn café, peut-être.\rFin.".encode("latin-1")
ANY = st.one_of(
    st.binary(max_size=60),
    st.text(max_size=40).map(lambda text: text.encode("utf-8", "replace")),
    st.text(max_size=40).map(lambda text: text.encode("utf-16")),
    st.text(st.sampled_from("aé \n\r�"), max_size=40).map(lambda text: text.encode("latin-1", "replace")),
)


def test_what_is_no_utf8_is_shown_as_one_mark_a_byte():
    assert text_of(b"\xef\xbb\xbfa\xe9\xff\r\nb\0\xc3\xa9") == "a��\r\nb\0é"
    assert text_of("��".encode()) == "��"


@given(ANY)
@example(LATIN)
@example(b"\xef\xbb\xbf\xef\xbb\xbfx")
def test_an_edit_that_changes_nothing_changes_no_byte(data):
    assert edited(data, text_of(data)) == data


@given(ANY, st.text(max_size=5).filter(lambda text: "�" not in text), st.integers(0, 60))
def test_one_place_that_is_edited_is_all_that_changes(data, words, place):
    shown = text_of(data)
    place = min(place, len(shown))
    try:
        found = edited(data, shown[:place] + words + shown[place:])
    except UnicodeEncodeError:
        return
    assert len(found) == len(data) + len(words.encode())
    start = next((at for at, (one, other) in enumerate(zip(data, found, strict=False)) if one != other), len(data))
    rest = len(data) - start
    assert found[len(found) - rest :] == data[start:]


def test_several_places_are_edited_and_what_lies_between_them_stays():
    shown = text_of(LATIN)
    wanted = shown.replace("est", "reste").replace("Un caf", "Deux caf").replace("Fin", "La fin")
    expected = LATIN.replace(b"est", b"reste").replace(b"Un caf", b"Deux caf").replace(b"Fin", b"La fin")
    assert edited(LATIN, wanted) == expected


def test_a_long_text_is_compared_by_lines_and_then_within_them():
    lines = [f"ligne {number} : \xe9t\xe9, rang\xe9e" for number in range(300)]
    data = "\n".join(lines).encode("latin-1")
    wanted = text_of(data).replace("ligne 7 ", "ligne sept ").replace("ligne 250 ", "ligne b ")
    assert edited(data, wanted) == data.replace(b"ligne 7 ", b"ligne sept ").replace(b"ligne 250 ", b"ligne b ")


def test_marks_that_are_taken_away_are_gone_and_marks_that_are_typed_are_letters():
    assert edited(b"a\xe9\xe8b", "a�b") in {b"a\xe9b", b"a\xe8b"}
    assert edited(b"ab", "a�b") == "a�b".encode()
    assert edited(b"a\xe9b", "ab") == b"ab"
    assert edited(b"", "new") == b"new"
    assert edited(b"\xef\xbb\xbfold", "new") == b"\xef\xbb\xbfnew"


def test_half_characters_are_refused():
    with pytest.raises(UnicodeEncodeError):
        edited(b"a", "\ud800")


@given(st.text(st.sampled_from("ab"), max_size=30), st.text(st.sampled_from("ab"), max_size=30))
def test_ends_are_shared_and_never_overlap(one, other):
    start, end = same_ends(one, other)
    assert one[:start] == other[:start]
    assert one[len(one) - end :] == other[len(other) - end :]
    assert start + end <= min(len(one), len(other))
