"""`TypedDict`s without their keys serve where nobody asks for the keys."""

import subprocess
import sys

import typing_extensions

from textcraft_bus import typed_dicts

CODE = """
import sys
from textcraft_bus.typed_dicts import unread
with unread():
    import pydantic_core.core_schema as schemas
assert type(schemas.ModelSchema).__module__ == "textcraft_bus.typed_dicts"
import typing, typing_extensions
assert typing_extensions.is_typeddict(typing_extensions.TypedDict("Now", {"x": int}))
from pydantic import BaseModel, Field, TypeAdapter, ValidationError, field_validator
class Inner(typing_extensions.TypedDict):
    x: int
class Model(BaseModel):
    name: str = Field(min_length=1)
    of: dict[str, list[int] | None] = {}
    inner: Inner = {"x": 1}
    @field_validator("name")
    @classmethod
    def _upper(cls, value: str) -> str:
        return value.upper()
made = Model.model_validate_json('{"name": "a", "of": {"b": [1]}, "inner": {"x": "2"}}')
assert made.model_dump() == {"name": "A", "of": {"b": [1]}, "inner": {"x": 2}}
assert set(Model.model_json_schema()["properties"]) == {"name", "of", "inner"}
try:
    TypeAdapter(Inner).validate_python({})
except ValidationError:
    print("whole")
"""


def test_the_validating_library_works_without_the_keys_of_its_inner_language():
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "whole"


def test_one_of_them_is_made_and_derived_from_as_pythons_own():
    with typed_dicts.unread():
        base = typed_dicts._Home.TypedDict

        class Made(base, total=False):  # type: ignore[misc,valid-type]
            x: "int"

        class More(Made):
            y: "nowhere.Name"  # type: ignore[name-defined]  # noqa: F821 - nobody looks

    assert type(Made(x=1)) is dict and More(x=1, y=2) == {"x": 1, "y": 2}
    assert typing_extensions.is_typeddict(typing_extensions.TypedDict("After", {"x": int}))
