"""Which show is meant: the named one, or this machine's own copy of the sample; imports nothing slow."""

from typing import Final

from textcraft_bus.disk.folders import data_folder
from textcraft_core.show.folder import ShowFolder, new_show, open_show

SAMPLE: Final = "sample"


def the_show(project: str | None) -> ShowFolder:
    """Return the named show, or this machine's own copy of the sample. Raises ShowError."""
    if project:
        return open_show(project)
    own = data_folder() / "shows" / SAMPLE
    return open_show(str(own)) if own.is_dir() and any(own.iterdir()) else new_show(own)
