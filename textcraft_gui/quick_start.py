"""What makes the console's start quick, in one place: it is about reading some 700 modules, and knows none of ours.

Measured by `dev.py bench P8`; what must not come back onto a start is in `tests/textcraft_gui/test_start_path.py`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from textcraft_bus import garbage
from textcraft_bus.late_modules import are_late

LIBRARIES: Final = (
    "bz2",
    "ctypes",
    "difflib",
    "dotenv",
    "email.utils",
    "importlib.metadata._adapters",
    "lzma",
)
"""What libraries and a few of our modules import as a whole, for something that hardly any start does."""


@contextmanager
def quickly() -> Iterator[None]:
    """Read meanwhile what the console is made of. The collector of garbage rests until `garbage.settle`."""
    garbage.pause()
    are_late(LIBRARIES)
    from textcraft_bus import records  # noqa: PLC0415 - it reads some of them

    with records.quickly():
        yield
