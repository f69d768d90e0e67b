"""Commands: what may be asked of the processes a show keeps."""

from textcraft_core.commands.base import Command


class StartParked(Command):
    """Start again every process that ended too often to be started by itself."""
