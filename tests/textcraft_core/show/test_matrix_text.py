from collections.abc import Mapping
from typing import Any

import orjson
from hypothesis import given
from hypothesis import strategies as st

from textcraft_core.show.matrix import Entry, as_data
from textcraft_core.show.matrix_text import MatrixText

HEAD: dict[str, Any] = {"meta": {"title": "nul \0 and \u2028"}}
TAIL: dict[str, Any] = {"active_task": {}, "extra": [1, None]}

names = st.sampled_from([f"ch{number}" for number in range(150)] + ['"', "é", "\n", "{}", "\0"])
entries = st.builds(Entry, title=st.text(max_size=5).map(lambda text: text.encode(errors="replace").decode()))
changes = st.lists(st.tuples(names, st.none() | entries), max_size=40)


def in_one_go(content: Mapping[str, Entry]) -> bytes:
    whole = {**HEAD, "content": {key: as_data(entry) for key, entry in content.items()}, **TAIL}
    return orjson.dumps(whole, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


@given(st.lists(changes, min_size=1, max_size=8))
def test_the_pieces_are_what_the_whole_would_be(turns: list[list[tuple[str, Entry | None]]]) -> None:
    text, content = MatrixText(), {f"ch{number}": Entry() for number in range(100)}
    for turn in turns:
        assert b"".join(text.of(HEAD, content, TAIL)) == in_one_go(content)
        content = dict(content)
        for name, entry in turn:
            if entry is None:
                content.pop(name, None)
            else:
                content[name] = entry
        assert b"".join(text.of(HEAD, content, TAIL)) == in_one_go(content)


def test_a_book_without_chapters_is_an_empty_object() -> None:
    assert b"".join(MatrixText().of({}, {}, {})) == b'{\n  "content": {}\n}\n'


def test_what_did_not_change_is_not_made_again() -> None:
    text, content = MatrixText(), {f"ch{number}": Entry() for number in range(300)}
    before = text.of(HEAD, content, TAIL)
    after = text.of(HEAD, {**content, "ch70": Entry(title="other")}, TAIL)
    assert sum(one is not other for one, other in zip(before[1:-1], after[1:-1], strict=True)) == 1
