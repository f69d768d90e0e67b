"""Commands: what may be done to pictures and candidates."""

from typing import Literal

from textcraft_core.commands.base import CaptionText, Command


class Rerender(Command):
    """Paint a picture again, with another prompt or seed."""

    request_id: str
    prompt: str | None = None
    seed: int | None = None


class CancelRender(Command):
    """Cancel one picture job by its id."""

    request_id: str


class Approve(Command):
    """Let a candidate pass by hand."""

    request_id: str


class Reject(Command):
    """Take a candidate out; its file stays on disk."""

    request_id: str


class Pin(Command):
    """Keep a candidate for the reserve reel, or let it go."""

    request_id: str
    on: bool


class Stage(Command):
    """Put a candidate into NEXT: by id, or the neighbour of the present one."""

    request_id: str | None = None
    direction: Literal["next", "previous"] | None = None


class EditCaption(Command):
    """Change the words of a candidate."""

    request_id: str
    text: CaptionText


class AddCard(Command):
    """Bring in a picture or text of one's own, through the same gate."""

    path: str | None = None
    caption: CaptionText = ""


class Overrule(Command):
    """Take a candidate that failed the gate for size, darkness or words."""

    request_id: str
