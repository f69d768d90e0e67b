"""Keeps Qt's binding from doing at a start what few programs need of it; knows no window.

The binding brings Python of its own as text, and compiles all of it when it is imported: what it says of a wrong call
and of signatures, what writes stubs. Here those modules are there at once and read when one of them is first used.
And it looks for its name in the source of every module that is imported after it, to know where its optional spelling
of names may be switched on. Nothing here switches it on. Together that was a tenth of a start.
"""

import contextlib
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any, Final

from textcraft_bus.late_modules import put_off

_BINDING = "shibokensupport.feature"
_FINDER: Final = "EmbeddableZipImporter"
"""How the binding's finder of its own modules is called."""
_LATE: Final = frozenset(
    f"shibokensupport.signature.{name}"
    for name in ("errorhandler", "layout", "parser", "lib.enum_sig", "lib.pyi_generator", "lib.tool")
)
"""Modules the binding asks for something only through Python's own attributes; `mapping` it opens past them."""


class _Finders(list[Any]):
    """`sys.meta_path` while the binding is imported: it puts its finder first, where no other can come before it."""

    def insert(self, place: Any, finder: Any) -> None:
        super().insert(place, finder)
        if type(finder).__name__ == _FINDER:
            finder.exec_module = put_off(finder.exec_module, _LATE)


@contextlib.contextmanager
def _parts_come_late() -> Iterator[None]:
    """While the binding is imported, which must be for the first time."""
    finders = sys.meta_path
    sys.meta_path = watched = _Finders(finders)
    try:
        yield
    finally:
        finders[:] = watched
        sys.meta_path = finders


with _parts_come_late():
    import PySide6.QtCore  # noqa: F401 - brings what is spoken to below


def read_no_sources() -> bool:
    """Take every module for one that switches nothing on; False where this binding has no such search."""
    binding = sys.modules.get(_BINDING)
    if not hasattr(binding, "_mod_uses_pyside"):
        return False
    binding._mod_uses_pyside = _uses_no_features  # type: ignore[union-attr]  # it is there, see above
    return True


def _uses_no_features(_module: ModuleType) -> bool:
    return False
