"""The history of files as a reading of the journal: versions, what undo and redo would do, alternatives of passages.

Writes nothing. Paths are relative to the show folder ("data/manuscripts/ch01_One.md"). Every method blocks: from the
loop, call it in a thread.
"""

import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from textcraft_bus.records import dataclass
from textcraft_core.errors import JournalError
from textcraft_core.record.changes import OUTSIDE, Change, ChangeKind
from textcraft_core.record.differences import Piece, passage_of, unified, word_diff
from textcraft_core.record.journal_reader import JournalReader
from textcraft_core.show.text_bytes import text_of

OPERATOR: Final = "operator"
MATRIX: Final = "data/matrix.json"
HUMANS: Final = frozenset({OPERATOR, OUTSIDE})


@dataclass(frozen=True, slots=True)
class Step:
    """A change that undo takes back or redo does again, with the contents' hashes before and after (None: no file)."""

    change: Change
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a file stands: what undo would take back and redo do again, the next of each last; its content's hash.

    `known` is False before the first change, when nothing is known of the file.
    """

    done: tuple[Step, ...] = ()
    undone: tuple[Step, ...] = ()
    sha256: str | None = None
    known: bool = False


@dataclass(frozen=True, slots=True)
class Version:
    """What a file was after one change, `revision` is its id; `exists` False: there was no file."""

    revision: int
    at: datetime
    by: str
    kind: ChangeKind
    of: int | None
    cycle: int
    size: int
    words: int
    sha256: str | None
    current: bool

    @property
    def exists(self) -> bool:
        """Whether there was a file."""
        return self.sha256 is not None


@dataclass(frozen=True, slots=True)
class Alternative:
    """A passage some role wrote that the file no longer holds; `instead` is what stands there now, "" if unknown."""

    revision: int
    at: datetime
    role: str
    cycle: int
    text: str
    words: int
    instead: str


def standing(changes: Iterable[Change]) -> Standing:
    """Return where a file stands after its changes, oldest first."""
    now = Standing()
    earlier: dict[int, Standing] = {}
    for change in changes:
        earlier[change.id] = now
        now = _FOLDS.get(change.kind, _on_changed)(now, change, earlier)
    return now


def _on_changed(now: Standing, change: Change, earlier: Mapping[int, Standing]) -> Standing:  # noqa: ARG001 - one shape for all
    outside = change.kind is ChangeKind.OUTSIDE
    if (outside and not now.known) or (now.known and change.after == now.sha256):
        return Standing(now.done, now.undone, change.after, known=True)
    before = now.sha256 if outside else change.before
    return Standing((*now.done, Step(change, before, change.after)), (), change.after, known=True)


def _on_undone(now: Standing, change: Change, earlier: Mapping[int, Standing]) -> Standing:
    if not now.done or now.done[-1].change.id != change.of:
        return _on_changed(now, change, earlier)
    return Standing(now.done[:-1], (*now.undone, now.done[-1]), change.after, known=True)


def _on_redone(now: Standing, change: Change, earlier: Mapping[int, Standing]) -> Standing:
    if not now.undone or now.undone[-1].change.id != change.of:
        return _on_changed(now, change, earlier)
    return Standing((*now.done, now.undone[-1]), now.undone[:-1], change.after, known=True)


def _on_void(now: Standing, change: Change, earlier: Mapping[int, Standing]) -> Standing:
    before = earlier.get(change.of or 0, now)
    return Standing(before.done, before.undone, change.after, known=True)


_FOLDS: Final[Mapping[ChangeKind, Callable[[Standing, Change, Mapping[int, Standing]], Standing]]] = {
    ChangeKind.UNDO: _on_undone,
    ChangeKind.REDO: _on_redone,
    ChangeKind.VOID: _on_void,
}


class History:
    """What the journal of a show knows of its files."""

    def __init__(self, journal: JournalReader) -> None:
        self._journal = journal

    def paths(self) -> list[str]:
        """Return every file that has a history, sorted; the matrix is kept at each start only, so it has none."""
        return [path for path in self._journal.changed_paths() if path != MATRIX]

    def standing(self, path: str) -> Standing:
        """Return what undo and redo would do to a file."""
        return standing(self._journal.changes(path))

    def versions(self, path: str) -> list[Version]:
        """Return every version of a file, the newest first; the first one in the list is how it is now."""
        made = self._journal.changes(path)
        voided = {change.of for change in made if change.kind is ChangeKind.VOID}
        shown = [change for change in made if change.kind is not ChangeKind.VOID]
        last = next((change.id for change in reversed(shown) if change.id not in voided), None)
        return [_version(change, current=change.id == last) for change in reversed(shown)]

    def text(self, path: str, revision: int) -> str:
        """Return a version's text, "" where there was no file; broken bytes are shown as such. Raises JournalError."""
        content = self.content(path, revision)
        return "" if content is None else decoded(content)

    def content(self, path: str, revision: int) -> bytes | None:
        """Return a version's bytes, None where there was no file. Raises JournalError."""
        return self.kept(self.change(path, revision).after)

    def change(self, path: str, revision: int) -> Change:
        """Return one change of a file. Raises JournalError when the file has no such change."""
        for change in self._journal.changes(path):
            if change.id == revision:
                return change
        raise JournalError(f"{path} has no revision {revision}")

    def kept(self, sha256: str | None) -> bytes | None:
        """Return a kept content by its hash, None for no file. Raises JournalError."""
        return None if sha256 is None else self._journal.content(sha256)

    def unified_diff(self, path: str, before: int, after: int, context: int = 3) -> str:
        """Return the unified diff of two versions, "" when they are the same. Raises JournalError."""
        names = (f"{path} {before}", f"{path} {after}")
        return unified(self.text(path, before), self.text(path, after), names=names, context=context)

    def word_diff(self, path: str, before: int, after: int) -> tuple[Piece, ...]:
        """Return two versions as pieces that are the same, added or removed. Raises JournalError."""
        return word_diff(self.text(path, before), self.text(path, after))

    def alternatives(self, path: str) -> list[Alternative]:
        """Return every passage a role wrote that the file no longer holds, the newest first."""
        changes = [change for change in self._journal.changes(path) if change.kind is not ChangeKind.VOID]
        if not changes:
            return []
        texts = [self._text_of(change.after) for change in changes]
        found: dict[str, Alternative] = {}
        for at, change in enumerate(changes):
            if change.kind is ChangeKind.WRITE and change.by not in HUMANS:
                made = _alternative(change, self._text_of(change.before), texts[at:])
                if made is not None:
                    found[made.text] = made
        return sorted(found.values(), key=lambda each: -each.revision)

    def alternative(self, path: str, revision: int) -> Alternative:
        """Return one alternative of a file by its change. Raises JournalError."""
        for each in self.alternatives(path):
            if each.revision == revision:
                return each
        raise JournalError(f"no passage of {path} was replaced by revision {revision}")

    def _text_of(self, sha256: str | None) -> str:
        try:
            content = self.kept(sha256)
        except JournalError:  # of a journal that did not keep every content: what is there is shown
            return ""
        return "" if content is None else decoded(content)


