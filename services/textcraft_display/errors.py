"""The errors of a wall.

DisplayError
└── NoPicture   Qt could not show a file that had passed the checks
"""

from textcraft_bus.errors import BusError


class DisplayError(BusError):
    """Anything a wall cannot do."""


class NoPicture(DisplayError):
    """Qt could not decode the file; the old picture stays."""
