"""Turns a decision into a plan that can be carried out, or says why it cannot; pure, asks nobody and writes nothing."""

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any, Final, Literal

from textcraft_bus.records import dataclass
from textcraft_core.engine.decisions import Action, DecisionPayload, bare_target
from textcraft_core.engine.survey import Survey
from textcraft_core.errors import DecisionError
from textcraft_core.scanner import chapter_id
from textcraft_core.show.matrix import Matrix, Status

MANUSCRIPTS: Final = "data/manuscripts/"
Source = Literal["architect", "operator", "recovered"]
_NEW_FILE: Final = re.compile(r"ch\d{2,6}_[\w-]{1,100}\.md")
_DIGITS: Final = re.compile(r"\d{1,6}")
MAX_SUMMARY_CHARS: Final = 600
MAX_TITLE_CHARS: Final = 80


@dataclass(frozen=True, slots=True)
class Plan:
    """What a cycle will do; `target` is a file name below manuscripts/, `new` that it has no file yet."""

    action: Action
    role: str = ""
    target: str = ""
    chapter_id: str = ""
    notes: str = ""
    characters: tuple[str, ...] = ()
    source: Source = "architect"
    new: bool = False

    @property
    def dispatches(self) -> bool:
        """Whether a service has work to do."""
        return self.target != ""


@dataclass(frozen=True, slots=True)
class BriefChapter:
    """One chapter as the story brief has it."""

    number: int
    title: str
    summary: str = ""
    characters: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """The chapter's id."""
        return f"ch{self.number:02d}"

    @property
    def file(self) -> str:
        """The name its file will have, "" when the brief gives no title."""
        return f"{self.id}_{_slug(self.title)}.md" if _slug(self.title) else ""


@dataclass(frozen=True, slots=True)
class NextChapter:
    """The chapter to open next; `brief` is None beyond the story brief. `due` says that it may be opened now."""

    number: int
    brief: BriefChapter | None
    due: bool

    @property
    def id(self) -> str:
        """The chapter's id."""
        return f"ch{self.number:02d}"

    @property
    def file(self) -> str:
        """The name its file will have, "" while nobody has given it a title."""
        return self.brief.file if self.brief is not None else ""


def brief_chapters(brief: Mapping[str, Any]) -> tuple[BriefChapter, ...]:
    """Return `structure.chapters` of a story brief, given as titles or objects, in the order of their numbers."""
    structure = brief.get("structure")
    listed = structure.get("chapters") if isinstance(structure, Mapping) else None
    if isinstance(listed, Mapping):
        listed = [{"id": key, **value} if isinstance(value, Mapping) else value for key, value in listed.items()]
    found: dict[int, BriefChapter] = {}
    for place, value in enumerate(listed if isinstance(listed, list | tuple) else (), start=1):
        chapter = _brief_chapter(value, place)
        found.setdefault(chapter.number, chapter)
    return tuple(found[number] for number in sorted(found))


def _brief_chapter(value: object, place: int) -> BriefChapter:
    if not isinstance(value, Mapping):
        return BriefChapter(place, _words(value)[:MAX_TITLE_CHARS])
    number = next((_number(value[key]) for key in ("number", "chapter", "id") if _number(value.get(key))), place)
    title = _words(value.get("title") or value.get("name") or value.get("text"))[:MAX_TITLE_CHARS]
    summary = _words(value.get("summary") or value.get("description") or value.get("beat"))
    people = value.get("characters") or value.get("characters_involved") or ()
    names = tuple(_words(name) for name in people) if isinstance(people, list | tuple) else ()
    return BriefChapter(number, title, summary[:MAX_SUMMARY_CHARS], names)


def _number(value: object) -> int:
    if isinstance(value, bool):
        return 0
    found = _DIGITS.search(str(value)) if isinstance(value, int | str) else None
    return int(found[0]) if found else 0


def _words(value: object) -> str:
    return " ".join(value.split()) if isinstance(value, str) else ""


def _slug(title: str) -> str:
    return re.sub(r"[\W_]+", "_", unicodedata.normalize("NFC", title)).strip("_")


def next_chapter(survey: Survey, brief: Collection[BriefChapter]) -> NextChapter:
    """Return the chapter to open next: the first of the brief that has no entry, else one after the highest."""
    wanted = next((chapter for chapter in brief if chapter.number not in survey.numbers), None)
    number = wanted.number if wanted is not None else max(survey.numbers, default=0) + 1
    return NextChapter(number, wanted, due=not survey.open)


def is_complete(survey: Survey, following: NextChapter) -> bool:
    """Whether every chapter of the brief is written and everything is locked."""
    return bool(survey.locked) and following.due and following.brief is None


def settle(
    decision: DecisionPayload,
    *,
    matrix: Matrix,
    following: NextChapter,
    roles: Collection[str],
    protected: Collection[str] = (),
    source: Source = "architect",
) -> Plan:
    """Return the plan a decision comes to; raise DecisionError for a role or target that does not exist."""
    if not decision.dispatches:
        return Plan(decision.action_type, notes=decision.context_notes, source=source)
    role = decision.assigned_agent
    if role not in roles or role == "architect":
        raise DecisionError(f"{role} is no agent (one of {', '.join(sorted(set(roles) - {'architect'}))})")
    place = locate(decision.target_file, matrix, following, protected)
    if place.new and decision.action_type is Action.EDIT:
        raise DecisionError(f"{place.target} cannot be edited: it is not written yet")
    return replace(
        place,
        action=decision.action_type,
        role=role,
        notes=decision.context_notes,
        characters=decision.characters,
        source=source,
    )


def locate(target: str, matrix: Matrix, following: NextChapter, protected: Collection[str] = ()) -> Plan:
    """Return where a target is, as a plan without a role; raise DecisionError when nothing may be written there."""
    found = matrix.resolve(target)
    if found is None:
        return _new_place(bare_target(target), following)
    entry = matrix.content[found]
    if entry.status is Status.LOCKED:
        raise DecisionError(f"{found} is locked")
    if found in protected:
        raise DecisionError(f"{found} is protected: its file is not UTF-8")
    name = entry.path.removeprefix(MANUSCRIPTS)
    return Plan(Action.GENERATE, target=name, chapter_id=found, new=entry.status is Status.MISSING)


def _new_place(target: str, following: NextChapter) -> Plan:
    if not following.due:
        raise DecisionError(f"{target} is not in the matrix, and chapters that are not locked come first")
    if chapter_id(target) != following.id:
        wanted = following.file or f"{following.id}_Title.md"
        raise DecisionError(f"{target} is not in the matrix; the next chapter is {wanted}")
    file = following.file or target
    if not following.file and not _NEW_FILE.fullmatch(unicodedata.normalize("NFC", file)):
        raise DecisionError(f"{target} has no title: beyond the brief a new chapter is named {following.id}_Title.md")
    return Plan(Action.GENERATE, target=file, chapter_id=following.id, new=True)
