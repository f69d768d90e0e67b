"""The operator's texts on their way into the show: saved at once, or kept as drafts until the next cycle begins.

In SHOW nothing is saved at once (`direct`). Knows no widget and no role.
"""

import asyncio
import functools
from collections.abc import Awaitable, Callable
from typing import Any, Final

from textcraft_bus.errors import BusError
from textcraft_core import commands as cmd
from textcraft_core import events as ev
from textcraft_core.engine.blocking import finish_in_thread
from textcraft_core.engine.desk import Desk
from textcraft_core.engine.operator_commands import BY, manuscript_path
from textcraft_core.errors import CommandRefused, EngineError
from textcraft_core.show import bible_files
from textcraft_core.show.drafts import Draft, DraftStore, change_of
from textcraft_core.show.text_bytes import text_of

COMMANDS: Final = (
    cmd.SavePersona,
    cmd.SaveBible,
    cmd.SaveManuscript,
    cmd.SaveDraft,
    cmd.ApplyDraft,
    cmd.DiscardDraft,
)
NOT_IN_SHOW: Final = "SHOW is on: edits are drafts here, apply them at the next cycle"


class DraftDesk:
    """One for each engine. `take` puts what waits into use; the engine calls it when a cycle begins."""

    def __init__(self, desk: Desk) -> None:
        self.store = DraftStore(desk.show.drafts, desk.clock)
        self.direct: Callable[[], bool] = lambda: True
        """Whether a text may be saved at once now."""
        self._desk = desk
        self._guard = asyncio.Lock()

    async def handle(self, command: cmd.Command) -> None:
        """Do one command. Raises CommandRefused with a sentence for the operator."""
        try:
            async with self._guard:
                await self._handle(command)
        except (BusError, EngineError) as fault:
            raise fault if isinstance(fault, CommandRefused) else CommandRefused(str(fault)) from fault

    def guarded(self, handler: Callable[[Any], Awaitable[None]]) -> Callable[[Any], Awaitable[None]]:
        """Let a handler of files (`command.path`) leave the bible alone in SHOW; there its past is a draft."""

        async def handle(command: Any) -> None:
            if not self.direct() and bible_files.file_of(command.path) is not None:
                raise CommandRefused(NOT_IN_SHOW)
            await handler(command)

        return handle

    async def take(self) -> None:
        """Put every draft that waits into its file; one that cannot be used is told, kept, and waits no longer."""
        async with self._guard:
            if self.store.is_empty:  # a look of microseconds; a turn through a thread would cost a cycle ten times that
                return
            for draft in await asyncio.to_thread(self.store.all):
                if draft.waiting:
                    await self._take(draft)

    async def _handle(self, command: cmd.Command) -> None:
        match command:
            case cmd.SavePersona(role=role, persona=persona):
                self._refuse_in_show()
                await self._save_persona(role, persona)
            case cmd.SaveBible(file=file, content=content, base=base):
                self._refuse_in_show()
                await self._save(bible_files.path_of(file), base, content)
            case cmd.SaveManuscript(path=path, text=text, base=base):
                self._refuse_in_show()
                await self._save(manuscript_path(path), base, text)
            case cmd.SaveDraft(path=path, base=base, content=content):
                await self._keep(Draft(path=_allowed(path), base=base, content=content))
            case cmd.ApplyDraft(draft_id=draft_id, on=on):
                draft = await asyncio.to_thread(self._known, draft_id)
                await self._keep(draft.model_copy(update={"waiting": on}))
            case cmd.DiscardDraft(draft_id=draft_id):
                await self._discard(draft_id)

    def _refuse_in_show(self) -> None:
        if not self.direct():
            raise CommandRefused(NOT_IN_SHOW)

    async def _save_persona(self, role: str, persona: dict[str, Any]) -> None:
        desk = self._desk

        def save() -> ev.FileWritten:
            return desk.bible.save_persona(role, persona, desk.writer, BY)

        written = await finish_in_thread(save, desk.stream.emit)
        desk.stream.emit(ev.PersonaSaved(role=role, sha256=written.sha256))

    async def _save(self, path: str, base: object, content: object) -> None:
        """Write a text now; its draft, if there is one, has done its work."""
        await self._write(path, base, content, overwrite=base is None)
        await self._discard(path)

    async def _write(self, path: str, base: object, content: object, *, overwrite: bool = False) -> None:
        writer, change = self._desk.writer, change_of(path, base, content)
        if overwrite:
            change = functools.partial(_whatever_was_there, path, content)
        await finish_in_thread(lambda: writer.update(path, change, BY), self._tell_written)
        if not path.startswith(bible_files.FOLDER):
            await self._desk.book.scan()
            await self._desk.book.save()
            self._desk.book.tell()

    def _tell_written(self, written: ev.FileWritten) -> None:
        self._desk.stream.emit(written)
        if bible_files.file_of(written.path) == "personas":
            for role in self._desk.bible.personas():
                self._desk.stream.emit(ev.PersonaSaved(role=role, sha256=written.sha256))

    async def _keep(self, draft: Draft) -> None:
        await finish_in_thread(lambda: self.store.keep(draft), self._tell_kept)

    def _tell_kept(self, draft: Draft) -> None:
        self._desk.stream.emit(ev.DraftSaved(draft_id=draft.draft_id, path=draft.path, waiting=draft.waiting))

    async def _discard(self, draft_id: str) -> None:
        draft = await asyncio.to_thread(self.store.get, draft_id)
        if draft is not None:
            await self._desk.commit(ev.DraftDiscarded(draft_id=draft_id, path=draft.path))
            await asyncio.to_thread(self.store.drop, draft_id)

    def _known(self, draft_id: str) -> Draft:
        draft = self.store.get(draft_id)
        if draft is None:
            raise CommandRefused(f"there is no draft of {draft_id}")
        return draft

    async def _take(self, draft: Draft) -> None:
        try:
            await self._write(draft.path, draft.base, draft.content)
        except (BusError, EngineError) as fault:
            self._desk.stream.emit(ev.Warned(text=f"A draft was not put into use: {fault}", source="drafts"))
            await self._keep(draft.model_copy(update={"waiting": False}))
            return
        await self._desk.commit(ev.DraftApplied(draft_id=draft.draft_id, path=draft.path))
        await asyncio.to_thread(self.store.drop, draft.draft_id)


def _allowed(path: str) -> str:
    """The path of a file drafts may be of. Raises CommandRefused."""
    if bible_files.file_of(path) is not None:
        return path.removeprefix("data/")
    return manuscript_path(path)


def _whatever_was_there(path: str, content: object, old: bytes | None) -> bytes:
    """The change of who said nothing of where the edit began: the content alone, checked like any other."""
    file = bible_files.file_of(path)
    began: object = bible_files.parse(file, old) if file else None if old is None else text_of(old)
    return change_of(path, began, content)(old)
