"""Models that are finished at their first use are what the validating library makes at once."""

import copy
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from threading import Barrier
from typing import Annotated, Any, ClassVar

import pytest
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PrivateAttr,
    TypeAdapter,
    ValidationError,
    computed_field,
    field_validator,
)
from pydantic.errors import PydanticUserError

from textcraft_bus.models import Model

Short = Annotated[str, Field(max_length=3)]
CONFIG = ConfigDict(frozen=True, extra="forbid", defer_build=True)


def _is_there(cls: type) -> bool:
    """Whether its fields were looked up: asked in a way that is no use of it."""
    return "__pydantic_fields__" in type.__getattribute__(cls, "__dict__")


def _family(base: type[BaseModel]) -> tuple[type[BaseModel], ...]:
    class Point(base):  # type: ignore[valid-type,misc]  # of either kind
        """A place."""

        model_config = CONFIG
        kind: ClassVar[str] = "point"

        name: Short
        x: int = 0

        @field_validator("name")
        @classmethod
        def _large(cls, value: str) -> str:
            return value.upper()

        def __len__(self) -> int:
            return len(self.name)

    class Deep(Point):
        z: float = Field(default=1.5, ge=0)

        @computed_field  # type: ignore[prop-decorator]
        @property
        def length(self) -> int:
            return super().__len__() + self.x

    class Pair(base):  # type: ignore[valid-type,misc]
        first: Deep
        others: tuple[Point, ...] = ()
        notes: list[str] = []  # noqa: RUF012 - as the library allows

    return Point, Deep, Pair


def test_a_model_is_finished_by_who_first_looks_at_it_and_by_nobody_before():
    point, deep, pair = _family(Model)
    named = [deep.__name__, deep.__doc__, deep.__mro__, list[deep], {deep: 1}[deep], isinstance(1, deep)]
    assert named and issubclass(deep, point) and not any(map(_is_there, (point, deep, pair)))
    pair(first=deep(name="abc"))
    assert all(map(_is_there, (point, deep, pair))) and type(deep) is type(Model)


@pytest.mark.parametrize("use", [
    lambda cls: cls(name="a"),
    lambda cls: cls.model_fields,
    lambda cls: cls.model_construct(name="a"),
    lambda cls: cls.__new__(cls),
    lambda cls: cls.kind,
    lambda cls: cls.model_json_schema(),
    lambda cls: TypeAdapter(list[cls]).validate_python([{"name": "a"}]),
    lambda cls: TypeAdapter(cls | int).validate_python({"name": "a"}),
    lambda cls: setattr(cls, "kind", "line"),
])  # fmt: skip
def test_whatever_is_asked_of_a_model_finishes_it_and_those_it_comes_from(use: Any):
    point, deep, _ = _family(Model)
    use(deep)
    assert _is_there(deep) and _is_there(point)


def test_models_finished_late_are_those_the_library_makes_at_once():
    late, now = _family(Model), _family(BaseModel)
    for mine, theirs in zip(late, now, strict=True):
        assert mine.model_json_schema() == theirs.model_json_schema()
        assert list(map(repr, mine.model_fields.values())) == list(map(repr, theirs.model_fields.values()))
        assert mine.model_config == theirs.model_config and str(mine.__signature__) == str(theirs.__signature__)
        assert not hasattr(mine, "x") and mine.__doc__ == theirs.__doc__


def test_their_instances_validate_compare_hash_and_refuse_as_the_librarys_do():
    _, deep, pair = _family(Model)
    one, same = deep(name="ab", x=2), deep.model_validate_json('{"name": "ab", "x": 2}')
    assert one == same and hash(one) == hash(same) and one.name == "AB" and one.length == 4
    assert pair(first={"name": "q"}).model_dump() == {
        "first": {"name": "Q", "x": 0, "z": 1.5, "length": 1},
        "others": (),
        "notes": [],
    }
    assert copy.deepcopy(one) == one is not copy.deepcopy(one)
    for wrong in ({}, {"name": "long"}, {"name": "a", "more": 1}, {"name": "a", "z": -1}):
        with pytest.raises(ValidationError):
            deep(**wrong)
    with pytest.raises(ValidationError):
        one.x = 3


def test_a_model_with_private_attributes_is_finished_at_once():
    class Secret(Model):
        name: str
        _seen: int = PrivateAttr(default=3)

    assert _is_there(Secret) and Secret(name="a")._seen == 3


def test_a_mistake_in_a_model_is_told_at_each_use_until_it_is_mended():
    class Wrong(Model):
        name = "no annotation"

    class OfIt(Wrong):
        x: int = 0

    for cls in (Wrong, Wrong, OfIt):
        with pytest.raises(PydanticUserError):
            cls()


def test_two_threads_that_look_at_once_see_one_whole_model():
    with ThreadPoolExecutor(4) as pool:
        for _ in range(50):
            _, deep, _ = _family(Model)
            ready = Barrier(4)

            def look(cls: Any = deep, ready: Barrier = ready) -> tuple[int, int]:
                ready.wait()
                return len(cls.model_fields), cls(name="a", x=2).length

            assert [made.result() for made in [pool.submit(look) for _ in range(4)]] == [(3, 3)] * 4


def _all_of(cls: type) -> list[type[BaseModel]]:
    return [kind for sub in type.__subclasses__(cls) for kind in (sub, *_all_of(sub))]


def test_every_model_of_ours_can_be_finished():
    for name in ("textcraft_core.stage.stage", "textcraft_gui.config", "textcraft_image_server.config"):
        import_module(name)
    ours = [cls for cls in _all_of(Model) if cls.__module__.startswith("textcraft_")]
    assert len(ours) > 350
    assert all(cls.model_rebuild(force=True) for cls in ours)
