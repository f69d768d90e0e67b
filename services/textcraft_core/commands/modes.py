"""Commands: how rehearsals and replays are played, what becomes of them, and of questions when the operator goes."""

from pydantic import Field

from textcraft_core.bench import BenchSettings
from textcraft_core.commands.base import Command


class LeaveAlone(Command):
    """The operator goes: SHOW is unattended, and every question takes its written answer."""


class Attend(Command):
    """The operator is back."""


class SetBench(Command):
    """Play rehearsals like this: the one in play as soon as may be, and those that follow."""

    settings: BenchSettings


class PruneRehearsals(Command):
    """Delete the copies that are older than so many days for good; kept ones and the one in play stay."""

    days: int = Field(ge=0, le=3650)


class CancelBenchWork(Command):
    """End the copying that is under way; nothing of it stays."""


class StartReplay(Command):
    """Play the recording of the show ("") or of one of its rehearsals, by name, before the operator."""

    name: str = ""


class PlayReplay(Command):
    """Let the replay go on or rest."""

    on: bool


class SeekReplay(Command):
    """Stand before the cycle of this place; 0 is the beginning."""

    place: int = Field(ge=0)


class SetReplaySpeed(Command):
    """1 is as it was, 20 twenty times as fast, 0 as fast as it goes."""

    speed: float = Field(ge=0, le=1000)


class LeaveReplay(Command):
    """Return to where one was; the copy the replay was played in is deleted."""


class KeepRehearsal(Command):
    """Keep one rehearsal as a telling of its own, under a title."""

    name: str
    title: str = ""


class ThrowAwayRehearsal(Command):
    """Delete one rehearsal's copy for good."""

    name: str
