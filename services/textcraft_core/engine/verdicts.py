"""What a verdict or a lock does to the matrix; pure steps, asks nobody."""

from typing import Final

from textcraft_core.engine.book import Change, with_entry
from textcraft_core.show.matrix import Continuity, Matrix, Status

FAIL_COSTS: Final = 5
"""Points of narrative integrity one FAIL takes."""


def passed(chapter: str) -> Change:
    """Return the step of PASS: locked, and all notes cleared."""
    return with_entry(chapter, status=Status.LOCKED, continuity_check=Continuity.PASS, editor_notes=(), notes=())


def failed(chapter: str, notes: tuple[str, ...]) -> Change:
    """Return the step of FAIL: to be revised by these notes, and the book's integrity falls."""
    mark = with_entry(chapter, status=Status.REVISION_NEEDED, continuity_check=Continuity.FAIL, editor_notes=notes)

    def step(matrix: Matrix) -> Matrix:
        score = max(0, matrix.metrics.narrative_integrity_score - FAIL_COSTS)
        metrics = matrix.metrics.model_copy(update={"narrative_integrity_score": score})
        return mark(matrix).model_copy(update={"metrics": metrics})

    return step


def lock(chapter: str) -> Change:
    """Return the step of an operator's lock: what the Editor said stays."""
    return with_entry(chapter, status=Status.LOCKED)


def unlock(chapter: str, target_words: int) -> Change:
    """Return the step that opens a locked chapter: by its length it is a draft or ready for review."""

    def step(matrix: Matrix) -> Matrix:
        words = matrix.content[chapter].word_count if chapter in matrix.content else 0
        status = Status.REVIEW_READY if words >= target_words else Status.DRAFTING
        return with_entry(chapter, status=status, continuity_check=Continuity.PENDING)(matrix)

    return step
