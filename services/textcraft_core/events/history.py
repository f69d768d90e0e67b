"""Events: what was taken back, done again or brought back; `revision` is the id of that change in the history."""

from textcraft_core.events.base import Event


class FileRemoved(Event):
    """A file of the show is no longer there; its content is kept."""

    path: str
    by: str
    revision: int | None = None


class FileUndone(Event):
    """The change `of` of a file was taken back: the file is as it was before it."""

    path: str
    of: int
    revision: int
    by: str


class FileRedone(Event):
    """The change `of` of a file, taken back before, was done again."""

    path: str
    of: int
    revision: int
    by: str


class RevisionRestored(Event):
    """A file is again as the change `of` had left it."""

    path: str
    of: int
    revision: int
    by: str


class PassageRestored(Event):
    """An earlier passage, of the change `of`, stands again in place of the one that followed it."""

    path: str
    of: int
    revision: int
    by: str


class ChangeConflict(Event):
    """A file was found changed outside when it was to be changed by hand: that content was kept, nothing was done."""

    path: str
    revision: int
