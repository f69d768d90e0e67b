"""Which folder a rehearsal writes to: a copy of the show, the one of a crashed rehearsal if there is one.

The show itself is never written in REHEARSE; the packaged sample never at all.
"""

from textcraft_bus.channel.messages import Mode
from textcraft_bus.clock import Clock
from textcraft_core.show.folder import Progress, ShowFolder, rehearsal_copy, rehearsals_of
from textcraft_core.stage.walls import restore
from textcraft_gui.session.which_show import the_show

__all__ = ["starting_mode", "the_show", "working_copy"]


def working_copy(
    show: ShowFolder, clock: Clock, *, fresh: bool, progress: Progress | None = None
) -> tuple[ShowFolder, restore.Restore]:
    """Return the copy to rehearse in and what it left: a crashed rehearsal goes on unless a `fresh` one is wanted."""
    newest = next(iter(rehearsals_of(show)), None)
    if newest is not None and not fresh and newest.restore.is_file():
        kept = restore.load(newest.restore, clock)
        if not kept.closed:
            return newest, kept
    return rehearsal_copy(show, clock, progress), restore.Restore()


def starting_mode(show: ShowFolder, asked: Mode | None, clock: Clock, *, safe: bool) -> Mode:
    """Return the mode to open in. Blocking.

    A SHOW that crashed goes on as SHOW, whatever was asked; only a `safe` start begins with nothing automatic.
    Nothing asked means where the last console crashed, else EDIT.
    """
    kept = restore.load(show.restore, clock)
    crashed_in_show = show.restore.is_file() and not kept.closed and kept.playout.mode is Mode.SHOW
    if crashed_in_show and not safe:
        return Mode.SHOW
    if asked is not None:
        return asked
    return Mode.REHEARSE if not safe and _crashed_rehearsal(show, clock) else Mode.EDIT


def _crashed_rehearsal(show: ShowFolder, clock: Clock) -> bool:
    newest = next(iter(rehearsals_of(show)), None)
    return newest is not None and newest.restore.is_file() and not restore.load(newest.restore, clock).closed
