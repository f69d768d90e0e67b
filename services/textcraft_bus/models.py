"""`Model`: what the validating library calls a model, finished when somebody first looks at it; knows no model of ours.

A class of that library finds its fields, defaults and decorators when its module is read: 0.15 ms each, and a console
reads some 370 of them, of which an evening uses half and a start a fifth. Here the class is there at once, so that it
can be imported, named and derived from; whatever else is asked of it finishes it first, exactly as the library does.
A mistake in a model is therefore found at its first use; a test finishes all of them.
"""

import threading
from abc import ABCMeta
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from pydantic import BaseModel
from pydantic.fields import ModelPrivateAttr

_Metaclass: Any = type(BaseModel)
_PLAIN: Final = frozenset(
    {
        "__abstractmethods__",
        "__base__",
        "__bases__",
        "__class__",
        "__doc__",
        "__module__",
        "__mro__",
        "__name__",
        "__qualname__",
        "__subclasses__",
    }
)
"""What Python itself asks a class when another one is derived from it, and what names it: no use of its fields."""
_LOCK: Final = threading.RLock()


class _Kind(_Metaclass):  # type: ignore[misc]  # of the library's own kind, whatever that is
    """The class of our models."""

    def __new__(mcs, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **more: Any) -> Any:
        if more or any(isinstance(value, ModelPrivateAttr) for value in namespace.values()):
            for base in bases:
                _finish(base)
            return super().__new__(_Kind, name, bases, namespace, **more)
        made: Any = ABCMeta.__new__(_Unfinished, name, bases, dict(namespace))
        _Namespaces.of[made] = namespace
        return made


class _Unfinished(_Kind):
    """The class of those nobody looked at yet."""

    def __getattribute__(self, name: str) -> Any:
        if name not in _PLAIN:
            _finish(self)
        return type.__getattribute__(self, name)

    def __setattr__(self, name: str, value: object) -> None:
        _finish(self)
        type.__setattr__(self, name, value)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        _finish(self)
        return _Metaclass.__call__(self, *args, **kwargs)


class _Given(ABCMeta):
    """Stands where the library calls Python to make the class: gives the one that is there already."""

    def __new__(mcs, _name: str, _bases: tuple[type, ...], namespace: dict[str, Any], **_more: Any) -> Any:
        cls = _Namespaces.in_hand[-1]
        for name in ("model_config", "__class_vars__", "__private_attributes__"):
            type.__setattr__(cls, name, namespace[name])
        return cls


class _Finisher(_Metaclass, _Given):  # type: ignore[misc]  # as above
    """The library's work on a class, and nothing else."""


class _Namespaces:
    of: Final[dict[type, dict[str, Any]]] = {}
    """What the classes nobody looked at yet were written with."""
    in_hand: Final[list[type]] = []
    """Those being finished, the innermost last."""


def _finish(cls: type) -> None:
    """Do to a class what the library does when it is made. A second thread waits until it is done."""
    with _LOCK:
        if cls not in _Namespaces.of or cls in _Namespaces.in_hand:
            return
        with _in_hand(cls):
            for base in cls.__bases__:
                _finish(base)
            _Metaclass.__new__(
                _Finisher,
                cls.__name__,
                cls.__bases__,
                _Namespaces.of[cls],
                __pydantic_reset_parent_namespace__=False,
            )
        del _Namespaces.of[cls]
        type.__setattr__(cls, "__class__", _Kind)  # from here on the library's own


@contextmanager
def _in_hand(cls: type) -> Iterator[None]:
    _Namespaces.in_hand.append(cls)
    try:
        yield
    finally:
        _Namespaces.in_hand.pop()


if TYPE_CHECKING:
    Model = BaseModel
else:
    _WRITTEN = {"__module__": __name__, "__qualname__": "Model", "__doc__": "Base of our models."}
    Model: Any = _Metaclass.__new__(_Kind, "Model", (BaseModel,), _WRITTEN)
    """Base of our models."""
