"""Reading what other programs wrote: the union is accepted, nothing unknown is lost; knows no particular file."""

import json
from collections.abc import Mapping
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, ConfigDict, Field, Strict, model_validator

from textcraft_bus.models import Model

MAX_WHOLE: Final = 2**53
"""The largest count every JSON program holds exactly."""


class Part(Model):
    """A frozen piece of a JSON file: null is what is not there, unknown keys are kept."""

    model_config = ConfigDict(frozen=True, extra="allow", coerce_numbers_to_str=True, defer_build=True)

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, value: Any) -> Any:
        """Let a known key that is null have its default; an unknown one stays null."""
        if value is None:
            return {}
        if not isinstance(value, dict) or None not in value.values():
            return value
        return {key: item for key, item in value.items() if item is not None or key not in cls.model_fields}


def as_whole(value: Any) -> Any:
    """Accept "2000", 2000.0, "" and null for a count."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return 0
    try:
        number = float(value.replace(",", "").replace("_", "").strip()) if isinstance(value, str) else value
        whole = int(number) if isinstance(number, float) else number
    except OverflowError as exc:
        raise ValueError("a finite number was expected") from exc
    if isinstance(whole, int) and abs(whole) > MAX_WHOLE:
        raise ValueError("a smaller number was expected")
    return whole


def as_words(value: Any) -> Any:
    """Accept one string, null or a list for a list of strings; an object in it becomes its JSON."""
    if value is None:
        return ()
    if isinstance(value, str):
        return (value,) if value.strip() else ()
    if isinstance(value, Mapping):
        return tuple(f"{key}: {item}" for key, item in value.items())
    if not isinstance(value, list | tuple):
        raise ValueError(f"a list was expected, not {type(value).__name__}")
    return tuple(
        item if isinstance(item, str) else json.dumps(item, ensure_ascii=False) for item in value if item is not None
    )


def as_objects(value: Any, *keys: str) -> dict[str, Any]:
    """Accept `{id: object}`, null, or a list of objects that name themselves under one of `keys`.

    Raises ValueError for anything else, and for an object without a name.
    """
    if value is None:
        return {}
    if isinstance(value, Mapping):
        return {str(key): item for key, item in value.items()}
    if not isinstance(value, list):
        raise ValueError(f"an object was expected, not {type(value).__name__}")
    named = [(_name_of(item, keys), item) for item in value]
    if len({name for name, _ in named}) < len(named):
        raise ValueError("two objects in the list have one name")
    return dict(named)


def _name_of(item: Any, keys: tuple[str, ...]) -> str:
    for key in keys:
        if isinstance(item, Mapping) and item.get(key) not in {None, ""}:
            return str(item[key])
    raise ValueError(f"an object in the list has no {' or '.join(keys)}")


# The canonical form is tried first, without calling into Python: a long book has 3,000 entries.
Whole = Annotated[
    Annotated[int, Strict(), Field(ge=-MAX_WHOLE, le=MAX_WHOLE)] | Annotated[int, BeforeValidator(as_whole)],
    Field(union_mode="left_to_right"),
]
Words = Annotated[
    tuple[Annotated[str, Strict()], ...] | Annotated[tuple[str, ...], BeforeValidator(as_words)],
    Field(union_mode="left_to_right"),
]
