"""Everything an operator, a schedule or a script may ask of the engine: a closed vocabulary of frozen models.

A command says what is wanted, by name and with an explicit on or off, so that saying it twice is harmless.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from textcraft_bus.messages import MAX_CAPTION_CHARS, Mode

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]


class Command(BaseModel):
    """Base of all commands."""

    model_config = ConfigDict(frozen=True, extra="forbid")


# The engine


class Step(Command):
    """Run one cycle."""


class Run(Command):
    """Run cycle after cycle; every limit left out is no limit."""

    cycles: int | None = Field(default=None, ge=1)
    minutes: float | None = Field(default=None, gt=0)
    spend: float | None = Field(default=None, gt=0)
    until_chapter: str | None = None


class Pause(Command):
    """Let the running cycle end and start nothing new."""


class Stop(Command):
    """End the running cycle now; what is on disk stays as it is."""


class Override(Command):
    """One instruction and, optionally, one target for the next plan only."""

    instruction: Line
    target: str | None = None


class Assign(Command):
    """Hand in a whole plan: it skips PLAN once and is enforced as it stands."""

    payload: dict[str, Any]


class QueueInput(Command):
    """Put a line into the operator queue; it reaches the next plan."""

    text: Line


class EditInput(Command):
    """Change a line that waits in the queue."""

    input_id: str
    text: Line


class MoveInput(Command):
    """Move a waiting line to a place in the queue, 0 = first."""

    input_id: str
    index: int = Field(ge=0)


class WithdrawInput(Command):
    """Take a waiting line out of the queue."""

    input_id: str


class DecideStory(Command):
    """Accept or ignore a visitor's story, or forget it everywhere."""

    story_id: str
    verdict: Literal["accept", "ignore", "forget"]
    text: str | None = None


class LockChapter(Command):
    """Lock or unlock a chapter by its exact id."""

    chapter_id: str
    locked: bool


class ForgetNotes(Command):
    """Clear the notes services left on a chapter."""

    chapter_id: str


# Files and drafts


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


# Pictures


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
    text: Annotated[str, StringConstraints(max_length=MAX_CAPTION_CHARS)]


class AddCard(Command):
    """Bring in a picture or text of one's own, through the same gate."""

    path: str | None = None
    caption: Annotated[str, StringConstraints(max_length=MAX_CAPTION_CHARS)] = ""


class Overrule(Command):
    """Take a candidate that failed the gate for size, darkness or words."""

    request_id: str


# The walls


class Take(Command):
    """Put NEXT onto every wall that follows."""


class Back(Command):
    """Put the previous LIVE picture on again."""


class Auto(Command):
    """Let approved pictures go up by themselves, or no longer."""

    on: bool


class DelayAuto(Command):
    """Move the countdown of AUTO by seconds."""

    seconds: float


class Hold(Command):
    """Freeze the LIVE picture and caption."""

    on: bool


class SafeLook(Command):
    """Show the safe look."""

    on: bool


class Black(Command):
    """Fade to black or back; no walls named means all."""

    on: bool
    walls: tuple[str, ...] = ()
    seconds: float = Field(default=1.0, ge=0, le=10)


class PauseAI(Command):
    """Start no new paid call; the running one ends."""

    on: bool


class Panic(Command):
    """Safe look, AUTO off, paid calls cancelled, PAUSE AI on."""

    seconds: float = Field(default=2.0, ge=0, le=10)


class Restore(Command):
    """Bring the walls back as they were before PANIC."""


class SendAgain(Command):
    """Send its whole scene to a wall once more."""

    wall: str


class Identify(Command):
    """Show each wall's name on it."""

    wall: str | None = None


class TestCard(Command):
    """Show or hide the test card of a wall."""

    wall: str
    on: bool


class FollowWall(Command):
    """Let a wall follow TAKE, or pin it to its own picture."""

    wall: str
    follow: bool


class SetWallMap(Command):
    """Change how pictures lie on a wall."""

    wall: str
    map: dict[str, Any]


class SetTransition(Command):
    """Choose how the next TAKE goes over."""

    kind: str
    seconds: float = Field(ge=0.0, le=5)


# The show


class ChangeMode(Command):
    """EDIT, REHEARSE or SHOW; never changes a wall."""

    mode: Mode


class OpenProject(Command):
    """Open the show in a folder."""

    path: str


class Mark(Command):
    """Mark this moment in the journal."""

    note: str = ""


class OpenDay(Command):
    """Start the day."""


class CloseDay(Command):
    """End the day now."""


class ExtendDay(Command):
    """Move closing time."""

    minutes: float
