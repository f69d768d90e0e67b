"""The names of windows that are no walls of the show, and how to tell them from walls; knows nothing else."""

from typing import Final

PREVIEW: Final = "preview"
"""The window EDIT looks at pictures in."""
REHEARSAL: Final = "-rehearsal"
"""What the windows of a rehearsal are called after while the real walls keep their picture."""


def is_wall_of_show(name: str) -> bool:
    """Whether an audience may stand before it."""
    return name != PREVIEW and not name.endswith(REHEARSAL)
