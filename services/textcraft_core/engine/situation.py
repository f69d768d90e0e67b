"""What an Architect and a service are told of the book: bounded plain JSON, whatever the length of the book; pure."""

from collections.abc import Mapping
from dataclasses import field
from typing import Any, Final

from textcraft_bus.records import dataclass
from textcraft_core.engine.planning import BriefChapter, NextChapter, Plan
from textcraft_core.engine.recall import spans
from textcraft_core.engine.survey import Survey, by_number, chapter_number
from textcraft_core.options import EngineOptions
from textcraft_core.show.matrix import Entry, Matrix

BEFORE_FOCUS: Final = 2
AFTER_FOCUS: Final = 4
SCENE_WORDS: Final = 2000
"""Who is in the scene is looked for in so many of the target's last words."""


@dataclass(frozen=True, slots=True)
class Orders:
    """An operator's one-turn instruction; `target` is "" when none is forced."""

    instruction: str
    target: str = ""
    source: str = "operator"
    wanted: str = ""
    """The target as it was asked for."""


@dataclass(frozen=True, slots=True)
class Situation:
    """All a cycle knows before it plans."""

    cycle: int
    matrix: Matrix
    survey: Survey
    brief: tuple[BriefChapter, ...]
    following: NextChapter
    options: EngineOptions
    target_words: int
    header_format: str
    lines: tuple[str, ...] = ()
    """What the operator said."""
    visitors: tuple[str, ...] = ()
    """What visitors said: material, never an order."""
    room: Mapping[str, int | bool] = field(default_factory=dict)
    orders: Orders | None = None
    told: Mapping[str, str] = field(default_factory=dict)
    """Summaries of chapters, id → text: of those `chapters_to_tell` names."""


def planning_context(situation: Situation, rejected: tuple[str, ...], attempt: int) -> dict[str, Any]:
    """Return the Architect's context."""
    return {**_common(situation, _focus(situation)), "chapter": {}, "rejected": list(rejected), "attempt": attempt}


def service_context(situation: Situation, plan: Plan, text: str, attempt: int = 0) -> dict[str, Any]:
    """Return the context of the service that carries out a plan; `text` is the target's whole present text."""
    entry = situation.matrix.content.get(plan.chapter_id, Entry())
    return {
        **_common(situation, chapter_number(plan.chapter_id)),
        "chapter": chapter_context(situation, plan, entry, text),
        "notes": list(entry.notes),
        "attempt": attempt,
        "scene_text": last_words(text, SCENE_WORDS),
    }


def chapter_context(situation: Situation, plan: Plan, entry: Entry, text: str) -> dict[str, Any]:
    """Return what is told of the target itself."""
    title = entry.title or _title(situation, plan)
    chars = situation.options.text_chars
    return {
        "id": plan.chapter_id,
        "title": title,
        "status": str(entry.status),
        "path": f"manuscripts/{plan.target}",
        "header": header(situation.header_format, plan.chapter_id, title),
        "words": entry.word_count,
        "target_words": situation.target_words,
        "text": text[-chars:] if chars else "",
        "editor_notes": list(entry.editor_notes),
    }


def header(form: str, chapter: str, title: str) -> str:
    """Return a chapter's header line by the show's own form, "" when it has none."""
    number = chapter_number(chapter)
    return form.replace("{{n}}", str(number or chapter)).replace("{{title}}", title)


def last_words(text: str, words: int) -> str:
    """Return the last words of a text."""
    return " ".join(text.rsplit(None, words)[-words:])


def passage(before: str, after: str, chars: int) -> str:
    """Return what was added to a text, or the end of a text that was rewritten; bounded."""
    added = after[len(before) :] if after.startswith(before) else after
    return added.strip()[-chars:]


def _common(situation: Situation, focus: int) -> dict[str, Any]:
    orders = situation.orders
    return {
        "cycle": situation.cycle,
        "notes": [],
        "story_so_far": story_so_far(situation),
        "summaries": [
            {**each, "summary": situation.told.get(each["id"], "")}
            for each in summaries(situation.matrix, situation.survey, situation.options.summaries)
        ],
        "counts": dict(situation.survey.counts),
        "operator": list(situation.lines),
        "visitors": list(situation.visitors),
        "room": dict(situation.room),
        "override": None if orders is None else {"instruction": orders.instruction, "target": orders.target},
        "rejected": [],
        "plan": _plan_context(situation, focus),
        "passage": {"text": ""},
        "last": [],
    }


def summaries(matrix: Matrix, survey: Survey, limit: int) -> list[dict[str, Any]]:
    """Return at most `limit` chapters in order: the first that are not locked, then the newest locked ones."""
    return [_summary(name, matrix.content[name]) for name in _chosen(survey, limit)]


def chapters_to_tell(survey: Survey, options: EngineOptions) -> list[str]:
    """Return the ids of chapters whose summaries a plan is told: a bounded number, however long the book is."""
    ends = (name for span in _earlier(survey, options) for name in span)
    return list(dict.fromkeys([*ends, *_chosen(survey, options.summaries)]))


def story_so_far(situation: Situation) -> list[dict[str, str]]:
    """Return the chapters before those told one by one, in a few stretches: how each opens and how it ends."""
    told, found = situation.told, []
    for first, last in _earlier(situation.survey, situation.options):
        texts = dict.fromkeys(filter(None, (told.get(first, ""), told.get(last, ""))))
        found.append({"chapters": first if first == last else f"{first} – {last}", "summary": " … ".join(texts)})
    return found


def _chosen(survey: Survey, limit: int) -> list[str]:
    chosen = survey.open[:limit]
    room = limit - len(chosen)
    chosen += survey.locked[-room:] if room else ()
    return sorted(chosen, key=by_number)


def _earlier(survey: Survey, options: EngineOptions) -> list[tuple[str, str]]:
    one_by_one = set(_chosen(survey, options.summaries))
    return spans([name for name in survey.locked if name not in one_by_one], options.spans)


def _summary(name: str, entry: Entry) -> dict[str, Any]:
    path = entry.path.removeprefix("data/")
    return {"id": name, "title": entry.title, "status": str(entry.status), "words": entry.word_count, "path": path}


def _plan_context(situation: Situation, focus: int) -> dict[str, Any]:
    following = situation.following
    near = [c for c in situation.brief if focus - BEFORE_FOCUS <= c.number <= focus + AFTER_FOCUS]
    return {
        "next_id": following.id,
        "next_title": following.brief.title if following.brief is not None else "",
        "next_file": following.file,
        "all_locked": following.due,
        "chapters": [
            {"id": c.id, "title": c.title, "summary": c.summary, "characters": list(c.characters)} for c in near
        ],
    }


def _focus(situation: Situation) -> int:
    numbers = [chapter_number(name) for name in situation.survey.open[:1]]
    return numbers[0] if numbers else situation.following.number


def _title(situation: Situation, plan: Plan) -> str:
    for chapter in situation.brief:
        if chapter.id == plan.chapter_id and chapter.title:
            return chapter.title
    return plan.target.removesuffix(".md").partition("_")[2].replace("_", " ")
