"""Three-way merging of plain JSON: what two people changed at different keys comes together; knows no file.

A list whose items are objects that all have an `id` of their own is merged by it, like an object; any other list, and
a text, is one value. Where both changed the same thing, mine stays in the result and the conflict is named.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from textcraft_bus.records import dataclass

Path = tuple[str, ...]
"""Keys from the top of a document; an item of a list is named by its `id`, or by its place as a figure."""


class Missing:
    """The value of a key that is not there; there is one, `MISSING`."""

    def __repr__(self) -> str:
        """Say so."""
        return "MISSING"


MISSING: Final = Missing()


@dataclass(frozen=True)
class Conflict:
    """One place that both changed, each in another way."""

    path: Path
    base: Any
    mine: Any
    theirs: Any


@dataclass(frozen=True)
class Merged:
    """What came together, and where it could not."""

    value: Any
    conflicts: tuple[Conflict, ...] = ()


def merge(base: Any, mine: Any, theirs: Any) -> Merged:
    """Return `mine` with what changed from `base` to `theirs` put in."""
    conflicts: list[Conflict] = []
    return Merged(_merge((), base, mine, theirs, conflicts), tuple(conflicts))


def get(document: Any, path: Path, default: Any = MISSING) -> Any:
    """Return what stands at a path."""
    for key in path:
        place = _place(document, key)
        if place is None:
            return default
        document = document[place]
    return document


def put(document: Any, path: Path, value: Any) -> Any:
    """Return a copy of a document with a value at a path, or without it when the value is MISSING.

    Objects that are missing on the way are made; a list has no place for a key it does not know, and stays.
    """
    if not path:
        return value
    key, rest = path[0], path[1:]
    place = _place(document, key)
    if isinstance(document, list):
        if place is None:
            return document
        inner = put(document[place], rest, value)
        return [*document[:place], *([] if inner is MISSING else [inner]), *document[place + 1 :]]
    base = dict(document) if isinstance(document, Mapping) else {}
    inner = put(base.get(key, {}) if rest else None, rest, value)
    if inner is MISSING:
        base.pop(key, None)
        return base
    return {**base, key: inner}


def same(one: Any, other: Any) -> bool:
    """Whether two values are equal; the order of an object's own keys counts, as people see it."""
    if one is MISSING or other is MISSING:
        return one is other
    ordered = not isinstance(one, Mapping) or not isinstance(other, Mapping) or list(one) == list(other)
    return bool(one == other) and ordered


def by_id(value: Any) -> dict[str, Any] | None:
    """Return a list of objects with ids of their own as id → object, None for anything else."""
    if not isinstance(value, Sequence) or isinstance(value, str) or not value:
        return None
    if not all(isinstance(item, Mapping) and isinstance(item.get("id"), str) and item["id"] for item in value):
        return None
    found = {item["id"]: item for item in value}
    return found if len(found) == len(value) else None


def _place(document: Any, key: str) -> Any:
    """The key or the index under which `key` is found, None when it is not."""
    if isinstance(document, Mapping):
        return key if key in document else None
    if not isinstance(document, list):
        return None
    named = by_id(document)
    if named is not None:
        return list(named).index(key) if key in named else None
    return int(key) if key.isdecimal() and int(key) < len(document) else None


def _merge(path: Path, base: Any, mine: Any, theirs: Any, conflicts: list[Conflict]) -> Any:
    if same(mine, theirs) or same(theirs, base):
        return mine
    if same(mine, base):
        return theirs
    if isinstance(mine, Mapping) and isinstance(theirs, Mapping):
        return _merge_objects(path, base if isinstance(base, Mapping) else {}, mine, theirs, conflicts)
    listed = by_id(mine), by_id(theirs), by_id(base)
    if listed[0] is not None and listed[1] is not None:
        return list(_merge_objects(path, listed[2] or {}, listed[0], listed[1], conflicts).values())
    conflicts.append(Conflict(path, base, mine, theirs))
    return mine


def _merge_objects(
    path: Path,
    base: Mapping[str, Any],
    mine: Mapping[str, Any],
    theirs: Mapping[str, Any],
    conflicts: list[Conflict],
) -> dict[str, Any]:
    merged = {}
    for key in dict.fromkeys((*mine, *theirs)):
        was, own, other = (side.get(key, MISSING) for side in (base, mine, theirs))
        value = _merge((*path, str(key)), was, own, other, conflicts)
        if value is not MISSING:
            merged[key] = value
    if not _same_order(base, mine):
        return merged
    return {key: merged[key] for key in dict.fromkeys((*theirs, *merged)) if key in merged}


def _same_order(base: Mapping[str, Any], mine: Mapping[str, Any]) -> bool:
    """Whether I left what was there in its order: then theirs counts."""
    common = [key for key in base if key in mine]
    return common == [key for key in mine if key in base]
