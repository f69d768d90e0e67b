"""Loads a helper of `build/`, which is no package; knows not what is in it."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

BUILD = Path(__file__).parents[2] / "build"


def load(name: str) -> ModuleType:
    """Run `build/<name>.py` anew and return it; it is found by its name from then on, as its dataclasses need."""
    spec = importlib.util.spec_from_file_location(name, BUILD / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    made = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made
