"""Keeps Qt's binding from reading the source of every module that is imported after it; knows no window.

The binding looks for its name in each, to know where its optional spelling of names may be switched on. Nothing here
switches it on, and reading hundreds of files is a thirtieth of a start; it would keep them all in memory, too.
"""

import sys
from types import ModuleType

import PySide6.QtCore  # noqa: F401 - brings what is spoken to below

_BINDING = "shibokensupport.feature"


def read_no_sources() -> bool:
    """Take every module for one that switches nothing on; False where this binding has no such search."""
    binding = sys.modules.get(_BINDING)
    if not hasattr(binding, "_mod_uses_pyside"):
        return False
    binding._mod_uses_pyside = _uses_no_features  # type: ignore[union-attr]  # it is there, see above
    return True


def _uses_no_features(_module: ModuleType) -> bool:
    return False
