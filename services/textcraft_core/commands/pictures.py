"""Commands: what may be done to pictures and candidates."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from textcraft_core.commands.base import CaptionText, Command, Line

CardText = Annotated[str, StringConstraints(strip_whitespace=True, max_length=600)]


class Rerender(Command):
    """Paint a picture again as a new request, with another prompt or seed; with neither, another seed is drawn."""

    request_id: str
    prompt: Line | None = None
    seed: int | None = Field(default=None, ge=0, le=0x7FFFFFFF)
    generator: Line | None = None
    """Another backend than before."""


class CancelRender(Command):
    """Cancel one picture job by its id."""

    request_id: str


class Approve(Command):
    """Let a candidate pass by hand."""

    request_id: str


class Reject(Command):
    """Take a candidate out; its file stays on disk."""

    request_id: str


class Readmit(Command):
    """Let a candidate that was rejected stand among the candidates again."""

    request_id: str


class Pin(Command):
    """Keep a candidate, or the picture that is LIVE, for the reserve reel, or let it go."""

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
    """Bring in a picture file (`path`) or a painted text (`text`) of one's own, through the same gate; one of both."""

    path: str | None = None
    text: CardText = ""
    caption: CaptionText = ""


class Overrule(Command):
    """Let a candidate pass that failed the gate for size, darkness or words, and take it at once unless told not to."""

    request_id: str
    take: bool = True
