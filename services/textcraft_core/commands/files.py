"""Commands: what may be done to the files of a show."""

from typing import Any, Literal

from pydantic import Field

from textcraft_core.commands.base import Command


class SavePersona(Command):
    """Save one persona; used by the next call of that role."""

    role: str
    persona: dict[str, Any]


class SaveBible(Command):
    """Save one file of the story bible; with `base`, what others changed since then is merged in."""

    file: Literal["personas", "project_conf", "characters", "locations", "timeline", "story_brief"]
    content: dict[str, Any]
    base: dict[str, Any] | None = None


class SaveManuscript(Command):
    """Save a chapter edited by hand, with a revision like any other; with `base`, only if it is still that."""

    path: str
    text: str
    base: str | None = None


class SaveDraft(Command):
    """Keep an edit on disk without using it; `path` is relative to data/, `base` what the edit began from."""

    path: str = Field(min_length=1, max_length=400)
    base: dict[str, Any] | str | None = None
    content: dict[str, Any] | str


class ApplyDraft(Command):
    """Put a saved draft into use when the next cycle begins; `on` False takes that back, the draft stays."""

    draft_id: str
    on: bool = True


class DiscardDraft(Command):
    """Throw a draft away."""

    draft_id: str


class Undo(Command):
    """Undo the last change of one file below data/; a file that was not there is removed again."""

    path: str


class Redo(Command):
    """Redo the last undone change of one file, as long as nothing else changed it since."""

    path: str


class RestoreRevision(Command):
    """Bring back what one change of a file had left, as a new change; `revision` is that change's id."""

    path: str
    revision: int


class RestorePassage(Command):
    """Put a passage that was replaced back into the chapter, in place of the one that followed it."""

    path: str
    revision: int
