"""One document being edited: what it began from, what it is, undo and redo, what others changed; knows no Qt."""

from typing import Any, Final

from textcraft_core.show.merge import Conflict, Path, get, merge, put, same

MOST_STEPS: Final = 200
"""So many steps can be undone; further back there are the file's versions."""


class Editing:
    """`base` is the file as it was last seen, `content` what the operator made of it; both are plain JSON."""

    def __init__(self, base: Any, content: Any = None, began: Any = None) -> None:
        """Begin from a file, or go on with a draft that `began` from an older state of it."""
        self.base = base
        self.content = base if content is None else content
        self.conflicts: tuple[Conflict, ...] = ()
        self._began = base if began is None else began
        self._undo: list[Any] = []
        self._redo: list[Any] = []
        self._typed: Path | None = None
        if self._began != base:
            disk, self.base = base, self._began
            self.take_theirs(disk)

    @property
    def dirty(self) -> bool:
        """Whether there is something to save."""
        return not same(self.content, self.base)

    @property
    def began(self) -> Any:
        """What a draft of this says it began from: while a choice is open, the state before both edits."""
        return self._began if self.conflicts else self.base

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to take back."""
        return bool(self._undo)

    @property
    def can_redo(self) -> bool:
        """Whether a step was taken back."""
        return bool(self._redo)

    def set(self, path: Path, value: Any) -> None:
        """Change one place; typing on at the same place is one step."""
        if get(self.content, path) != value:
            self._step(put(self.content, path, value), path)

    def replace(self, content: Any, at: Path | None = None) -> None:
        """Change everything at once; with `at`, going on at the same place is one step."""
        if not same(content, self.content):
            self._step(content, at)

    def undo(self) -> None:
        """Take the last step back."""
        self._turn(self._undo, self._redo)

    def redo(self) -> None:
        """Do the last undone step again."""
        self._turn(self._redo, self._undo)

    def take_theirs(self, disk: Any) -> bool:
        """Bring in the file as it is on disk now; True when it had changed. What collides waits for `choose`."""
        if disk == self.base and not self.conflicts:
            return False
        began = self.began
        merged = merge(began, self.content, disk)
        if disk == self.base and merged.conflicts == self.conflicts:
            return False
        self._undo = [merge(began, kept, disk).value for kept in self._undo]
        self._redo, self._typed = [], None
        self._began, self.base, self.content, self.conflicts = began, disk, merged.value, merged.conflicts
        return True

    def choose(self, conflict: Conflict, *, theirs: bool) -> None:
        """Settle one collision: mine stays, or theirs comes in (as a step that can be undone)."""
        self.conflicts = tuple(other for other in self.conflicts if other != conflict)
        if theirs:
            self._step(put(self.content, conflict.path, conflict.theirs), None)

    def saved(self, content: Any) -> None:
        """The file holds this now; what was typed since then stays an edit."""
        self.base, self._began, self.conflicts, self._typed = content, content, (), None

    def _step(self, content: Any, place: Path | None) -> None:
        if place is None or place != self._typed:
            self._undo = [*self._undo[1 - MOST_STEPS :], self.content]
        self._redo, self._typed, self.content = [], place, content

    def _turn(self, back: list[Any], forth: list[Any]) -> None:
        if back:
            forth.append(self.content)
            self.content, self._typed = back.pop(), None
