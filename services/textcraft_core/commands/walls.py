"""Commands: what may be done to the walls."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from textcraft_bus.channel.messages import CaptionStyle, ScreenInfo, TransitionKind, WallMap
from textcraft_core.commands.base import Command

WallName = Annotated[str, StringConstraints(min_length=1, max_length=40)]


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
    """Fade walls to black or back, besides those that are; no walls named means all."""

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
    """Let a wall follow TAKE, or pin it: to a candidate's picture, or to what it shows now."""

    wall: WallName
    follow: bool
    request_id: str | None = None


class SetWallMap(Command):
    """Change how pictures lie on a wall."""

    wall: WallName
    map: WallMap


class SetTransition(Command):
    """Choose how the next TAKE goes over; all but a cut take 0.2 to 5 s."""

    kind: TransitionKind
    seconds: float = Field(default=1.2, ge=0.0, le=5)


class SetSafeLook(Command):
    """Choose the picture of the safe look: a candidate or a pinned one; none is each wall's own."""

    request_id: str | None


class SetCaptions(Command):
    """Choose whether walls show captions, and how they are set."""

    on: bool
    style: CaptionStyle = CaptionStyle.model_construct()


class SetCard(Command):
    """Choose what a closed house shows, or what ends a day and the book: a picture, a text, or (neither) what is usual.

    A picture is named by the id of an approved candidate or of a pinned one.
    """

    which: Literal["closed", "end"]
    request_id: str | None = None
    text: str = Field(default="", max_length=400)


class TryCard(Command):
    """Show the closed card or the end card on the walls while it is chosen; none ends that."""

    which: Literal["closed", "end"] | None


class NameWall(Command):
    """Call a wall what people call it; an empty title takes that back."""

    wall: WallName
    title: str = Field(max_length=40)


class AssignScreen(Command):
    """Say on which screen a wall belongs; none leaves that to the wall."""

    wall: WallName
    screen: ScreenInfo | None


class ReleaseWall(Command):
    """After SHOW: let test card and watermark come to a wall again."""

    wall: WallName
