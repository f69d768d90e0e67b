"""Commands: what may be done to the files of a show."""

from typing import Any, Literal

from textcraft_core.commands.base import Command


class SavePersona(Command):
    """Save one persona; used by the next call of that role."""

    role: str
    persona: dict[str, Any]


class SaveBible(Command):
    """Save one file of the story bible."""

    file: Literal["project_conf", "characters", "locations", "timeline", "story_brief"]
    content: dict[str, Any]


class SaveManuscript(Command):
    """Save a chapter edited by hand, with a revision like any other."""

    path: str
    text: str


class ApplyDraft(Command):
    """Put a saved draft into use at the next cycle."""

    draft_id: str


class DiscardDraft(Command):
    """Throw a draft away."""

    draft_id: str


class Undo(Command):
    """Undo the last change of one file."""

    path: str


class Redo(Command):
    """Redo the last undone change of one file."""

    path: str


class RestoreRevision(Command):
    """Bring one revision of a file back, as a new revision."""

    path: str
    revision: int
