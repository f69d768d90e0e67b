"""Libraries' `TypedDict`s that nobody but a type checker reads, made without looking at their keys.

Python turns each annotation of such a class into an object of its own. The validating library describes its inner
language in eighty of them, a seventieth of the console's start, and asks none of them for anything.
"""

import sys
import typing
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import typing_extensions

_Home: Any = typing_extensions if sys.version_info < (3, 12) else typing


class _Unread(type):
    """The class of those whose keys nobody knows."""

    def __new__(mcs, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **_more: Any) -> Any:
        return super().__new__(mcs, name, bases, namespace)

    def __init__(cls, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **_more: Any) -> None:
        super().__init__(name, bases, namespace)

    def __call__(cls, *args: Any, **more: Any) -> dict[str, Any]:
        """Return a plain dict, as Python's own do."""
        return dict(*args, **more)


@contextmanager
def unread() -> Iterator[None]:
    """Make the `TypedDict`s of modules that are imported meanwhile so."""
    pythons = _Home.TypedDict
    _Home.TypedDict = _Unread("TypedDict", (dict,), {})
    try:
        yield
    finally:
        _Home.TypedDict = pythons
