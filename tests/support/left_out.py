"""A plug-in for pytest that refuses what no bundle has: `python -m pytest -p tests.support.left_out …`."""

import sys
from importlib.abc import MetaPathFinder
from pathlib import Path

ROOT = Path(__file__).parents[2]
OURS_TO_CUT = ("openai.", "PIL.", "numpy.", "pydantic.", "websockets.", "pyqtgraph.")
"""Libraries whose parts are left out; whole libraries on the list are tools that a test itself may need."""


def left_out() -> frozenset[str]:
    """The modules on the bundle's list that are part of a library it does hold."""
    lines = (ROOT / "build" / "bundle_modules.txt").read_text().splitlines()
    return frozenset(line for line in lines if line.startswith(OURS_TO_CUT))


class Refusal(MetaPathFinder):
    """As in a bundle: a module on the list is not to be found."""

    def __init__(self, names: frozenset[str]) -> None:
        self._names = names

    def find_spec(self, name, path=None, target=None):
        if name in self._names:
            raise ModuleNotFoundError(f"{name} is left out of a bundle", name=name)


def pytest_configure(config):
    sys.meta_path.insert(0, Refusal(left_out()))
