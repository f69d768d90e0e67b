"""The texts of a show in memory, as editors read them; what a test saves by a command changes them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from textcraft_core import commands as cmd
from textcraft_core import events as ev
from textcraft_core.engine.trial import Prompt
from textcraft_core.errors import BibleError, CommandRefused, JournalError
from textcraft_core.events import Event
from textcraft_core.record.changes import ChangeKind
from textcraft_core.record.differences import Piece, word_diff
from textcraft_core.record.history import Alternative, Standing, Step, Version
from textcraft_core.show import bible_files
from textcraft_core.show.drafts import Draft
from textcraft_core.show.merge import merge

START = datetime(2030, 1, 1, 20, 0, tzinfo=UTC)


class FakeWriting:
    """Satisfies `textcraft_gui.session.ports.WritingPort`."""

    def __init__(self) -> None:
        self.files: dict[str, dict[str, Any]] = {file: {} for file in bible_files.FILES}
        self.between = False
        """No stage is in play at this moment: every question is refused."""
        self.broken: set[str] = set()
        self.manuscripts: dict[str, str] = {}
        self.drafts: dict[str, Draft] = {}
        self.history: dict[str, list[tuple[str, str]]] = {}
        """Path → (who, text) of each version, oldest first; a version's number is its place, from 1."""
        self.replaced: dict[str, list[Alternative]] = {}
        self.undoable: dict[str, tuple[int, int]] = {}
        self.prompts: list[tuple[str, dict[str, Any], str]] = []
        self.next_prompt = Prompt("You write.", "{}", (), (), "ch01_One.md", "m", 812, 2000, 0.0, True)
        self._stamps: dict[str, int] = {}

    def change(self, file: str, content: dict[str, Any]) -> None:
        """Another program writes a file."""
        self.files[file] = content
        path = bible_files.path_of(file)
        self._stamps[path] = self._stamps.get(path, 0) + 1

    def bible(self, file: str) -> dict[str, Any]:
        self._there()
        if file in self.broken:
            raise BibleError(f"{file}.json is broken", "correct it, or bring an older version back")
        return self.files[file]

    def stamp(self, path: str) -> object:
        self._there()
        return self._stamps.get(path, 0)

    def draft(self, path: str) -> Draft | None:
        self._there()
        return self.drafts.get(path)

    def _there(self) -> None:
        if self.between:
            raise CommandRefused("The mode is being changed: wait a moment.")

    async def prompt(self, role: str, persona: dict[str, Any], instructions: str = "") -> Prompt:
        self.prompts.append((role, persona, instructions))
        return self.next_prompt

    async def versions(self, path: str) -> list[Version]:
        made = self.history.get(path, [])
        return [
            Version(
                number, START + timedelta(minutes=number), by, ChangeKind.WRITE, None, number, len(text),
                len(text.split()), f"{number:064x}", current=number == len(made),
            )
            for number, (by, text) in reversed(list(enumerate(made, 1)))
        ]  # fmt: skip

    async def standing(self, path: str) -> Standing:
        done, undone = self.undoable.get(path, (0, 0))
        step: Any = None
        steps: tuple[Step, ...] = (step,)
        return Standing(steps * done, steps * undone, "0", known=True)

    async def text(self, path: str, revision: int) -> str:
        try:
            return self.history[path][revision - 1][1]
        except (KeyError, IndexError) as exc:
            raise JournalError(f"{path} has no revision {revision}") from exc

    async def differences(self, path: str, before: int, after: int) -> tuple[Piece, ...]:
        return word_diff(await self.text(path, before), await self.text(path, after))

    async def compare(self, before: str, after: str) -> tuple[Piece, ...]:
        return word_diff(before, after)

    async def alternatives(self, path: str) -> list[Alternative]:
        return list(self.replaced.get(path, []))

    def answer(self, command: cmd.Command) -> list[Event]:
        """What the engine does with a command about texts. Raises CommandRefused."""
        match command:
            case cmd.SaveBible(file=file, content=content, base=base):
                return self._save(file, content, base)
            case cmd.SaveManuscript(path=path, text=text, base=base):
                if self.manuscripts[f"data/{path}"] not in {base, text}:
                    raise CommandRefused("was changed meanwhile")
                self.manuscripts[f"data/{path}"] = text
                return [_written(path), *self._discard(path)]
            case cmd.SaveDraft(path=path, base=base, content=content):
                self.drafts[path] = Draft(path=path, base=base, content=content)
                return [ev.DraftSaved(draft_id=path, path=path)]
            case cmd.ApplyDraft(draft_id=path, on=on):
                self.drafts[path] = self.drafts[path].model_copy(update={"waiting": on})
                return [ev.DraftSaved(draft_id=path, path=path, waiting=on)]
            case cmd.DiscardDraft(draft_id=path):
                return self._discard(path)
        return []

    def apply(self, path: str) -> list[Event]:
        """A cycle begins: the draft comes into use."""
        draft = self.drafts.pop(path)
        file = bible_files.file_of(path)
        if file is not None:
            self.change(file, draft.content)
        return [_written(path), ev.DraftApplied(draft_id=path, path=path)]

    def _save(self, file: str, content: dict[str, Any], base: dict[str, Any] | None) -> list[Event]:
        merged = merge(self.files[file] if base is None else base, content, self.files[file])
        if merged.conflicts:
            raise CommandRefused("was changed meanwhile")
        self.change(file, merged.value)
        path = bible_files.path_of(file)
        return [_written(path), *self._discard(path)]

    def _discard(self, path: str) -> list[Event]:
        if self.drafts.pop(path, None) is None:
            return []
        return [ev.DraftDiscarded(draft_id=path, path=path)]


def _written(path: str) -> Event:
    return ev.FileWritten(path=f"data/{path}", sha256="0" * 64, size=1, by="operator")
