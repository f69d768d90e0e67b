"""Writes beside each picture what only the show knows of it: words, chapter, cycle; the image server wrote the rest.

So that a picture found years later still says what it was for. Knows no sockets and decides nothing.
"""

import asyncio
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from textcraft_bus.disk.files import read_json, write_json
from textcraft_bus.errors import BusError, Unreadable
from textcraft_bus.tasks import Tasks
from textcraft_core import events as ev
from textcraft_core.events import Event
from textcraft_core.record.stream import EventStream

MAX_SIDECAR_BYTES: Final = 16 << 20
MAX_OPEN: Final = 256
"""Pictures remembered between their order and their arrival, and for words that are edited later."""


class PictureNotes:
    """Follows the stream; a note that cannot be written is told, and the show goes on."""

    def __init__(self, stream: EventStream, images: Path, asked_before: Iterable[ev.RenderRequested] = ()) -> None:
        """Follow `stream`; `asked_before` are pictures of the last session that are still to come."""
        self._stream = stream
        self._images = images
        self._notes: dict[str, dict[str, Any]] = {}
        self._paths: dict[str, Path] = {}
        self._tasks = Tasks()
        self._writing = asyncio.Lock()
        for event in asked_before:
            self._remember(event)
        stream.subscribe(self._on_event)

    async def close(self) -> None:
        """End what is being written; a file is whole or as it was."""
        await self._tasks.stop()

    def _on_event(self, event: Event) -> None:
        match event:
            case ev.RenderRequested():
                self._remember(event)
            case ev.ImageArrived(request_id=request_id, path=path):
                self._paths[request_id] = Path(path)
                self._write(request_id)
            case ev.CaptionEdited(request_id=request_id, text=text) if request_id in self._notes:
                self._notes[request_id]["caption"] = text
                self._write(request_id)

    def _remember(self, event: ev.RenderRequested) -> None:
        self._notes[event.request_id] = {
            "request_id": event.request_id,
            "caption": event.caption,
            "alt": event.alt,
            "target": event.target,
            "cycle": event.cycle,
        }
        while len(self._notes) > MAX_OPEN:
            oldest = next(iter(self._notes))
            del self._notes[oldest]
            self._paths.pop(oldest, None)

    def _write(self, request_id: str) -> None:
        path, note = self._paths.get(request_id), self._notes.get(request_id)
        if path is not None and note is not None and path.parent.resolve() == self._images.resolve():
            self._tasks.start(self._note(request_id, path, dict(note)), name=f"note of {request_id}")

    async def _note(self, request_id: str, path: Path, note: dict[str, Any]) -> None:
        try:
            async with self._writing:
                await asyncio.to_thread(add_note, path, note)
        except (BusError, OSError) as error:
            self._stream.emit(ev.Warned(text=f"The words of a picture were not kept beside it: {error}", source="disk"))
            return
        self._stream.emit(ev.PictureNoted(request_id=request_id, path=str(path)))


def add_note(picture: Path, note: dict[str, Any]) -> None:
    """Add `note` to the sidecar of a picture, leaving its other fields as they are. Blocking. Raises WriteFailed."""
    sidecar = picture.with_suffix(".json")
    try:
        told = read_json(sidecar, MAX_SIDECAR_BYTES)
    except Unreadable:
        told = {}
    write_json(sidecar, {**(told if isinstance(told, dict) else {}), **note})
