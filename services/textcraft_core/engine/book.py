"""The matrix in memory and its way to the disk: changes are steps, never lost to a scan or to another program's edit.

Knows no cycle and no service; it tells what changed and who asked is not its business.
"""

import asyncio
import functools
from collections.abc import Callable, Mapping
from typing import Any, Final

from textcraft_bus.clock import Clock
from textcraft_bus.records import dataclass
from textcraft_core.engine.blocking import finish_in_thread
from textcraft_core.engine.survey import Survey, look_again
from textcraft_core.events import Event, MatrixChanged
from textcraft_core.scanner import Scanner, ScanResult
from textcraft_core.show.matrix import ActiveTask, Entry, Matrix, MatrixStore, ProjectStatus, as_data
from textcraft_core.show.touched import touched

COPY_SECONDS: Final = 0.25
"""The good copy of the matrix follows it so much later, beside the work: who saved waits for the matrix alone, and
cycles that follow one another without a pause do not copy a long book at each of their steps."""
Change = Callable[[Matrix], Matrix]


@dataclass(frozen=True, slots=True)
class Look:
    """What a scan found: `seconds` it took, `problems` in sentences that are new since the last look."""

    chapters: int
    words: int
    seconds: float
    problems: tuple[str, ...]


class Book:
    """The one place where the matrix changes. Everything but the scanning itself runs on the loop's thread."""

    def __init__(self, store: MatrixStore, scanner: Scanner, emit: Callable[[Event], None], clock: Clock) -> None:
        self.matrix = Matrix()
        self.protected: frozenset[str] = frozenset()
        self._store = store
        self._store.owe_copies()
        self._copying: asyncio.Future[None] | None = None
        self._copy_due: asyncio.TimerHandle | None = None
        self._scanner = scanner
        self._emit = emit
        self._clock = clock
        self._unsaved: list[Change] = []
        self._on_disk = self.matrix
        self._told = self.matrix
        self._problems: frozenset[str] = frozenset()
        self._surveyed: Mapping[str, Entry] = {}
        self._survey = Survey()
        self._busy = asyncio.Lock()

    @property
    def cost(self) -> float:
        """What the show has cost so far, USD."""
        return self.matrix.metrics.session_cost

    @property
    def survey(self) -> Survey:
        """The book at a glance, made anew only when a chapter changed."""
        content = self.matrix.content
        if self._surveyed is not content:
            self._survey = look_again(self._survey, self._surveyed, content)
            self._surveyed = content
        return self._survey

    def change(self, step: Change) -> None:
        """Change the matrix now; it reaches the disk with the next save, on top of whatever lies there by then."""
        self._unsaved.append(step)
        self.matrix = step(self.matrix)

    async def scan(self, *, again: bool = False) -> Look:
        """Reconcile with the disk: another program's matrix, then the manuscripts. Raises Unreadable.

        `again`: only what programs of this machine did to the manuscripts since the last scan is looked at, if the
        system tells that.
        """
        async with self._busy:
            began = self._clock.monotonic()
            unsaved = tuple(self._unsaved)
            look = functools.partial(self._look, self.matrix, unsaved, again=again)
            result, _ = await finish_in_thread(look, functools.partial(self._on_looked, len(unsaved)))
        seconds = self._clock.monotonic() - began
        return Look(result.chapters, result.words, seconds, self._news(result.problems))

    async def save(self) -> None:
        """Write what changed durably. Raises WriteFailed; the changes are then kept for the next save."""
        async with self._busy:
            write = functools.partial(self._store.save, self.matrix)
            await finish_in_thread(write, functools.partial(self._on_saved, self.matrix, len(self._unsaved)))

    async def save_changes(self) -> None:
        """Save only when something was changed since the last save."""
        if self._unsaved:
            await self.save()

    def tell(self) -> dict[str, Entry]:
        """Emit what changed since the last telling, as MatrixChanged; return the entries."""
        before, after = self._told, self.matrix
        self._told = after
        entries = differences(before.content, after.content)
        removed = _gone(before.content, after.content)
        if entries or removed or before.metrics != after.metrics:
            data = {name: as_data(entry) for name, entry in entries.items()}
            self._emit(MatrixChanged(entries=data, removed=removed, metrics=self.metrics))
        return entries

    @property
    def metrics(self) -> dict[str, Any]:
        """The book's totals, and how many words a chapter is to have, as MatrixChanged tells them."""
        return {**as_data(self.matrix.metrics), "chapter_target_word_count": self._scanner.target_words}

    async def close(self) -> None:
        """Let the scanner keep what it learnt for the next time, and the last good copy reach the disk."""
        if self._copy_due is not None:
            self._copy_due.cancel()
            self._copy()
        if self._copying is not None:
            await asyncio.wait({self._copying})
        await asyncio.to_thread(self._scanner.close)

    def _on_looked(self, applied: int, found: tuple[ScanResult, Matrix]) -> None:
        result, self._on_disk = found
        self.matrix = result.matrix
        for step in self._unsaved[applied:]:
            self.matrix = step(self.matrix)
        self.protected = result.protected
        for warned in self._store.take_warnings():
            self._emit(warned)

    def _on_saved(self, matrix: Matrix, steps: int, written: bool) -> None:
        del self._unsaved[:steps]
        self._on_disk = matrix
        if written and self._copy_due is None:
            self._copy_due = asyncio.get_running_loop().call_later(COPY_SECONDS, self._copy)

    def _copy(self) -> None:
        self._copy_due = None
        self._copying = asyncio.get_running_loop().run_in_executor(None, self._store.keep_copy)

    def _look(self, matrix: Matrix, unsaved: tuple[Change, ...], *, again: bool) -> tuple[ScanResult, Matrix]:
        disk = self._store.load()
        if disk is not self._on_disk:
            matrix = disk
            for step in unsaved:
                matrix = step(matrix)
        return self._scanner.scan(matrix, self._clock, again=again), disk

    def _news(self, problems: tuple[str, ...]) -> tuple[str, ...]:
        fresh = tuple(problem for problem in problems if problem not in self._problems)
        self._problems = frozenset(problems)
        return fresh


