"""Commands: what may be done to the walls."""

from typing import Any

from pydantic import Field

from textcraft_core.commands.base import Command


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
