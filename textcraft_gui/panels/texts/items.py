"""The items of a file, by row: add, copy, move, rename, remove; every function returns new content. Pure."""

from collections.abc import Mapping
from typing import Any, Final

from textcraft_core.show.merge import MISSING, Path, by_id, get, put
from textcraft_gui.panels.texts.specs import Spec

NEW: Final = "new"


def keys(content: Any, spec: Spec) -> list[str]:
    """Under which key each item is found, in order."""
    found = _found(content, spec)
    if isinstance(found, Mapping):
        return [str(key) for key in found]
    named = by_id(found)
    return list(named) if named else [str(number) for number in range(len(found))]


def path_at(content: Any, spec: Spec, row: int) -> Path:
    """Where the item of a row stands; the place of a file without items is its top."""
    if spec.items is None:
        return ()
    return (*spec.items, keys(content, spec)[row])


def title_at(content: Any, spec: Spec, row: int) -> str:
    """What an item is called in the list."""
    key = keys(content, spec)[row]
    item = get(content, path_at(content, spec, row))
    name = str(get(item, spec.title, "") or "") if isinstance(item, Mapping) else ""
    own = str(item.get("id") or "") if isinstance(item, Mapping) and not spec.named else key
    if spec.file == "personas":
        return key
    return name or own or f"{spec.item} {row + 1}"


def add(content: Any, spec: Spec, item: Mapping[str, Any] | None = None, row: int | None = None) -> tuple[Any, int]:
    """Put a new item (or a copy of `item`) behind a row, or at the end; returns its row too."""
    found, at = _found(content, spec), 0
    taken = set(keys(content, spec))
    at = len(found) if row is None else row + 1
    made = dict(item or {})
    if isinstance(found, Mapping):
        key = _free_key(keys(content, spec)[row] if item is not None and row is not None else NEW, taken)
        pairs = list(found.items())
        return _back(content, spec, dict([*pairs[:at], (key, made), *pairs[at:]])), at
    ids = {str(each.get("id")) for each in found if isinstance(each, Mapping)}
    made["id"] = _free_key(str(made.get("id") or f"{spec.item}-{len(found) + 1}"), ids)
    return _back(content, spec, [*found[:at], made, *found[at:]]), at


def remove(content: Any, spec: Spec, row: int) -> Any:
    """Take an item out."""
    return put(content, path_at(content, spec, row), MISSING)


def move(content: Any, spec: Spec, row: int, by: int) -> tuple[Any, int]:
    """Move an item up (-1) or down (1); at the end it stays."""
    found, to = _found(content, spec), row + by
    if not 0 <= to < len(found):
        return content, row
    order: list[Any] = list(found.items()) if isinstance(found, Mapping) else list(found)
    order[row], order[to] = order[to], order[row]
    return _back(content, spec, dict(order) if isinstance(found, Mapping) else order), to


def rename(content: Any, spec: Spec, row: int, key: str) -> Any:
    """Give a named item another name; one that is empty or taken changes nothing."""
    found, old = _found(content, spec), keys(content, spec)[row]
    if not isinstance(found, Mapping) or not key.strip() or (key in found and key != old):
        return content
    return _back(content, spec, {(key if name == old else name): item for name, item in found.items()})


def _found(content: Any, spec: Spec) -> Any:
    found = get(content, spec.items or (), MISSING)
    if spec.named or isinstance(found, Mapping):
        return found if isinstance(found, Mapping) else {}
    return found if isinstance(found, list) else []


def _back(content: Any, spec: Spec, found: Any) -> Any:
    return put(content, spec.items or (), found)


def _free_key(wanted: str, taken: set[str]) -> str:
    number, key = 1, wanted
    while key in taken:
        number += 1
        key = f"{wanted}-{number}"
    return key
