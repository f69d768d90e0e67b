"""What a mode locks: in SHOW what changes the show for good, in EDIT what asks the brain by itself.

It is the same whether a button, a key or a desk asks for it.
"""

from typing import Final

from textcraft_bus.channel.messages import Mode
from textcraft_core import commands as cmd

LOCKED_IN_SHOW: Final[dict[type[cmd.Command], str]] = {
    cmd.OpenProject: "another show is opened in EDIT",
    cmd.SetWallMap: "maps are set in EDIT",
    cmd.AssignScreen: "screens are given in EDIT",
    cmd.NameWall: "walls are named in EDIT",
}
"""Command → where it belongs. Edits of texts are not here: in SHOW they become drafts."""
BY_HAND: Final = "EDIT asks nothing of the brain by itself: step by hand, or RUN in REHEARSE."


def locked(command: cmd.Command, mode: Mode) -> str:
    """Why a command is refused in a mode, as a sentence for the operator; empty when it is not."""
    if mode is Mode.EDIT and isinstance(command, cmd.Run):
        return BY_HAND
    where = LOCKED_IN_SHOW.get(type(command)) if mode is Mode.SHOW else None
    return f"SHOW is locked: {where}." if where else ""
