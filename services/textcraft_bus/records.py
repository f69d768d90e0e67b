"""`dataclass` as Python has it, made in a third of the time; knows no class that it makes.

Python writes the text of up to six methods for every dataclass and compiles each: with hundreds of classes that was an
eighth of the console's start. Here only `__init__` is written for a class; the others are shared and read the fields.
A class that writes one of these methods itself, or asks for more than is known here, is Python's own.
"""

import dataclasses
from collections.abc import Callable
from functools import cache
from operator import attrgetter
from reprlib import recursive_repr
from typing import TYPE_CHECKING, Any, NoReturn

__all__ = ["dataclass"]


def _made(cls: type | None = None, /, *, frozen: bool = False, slots: bool = False, **more: Any) -> Any:
    """As `dataclasses.dataclass`; what it makes compares, hashes, shows and refuses changes as Python's own does."""
    if cls is None:
        return lambda late: _made(late, frozen=frozen, slots=slots, **more)
    shared = (_FROZEN_SLOTS if slots else _FROZEN) if frozen else _METHODS
    if more or not shared.keys().isdisjoint(cls.__dict__):
        return dataclasses.dataclass(cls, frozen=frozen, slots=slots, **more)
    made: Any = dataclasses.dataclass(cls, repr=False, eq=False, slots=slots)
    for name, method in shared.items():
        setattr(made, name, method)
    return made


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


_set = object.__setattr__
_METHODS: dict[str, Any] = {"__repr__": _shown, "__eq__": _equal, "__hash__": None}
_FROZEN: dict[str, Any] = {**_METHODS, "__hash__": _hashed, "__delattr__": _never_delete, "__setattr__": _set_once}
_FROZEN_SLOTS: dict[str, Any] = {**_FROZEN, "__setattr__": _set_slot_once}

if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    dataclass = _made
