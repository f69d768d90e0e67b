"""What the console asks of the one object behind it, and of whoever runs its coroutines; knows neither of them."""

from collections.abc import Callable, Coroutine
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from textcraft_bus.clock import Clock
from textcraft_core.commands import Command
from textcraft_core.engine.trial import Prompt
from textcraft_core.events import Event
from textcraft_core.record.differences import Piece
from textcraft_core.record.history import Alternative, Standing, Version
from textcraft_core.record.journal import Record
from textcraft_core.record.timeline import Query
from textcraft_core.replay.recorded import Recorded
from textcraft_core.show.drafts import Draft
from textcraft_core.show.rehearsals import Difference, Rehearsal

Listener = Callable[[Event], None]


class WritingPort(Protocol):
    """What the editors read; paths are relative to data/. Reads raise EngineError, BusError or OSError."""

    def bible(self, file: str) -> dict[str, Any]:
        """Return a file of the bible as it is on disk now."""
        ...

    def stamp(self, path: str) -> object:
        """Return what changes whenever a file does."""
        ...

    def draft(self, path: str) -> Draft | None:
        """Return the draft of a file."""
        ...

    async def prompt(self, role: str, persona: dict[str, Any], instructions: str = "") -> Prompt:
        """Return what the brain would be told."""
        ...

    async def versions(self, path: str) -> list[Version]:
        """Return every version of a file, the newest first."""
        ...

    async def standing(self, path: str) -> Standing:
        """Return what undo and redo would do to a file."""
        ...

    async def text(self, path: str, revision: int) -> str:
        """Return the text of a version."""
        ...

    async def differences(self, path: str, before: int, after: int) -> tuple[Piece, ...]:
        """Return two versions as pieces."""
        ...

    async def compare(self, before: str, after: str) -> tuple[Piece, ...]:
        """Return two texts as pieces."""
        ...

    async def alternatives(self, path: str) -> list[Alternative]:
        """Return the passages that were replaced."""
        ...


class BenchPort(Protocol):
    """What the rehearsal bench reads. Everything raises CommandRefused with a sentence for the operator."""

    async def copies(self) -> list[Rehearsal]:
        """Return the copies of rehearsals, the newest first."""
        ...

    async def recordings(self) -> list[Recorded]:
        """Return what can be replayed, the show's own recording first."""
        ...

    async def differences(self, name: str) -> list[Difference]:
        """Return the texts a copy changed."""
        ...

    async def pieces(self, name: str, path: str) -> tuple[Piece, ...]:
        """Return a text of the show and of a copy as pieces."""
        ...

    async def profiles(self) -> dict[str, str]:
        """Return the fault profiles: name → what it is like."""
        ...


class StagePort(Protocol):
    """The show, its engine, its pictures and its walls, as one object with two vocabularies."""

    @property
    def clock(self) -> Clock:
        """The clock everything here is measured by."""
        ...

    @property
    def writing(self) -> WritingPort:
        """What the editors of the show's texts read."""
        ...

    @property
    def bench(self) -> BenchPort:
        """What the rehearsal bench reads."""
        ...

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` for every event, on this thread, in order; returns what ends it."""
        ...

    def opening_events(self) -> list[Event]:
        """Return what brings an empty projection to the present."""
        ...

    async def handle(self, command: Command) -> None:
        """Do what is asked; raises CommandRefused with a sentence for the operator."""
        ...

    def verb_used(self, verb: str, who: str, how: str) -> None:
        """Journal who fired a verb, and how."""
        ...

    def personas(self) -> dict[str, dict[str, Any]]:
        """Return role → raw persona, as it stands on disk."""
        ...

    async def timeline(self, query: Query) -> list[Record]:
        """Return one page of the journal, newest first. Raises JournalError."""
        ...

    async def timeline_place(self, at: datetime) -> int:
        """Return the number of the first event not before a time. Raises JournalError."""
        ...

    async def export_timeline(self, query: Query) -> tuple[Path, int, bool]:
        """Write all events of a query into the show's folder: where, how many, and whether some had no room."""
        ...

    async def printed_report(self, *, visitors: bool = False) -> tuple[str, str, Path]:
        """Return the last day's report as a page to print, its title, and where it belongs. Raises CommandRefused.

        `visitors`: their words are in it.
        """
        ...

    def manuscript(self, path: str) -> str:
        """Return the present text of a chapter, by its path as the matrix gives it. Raises BusError or OSError."""
        ...


class Starter(Protocol):
    """Runs a coroutine in the background and keeps hold of it; `textcraft_bus.tasks.Tasks` is one."""

    def start(self, coro: Coroutine[Any, Any, Any], *, name: str) -> object:
        """Run `coro` under `name`."""
        ...
