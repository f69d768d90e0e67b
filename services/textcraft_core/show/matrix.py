"""matrix.json: the state of the book, as models and as one file; knows nothing of how chapters are judged.

Read is the union of what programs wrote, written is the canonical form; unknown keys are kept at every level.
"""

import posixpath
import re
from enum import StrEnum
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, field_validator, model_validator

from textcraft_bus.clock import Clock
from textcraft_core.events import Warned
from textcraft_core.show.folder import ShowFolder
from textcraft_core.show.good_copies import GoodFile, Warnings
from textcraft_core.show.lenient import Part, Whole, Words, as_objects
from textcraft_core.show.matrix_text import MatrixText

MAX_NOTES: Final = 20
MAX_NOTE_CHARS: Final = 280
_MANUSCRIPTS: Final = "data/manuscripts/"
_LEADING: Final = re.compile(r"^(data/)?(manuscripts/)?")
_SERVICES: Final = "ai_services."
_TIMESTAMP: Final = "last_scan_timestamp"


class Status(StrEnum):
    """Where a chapter stands; STAGNANT is read, never written by us."""

    EMPTY = "EMPTY"
    DRAFTING = "DRAFTING"
    REVIEW_READY = "REVIEW_READY"
    REVISION_NEEDED = "REVISION_NEEDED"
    LOCKED = "LOCKED"
    MISSING = "MISSING"
    STAGNANT = "STAGNANT"


class ProjectStatus(StrEnum):
    """Where the whole book stands."""

    ACTIVE = "ACTIVE"
    PAUSED = "PAUSED"
    COMPLETE = "COMPLETE"


class Continuity(StrEnum):
    """What the Editor said last."""

    PENDING = "PENDING"
    PASS = "PASS"  # noqa: S105 - a verdict
    FAIL = "FAIL"


def _as_name(value: Any) -> Any:
    return value.strip().upper().replace(" ", "_").replace("-", "_") if isinstance(value, str) else value


def canonical_path(path: str) -> str:
    """Return a chapter's path as the matrix writes it, whatever separators and leading folders a program used."""
    if not path or path.startswith(_MANUSCRIPTS):
        return path
    plain = posixpath.normpath(path.strip().replace("\\", "/"))
    _, is_absolute, inner = plain.partition("/" + _MANUSCRIPTS)
    return _MANUSCRIPTS + (inner if is_absolute else _LEADING.sub("", plain))


# As in `lenient`: the canonical form first, Python only for what differs from it.
_LEFT = Field(union_mode="left_to_right")
_StatusRead = Annotated[Status | Annotated[Status, BeforeValidator(_as_name)], _LEFT]
_ContinuityRead = Annotated[Continuity | Annotated[Continuity, BeforeValidator(_as_name)], _LEFT]
_Path = Annotated[
    Annotated[str, StringConstraints(pattern=f"^({_MANUSCRIPTS}|$)")] | Annotated[str, AfterValidator(canonical_path)],
    _LEFT,
]


class Meta(Part):
    """What the file says of itself and the project."""

    project_name: str = ""
    title: str = ""
    version: str = "2.1"
    project_status: Annotated[ProjectStatus, BeforeValidator(_as_name)] = ProjectStatus.ACTIVE
    last_scan_timestamp: str = ""


class Metrics(Part):
    """The totals; `session_cost` in USD, the score 0–100."""

    total_word_count: Whole = 0
    chapter_count: Whole = 0
    narrative_integrity_score: Annotated[Whole, Field(ge=0, le=100)] = 100
    session_cost: float = 0.0

    @field_validator("narrative_integrity_score", mode="before")
    @classmethod
    def _within_bounds(cls, value: Any) -> Any:
        return min(100, max(0, value)) if isinstance(value, int | float) else value


class Entry(Part):
    """One chapter. `path` is POSIX, relative to the show folder: `data/manuscripts/ch01.md`."""

    title: str = ""
    path: _Path = ""
    word_count: Whole = 0
    last_modified: str = ""
    status: _StatusRead = Status.EMPTY
    continuity_check: _ContinuityRead = Continuity.PENDING
    editor_notes: Words = ()
    notes: Words = ()


class ActiveTask(Part):
    """What was being done; kept so that a crash can be recovered from."""

    assigned_to: str = ""
    target: str = ""
    action: str = ""

    @field_validator("assigned_to")
    @classmethod
    def _without_package(cls, value: str) -> str:
        return value.removeprefix(_SERVICES)


