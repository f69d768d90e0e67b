"""Holds a service's first prompt within its budget: what is furthest from the task is told shorter, then not at all.

Pure. What was ordered, the target and the plan's next step are never left out.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

Heard = dict[str, Any]
BYTES_PER_TOKEN: Final = 3.0
"""English prose has 4 and more, JSON and other languages fewer: an estimate that is rather too high."""
FEWEST_SUMMARIES: Final = 4
FEWEST_CHARS: Final = 600


def estimated_tokens(text: str) -> int:
    """Return about how many tokens a text has, rather too many."""
    return int(len(text.encode(errors="replace")) / BYTES_PER_TOKEN) + 1


def fitted(heard: Mapping[str, Any], tokens: int) -> Heard:
    """Return what a model is told of the book, shortened until it fits, or until nothing more can be left out."""
    told = dict(heard)
    for shorter in _shortened(told):
        if estimated_tokens(json.dumps(told, ensure_ascii=False)) <= tokens:
            break
        told = shorter
    return told


def _shortened(told: Heard) -> Iterator[Heard]:
    """Yield the same again and again, each time a little shorter; the last is as short as it gets."""
    yield told
    for step in _STEPS:
        while (shorter := step(told)) is not None:
            told = shorter
            yield told


def _without_old_words(told: Heard) -> Heard | None:
    """Leave out the words of the summary furthest back."""
    summaries = list(told.get("summaries") or ())
    at = next((at for at, each in enumerate(summaries[:-FEWEST_SUMMARIES]) if each.get("summary")), None)
    if at is None:
        return None
    summaries[at] = {key: value for key, value in summaries[at].items() if key != "summary"}
    return {**told, "summaries": summaries}


def _with_fewer_spans(told: Heard) -> Heard | None:
    """Tell every second stretch of the story so far."""
    spans = list(told.get("story_so_far") or ())
    return {**told, "story_so_far": spans[1::2]} if spans else None


def _with_fewer_summaries(told: Heard) -> Heard | None:
    """Leave out the chapter furthest back."""
    summaries = list(told.get("summaries") or ())
    return {**told, "summaries": summaries[1:]} if len(summaries) > FEWEST_SUMMARIES else None


def _with_less_plan(told: Heard) -> Heard | None:
    """Leave out the chapter of the brief that is furthest ahead, the next one but last."""
    plan = told.get("plan") or {}
    chapters = list(plan.get("chapters") or ())
    return {**told, "plan": {**plan, "chapters": chapters[:-1]}} if len(chapters) > 1 else None


def _with_fewer_notes(told: Heard) -> Heard | None:
    notes = list(told.get("notes") or ())
    return {**told, "notes": notes[1:]} if notes else None


def _with_less_text(told: Heard) -> Heard | None:
    """Keep the later half of the target's text."""
    chapter = told.get("chapter") or {}
    text = str(chapter.get("text") or "")
    return {**told, "chapter": {**chapter, "text": text[len(text) // 2 :]}} if len(text) > FEWEST_CHARS else None


def _with_fewer_visitors(told: Heard) -> Heard | None:
    visitors = told.get("visitors") or {}
    words = list(visitors.get("words") or ()) if isinstance(visitors, Mapping) else []
    return {**told, "visitors": {**visitors, "words": words[1:]}} if len(words) > 1 else None


_STEPS: Final[tuple[Callable[[Heard], Heard | None], ...]] = (
    _without_old_words,
    _with_fewer_spans,
    _with_fewer_summaries,
    _with_less_plan,
    _with_fewer_notes,
    _with_less_text,
    _with_fewer_visitors,
)
