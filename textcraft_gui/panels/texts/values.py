"""How values of a JSON file stand in a field and come back from it without changing their kind; pure."""

import json
from collections.abc import Mapping
from typing import Any

from textcraft_core.show.lenient import as_words
from textcraft_core.show.merge import MISSING
from textcraft_gui.panels.texts.specs import Kind


def shown(kind: Kind, value: Any) -> str:
    """A value as the text of a field."""
    if value is MISSING or value is None:
        return ""
    match kind:
        case Kind.WORDS:
            return _lines(value)
        case Kind.PAIRS:
            return _pairs(value)
        case Kind.FREE:
            return _free(value)
    return value if isinstance(value, str) else _plain(value)


def read(kind: Kind, text: str, before: Any) -> Any:
    """The value a field's text stands for; `before` is what stood there, whose kind is kept where it can be."""
    match kind:
        case Kind.WHOLE | Kind.NUMBER:
            return _number(kind, text)
        case Kind.WORDS:
            return [line for line in (line.strip() for line in text.split("\n")) if line]
        case Kind.PAIRS:
            return text if isinstance(before, str) else _read_pairs(text, before)
        case Kind.FREE:
            return _read_free(text, before)
    return text


def _plain(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _lines(value: Any) -> str:
    try:
        return "\n".join(as_words(value))
    except ValueError:
        return _plain(value)


def _is_flat(value: Any) -> bool:
    return isinstance(value, Mapping) and all(isinstance(item, str) and "\n" not in item for item in value.values())


def _pairs(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        return "\n".join(f"{key}: {item if isinstance(item, str) else _plain(item)}" for key, item in value.items())
    return _lines(value)


def _free(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list | tuple) and all(isinstance(item, str) for item in value):
        return "\n".join(value)
    return _pairs(value) if _is_flat(value) else json.dumps(value, ensure_ascii=False, indent=2)


def _number(kind: Kind, text: str) -> Any:
    """A number, or the text itself when it is none: the check says so beside the field."""
    for make in (int,) if kind is Kind.WHOLE else (int, float):
        try:
            number = make(text)
        except ValueError:
            continue
        return number if number == number and abs(number) != float("inf") else text  # noqa: PLR0124 - not a number
    return text


def _read_pairs(text: str, before: Any) -> dict[str, Any]:
    """Lines to an object; what was no text and was not touched stays what it was."""
    known = before if isinstance(before, Mapping) else {}
    found: dict[str, Any] = {}
    for line in filter(str.strip, text.split("\n")):
        key, _, item = (part.strip() for part in line.partition(":"))
        kept = known.get(key)
        found[key] = kept if kept is not None and not isinstance(kept, str) and _plain(kept) == item else item
    return found


def _read_free(text: str, before: Any) -> Any:
    stripped = text.strip()
    if stripped[:1] in {"{", "["}:
        try:
            return json.loads(stripped)
        except ValueError:
            return text
    if isinstance(before, list | tuple):
        return read(Kind.WORDS, text, before)
    return _read_pairs(text, before) if _is_flat(before) and before else text
