"""Reconciles the matrix with the manuscripts on disk; changes no file and deletes nothing."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Final

from textcraft_bus.clock import Clock
from textcraft_bus.disk.sandbox_names import same_elsewhere
from textcraft_bus.records import dataclass
from textcraft_core.show.bible import Bible
from textcraft_core.show.folder import ShowFolder
from textcraft_core.show.manuscript_files import Found, ManuscriptFiles, Text
from textcraft_core.show.matrix import Continuity, Entry, Matrix, Metrics, Status
from textcraft_core.show.touched import touched

EMPTY_BELOW: Final = 50
"""A chapter of fewer words counts as not begun."""
# Looking a member up in its enumeration costs more than comparing it, and a scan compares 3,000.
_EMPTY, _DRAFTING, _REVIEW_READY, _FAIL = Status.EMPTY, Status.DRAFTING, Status.REVIEW_READY, Continuity.FAIL


@dataclass(frozen=True, slots=True)
class ScanResult:
    """The matrix as it is now, and what differs from the one given.

    `problems` are sentences for the operator and stay until they are solved; `protected` are ids whose file nothing
    may write; `removed` are ids that were there at the last scan and are no longer in the matrix.
    """

    matrix: Matrix
    changed: dict[str, Entry]
    removed: tuple[str, ...]
    problems: tuple[str, ...]
    chapters: int
    words: int
    protected: frozenset[str]


class Scanner:
    """Blocking: call it through asyncio.to_thread, one call at a time."""

    def __init__(self, show: ShowFolder, bible: Bible) -> None:
        self._files = ManuscriptFiles(show)
        self._bible = bible
        self._locked: dict[str, int] = {}
        self._twins = _Twins()
        self._target = 0
        self._ids: dict[str, str] | None = None
        """Path → id while each entry has a file of its own and nothing is wrong with any of them."""
        self._last: ScanResult | None = None

    @property
    def target_words(self) -> int:
        """Words from which a chapter is ready for review, as of the last scan."""
        return self._target

    def scan(self, matrix: Matrix, clock: Clock, *, again: bool = False) -> ScanResult:
        """Return the matrix brought up to what is on disk. Raises OSError when the folder itself cannot be read.

        `again`: soon after another scan, which only what programs of this machine did since can have made untrue.
        """
        now = clock.now()
        look = self._files.look_again if again else self._files.walk
        found = look(round(now.timestamp() * 1e9))
        target = self._bible.conf().constraints.chapter_target_word_count
        result = self._catch_up(matrix, found, now) if found.same_files and target == self._target else None
        if result is None:
            self._target = target
            result = self._reconcile(matrix, found, now)
        self._last = result
        return result

    def close(self) -> None:
        """Keep what is known of unchanged files for the next start."""
        self._files.close()

    def _reconcile(self, matrix: Matrix, found: Found, now: datetime) -> ScanResult:
        general = (*found.problems, *self._twins.problems(found.texts))
        draft = _Draft(found, list(general))
        without_file: dict[str, Entry] = {}
        for key, entry in matrix.content.items():
            text = found.texts.get(entry.path)
            if text is None:
                without_file[key] = entry
            elif text.path in found.fresh or not self._is_settled(entry, text):
                self._judge(draft, key, entry, text)
        for path, key in _newcomers(matrix.content, without_file, found.texts):
            self._judge(draft, key, without_file.pop(key, None), found.texts[path])
        for key, entry in without_file.items():
            _miss(draft, key, entry)
        result = self._result(matrix, draft, now)
        ids = {entry.path: key for key, entry in result.matrix.content.items()}
        is_one_to_one = ids.keys() == found.texts.keys() and len(ids) == len(result.matrix.content)
        self._ids = ids if is_one_to_one and len(draft.problems) == len(general) else None
        return result

    def _catch_up(self, matrix: Matrix, found: Found, now: datetime) -> ScanResult | None:
        """Judge only what changed since the last scan; None when that needs a look at the whole book.

        The files are the same as then. Without it a long book would cost all its chapters for each one written.
        """
        last, ids = self._last, self._ids
        if last is None:
            return None
        before, content = last.matrix.content, matrix.content
        if content is before and not found.fresh:
            return _again(last, matrix, now)
        handled = touched(before, content)
        if ids is None or len(content) != len(before) or any(not _is_placed(before, content, key) for key in handled):
            return None
        draft = _Draft(found, list(last.problems))
        for key in {*handled, *(ids[path] for path in found.fresh)}:
            self._judge(draft, key, content[key], found.texts[content[key].path])
        if len(draft.problems) > len(last.problems):
            self._ids = None
        return _caught_up(last, matrix, draft, handled, now)

    def _is_settled(self, entry: Entry, text: Text) -> bool:
        """Say whether an entry certainly is what its text makes of it; in doubt it is judged, which costs more."""
        if entry.word_count != text.words or entry.path != text.path or text.flaw or not entry.last_modified:
            return False
        return entry.continuity_check is not _FAIL and entry.status is _plain_status(text, self._target)

    def _judge(self, draft: "_Draft", key: str, entry: Entry | None, text: Text) -> None:
        if text.flaw:
            draft.flawed.append(key)
            draft.problems.append(f"{text.path}: {text.flaw}; it is left alone")
        if entry is None:
            draft.changed[key] = _first_entry(text, self._target)
            return
        if entry.status is Status.LOCKED:
            draft.problems += self._discrepancies(key, entry, text)
            return
        self._locked.pop(key, None)
        is_changed = entry.word_count != text.words or text.path in draft.found.changed
        judged = self._updated(entry, text, is_changed=is_changed)
        if judged is not entry:
            draft.changed[key] = judged

    def _updated(self, entry: Entry, text: Text, *, is_changed: bool) -> Entry:
        update: dict[str, object] = {"path": text.path, "title": _title(entry, text), "last_modified": _date(text)}
        if not text.flaw:
            update["word_count"] = text.words
            update["status"] = _status(entry, text, self._target, is_changed=is_changed)
            if is_changed and entry.continuity_check is Continuity.FAIL:
                update["continuity_check"] = Continuity.PENDING
        elif entry.status in {Status.MISSING, Status.EMPTY}:
            update["status"] = Status.DRAFTING
        differing = {name: value for name, value in update.items() if getattr(entry, name) != value}
        return entry.model_copy(update=differing) if differing else entry

    def _discrepancies(self, key: str, entry: Entry, text: Text) -> list[str]:
        locked_crc = self._locked.setdefault(key, text.crc)
        if text.words != entry.word_count:
            return [f"{key} is locked, but its file has {text.words} words instead of {entry.word_count}"]
        if text.crc != locked_crc:
            return [f"{key} is locked, but its file was changed"]
        return [f"{key} is locked, but its file holds [TODO]"] if text.has_todo else []

    def _result(self, matrix: Matrix, draft: "_Draft", now: datetime) -> ScanResult:
        content = {**matrix.content, **draft.changed} if draft.changed else matrix.content
        counted = [_counted(entry) for entry in content.values()]
        words, chapters = sum(each[0] for each in counted), sum(each[1] for each in counted)
        fresh = _with_totals(matrix, words, chapters, now).model_copy(update={"content": content})
        before = self._last.matrix.content if self._last else {}
        removed = tuple(key for key in before if key not in content)
        problems, flawed = tuple(draft.problems), frozenset(draft.flawed)
        return ScanResult(fresh, draft.changed, removed, problems, chapters, words, flawed)


@dataclass(slots=True)
class _Draft:
    """What one scan gathers."""

    found: Found
    problems: list[str]
    changed: dict[str, Entry] = field(default_factory=dict)
    flawed: list[str] = field(default_factory=list)


def chapter_id(file_name: str) -> str:
    """Return the id of a manuscript: its stem up to the first `_` (`ch01_The_Hook.md` → `ch01`)."""
    stem = file_name.removesuffix(".md")
    return stem.split("_", 1)[0] or stem


def title_of(file_name: str) -> str:
    """Return the title a file name gives: what follows the id, or the id itself."""
    stem = file_name.removesuffix(".md")
    return stem.partition("_")[2].replace("_", " ").strip() or stem


def _newcomers(
    content: dict[str, Entry], without_file: dict[str, Entry], texts: dict[str, Text]
) -> Iterator[tuple[str, str]]:
    """Yield path and id of files no entry knows: the id of the name, if no other file has it."""
    paths = texts.keys() - {entry.path for entry in content.values()}
    taken = content.keys() - without_file.keys()
    for path in sorted(paths):
        key = _free_id(path, taken)
        taken.add(key)
        yield path, key


def _free_id(path: str, taken: set[str]) -> str:
    inner = PurePosixPath(path).relative_to("data/manuscripts").with_suffix("")
    wishes = (chapter_id(inner.name), inner.name, inner.as_posix())
    return next((wish for wish in wishes if wish not in taken), path)


def _is_placed(before: Mapping[str, Entry], after: Mapping[str, Entry], key: str) -> bool:
    return key in before and before[key].path == after[key].path


def _caught_up(last: ScanResult, matrix: Matrix, draft: _Draft, handled: Iterable[str], now: datetime) -> ScanResult:
    before = last.matrix.content
    content = {**matrix.content, **draft.changed} if draft.changed else matrix.content
    names = {*handled, *draft.changed}
    words = last.words + sum(_counted(content[name])[0] - _counted(before[name])[0] for name in names)
    chapters = last.chapters + sum(_counted(content[name])[1] - _counted(before[name])[1] for name in names)
    fresh = _with_totals(matrix, words, chapters, now).model_copy(update={"content": content})
    return ScanResult(fresh, draft.changed, (), tuple(draft.problems), chapters, words, frozenset(draft.flawed))


def _counted(entry: Entry) -> tuple[int, int]:
    """Return what an entry adds to the totals: its words, and itself."""
    return (entry.word_count, 1) if entry.path and entry.status is not Status.MISSING else (0, 0)


class _Twins:
    """The files that share an id, worked out again only when the files are others."""

    def __init__(self) -> None:
        self._paths: frozenset[str] = frozenset()
        self._problems: tuple[str, ...] = ()

    def problems(self, paths: Iterable[str]) -> tuple[str, ...]:
        fresh = frozenset(paths)
        if fresh != self._paths:
            self._paths, self._problems = fresh, (*_twin_problems(fresh), *_case_problems(fresh))
        return self._problems


def _twin_problems(paths: frozenset[str]) -> Iterator[str]:
    if len({path[path.rfind("/") + 1 : -3].partition("_")[0] for path in paths}) == len(paths):
        return
    by_id: dict[str, list[str]] = {}
    for path in sorted(paths):
        by_id.setdefault(chapter_id(path.rpartition("/")[2]), []).append(path)
    for key, twins in by_id.items():
        if len(twins) > 1:
            yield f"{len(twins)} files have the id {key}: {', '.join(twins)}"


def _case_problems(paths: frozenset[str]) -> Iterator[str]:
    """Tell names that are one name where case does not count: no tool writes them, and a copy would lose one."""
    if len({same_elsewhere(path) for path in paths}) == len(paths):
        return
    by_name: dict[str, list[str]] = {}
    for path in sorted(paths):
        by_name.setdefault(same_elsewhere(path), []).append(path)
    for twins in by_name.values():
        if len(twins) > 1:
            yield f"{len(twins)} files have the same name on other systems: {', '.join(twins)}"


def _first_entry(text: Text, target: int) -> Entry:
    title = title_of(text.path.rpartition("/")[2])
    status = Status.DRAFTING if text.flaw else _plain_status(text, target)
    return Entry(title=title, path=text.path, word_count=text.words, last_modified=_date(text), status=status)


def _status(entry: Entry, text: Text, target: int, *, is_changed: bool) -> Status:
    has_failed = entry.status is Status.REVISION_NEEDED or entry.continuity_check is _FAIL
    return Status.REVISION_NEEDED if has_failed and not is_changed else _plain_status(text, target)


def _plain_status(text: Text, target: int) -> Status:
    if text.has_todo:
        return _DRAFTING
    if text.words < EMPTY_BELOW:
        return _EMPTY
    return _REVIEW_READY if text.words >= target else _DRAFTING


def _miss(draft: _Draft, key: str, entry: Entry) -> None:
    if not entry.path:
        return
    is_locked = entry.status is Status.LOCKED
    draft.problems.append(f"{entry.path} is gone" + (f", though {key} is locked" if is_locked else ""))
    if not is_locked and entry.status is not Status.MISSING:
        draft.changed[key] = entry.model_copy(update={"status": Status.MISSING})


def _title(entry: Entry, text: Text) -> str:
    """A title somebody chose stays; one that came from the old file name follows the new one."""
    is_renamed = entry.path != text.path and entry.title == title_of(entry.path.rpartition("/")[2])
    return title_of(text.path.rpartition("/")[2]) if is_renamed or not entry.title else entry.title


def _date(text: Text) -> str:
    return datetime.fromtimestamp(text.modified_ns / 1e9, UTC).isoformat(timespec="microseconds")


def _with_totals(matrix: Matrix, words: int, chapters: int, now: datetime) -> Matrix:
    meta = matrix.meta.model_copy(update={"last_scan_timestamp": now.isoformat(timespec="seconds")})
    metrics: Metrics = matrix.metrics
    if (metrics.total_word_count, metrics.chapter_count) != (words, chapters):
        metrics = metrics.model_copy(update={"total_word_count": words, "chapter_count": chapters})
    return matrix.model_copy(update={"meta": meta, "metrics": metrics})


def _again(last: ScanResult, matrix: Matrix, now: datetime) -> ScanResult:
    fresh = _with_totals(matrix, last.words, last.chapters, now)
    return ScanResult(fresh, {}, (), last.problems, last.chapters, last.words, last.protected)