def decoded(content: bytes) -> str:
    """Return a file's text as it is shown: no mark of order, broken bytes as such."""
    return text_of(content)


def _version(change: Change, *, current: bool) -> Version:
    facts = (change.id, change.at, change.by, change.kind, change.of, change.cycle)
    return Version(*facts, change.size, change.words, change.after, current)


def _alternative(change: Change, before: str, texts: Sequence[str]) -> Alternative | None:
    """Return what a change wrote, if the last of the texts since then (the first is its own) no longer holds it."""
    _, wrote = passage_of(before, texts[0])
    passage = wrote.strip()
    if not passage or passage in texts[-1]:
        return None
    instead = _followed(passage, texts)
    return Alternative(change.id, change.at, change.by, change.cycle, passage, len(passage.split()), instead)


def _followed(passage: str, texts: Sequence[str]) -> str:
    """Return what a passage has become through the later texts, if that stands in the last of them exactly once."""
    for before, after in itertools.pairwise(texts):
        if passage and passage not in after:
            passage = _become(passage, before, after)
    return passage if passage and texts[-1].count(passage) == 1 else ""


def _become(passage: str, before: str, after: str) -> str:
    gone, came = (text.strip() for text in passage_of(before, after))
    if gone and passage.count(gone) == 1:
        return passage.replace(gone, came)
    return came if passage in gone else ""
