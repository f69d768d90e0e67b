"""Which show is meant: the named one, the one this machine played last, or its own copy of the sample.

Imports nothing slow.
"""

from pathlib import Path
from typing import Final

from textcraft_bus.disk.files import read_json, write_json
from textcraft_bus.disk.folders import config_folder, data_folder
from textcraft_bus.errors import Unreadable
from textcraft_core.show.folder import ShowFolder, new_show, open_show

SAMPLE: Final = "sample"
FILE: Final = "last_show.json"
SHOW_HELP: Final = "folder or name of the show (default: the one chosen on this machine, or a copy of the sample)"
"""What `--project` is, in every help."""


def the_show(project: str | None) -> ShowFolder:
    """Return the named show, else the chosen one, else this machine's own copy of the sample. Raises ShowError."""
    if project:
        return open_show(project)
    return last_show() or sample_show()


def shows_folder() -> Path:
    """Return the folder among this machine's own that holds whole shows."""
    return data_folder() / "shows"


def sample_show() -> ShowFolder:
    """Return this machine's own copy of the sample; it is made where there is none. Raises ShowError."""
    own = shows_folder() / SAMPLE
    return open_show(str(own)) if own.is_dir() and any(own.iterdir()) else new_show(own)


def last_show() -> ShowFolder | None:
    """Return the show that was chosen on this machine; None when none was, or it is not there any more."""
    try:
        kept = read_json(config_folder() / FILE)
    except Unreadable:
        return None
    root = Path(str(kept.get("folder", ""))) if isinstance(kept, dict) else Path()
    try:
        return ShowFolder(root) if root.is_absolute() and (root / "data").is_dir() else None
    except OSError:  # another user's by now, or on a disk that does not answer
        return None


def remember_show(show: ShowFolder) -> None:
    """Open this show from now on when none is named. Blocking. Raises WriteFailed."""
    write_json(config_folder() / FILE, {"folder": str(show.root)})
