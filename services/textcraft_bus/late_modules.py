"""Modules that are there when they are imported and read when something of them is first asked for; knows none of them.

An import of the whole module (`import difflib`) then costs nothing; `from difflib import …` asks at once, and reads it,
unless what is asked for is known to be a function: that one reads the module when it is called.
"""

import sys
import threading
from collections.abc import Callable, Collection, Sequence
from functools import partial
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

Execute = Callable[[ModuleType], None]
"""What fills a module: a loader's `exec_module`."""


def put_off(execute: Execute, names: Collection[str], functions: Collection[str] = ()) -> Execute:
    """As `execute`, but modules called so are filled when something of them is first asked for.

    To ask for one of the `functions` ("module:function") is no use of its module yet, to call it is.
    """

    def later(module: ModuleType) -> None:
        if module.__name__ in names:
            module.__getattr__ = _Unread(module, execute, functions).ask  # type: ignore[method-assign]  # as in PEP 562
        else:
            execute(module)

    return later


def are_late(names: Collection[str], functions: Collection[str] = ()) -> None:
    """From now on, in this process, modules called so are read late; `functions` as for `put_off`."""
    sys.meta_path.insert(0, _Finder(frozenset(names), frozenset(functions)))


class _Finder:
    """Finds by all other finders."""

    def __init__(self, names: frozenset[str], functions: frozenset[str]) -> None:
        self._names = names
        self._functions = functions

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """As `importlib.abc.MetaPathFinder` has it."""
        if name not in self._names:
            return None
        others = (finder for finder in sys.meta_path if finder is not self)
        spec = next((spec for finder in others if (spec := finder.find_spec(name, path, target))), None)
        loader: Any = spec.loader if spec is not None else None
        if loader is not None and not isinstance(loader, type):  # a class loads all modules of its kind
            loader.exec_module = put_off(loader.exec_module, self._names, self._functions)
        return spec


class _Unread:
    """One module that was not read yet."""

    def __init__(self, module: ModuleType, execute: Execute, functions: Collection[str]) -> None:
        self._module = module
        self._execute = execute
        self._functions = functions
        self._name = module.__name__
        self._lock = threading.RLock()
        self._begun = False

    def ask(self, attribute: str) -> Any:
        """What the module answers for an attribute it does not have: from now on all it is made of.

        Names of Python's own are no question: who walks through all modules asks each for them. One of them is:
        `from … import *` asks for `__all__` first, and takes what is there without it.
        """
        if not self._begun and f"{self._name}:{attribute}" in self._functions:
            return partial(self._call, attribute)
        return self._now(attribute)

    def _call(self, function: str, *args: Any, **more: Any) -> Any:
        return self._now(function)(*args, **more)

    def _now(self, attribute: str) -> Any:
        with self._lock:
            if not self._begun and (not attribute.startswith("__") or attribute == "__all__"):
                self._begun = True
                self._read()
            if attribute in vars(self._module):
                return vars(self._module)[attribute]
        raise AttributeError(f"module {self._name!r} has no attribute {attribute!r}")

    def _read(self) -> None:
        if self._module.__spec__ is not None:
            # Qt's binding gives its modules a second name, and finds them by the first.
            self._module.__spec__.name = self._name
        self._execute(self._module)
