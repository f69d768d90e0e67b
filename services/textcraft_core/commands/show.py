"""Commands: what concerns the show as a whole, its mode and its day."""

from textcraft_bus.channel.messages import Mode
from textcraft_core.commands.base import Command


class ChangeMode(Command):
    """EDIT, REHEARSE or SHOW; never changes a wall."""

    mode: Mode


class OpenProject(Command):
    """Open the show in a folder."""

    path: str


class OpenForWork(Command):
    """Hold the show that was only read along: whoever held it has ended."""


class Mark(Command):
    """Mark this moment in the journal."""

    note: str = ""
