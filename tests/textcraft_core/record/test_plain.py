import json

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from textcraft_core.record.plain import MAX_DEPTH, plain

ODD = st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=()))
DATA = st.recursive(ODD, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner))


@given(DATA)
def test_whatever_json_allows_can_be_stored_and_stays_as_it_is(data):
    made = plain(data)
    assert orjson.loads(orjson.dumps(made)) == made
    assert plain(made) == made


@pytest.mark.parametrize(
    ("data", "made"),
    [
        ("a\ud83d\ude00b", "a😀b"),
        ("a\ud800b", "a\ufffdb"),
        ({"\udc00": 1}, {"\ufffd": 1}),
        (2**70, float(2**70)),
        (10**400, None),
        (float("nan"), None),
        (True, True),
        (object(), None),
        ((1, "b"), [1, "b"]),
    ],
)
def test_what_cannot_be_stored_is_put_plainly(data, made):
    assert plain(data) == made
    assert type(plain(data)) is type(made)


def test_what_is_nested_too_deeply_is_cut_off():
    deep = json.loads("[" * 900 + "1" + "]" * 900)
    assert orjson.dumps(plain(deep)) == b"[" * MAX_DEPTH + b"null" + b"]" * MAX_DEPTH
