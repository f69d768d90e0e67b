"""What SHOW locks: commands that change the show for good, whether a button, a key or a desk asks for them."""

from typing import Final

from textcraft_bus.messages import Mode
from textcraft_core import commands as cmd

LOCKED_IN_SHOW: Final[dict[type[cmd.Command], str]] = {
    cmd.OpenProject: "another show is opened in EDIT",
    cmd.SetWallMap: "maps are set in EDIT",
    cmd.AssignScreen: "screens are given in EDIT",
    cmd.NameWall: "walls are named in EDIT",
}
"""Command → where it belongs. Edits of texts are not here: in SHOW they become drafts."""


def locked(command: cmd.Command, mode: Mode) -> str:
    """Why a command is refused in a mode, as a sentence for the operator; empty when it is not."""
    where = LOCKED_IN_SHOW.get(type(command)) if mode is Mode.SHOW else None
    return f"SHOW is locked: {where}." if where else ""
