"""What makes the console's start quick, in one place: it is about reading some 700 modules, and knows none of ours.

Measured by `dev.py bench P8`; what must not come back onto a start is in `tests/textcraft_gui/test_start_path.py`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from textcraft_bus import garbage
from textcraft_bus.late_modules import are_late

LIBRARIES: Final = (
    "asyncio.sslproto",
    "bz2",
    "ctypes",
    "difflib",
    "dotenv",
    "email.utils",
    "html",
    "importlib.metadata",
    "importlib.metadata._adapters",
    "lzma",
    "ssl",
)
"""What libraries and a few of our modules import as a whole, for something that hardly any start does."""

FUNCTIONS: Final = ("importlib.metadata:entry_points",)
"""What is asked for by name at a start and then not called: it looks for plugins of the validating library."""


@contextmanager
def quickly() -> Iterator[None]:
    """Read meanwhile what the console is made of. The collector of garbage rests until `garbage.settle`."""
    garbage.pause()
    are_late(LIBRARIES, FUNCTIONS)
    from textcraft_bus import records, typed_dicts  # noqa: PLC0415 - they read some of them

    with records.quickly():
        with typed_dicts.unread():
            import pydantic_core.core_schema  # noqa: F401, PLC0415 - as above
        yield