class Matrix(Part):
    """The whole file; frozen, so a change is a copy and an unchanged entry stays the same object."""

    meta: Meta = Meta.model_construct()
    metrics: Metrics = Metrics.model_construct()
    content: dict[str, Entry] = Field(default_factory=dict)
    active_task: ActiveTask | None = None

    @model_validator(mode="before")
    @classmethod
    def _accept_variants(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        content = as_objects(value.get("content"), "id", "chapter_id")
        task = value.get("active_task")
        return {**value, "content": content, "active_task": task or None}

    def resolve(self, target: str) -> str | None:
        """Return the id of a target given as id, file name or path; None when nothing, or more than one, fits.

        Of entries with one path the one counts whose id the file's name begins with.
        """
        name = posixpath.basename(target.strip().replace("\\", "/"))
        for candidate in (target.strip(), name, name.removesuffix(".md")):
            if candidate in self.content:
                return candidate
        path = canonical_path(target)
        usual = name.removesuffix(".md").split("_", 1)[0]
        if usual in self.content and self.content[usual].path == path:
            return usual  # at once, for a long book costs the search below more than the rest of its plan
        exact = [key for key, entry in self.content.items() if entry.path == path]
        named = exact or [key for key, entry in self.content.items() if posixpath.basename(entry.path) == name]
        return named[0] if len(named) == 1 else None

    def with_entry(self, chapter_id: str, entry: Entry) -> "Matrix":
        """Return this matrix with one entry put in or replaced."""
        return self.model_copy(update={"content": {**self.content, chapter_id: entry}})

    def with_notes(self, chapter_id: str, *facts: str) -> "Matrix":
        """Return this matrix with facts remembered for a chapter: the newest 20, each cut to 280 characters.

        Raises KeyError for a chapter that is not in the matrix.
        """
        entry = self.content[chapter_id]
        # Half a character, as a model may send one, would make the whole file unwritable.
        whole = (fact.encode(errors="replace").decode() for fact in facts)
        fresh = (fact.strip()[:MAX_NOTE_CHARS] for fact in whole)
        notes = (*entry.notes, *(fact for fact in fresh if fact and fact not in entry.notes))[-MAX_NOTES:]
        return self.with_entry(chapter_id, entry.model_copy(update={"notes": notes}))


def as_data(part: Part) -> dict[str, Any]:
    """Return canonical plain JSON data, unknown keys included."""
    return part.model_dump(mode="json")


class MatrixStore:
    """The one reader and writer of matrix.json. Blocking, one call at a time: use it through asyncio.to_thread."""

    def __init__(self, show: ShowFolder, clock: Clock) -> None:
        self._warnings = Warnings()
        self._file = GoodFile(show.matrix, Matrix.model_validate, clock, self._warnings)
        self._saved: Matrix | None = None
        self._text = MatrixText()
        self._owes_copies = False

    def load(self) -> Matrix:
        """Return the matrix on disk: the same object while the file is as we last read or wrote it.

        A broken file is set aside and the last good state returned; without one, an empty matrix, told as a fault.
        Raises Unreadable when the system does not let us read at all.
        """
        matrix = self._file.read()
        if matrix is None:
            matrix = Matrix()
        if not self._file.is_current:
            self._saved = None
        elif self._saved is None or matrix is not self._saved:
            self._saved = matrix
        return matrix

    def owe_copies(self) -> None:
        """From now on `save` leaves the good copy beside the file to `keep_copy`, which the caller then owes."""
        self._owes_copies = True

    def keep_copy(self) -> None:
        """Bring the good copy to the state of the last `save`; may run beside other calls."""
        self._file.keep_copy()

    def save(self, matrix: Matrix) -> bool:
        """Write the matrix durably; False when only the timestamp of the scan would change. Raises WriteFailed."""
        if self._saved is not None and self._file.is_current and _same(matrix, self._saved):
            self._file.adopt(matrix)
            self._saved = matrix
            return False
        self._file.write(self._serialize(matrix), matrix, copy=not self._owes_copies)
        self._saved = matrix
        return True

    def take_warnings(self) -> tuple[Warned, ...]:
        """Return and forget what the operator should be told since the last call."""
        return self._warnings.take()

    def _serialize(self, matrix: Matrix) -> tuple[bytes, ...]:
        data = matrix.model_dump(mode="json", exclude={"content", "active_task"})
        head = {key: data.pop(key) for key in ("meta", "metrics")}
        task = as_data(matrix.active_task) if matrix.active_task else {}
        return self._text.of(head, matrix.content, {"active_task": task, **data})


def _same(one: Matrix, other: Matrix) -> bool:
    if one is other:
        return True
    if one.active_task != other.active_task or one.metrics != other.metrics or one.model_extra != other.model_extra:
        return False
    if one.meta.model_copy(update={_TIMESTAMP: ""}) != other.meta.model_copy(update={_TIMESTAMP: ""}):
        return False
    return one.content is other.content or one.content == other.content
