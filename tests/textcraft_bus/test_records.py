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


def _family(make: Callable[..., Any]) -> Any:
    @make(slots=True)
    class Wall:
        """One that others are made of."""

        name: str
        seen: list[str] = dataclasses.field(default_factory=list)
        number: int = dataclasses.field(default=7, init=False)
        marks: set[int] = dataclasses.field(default_factory=set, init=False)

        def __post_init__(self) -> None:
            self.seen.append(self.name)

    @make(slots=True)
    class Screen(Wall):
        """One with more."""

        width: int = 640
        depth: float = dataclasses.field(default=1.0, kw_only=True)
        _: dataclasses.KW_ONLY
        height: int = 360

    return Screen


def test_what_a_class_inherits_and_how_it_is_called_is_as_with_pythons_own():
    for act in (
        lambda screen: repr(screen("a")).replace("test_records.", ""),
        lambda screen: repr(screen("a", ["b"], 3, height=4)).replace("test_records.", ""),
        lambda screen: screen("a").seen is screen("a").seen,
        lambda screen: str(inspect.signature(screen)),
        lambda screen: screen("a", [], 3, 4),
        lambda screen: screen("a", number=8),
        lambda screen: [field.name for field in dataclasses.fields(screen)],
    ):
        assert _done(lambda act=act: act(_family(records.dataclass))) == _done(
            lambda act=act: act(_family(dataclasses.dataclass))
        )


def test_arguments_that_are_no_fields_are_left_to_python():
    @records.dataclass
    class Cue:
        """One that is told more than it keeps."""

        name: str
        loud: dataclasses.InitVar[bool] = False

        def __post_init__(self, loud: bool) -> None:
            self.name = self.name.upper() if loud else self.name

    assert (Cue("a").name, Cue("a", loud=True).name) == ("a", "A")


def test_nothing_is_written_for_a_class_nobody_makes_one_of(monkeypatch):
    written = []
    write = records._write_init
    monkeypatch.setattr(records, "_write_init", lambda cls: written.append(cls) or write(cls))
    cue = _class(records.dataclass, {"frozen": True})
    assert written == []
    cue("a"), cue("b")
    assert written == [cue]


def test_an_init_that_the_class_writes_stays_its_own():
    @records.dataclass
    class Cue:
        """One that knows how it is made."""

        name: str

        def __init__(self) -> None:
            self.name = "own"

    assert Cue().name == "own"


def test_libraries_that_are_imported_meanwhile_are_made_the_same_way():
    with records.quickly():
        cue = _class(dataclasses.dataclass, {"slots": True})
        ordered = _class(dataclasses.dataclass, {"order": True})
    assert ordered("a") < ordered("b")
    assert type(cue.__dict__["__init__"]) is records._Unwritten
    assert cue("a") == cue("a")
    assert dataclasses.dataclass is records._pythons


@pytest.mark.parametrize("dataclass", [dataclasses.dataclass, records.dataclass])
def test_one_field_is_compared_as_several_are(dataclass):
    @dataclass(frozen=True)
    class One:
        value: float

    nothing = float("nan")
    assert One(nothing) == One(nothing) and hash(One(nothing)) == hash(One(nothing))
    assert One(1.0) != One(nothing)


def test_what_is_made_from_one_that_python_froze_is_pythons_too():
    @dataclasses.dataclass(frozen=True)
    class Theirs:
        value: int

    @records.dataclass(frozen=True)
    class Ours(Theirs):
        other: int = 2

    assert Ours(1) == Ours(1, 2)
    with pytest.raises(dataclasses.FrozenInstanceError):
        Ours(1).other = 3
