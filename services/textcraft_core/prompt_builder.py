"""Fills the variables of a persona's prompt from the bible; has no words of its own but the bible's keys.

Labels are the keys of the JSON files, so every sentence a model reads comes from the show's data.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from textcraft_bus.records import dataclass
from textcraft_core.scanner import chapter_id
from textcraft_core.show.bible import Bible
from textcraft_core.show.bible_models import ChapterPlan, Character, Persona
from textcraft_core.show.lenient import Part

CONTEXT_VARIABLES: Final = ("style_guide", "character_context")
"""A persona that names neither has both appended: no writer works blind."""
RECENT_WORDS: Final = 2000
LEFT_OUT: Final = "…"
BRIEF_BEFORE: Final = 3
BRIEF_AFTER: Final = 6
_VARIABLE: Final = re.compile(r"\{\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*\}\}")
_PROTAGONIST: Final = "protagonist"


@dataclass(frozen=True, slots=True)
class Hydrated:
    """A filled template; `unknown` variables are named once each, in order, and stay visible in the text."""

    text: str
    unknown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Scene:
    """The ids of who is in the scene.

    `fallback`: nobody was found, so the protagonist stands in. `unknown`: names the plan gave that nobody has.
    """

    characters: tuple[str, ...]
    fallback: bool
    unknown: tuple[str, ...]


def hydrate(template: str, variables: Mapping[str, str]) -> Hydrated:
    """Put the variables into a template, once: what a value contains is never taken for a variable."""
    unknown: dict[str, None] = {}

    def fill(match: re.Match[str]) -> str:
        if match[1] in variables:
            return variables[match[1]]
        unknown[match[1]] = None
        return match[0]

    return Hydrated(_VARIABLE.sub(fill, template), tuple(unknown))


def named_variables(template: str) -> frozenset[str]:
    """Return the names of the variables a template asks for."""
    return frozenset(_VARIABLE.findall(template))


def system_prompt(persona: Persona, variables: Mapping[str, str]) -> Hydrated:
    """Return a persona's filled prompt, with style and characters appended when it asks for neither."""
    hydrated = hydrate(persona.system_prompt, variables)
    if not named_variables(persona.system_prompt).isdisjoint(CONTEXT_VARIABLES):
        return hydrated
    context = [variables.get(name, "") for name in CONTEXT_VARIABLES]
    return Hydrated("\n\n".join(filter(None, [hydrated.text, *context])), hydrated.unknown)


def variables(bible: Bible, characters_in_scene: Sequence[str], memory: str) -> dict[str, str]:
    """Return every variable a prompt may name; `memory` are the passages found in what was written."""
    conf = bible.conf()
    style, rules = conf.style, conf.constraints
    return {
        "genre": style.genre,
        "tone": style.tone,
        "pov": style.pov,
        "tense": style.tense,
        "target_audience": conf.meta.target_audience,
        "title": conf.meta.title,
        "style_guide": outline({**_plain(style), **_plain(conf.formatting)}),
        "character_context": character_context(bible.characters(), characters_in_scene),
        "forbidden_tropes": ", ".join(rules.forbidden_tropes),
        "required_themes": ", ".join(rules.required_themes),
        "story_brief": outline(_plain(bible.brief())),
        "memory_context": memory,
    }


def brief_outline(bible: Bible, chapter: str, chars: int) -> str:
    """Return the story brief within so many characters: of a longer one, the chapters around this one (an id)."""
    brief = _plain(bible.brief())
    whole = outline(brief)
    structure = brief.get("structure")
    if len(whole) <= chars or not isinstance(structure, dict):
        return cut_lines(whole, chars)
    chapters = structure.get("chapters") or []
    near = _around(bible, chapter)
    short = {**brief, "structure": {**structure, "chapters": [chapters[at] for at in near if at < len(chapters)]}}
    return cut_lines(outline(short), chars)


def cut_lines(text: str, chars: int) -> str:
    """Return a text's first whole lines within so many characters, and a sign where something was left out."""
    if len(text) <= chars:
        return text
    return text[: max(0, chars - len(LEFT_OUT) - 1)].rpartition("\n")[0] + "\n" + LEFT_OUT


def _around(bible: Bible, chapter: str) -> list[int]:
    """Return the places in the brief of the chapters around one, that of the first chapters when it is not in it."""
    plans = bible.brief().structure.chapters
    at = next((place for place, plan in enumerate(plans) if _is_plan_of(plan, chapter)), None)
    if at is None:  # beyond the brief, or nowhere: its last chapters are what leads on
        at = len(plans) - 1 if chapter else 0
    return list(range(max(0, at - BRIEF_BEFORE), min(len(plans), at + BRIEF_AFTER + 1)))


