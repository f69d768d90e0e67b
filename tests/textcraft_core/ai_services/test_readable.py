import json

from hypothesis import given
from hypothesis import strategies as st

from textcraft_core.ai_services.readable import Curtain, Readable

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8) | st.just("content"), inner, max_size=3)
    ),
    max_leaves=8,
)


def cuts(text, at):
    places = sorted({place % (len(text) + 1) for place in at})
    return [text[start:end] for start, end in zip([0, *places], [*places, len(text)], strict=True)]


@given(
    before=st.dictionaries(st.text(max_size=6).filter(lambda key: key != "content"), JSON, max_size=3),
    content=st.text(max_size=40),
    at=st.lists(st.integers(0, 500), max_size=20),
    ascii_only=st.booleans(),
)
def test_the_text_is_read_wherever_the_stream_is_cut(before, content, at, ascii_only):
    text = json.dumps({**before, "content": content, "after": {"content": "not this"}}, ensure_ascii=ascii_only)
    told = []
    curtain = Curtain(told.append)
    reader = Readable({"content"})
    for piece in cuts(text, at):
        curtain(reader.feed(piece))
    curtain.end()
    assert "".join(told) == content


@given(st.text(alphabet='{}[]",:\\u0aé content', max_size=80))
def test_what_is_no_json_breaks_nothing(text):
    Readable({"content"}).feed(text)


def test_a_text_inside_something_else_is_passed_over():
    reader = Readable({"content"})
    assert reader.feed('{"a": ["content", {"content": "x"}], "b": "content", "content": "y"}') == "y"


def test_bad_escapes_give_a_mark():
    assert Readable({"content"}).feed('{"content": "a\\uZZZZb\\qc"}') == "a�bqc"


@given(before=st.text("sk-ab", max_size=12), at=st.lists(st.integers(0, 60), max_size=30))
def test_a_secret_never_passes_the_curtain(before, at):
    secret = "sk-abba-sk-abab"  # noqa: S105 - made up
    told = []
    curtain = Curtain(told.append, secret)
    for piece in cuts(f"{before}{secret} and more", at):
        curtain(piece)
    curtain.end()
    assert curtain.found
    assert secret not in "".join(told)
    assert "".join(told) in before + secret[:-1]


@given(st.lists(st.text("sk-ab\U0001f600", max_size=6), max_size=10))
def test_all_else_passes_whole(pieces):
    told = []
    curtain = Curtain(told.append, "sk-abba-sk-abab-")
    for piece in pieces:
        curtain(piece)
    curtain.end()
    text = "".join(pieces)
    assert curtain.found or "".join(told) == text


def test_half_a_character_waits_for_its_other_half():
    told = []
    curtain = Curtain(told.append)
    for piece in ("a\ud83d", "\ude00b", "\ud83d"):
        curtain(piece)
    curtain.end()
    assert "".join(told) == "a\U0001f600b�"
