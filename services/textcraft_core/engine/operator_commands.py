"""What an operator may do to the book and the next plan; runs no cycle and stops none."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final
from uuid import uuid4

from textcraft_bus.errors import BusError
from textcraft_core import commands
from textcraft_core.engine.book import with_entry
from textcraft_core.engine.decisions import bare_target, parse_decision
from textcraft_core.engine.desk import Desk
from textcraft_core.engine.planning import locate, settle
from textcraft_core.engine.situation import Orders
from textcraft_core.engine.verdicts import lock, unlock
from textcraft_core.errors import BibleError, CommandRefused, DecisionError
from textcraft_core.events import (
    ChapterLocked,
    Event,
    InputEdited,
    InputMoved,
    InputQueued,
    InputWithdrawn,
    NotesForgotten,
)

BY: Final = "operator"
Handler = Callable[["OperatorCommands", Any], Awaitable[None]]


class OperatorCommands:
    """Handles every engine command that neither starts nor ends a cycle."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def handle(self, command: commands.Command) -> None:
        """Do one command; raise CommandRefused, with what to do, when it cannot be done."""
        handler = _HANDLERS.get(type(command))
        if handler is None:
            raise CommandRefused(f"{type(command).__name__} is not for the engine")
        await handler(self, command)

    # The next plan

    async def override(self, command: commands.Override) -> None:
        """Order one thing for the next plan; it is kept until a task was dispatched for it."""
        self.order(command.instruction, command.target or "", BY)

    def order(self, instruction: str, target: str, source: str) -> Orders:
        """Order something for the next plan in place of what was ordered before; return it. Raises CommandRefused."""
        found = self._located(target) if target else ""
        orders = self._desk.standing.orders = Orders(instruction, found, source, target)
        return orders

    async def assign(self, command: commands.Assign) -> None:
        """Hand in the next plan."""
        desk = self._desk
        try:
            decision = parse_decision(command.payload)
            settle(
                decision,
                matrix=desk.book.matrix,
                following=desk.following(),
                roles=desk.bible.personas(),
                protected=desk.book.protected,
            )
        except (DecisionError, BibleError) as refusal:
            raise CommandRefused(f"this plan cannot be carried out: {refusal}") from refusal
        desk.standing.assigned = decision

    # The queue

    async def queue_line(self, text: str, source: str, input_id: str = "") -> str:
        """Put a line into the queue and return its id; one that is given must never have been used."""
        input_id = input_id or uuid4().hex
        await self._desk.commit(InputQueued(input_id=input_id, text=text, source=source))
        return input_id

    async def queue_input(self, command: commands.QueueInput) -> None:
        """Put an operator's line into the queue."""
        await self.queue_line(command.text, BY)

    async def edit_input(self, command: commands.EditInput) -> None:
        """Change a waiting line."""
        await self._on_waiting(command.input_id, lambda: InputEdited(input_id=command.input_id, text=command.text))

    async def move_input(self, command: commands.MoveInput) -> None:
        """Move a waiting line."""
        line, index, queue = command.input_id, command.index, self._desk.queue
        await self._on_waiting(line, lambda: InputMoved(input_id=line, index=index, before=queue.before(line, index)))

    async def withdraw_input(self, command: commands.WithdrawInput) -> None:
        """Take a waiting line out."""
        await self._on_waiting(command.input_id, lambda: InputWithdrawn(input_id=command.input_id))

    async def _on_waiting(self, input_id: str, change: Callable[[], Event]) -> None:
        """Commit a change of a waiting line; it is made of the queue as it is when its turn comes."""
        async with self._desk.queue_turn:
            if all(line.id != input_id for line in self._desk.queue.waiting):
                raise CommandRefused("this line is no longer waiting: a plan has it already, or it was withdrawn")
            await self._desk.commit(change())

    # Chapters

    async def lock_chapter(self, command: commands.LockChapter) -> None:
        """Lock or unlock a chapter; what is so already stays so."""
        book, name = self._desk.book, self._known(command.chapter_id)
        if (name in book.survey.locked_ids) == command.locked:
            return
        target_words = self._desk.bible.conf().constraints.chapter_target_word_count
        book.change(lock(name) if command.locked else unlock(name, target_words))
        await self._save()
        self._desk.stream.emit(ChapterLocked(chapter_id=name, locked=command.locked, by=BY))

    async def forget_notes(self, command: commands.ForgetNotes) -> None:
        """Clear what services left on a chapter."""
        self._desk.book.change(with_entry(self._known(command.chapter_id), notes=()))
        await self._save()
        self._desk.stream.emit(NotesForgotten(chapter_id=command.chapter_id))

    async def _save(self) -> None:
        try:
            await self._desk.book.save()
        except BusError as fault:
            raise CommandRefused(f"the matrix could not be saved: {fault}") from fault
        finally:
            self._desk.book.tell()

    # Parts

    def _known(self, chapter: str) -> str:
        if chapter not in self._desk.book.matrix.content:
            raise CommandRefused(f"there is no chapter {chapter}")
        return chapter

    def _located(self, target: str) -> str:
        desk = self._desk
        try:
            return locate(target, desk.book.matrix, desk.following(), desk.book.protected).target
        except DecisionError as refusal:
            raise CommandRefused(f"{refusal}: choose another target, or unlock it first") from refusal


def manuscript_path(path: str) -> str:
    """Return a manuscript's path relative to data/, from any of the spellings in use. Raises CommandRefused."""
    inner = path.strip().replace("\\", "/").removeprefix("data/").removeprefix("manuscripts/")
    if not inner.endswith(".md") or bare_target(inner) == ".md":
        raise CommandRefused(f"{path} is no manuscript: its name must end in .md")
    return f"manuscripts/{inner}"


_HANDLERS: Final[Mapping[type[commands.Command], Handler]] = {
    commands.Override: OperatorCommands.override,
    commands.Assign: OperatorCommands.assign,
    commands.QueueInput: OperatorCommands.queue_input,
    commands.EditInput: OperatorCommands.edit_input,
    commands.MoveInput: OperatorCommands.move_input,
    commands.WithdrawInput: OperatorCommands.withdraw_input,
    commands.LockChapter: OperatorCommands.lock_chapter,
    commands.ForgetNotes: OperatorCommands.forget_notes,
}
