"""Two edits of one document come together where they touch other keys, and never silently where they do not."""

from copy import deepcopy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textcraft_core.show.merge import MISSING, get, merge, put

BASE = {"a": {"x": 1, "y": [1, 2]}, "b": "two", "gone": 0, "events": [{"id": "e1", "n": 1}, {"id": "e2", "n": 2}]}


def changed(**changes):
    return {**deepcopy(BASE), **changes}


@pytest.mark.parametrize(
    ("mine", "theirs", "value"),
    [
        (changed(), changed(b="2"), changed(b="2")),
        (changed(b="2"), changed(), changed(b="2")),
        (changed(a={"x": 9, "y": [1, 2]}), changed(a={"x": 1, "y": []}), changed(a={"x": 9, "y": []})),
        (changed(mine=1), changed(theirs=2), {**changed(), "theirs": 2, "mine": 1}),
        (put(BASE, ("gone",), MISSING), changed(b="2"), put(changed(b="2"), ("gone",), MISSING)),
        (changed(b="2"), put(BASE, ("gone",), MISSING), put(changed(b="2"), ("gone",), MISSING)),
        (put(BASE, ("events", "e1", "n"), 7), put(BASE, ("events", "e2", "n"), 8),
         changed(events=[{"id": "e1", "n": 7}, {"id": "e2", "n": 8}])),
    ],
    ids=["theirs", "mine", "other keys", "both add", "I remove", "they remove", "list by id"],
)  # fmt: skip
def test_what_does_not_collide_comes_together(mine, theirs, value):
    merged = merge(BASE, mine, theirs)
    assert (merged.value, merged.conflicts) == (value, ())


@pytest.mark.parametrize(
    ("mine", "theirs", "path"),
    [
        (changed(b="mine"), changed(b="theirs"), ("b",)),
        (changed(a={"x": 5, "y": [1, 2]}), changed(a={"x": 6, "y": [1, 2]}), ("a", "x")),
        (changed(a={"x": 1, "y": [3]}), changed(a={"x": 1, "y": [4]}), ("a", "y")),
        (put(BASE, ("a",), MISSING), changed(a={"x": 6, "y": [1, 2]}), ("a",)),
        (put(BASE, ("events", "e1", "n"), 7), put(BASE, ("events", "e1", "n"), 8), ("events", "e1", "n")),
        (changed(new=1), changed(new=2), ("new",)),
    ],
    ids=["text", "deep", "plain list", "removed and changed", "in a list", "both add one key"],
)
def test_what_collides_is_named_and_mine_stays(mine, theirs, path):
    merged = merge(BASE, mine, theirs)
    assert [conflict.path for conflict in merged.conflicts] == [path]
    assert get(merged.value, path) == get(mine, path)
    assert merged.conflicts[0].theirs == get(theirs, path)


def test_an_order_that_only_they_changed_is_theirs():
    reordered = changed(events=list(reversed(BASE["events"])))
    turned = dict(reversed(list(BASE.items())))
    assert list(merge(BASE, turned, BASE).value) == list(merge(BASE, BASE, turned).value) == list(turned)
    assert merge(BASE, changed(b="2"), reordered).value["events"] == reordered["events"]
    assert merge(BASE, reordered, changed(b="2")).value["events"] == reordered["events"]


def test_putting_leaves_the_original_alone():
    before = deepcopy(BASE)
    assert get(put(BASE, ("new", "deep"), 1), ("new", "deep")) == 1
    assert get(put(BASE, ("events", "e2"), MISSING), ("events",)) == [{"id": "e1", "n": 1}]
    assert get(put(BASE, ("events", "1", "n"), 5), ("events", "1", "n"), None) is None  # items with ids go by them
    assert get(put({"l": [{}, {}]}, ("l", "1", "n"), 5), ("l", "1", "n")) == 5
    assert before == BASE


plain = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.text(max_size=2),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=8,
)


@given(plain, plain, plain)
def test_merging_obeys_its_laws(base, mine, theirs):
    assert merge(base, mine, mine) == merge(base, mine, base)
    assert merge(base, base, theirs).value == theirs
    assert merge(base, mine, mine).conflicts == ()
    there, back = merge(base, mine, theirs), merge(base, theirs, mine)
    assert {c.path for c in there.conflicts} == {c.path for c in back.conflicts}
