"""What killed writers left in a show's folder, taken up at a start: other programs' edits are kept; decides no story.

Swept below, told and kept in the history here. Without this a kill in the microseconds between an exchange of names and
the look at what came out would cost another program its edit.
"""

from pathlib import Path
from typing import Final

from textcraft_bus.disk.durable import Folder, failures_as_write_failed
from textcraft_bus.disk.files import read_bytes
from textcraft_bus.disk.leftovers import Stray, sweep_temps
from textcraft_bus.errors import FileMissing, Unreadable, WriteFailed
from textcraft_core.events import Event, Warned
from textcraft_core.show.folder import ShowFolder
from textcraft_core.show.writer import ShowWriter

_SOURCE: Final = "leftovers"


def take_up_leftovers(show: ShowFolder, writer: ShowWriter) -> list[Event]:
    """Sweep the show's folder and return what is to be told; blocking. Raises JournalError.

    An edit that was about to be judged is back in its file; where that has changed since, it is in the file's history.
    A disk that refuses is told, and swept at the next start.
    """
    try:
        swept = sweep_temps(show.root, deep=True)
    except WriteFailed as exc:
        return [Warned(text=f"what a crash left could not be swept: {exc}", source=_SOURCE)]
    told: list[Event] = []
    for path in swept.given_back:
        if not path.is_relative_to(show.data):  # only there names are exchanged; what else it may be is no text's
            continue
        name = show.relative(path)
        text = f"a crash had taken another program's change out of {name}: it is back; ours is in the file's history"
        told.append(Warned(text=text, source=_SOURCE))
        told += _note(show, writer, path)
    for stray in swept.strays:
        told += _keep(show, writer, stray)
    return told


def _keep(show: ShowFolder, writer: ShowWriter, stray: Stray) -> list[Event]:
    """Put a content into the history of the file it came out of, and drop it only when it is there."""
    left = show.relative(stray.path)
    if stray.of is None or not stray.of.is_relative_to(show.data):
        return [Warned(text=f"{left} was left by a crash and holds another program's text: look at it", source=_SOURCE)]
    try:
        content = read_bytes(stray.path)
        writer.note_outside(stray.of.relative_to(show.data).as_posix(), content)
        told = _note(show, writer, stray.of)
        with failures_as_write_failed(stray.path), Folder.at(stray.path.parent) as folder:
            folder.remove(stray.path.name)
    except (Unreadable, WriteFailed) as exc:
        return [Warned(text=f"{left} was left by a crash and could not be taken up: {exc}", source=_SOURCE)]
    name = show.relative(stray.of)
    text = f"a crash had taken another program's change out of {name}, which has changed since: it is in its history"
    return [Warned(text=text, source=_SOURCE), *told]


def _note(show: ShowFolder, writer: ShowWriter, file: Path) -> list[Event]:
    """Let the history end with what the file holds now."""
    try:
        content: bytes | None = read_bytes(file)
    except FileMissing:
        content = None
    except Unreadable:  # the scan tells
        return []
    event = writer.note_outside(file.relative_to(show.data).as_posix(), content)
    return [] if event is None else [event]
