"""The dataclasses that are made quickly: whatever they do, Python's own do, too."""

import copy
import dataclasses
import inspect
from collections.abc import Callable
from typing import Any

import pytest

from textcraft_bus import records

KINDS = [
    {"frozen": True, "slots": True},
    {"frozen": True},
    {"slots": True},
    {},
    {"frozen": True, "slots": True, "eq": False},
    {"frozen": True, "order": True},
]


def _class(make: Callable[..., Any], kind: dict[str, bool]) -> Any:
    class Cue:
        """A class as the console has hundreds."""

        name: str
        secret: str = dataclasses.field(default="", repr=False)
        marks: tuple[int, ...] = ()
        told: list[str] = dataclasses.field(default_factory=list, compare=False)

        @property
        def loud(self) -> str:
            """Something that is no field."""
            return self.name.upper()

    return make(**kind)(Cue)


def _done(act: Callable[[], object]) -> tuple[str, object]:
    try:
        return "gives", act()
    except (AttributeError, TypeError) as error:
        return "raises", AttributeError if isinstance(error, AttributeError) else TypeError


@records.dataclass(frozen=True, slots=True)
class Kept:
    """A frozen one that can be found by its name."""

    name: str
    marks: tuple[int, ...] = ()


@records.dataclass(frozen=True)
class Loose:
    """A frozen one without slots."""

    name: str = "a"
    __hash__ = None  # type: ignore[assignment]  # one that writes a method itself


def _tellings(cue: Any) -> list[Callable[[], object]]:
    one, same, other = cue("a", "key"), cue("a", "key", (), ["x"]), cue("b", marks=(1,))
    return [
        lambda: repr(one).replace("test_records.", ""),
        lambda: (one == same, one != other, one == ("a", "key")),
        lambda: hash(one) == hash(same),
        lambda: len({one, same, other}),
        lambda: setattr(cue("a"), "name", "b"),
        lambda: setattr(cue("a"), "told", []),
        lambda: delattr(cue("a"), "name"),
        lambda: str(inspect.signature(cue)),
        lambda: dataclasses.asdict(other),
        lambda: dataclasses.replace(one, name="c").name,
        lambda: copy.deepcopy(other).marks,
        lambda: copy.copy(one).secret,
        lambda: cue.__match_args__,
        lambda: (cue.__doc__, cue.__module__, hasattr(one, "__dict__")),
        cue,
        lambda: one < other,
    ]


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_each_kind_does_what_pythons_own_does(kind):
    ours = [_done(act) for act in _tellings(_class(records.dataclass, kind))]
    assert ours == [_done(act) for act in _tellings(_class(dataclasses.dataclass, kind))]


def test_what_is_no_field_cannot_be_set_on_a_frozen_one():
    for kind in KINDS[:2]:
        with pytest.raises(AttributeError):
            _class(records.dataclass, kind)("a").other = 1
        with pytest.raises(AttributeError):
            _class(records.dataclass, kind)("a").loud = "A"


def test_a_frozen_one_refuses_a_second_value_as_pythons_does():
    with pytest.raises(dataclasses.FrozenInstanceError, match="cannot assign to field 'name'"):
        Kept("a").name = "b"
    with pytest.raises(dataclasses.FrozenInstanceError, match="cannot delete field 'name'"):
        del Kept("a").name


def test_a_method_that_the_class_writes_stays_its_own():
    assert Loose.__hash__ is None
    assert Loose() == Loose("a")
    with pytest.raises(dataclasses.FrozenInstanceError):
        Loose().name = "b"


def test_a_secret_is_not_shown():
    assert "key" not in repr(_class(records.dataclass, KINDS[0])("a", "key"))