def character_context(characters: Mapping[str, Character], in_scene: Sequence[str]) -> str:
    """Return voice, name, traits, motivation and relationships of those in the scene, a blank line between them."""
    return "\n\n".join(outline(_portrait(characters[key])) for key in in_scene if key in characters)


def characters_in_scene(
    bible: Bible, *, planned: Sequence[str], instructions: str, target: str, target_text: str
) -> Scene:
    """Return who is in the scene.

    Those are the plan's characters, the brief's for this chapter (`target` is its id or file), and whoever's name or
    alias is a whole word of the instructions or of the last 2,000 words of the target's text. If nobody: the
    protagonist.
    """
    characters = bible.characters()
    named = {name: _find(name, characters) for name in (*planned, *_involved(bible, target))}
    text = f"{instructions}\n{_last_words(target_text)}"
    present = [key for key, character in characters.items() if _is_mentioned(key, character, text)]
    found = tuple(dict.fromkeys([key for key in named.values() if key is not None] + present))
    unknown = tuple(name for name in planned if named[name] is None)
    return Scene(found, False, unknown) if found else Scene(_protagonist(characters), True, unknown)


def outline(value: Any, indent: str = "") -> str:
    """Return plain JSON data as indented `key: value` lines; what is empty is left out."""
    return "\n".join(_outline(value, indent))


def _outline(value: Any, indent: str) -> Iterable[str]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _entry(str(key).replace("_", " "), item, indent)
    elif isinstance(value, list | tuple):
        for item in value:
            inner = outline(item, indent + "  ").lstrip()
            if inner:
                yield f"{indent}- {inner}"
    elif not _is_empty(value):
        yield f"{indent}{_scalar(value)}"


def _entry(label: str, item: Any, indent: str) -> Iterable[str]:
    if isinstance(item, list | tuple) and all(isinstance(each, str | int | float) for each in item):
        item = ", ".join(_scalar(each) for each in item)
    if not isinstance(item, Mapping | list | tuple):
        if not _is_empty(item):
            yield f"{indent}{label}: {_scalar(item)}"
        return
    inner = outline(item, indent + "  ")
    if inner:
        yield f"{indent}{label}:\n{inner}"


def _is_empty(value: Any) -> bool:
    return value is None or value == "" or value is False


def _scalar(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _plain(part: Part) -> dict[str, Any]:
    """Return a part's data without what nobody wrote."""
    return part.model_dump(mode="json", exclude_defaults=True)


def _portrait(character: Character) -> dict[str, Any]:
    psychology = character.psychology
    return {
        "voice": _plain(character.voice).get("text") or _plain(character.voice),
        "name": character.name,
        "traits": psychology.traits,
        "motivation": psychology.motivation,
        "relationships": character.relationships,
    }


def _involved(bible: Bible, target: str) -> tuple[str, ...]:
    for plan in bible.brief().structure.chapters:
        if _is_plan_of(plan, target):
            return plan.characters_involved
    return ()


def _is_plan_of(plan: ChapterPlan, target: str) -> bool:
    key = chapter_id(target.replace("\\", "/").rpartition("/")[2])
    if plan.id:
        return chapter_id(plan.id).casefold() == key.casefold()
    digits = re.search(r"\d+", key)
    return bool(digits and plan.number) and int(digits[0] if digits else 0) == plan.number


def _find(name: str, characters: Mapping[str, Character]) -> str | None:
    wanted = name.strip().casefold()
    for key, character in characters.items():
        if wanted in {key.casefold(), character.name.casefold(), *(alias.casefold() for alias in character.aliases)}:
            return key
    return None


def _is_mentioned(key: str, character: Character, text: str) -> bool:
    names = [name.strip() for name in (character.name or key, *character.aliases)]
    pattern = "|".join(re.escape(name) for name in names if name)
    return bool(pattern) and re.search(rf"(?<!\w)(?:{pattern})(?!\w)", text, re.IGNORECASE) is not None


def _last_words(text: str) -> str:
    """Return the end of a text that holds its last 2,000 words."""
    return " ".join(text.rsplit(None, RECENT_WORDS)[-RECENT_WORDS:])


def _protagonist(characters: Mapping[str, Character]) -> tuple[str, ...]:
    for key, character in characters.items():
        if character.role.casefold() == _PROTAGONIST:
            return (key,)
    return tuple(characters)[:1]
