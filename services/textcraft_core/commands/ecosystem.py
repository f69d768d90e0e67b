"""Commands: what concerns services of others and a project's own code."""

from textcraft_core.commands.base import Command


class TrustProject(Command):
    """Let the show's schemas.py and constants.py run, now and for as long as they stay as they are."""
