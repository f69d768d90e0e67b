"""Commands: what helps those who help."""

from textcraft_core.commands.base import Command


class MakeBundle(Command):
    """Look at everything and write a support bundle; visitors' words go along only when `words` says so."""

    words: bool = False


class CancelBundle(Command):
    """End the bundle that is being made; nothing of it stays."""
