"""Commands: what becomes of a rehearsal, and of questions when the operator goes."""

from textcraft_core.commands.base import Command


class LeaveAlone(Command):
    """The operator goes: SHOW is unattended, and every question takes its written answer."""


class Attend(Command):
    """The operator is back."""


class KeepRehearsal(Command):
    """Keep one rehearsal as a telling of its own, under a title."""

    name: str
    title: str = ""


class ThrowAwayRehearsal(Command):
    """Delete one rehearsal's copy for good."""

    name: str
