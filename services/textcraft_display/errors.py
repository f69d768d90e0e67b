"""The errors of a wall.

DisplayError
├── NoPicture      Qt could not show a file that had passed the checks
├── NoFilms        what shows films is not installed here
├── MapRefused     pictures cannot be laid onto this wall as asked
└── ScreenRefused  the wall may not go to the screen it was given
"""

from textcraft_bus.errors import BusError


class DisplayError(BusError):
    """Anything a wall cannot do."""


class NoPicture(DisplayError):
    """Qt could not decode the file; the old picture stays."""


class MapRefused(DisplayError):
    """Pictures cannot be laid onto this wall as asked; the old map stays."""


class ScreenRefused(DisplayError):
    """The wall may not go to the screen it was given; it stays where it is."""


class NoFilms(DisplayError):
    """What shows films is not installed here; the picture stays."""
