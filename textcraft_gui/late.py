"""Parts of the window that are made when somebody first asks for them; knows no panel."""

from collections.abc import Callable
from typing import Any, Generic, Self, TypeVar, overload

Made_co = TypeVar("Made_co", covariant=True)


class Late(Generic[Made_co]):
    """One part: made once, by whoever asks first (a tab, a key, an idle moment), and the same for all who ask later."""

    def __init__(self, make: Callable[[], Made_co]) -> None:
        self._make = make
        self._made: list[Made_co] = []
        self._joins: list[Callable[[Made_co], object]] = []

    @property
    def made(self) -> Made_co | None:
        """The part, if it is there already."""
        return self._made[0] if self._made else None

    def __call__(self) -> Made_co:
        """The part; from now on it is there."""
        if not self._made:
            self._made.append(self._make())
            for join in self._joins:
                join(self._made[0])
        return self._made[0]

    def join(self, act: Callable[[Made_co], object]) -> "Late[Made_co]":
        """Do this with the part once it is made, in the order of the calls; at once when it is there."""
        self._joins.append(act)
        for made in self._made:
            act(made)
        return self


class MadeLate(Generic[Made_co]):
    """A method that makes a part, read as an attribute: who first reads it has it made.

    `Owner.name.of(owner)` is its Late.
    """

    def __init__(self, make: Callable[[Any], Made_co]) -> None:
        self._make = make
        self.__doc__ = make.__doc__

    def __set_name__(self, _owner: type, name: str) -> None:
        self._name = f"_late_{name}"

    @overload
    def __get__(self, owner: None, kind: type) -> Self: ...
    @overload
    def __get__(self, owner: object, kind: type) -> Made_co: ...
    def __get__(self, owner: object | None, kind: type) -> "Self | Made_co":
        return self if owner is None else self.of(owner)()

    def of(self, owner: object) -> Late[Made_co]:
        """The part of one owner, made or not."""
        late: Late[Made_co] = owner.__dict__.setdefault(self._name, Late(lambda: self._make(owner)))
        return late
