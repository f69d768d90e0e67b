"""Commands: what may be asked of a day."""

from pydantic import Field

from textcraft_core.commands.base import Command


class OpenDay(Command):
    """Start the day: pre-flight under the safe look, then the show."""


class CloseDay(Command):
    """End the day now: the running cycle ends, the end card shows, then the closed look."""


class ExtendDay(Command):
    """Move closing time by minutes; it stays in the future."""

    minutes: float = Field(ge=-720, le=720)


class RunPreflight(Command):
    """Look at everything and act on the walls, without opening."""


class WaiveCheck(Command):
    """Open in spite of one check that failed."""

    check: str


class WriteReport(Command):
    """Write the report of the last day, or of the one that goes on, now; with visitors' words only when asked."""

    visitors: bool = False
