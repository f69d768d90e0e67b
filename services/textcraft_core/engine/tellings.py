"""A finished book is kept whole in a folder of its own, and the story begins anew; knows no RUN and no wall."""

import asyncio
import functools
import shutil
from pathlib import Path
from typing import Final

from textcraft_bus.clock import Clock
from textcraft_core.engine.blocking import finish_in_thread
from textcraft_core.engine.desk import Desk
from textcraft_core.errors import ShowError
from textcraft_core.events import TellingArchived, TellingBegun
from textcraft_core.record.journal import Journal
from textcraft_core.show.folder import ShowFolder
from textcraft_core.show.matrix import Matrix, ProjectStatus
from textcraft_core.show.writer import Turn

BY: Final = "begin anew"


async def begin_anew(desk: Desk) -> str:
    """Keep the book as it is below `tellings/`, then empty it; return the folder's path within the show.

    The copy is whole before anything is taken away, and every file taken away is kept as a revision too. Raises
    ShowError, BusError, JournalError; nothing is taken away then.
    """
    path = await asyncio.to_thread(archive, desk.show, desk.clock)
    await desk.commit(TellingArchived(path=path))
    await empty(desk)
    return path


async def finish_half_begun(desk: Desk) -> bool:
    """After a crash between keeping and emptying: empty what is left, and say whether that was so."""
    if desk.journal is None or not await asyncio.to_thread(_is_half, desk.journal):
        return False
    await empty(desk)
    return True


async def empty(desk: Desk) -> None:
    """Take the chapters away and begin an empty book; what the show has cost stays."""
    for name in await asyncio.to_thread(_chapters, desk.show):
        take = functools.partial(desk.writer.turn, f"manuscripts/{name}", lambda _old: Turn(None), BY)
        await finish_in_thread(take, desk.stream.emit)
    desk.book.change(_emptied)
    await desk.book.save()
    await desk.book.scan()
    desk.book.tell()
    await desk.commit(TellingBegun())


def archive(show: ShowFolder, clock: Clock) -> str:
    """Copy manuscripts and matrix below `tellings/`, whole or not at all; blocking. Raises ShowError."""
    name, number = clock.now().strftime("%Y%m%d-%H%M%S"), 1
    destination = show.tellings / name
    while destination.exists():
        number += 1
        destination = show.tellings / f"{name}-{number}"
    half = destination.with_name(f".{destination.name}.half")
    try:
        shutil.rmtree(half, ignore_errors=True)
        (half / "data").mkdir(parents=True)
        shutil.copytree(show.manuscripts, half / "data" / "manuscripts", ignore=_links)
        if show.matrix.is_file():
            shutil.copy2(show.matrix, half / "data" / "matrix.json")
        half.rename(destination)
    except OSError as fault:
        shutil.rmtree(half, ignore_errors=True)
        raise ShowError("the finished book could not be kept", f"check the disk ({fault.strerror or fault})") from fault
    return show.relative(destination)


def _links(folder: str, names: list[str]) -> set[str]:
    return {name for name in names if (Path(folder) / name).is_symlink()}


def _chapters(show: ShowFolder) -> list[str]:
    """Return the manuscripts by their names, what lies in folders and behind links left out: no scan counts them."""
    return sorted(path.name for path in show.manuscripts.glob("*.md") if path.is_file() and not path.is_symlink())


def _emptied(matrix: Matrix) -> Matrix:
    metrics = matrix.metrics.model_copy(
        update={"total_word_count": 0, "chapter_count": 0, "narrative_integrity_score": 100}
    )
    meta = matrix.meta.model_copy(update={"project_status": ProjectStatus.ACTIVE})
    return matrix.model_copy(update={"content": {}, "active_task": None, "meta": meta, "metrics": metrics})


def _is_half(journal: Journal) -> bool:
    records = journal.select(("TellingArchived", "TellingBegun"))
    return bool(records) and isinstance(records[-1].event, TellingArchived)
