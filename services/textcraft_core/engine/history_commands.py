"""Undo, redo and bringing back: what an operator may do to the past of a file; runs no cycle and stops none.

Each file has its own line of changes, read from the journal, so it holds over restarts. A file that was changed outside
meanwhile is never overwritten at once: that content is kept as a change of its own, and the operator decides anew.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from textcraft_bus.errors import BusError
from textcraft_core import commands
from textcraft_core.engine.blocking import finish_in_thread
from textcraft_core.engine.desk import Desk
from textcraft_core.errors import CommandRefused, JournalError
from textcraft_core.events import (
    ChangeConflict,
    Event,
    FileRedone,
    FileRemoved,
    FileUndone,
    FileWritten,
    PassageRestored,
    RevisionRestored,
)
from textcraft_core.record.changes import ChangeKind, hash_of
from textcraft_core.record.history import OPERATOR, History, Standing, Step
from textcraft_core.show.text_bytes import edited, text_of
from textcraft_core.show.writer import Turn

Told = FileWritten | FileRemoved
Teller = Callable[..., Event]
_KEPT_APART: Final = frozenset({"matrix.json", "control.json"})


class _ChangedOutside(Exception):
    """The file is not as the last change left it."""

    def __init__(self, told: Told | None) -> None:
        super().__init__()
        self.told = told


class HistoryCommands:
    """Handles Undo, Redo, RestoreRevision and RestorePassage."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def handle(self, command: commands.Command) -> None:
        """Do one command; raise CommandRefused, with what to do, when it cannot be done."""
        await _HANDLERS[type(command)](self, command)

    async def undo(self, command: commands.Undo) -> None:
        """Take the last change of a file back."""

        def choose(standing: Standing) -> Turn:
            if not standing.done:
                raise CommandRefused(f"there is nothing to undo in {command.path}")
            last = standing.done[-1]
            return Turn(self._content(last.before), ChangeKind.UNDO, last.change.id)

        await self._turn(command.path, choose, FileUndone)

    async def redo(self, command: commands.Redo) -> None:
        """Do the last undone change of a file again."""

        def choose(standing: Standing) -> Turn:
            if not standing.undone:
                raise CommandRefused(f"there is nothing to redo in {command.path}")
            step: Step = standing.undone[-1]
            return Turn(self._content(step.after), ChangeKind.REDO, step.change.id)

        await self._turn(command.path, choose, FileRedone)

    async def restore_revision(self, command: commands.RestoreRevision) -> None:
        """Make a file what one change had left."""

        def choose(_standing: Standing) -> Turn:
            content = self._history.content(_shown(command.path), command.revision)
            return Turn(content, ChangeKind.RESTORE, command.revision)

        await self._turn(command.path, choose, RevisionRestored)

    async def restore_passage(self, command: commands.RestorePassage) -> None:
        """Put a replaced passage back in place of the one that followed it."""

        def choose(standing: Standing) -> Turn:
            found = self._history.alternative(_shown(command.path), command.revision)
            old = self._content(standing.sha256) or b""
            now = text_of(old)
            if not found.instead or now.count(found.instead) != 1:
                raise CommandRefused("what took the place of this passage has changed: bring back the whole revision")
            return Turn(edited(old, now.replace(found.instead, found.text)), ChangeKind.RESTORE, command.revision)

        await self._turn(command.path, choose, PassageRestored)

    # Parts

    @property
    def _history(self) -> History:
        if self._desk.journal is None:
            raise CommandRefused("without a journal there is no history")
        return History(self._desk.journal)

    def _content(self, sha256: str | None) -> bytes | None:
        return self._history.kept(sha256)

    async def _turn(self, path: str, choose: Callable[[Standing], Turn], teller: Teller) -> None:
        """Do what `choose` makes of where a file stands, tell it, and scan when it is a manuscript."""
        relative, turns = _inner(path), list[Turn]()

        def pick(old: bytes | None) -> Turn:
            turns.append(self._pick(relative, old, choose))
            return turns[-1]

        try:
            done = await finish_in_thread(
                lambda: self._desk.writer.turn(relative, pick, OPERATOR), self._desk.stream.emit
            )
        except _ChangedOutside as conflict:
            self._refuse(relative, conflict)
        except (BusError, JournalError) as fault:
            raise CommandRefused(str(fault)) from fault
        told = teller(path=done.path, of=turns[0].of, revision=done.revision, by=OPERATOR)
        self._desk.stream.emit(told)
        await self._look_again(relative)

    def _pick(self, relative: str, old: bytes | None, choose: Callable[[Standing], Turn]) -> Turn:
        standing = self._history.standing(_shown(relative))
        if not standing.known:
            raise CommandRefused(f"{relative} has no history yet")
        if standing.sha256 != (None if old is None else hash_of(old)):
            raise _ChangedOutside(self._desk.writer.note_outside(relative, old))
        return choose(standing)

    def _refuse(self, relative: str, conflict: _ChangedOutside) -> None:
        if conflict.told is not None:
            self._desk.stream.emit(conflict.told)
            self._desk.stream.emit(ChangeConflict(path=conflict.told.path, revision=conflict.told.revision or 0))
        raise CommandRefused(f"{relative} was changed outside meanwhile: that was kept, look at it and ask again")

    async def _look_again(self, relative: str) -> None:
        if not relative.startswith("manuscripts/"):
            return
        book = self._desk.book
        try:
            await book.scan()
            await book.save()
        except BusError as fault:
            raise CommandRefused(f"the file is changed, but the matrix could not be saved: {fault}") from fault
        finally:
            book.tell()


def _inner(path: str) -> str:
    """Return a path relative to data/. Raises CommandRefused for files that have no history of their own."""
    inner = path.strip().replace("\\", "/").removeprefix("data/")
    if inner in _KEPT_APART:
        raise CommandRefused(f"{inner} is kept by the engine itself: undo the chapter or the persona instead")
    return inner


def _shown(path: str) -> str:
    return f"data/{_inner(path)}"


_HANDLERS: Final[Mapping[type[commands.Command], Callable[[HistoryCommands, Any], Awaitable[None]]]] = {
    commands.Undo: HistoryCommands.undo,
    commands.Redo: HistoryCommands.redo,
    commands.RestoreRevision: HistoryCommands.restore_revision,
    commands.RestorePassage: HistoryCommands.restore_passage,
}
HISTORY_COMMANDS: Final = tuple(_HANDLERS)
