"""restore.json: what the walls need to come back after a crash, read before anything else; knows no journal."""

import asyncio
import logging
from pathlib import Path

from pydantic import ConfigDict, Field, ValidationError

from textcraft_bus.clock import Clock
from textcraft_bus.disk.files import read_json, set_aside, write_durably
from textcraft_bus.errors import FileMissing, Unreadable
from textcraft_bus.models import Model
from textcraft_core.day.course import DayRecord
from textcraft_core.events import RenderRequested
from textcraft_core.stage.walls.playout import PlayoutState

log = logging.getLogger(__name__)


class Restore(Model):
    """Mode, scene of each wall, the stops, AUTO and RUN, as they were."""

    model_config = ConfigDict(extra="ignore", defer_build=True)

    version: int = 1
    closed: bool = False
    """Whether the program ended by itself; otherwise it crashed, and resumes."""
    port: int = 0
    """Where walls and image servers of the last session look for their core."""
    scene: int = 0
    """The highest scene number that was sent."""
    run: bool = False
    playout: PlayoutState = PlayoutState()
    open_renders: list[RenderRequested] = Field(default_factory=list)
    day: DayRecord = DayRecord()


def load(path: Path, clock: Clock) -> Restore:
    """Return what was kept. An unreadable file is set aside and logged, and a fresh start made."""
    try:
        return Restore.model_validate(read_json(path))
    except FileMissing:
        return Restore()
    except (Unreadable, ValidationError) as error:
        log.error("restore.json cannot be used and was set aside as %s: %s", set_aside(path, clock).name, error)
        return Restore()


async def note_closed(path: Path, clock: Clock) -> None:
    """Say of a folder that its stage ended by itself: what follows it is on disk by now. Raises WriteFailed."""
    kept = await asyncio.to_thread(load, path, clock)
    if not kept.closed:
        await save(path, kept.model_copy(update={"closed": True}))


async def save(path: Path, restore: Restore) -> None:
    """Keep it durably; what is kept is the state at the call. About a millisecond, off the loop. Raises WriteFailed."""
    data = restore.model_dump_json().encode()
    await asyncio.to_thread(write_durably, path, data)
