"""`dataclass` as Python has it, made in a third of the time; knows no class that it makes.

Python writes the text of up to six methods for every dataclass and compiles each: with hundreds of classes that was an
eighth of the console's start. Here five of them are shared and read the fields; `__init__` is written when the first of
its class is made, and most classes are only read at a start.
A class that writes one of these methods itself, asks for more than is known here, or is made from one that Python
froze, is Python's own.
"""

import dataclasses
import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from operator import attrgetter
from reprlib import recursive_repr
from typing import TYPE_CHECKING, Any, NoReturn

__all__ = ["dataclass", "quickly"]

Field = dataclasses.Field[Any]


def _made(cls: type | None = None, /, *, frozen: bool = False, slots: bool = False, **more: Any) -> Any:
    """As `dataclasses.dataclass`; what it makes compares, hashes, shows and refuses changes as Python's own does."""
    if cls is None:
        return lambda late: _made(late, frozen=frozen, slots=slots, **more)
    shared = (_FROZEN_SLOTS if slots else _FROZEN) if frozen else _METHODS
    if more or not shared.keys().isdisjoint(cls.__dict__) or _has_more_arguments(cls) or _is_of_pythons_frozen(cls):
        return _pythons(cls, frozen=frozen, slots=slots, **more)
    made: Any = _pythons(cls, init=False, repr=False, eq=False, slots=slots)
    for name, method in shared.items():
        setattr(made, name, method)
    if "__init__" not in cls.__dict__:
        made.__init__ = _Unwritten(made)
    return made


@contextmanager
def quickly() -> Iterator[None]:
    """Make the dataclasses of libraries that are imported meanwhile like ours: the validating one brings fifty."""
    dataclasses.dataclass = _made
    try:
        yield
    finally:
        dataclasses.dataclass = _pythons


def _has_more_arguments(cls: type) -> bool:
    return any(isinstance(kind, dataclasses.InitVar) for kind in inspect.get_annotations(cls).values())


def _is_of_pythons_frozen(cls: type) -> bool:
    made = (getattr(base, "__dataclass_params__", None) for base in cls.__mro__[1:])
    return any(params is not None and params.frozen for params in made)


class _Unwritten:
    """`__init__` of a class, until somebody asks for it."""

    def __init__(self, cls: type) -> None:
        self._cls: Any = cls

    def __get__(self, instance: object, owner: type | None = None) -> Any:
        self._cls.__init__ = written = _write_init(self._cls)
        return written.__get__(instance, owner)


def _write_init(cls: Any) -> Any:
    """What `dataclass` writes, but for the annotations and defaults, which need no compiler."""
    fields = dataclasses.fields(cls)
    plain = [field for field in fields if field.init and not field.kw_only]
    named = [field for field in fields if field.init and field.kw_only]
    arguments = ", ".join(["self", *(field.name for field in plain), *["*"][: len(named)], *(f.name for f in named)])
    lines = [line for field in fields if (line := _line(field))]
    lines += ["self.__post_init__()"] if hasattr(cls, "__post_init__") else []
    within = {f"_of_{field.name}": field.default_factory for field in fields}
    within |= {f"_for_{field.name}": field.default for field in fields} | {"_FACTORY": _FACTORY}
    exec(f"def __init__({arguments}):\n " + "\n ".join(lines or ["pass"]), within)  # noqa: S102 - names of fields only
    init: Any = within["__init__"]
    init.__module__, init.__qualname__ = cls.__module__, f"{cls.__qualname__}.__init__"
    init.__annotations__ = {field.name: field.type for field in (*plain, *named)} | {"return": None}
    init.__defaults__ = tuple(_default(field) for field in plain if _has_default(field))
    init.__kwdefaults__ = {field.name: _default(field) for field in named if _has_default(field)}
    return init


def _line(field: Field) -> str:
    """How `__init__` gives a field its value; nothing where the class has it."""
    name = field.name
    if field.default_factory is not dataclasses.MISSING:
        return f"self.{name} = _of_{name}()" + (f" if {name} is _FACTORY else {name}" if field.init else "")
    if field.init:
        return f"self.{name} = {name}"
    return f"self.{name} = _for_{name}" if field.default is not dataclasses.MISSING else ""


def _has_default(field: Field) -> bool:
    return field.default is not dataclasses.MISSING or field.default_factory is not dataclasses.MISSING


def _default(field: Field) -> object:
    return field.default if field.default is not dataclasses.MISSING else _FACTORY


class _Factory:
    """Stands for a default that is made anew for each."""

    def __repr__(self) -> str:
        return "<factory>"


@recursive_repr()
def _shown(self: Any) -> str:
    shown = (f"{field.name}={getattr(self, field.name)!r}" for field in dataclasses.fields(self) if field.repr)
    return f"{type(self).__qualname__}({', '.join(shown)})"


def _equal(self: object, other: object) -> Any:
    if type(other) is not type(self):
        return NotImplemented
    read = _reader(type(self))  # type: ignore[arg-type]  # a class can be hashed, whatever its instances can
    return read(self) == read(other)


def _hashed(self: object) -> int:
    return hash(_reader(type(self))(self))  # type: ignore[arg-type]  # as above


@cache
def _reader(cls: type) -> Callable[[Any], object]:
    """What reads the fields that are compared, and hashed with them."""
    names = [field.name for field in dataclasses.fields(cls) if field.compare]
    if len(names) == 1:
        names *= 2  # a tuple, as Python's own: what is the same thing is equal, also where it is no number
    return attrgetter(*names) if names else lambda _self: None


def _set_once(self: Any, name: str, value: object) -> None:
    """`__init__` gives each field its value; then it has it for good."""
    if name in self.__dict__ or name not in self.__dataclass_fields__:
        raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")
    _set(self, name, value)


def _set_slot_once(self: Any, name: str, value: object) -> None:
    """As above; there is no slot for what is no field."""
    if hasattr(self, name):
        raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")
    _set(self, name, value)


def _never_delete(_self: Any, name: str) -> NoReturn:
    raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")


_FACTORY = _Factory()
_pythons = dataclasses.dataclass
_set = object.__setattr__
_METHODS: dict[str, Any] = {"__repr__": _shown, "__eq__": _equal, "__hash__": None}
_FROZEN: dict[str, Any] = {**_METHODS, "__hash__": _hashed, "__delattr__": _never_delete, "__setattr__": _set_once}
_FROZEN_SLOTS: dict[str, Any] = {**_FROZEN, "__setattr__": _set_slot_once}

if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    dataclass = _made
