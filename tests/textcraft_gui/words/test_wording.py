import pytest

from textcraft_gui.words.wording import age, chapter_name, countdown, lasted, minutes, quoted


@pytest.mark.parametrize(("seconds", "text"), [(-3, "0:00"), (9.9, "0:09"), (82, "1:22"), (7509, "2:05:09")])
def test_minutes(seconds, text):
    assert minutes(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(38.0, "0:38"), (37.2, "0:38"), (0.1, "0:01"), (0, "0:00"), (-2, "0:00")]
)
def test_a_countdown_is_zero_only_when_it_is_over(seconds, text):
    assert countdown(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.44, "0.4 s"), (12, "12 s"), (180, "3 min"), (7200, "2 h"), (-1, "0.0 s")]
)
def test_age(seconds, text):
    assert age(seconds) == text


@pytest.mark.parametrize(("seconds", "text"), [(0.01, "0.01 s"), (2.84, "2.8 s"), (61, "1:01")])
def test_lasted(seconds, text):
    assert lasted(seconds) == text


def test_quoted_is_one_line_and_bounded():
    assert quoted("a\nb") == "“a b”"
    assert len(quoted("x" * 500)) == 62


@pytest.mark.parametrize(
    ("key", "text"), [("ch04", "Chapter 4"), ("ch100", "Chapter 100"), ("epilogue", "epilogue"), ("4", "4")]
)
def test_chapter_name(key, text):
    assert chapter_name(key) == text
