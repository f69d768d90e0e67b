"""Commands: what may be asked of the engine: cycles, the next plan, its queue, chapters."""

from typing import Any, Literal

from pydantic import Field

from textcraft_core.commands.base import Command, Line


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