def _gone(before: Mapping[str, Entry], after: Mapping[str, Entry]) -> tuple[str, ...]:
    if before is after or before.keys() <= after.keys():
        return ()
    return tuple(name for name in before if name not in after)


def differences(before: Mapping[str, Entry], after: Mapping[str, Entry]) -> dict[str, Entry]:
    """Return the entries that are new or other than before; one that only was touched counts."""
    return {name: after[name] for name in touched(before, after) if before.get(name) != after[name]}


def with_entry(chapter: str, **update: Any) -> Change:
    """Return the step that changes fields of one entry, if it is there."""

    def step(matrix: Matrix) -> Matrix:
        entry = matrix.content.get(chapter)
        return matrix if entry is None else matrix.with_entry(chapter, entry.model_copy(update=update))

    return step


def with_task(task: ActiveTask | None) -> Change:
    """Return the step that notes what is being done, or that nothing is."""
    return lambda matrix: matrix.model_copy(update={"active_task": task})


def with_project_status(status: ProjectStatus) -> Change:
    """Return the step that says where the whole book stands."""
    return lambda matrix: matrix.model_copy(update={"meta": matrix.meta.model_copy(update={"project_status": status})})


def with_cost(usd: float) -> Change:
    """Return the step that adds to what the show has cost."""

    def step(matrix: Matrix) -> Matrix:
        total = matrix.metrics.session_cost + usd
        return matrix.model_copy(update={"metrics": matrix.metrics.model_copy(update={"session_cost": total})})

    return step


def with_facts(facts: Mapping[str, tuple[str, ...]]) -> Change:
    """Return the step that leaves facts on chapters (id → facts); those of chapters that are not there are dropped."""

    def step(matrix: Matrix) -> Matrix:
        for chapter, lines in facts.items():
            if chapter in matrix.content:
                matrix = matrix.with_notes(chapter, *lines)
        return matrix

    return step
