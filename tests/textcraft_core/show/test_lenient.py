from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from textcraft_core.show.lenient import Part, Whole, Words, as_objects


class Inner(Part):
    count: Whole = 3
    texts: Words = ("d",)


class Outer(Part):
    inner: Inner = Inner()


@pytest.mark.parametrize(
    ("written", "read"), [(5, 5), ("5", 5), ("1,200", 1200), (5.0, 5), ("5.0", 5), ("", 0), (None, 3)]
)
def test_counts(written: Any, read: int) -> None:
    assert Inner.model_validate({"count": written}).count == read


@pytest.mark.parametrize("written", ["many", [], {}, "inf", float("inf"), "nan", 2**60, 1e300])
def test_what_is_no_count_is_refused(written: Any) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Whole).validate_python(written)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (["a", "b"], ("a", "b")),
        ("a", ("a",)),
        (" ", ()),
        (None, ("d",)),
        (["a", None, 5, {"k": 1}], ("a", "5", '{"k": 1}')),
        ({"k": "v"}, ("k: v",)),
    ],
)
def test_lists_of_texts(written: Any, read: tuple[str, ...]) -> None:
    assert Inner.model_validate({"texts": written}).texts == read


def test_null_is_absence_for_what_is_known_only() -> None:
    read = Outer.model_validate({"inner": None, "more": None})
    assert read.inner == Inner()
    assert read.model_extra == {"more": None}


def test_objects_from_lists_and_objects() -> None:
    assert as_objects({"a": 1}, "id") == {"a": 1}
    assert as_objects(None, "id") == {}
    assert as_objects([{"name": "n"}, {"id": 5}], "id", "name") == {"n": {"name": "n"}, "5": {"id": 5}}
    for broken in (5, ["text"], [{"other": 1}], [{"id": "a"}, {"id": "a"}], [{"id": ""}]):
        with pytest.raises(ValueError, match=r"expected|name"):
            as_objects(broken, "id", "name")
