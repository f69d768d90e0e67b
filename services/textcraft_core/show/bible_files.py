"""The bible's files as an editor sees them: plain data in one canonical shape, and what is wrong with it, by place.

Unknown keys stay; broken files are never replaced. Knows no prompt and no widget.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

import orjson
from pydantic import BaseModel, ValidationError

from textcraft_bus.disk.sandbox import Sandbox
from textcraft_bus.errors import FileMissing, Unreadable
from textcraft_bus.records import dataclass
from textcraft_core.errors import BibleError
from textcraft_core.show.bible_models import (
    Character,
    Location,
    Persona,
    ProjectConf,
    StoryBrief,
    Timeline,
)
from textcraft_core.show.lenient import as_objects
from textcraft_core.show.merge import Path, by_id

FILES: Final = ("personas", "project_conf", "characters", "locations", "timeline", "story_brief")
REQUIRED: Final = ("architect", "narrator", "editor")
FOLDER: Final = "story_bible/"


@dataclass(frozen=True)
class Problem:
    """What is wrong at a place; one that is not `fatal` may be saved."""

    path: Path
    text: str
    fatal: bool = True


def path_of(file: str) -> str:
    """The path of a file of the bible, relative to data/."""
    return f"{FOLDER}{file}.json"


def file_of(path: str) -> str | None:
    """Which file of the bible a path (with or without data/) is, None for any other."""
    name = path.removeprefix("data/").removeprefix(FOLDER).removesuffix(".json")
    return name if name in FILES and path.removeprefix("data/") == path_of(name) else None


def parse(file: str, data: bytes | None) -> dict[str, Any]:
    """Return a file's content in its canonical shape; `{}` when there is no file. Raises BibleError."""
    if data is None:
        return {}
    try:
        return canonical(file, orjson.loads(data.removeprefix(b"\xef\xbb\xbf")))
    except ValueError as exc:
        raise BibleError(f"{file}.json is broken ({exc})", "correct it, or bring an older version back") from exc


def dump(content: Mapping[str, Any]) -> bytes:
    """Return the bytes of a file."""
    return orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def read(sandbox: Sandbox, file: str) -> dict[str, Any]:
    """Return what a file of the bible holds now. Raises BibleError, SecurityError."""
    try:
        data: bytes | None = sandbox.read(path_of(file))
    except FileMissing:
        data = None
    except Unreadable as exc:
        raise BibleError(str(exc), "check the rights of the file and the disk") from exc
    return parse(file, data)


def canonical(file: str, value: Any) -> dict[str, Any]:
    """Return parsed JSON in the one shape editors work on. Raises ValueError."""
    match file:
        case "personas":
            return as_objects(_unwrapped(value, file), "id", "role", "name")
        case "characters" | "locations":
            return as_objects(_unwrapped(value, file), "id", "name")
        case "timeline" if isinstance(value, list):
            return {"events": value}
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise ValueError(f"an object was expected, not {type(value).__name__}")
    return dict(value)


def problems(
    file: str, content: Mapping[str, Any], others: Mapping[str, Mapping[str, Any]] | None = None
) -> list[Problem]:
    """Return all that is wrong with a file's content; `others` are the files its names are looked up in."""
    found = [*_CHECKS[file](content)]
    if not found and others is not None:
        found = [*_strangers(file, content, others)]
    return found


def fatal(found: Iterable[Problem]) -> Problem | None:
    """Return the first problem that forbids saving."""
    return next((problem for problem in found if problem.fatal), None)


def _unwrapped(value: Any, file: str) -> Any:
    return value[file] if isinstance(value, Mapping) and set(value) == {file} and value[file] else value


def _by_model(model: type[BaseModel], value: Any, place: Path = ()) -> Iterator[Problem]:
    try:
        model.model_validate(value)
    except ValidationError as exc:
        seen = set()
        for error in exc.errors(include_url=False, include_context=False, include_input=False):
            path = (*place, *_real(value, error["loc"]))
            if path not in seen:
                seen.add(path)
                yield Problem(path, _words(error["type"], error["msg"]))


def _real(value: Any, loc: tuple[int | str, ...]) -> Path:
    """The part of pydantic's place that is in the data; names of union branches are not."""
    path: list[str] = []
    for key in loc:
        if isinstance(value, Mapping) and key in value:
            value = value[key]
        elif isinstance(value, Mapping) and not path:
            return (str(key),)
        elif isinstance(value, list) and isinstance(key, int) and key < len(value):
            named = by_id(value)
            path.append(list(named)[key] if named else str(key))
            value = value[key]
            continue
        else:
            break
        path.append(str(key))
    return tuple(path)


_PLAIN: Final = {
    "missing": "This must be filled in.",
    "string_too_short": "This must be filled in.",
    "greater_than_equal": "This is too small.",
    "less_than_equal": "This is too large.",
    "greater_than": "This must be above 0.",
    "int_parsing": "This is to be a whole number.",
    "int_from_float": "This is to be a whole number.",
    "int_type": "This is to be a whole number.",
    "float_parsing": "This is to be a number.",
    "float_type": "This is to be a number.",
    "finite_number": "This is to be a number.",
    "bool_parsing": "This is to be true or false.",
    "bool_type": "This is to be true or false.",
    "string_type": "This is to be words.",
    "tuple_type": "This is to be a list.",
    "list_type": "This is to be a list.",
    "model_type": "This is to be an object.",
    "dict_type": "This is to be an object.",
}


def _words(kind: str, message: str) -> str:
    return _PLAIN.get(kind) or f"{message.removeprefix('Value error, ').removeprefix('Input ').capitalize()}."


_NEEDED: Final = {
    "name": "Without a name, the role's id is used.",
    "model": "Without a model, the brain's default model is used.",
    "system_prompt": "A persona needs a prompt.",
}


def _personas(content: Mapping[str, Any]) -> Iterator[Problem]:
    for role in REQUIRED:
        if role not in content:
            yield Problem((role,), f"No show can be played without the role {role}.")
    for role, persona in content.items():
        found = {problem.path: problem for problem in _by_model(Persona, persona, (role,))}
        raw = persona if isinstance(persona, Mapping) else {}
        for field, text in _NEEDED.items():
            if not str(raw.get(field) or "").strip():
                found[(role, field)] = Problem((role, field), text, fatal=field == "system_prompt")
        yield from found.values()


def _map_of(model: type[BaseModel]) -> Callable[[Mapping[str, Any]], Iterator[Problem]]:
    def check(content: Mapping[str, Any]) -> Iterator[Problem]:
        for key, item in content.items():
            if not key.strip():
                yield Problem((key,), "This needs an id.")
            yield from _by_model(model, item, (key,))
            if isinstance(item, Mapping) and not str(item.get("name") or "").strip():
                yield Problem((key, "name"), "Without a name, the id is used.", fatal=False)

    return check


def _timeline(content: Mapping[str, Any]) -> Iterator[Problem]:
    yield from _by_model(Timeline, content)
    events = content.get("events")
    if isinstance(events, list) and len(events) > 1 and by_id(events) is None:
        yield Problem(("events",), "Events need ids of their own, each another.", fatal=False)


def _strangers(file: str, content: Mapping[str, Any], others: Mapping[str, Mapping[str, Any]]) -> Iterator[Problem]:
    """Names that nobody has: told, not forbidden."""
    known = {"characters": _names(others.get("characters", {})), "locations": _names(others.get("locations", {}))}
    if file in known:
        known[file] = _names(content)
    for path, kind, name in _references(file, content):
        if name.strip() and name.strip().casefold() not in known[kind]:
            yield Problem(path, f"{name} is not in {kind}.json.", fatal=False)


def _references(file: str, content: Mapping[str, Any]) -> Iterator[tuple[Path, str, str]]:
    for key, item in content.items() if file in {"characters", "locations"} else ():
        if file == "characters" and isinstance(item, Mapping) and isinstance(item.get("relationships"), Mapping):
            for name in item["relationships"]:
                yield (key, "relationships"), "characters", str(name)
        elif file == "locations" and isinstance(item, Mapping):
            yield (key, "parent_location"), "locations", str(item.get("parent_location") or "")
    yield from _listed(file, content)


def _listed(file: str, content: Mapping[str, Any]) -> Iterator[tuple[Path, str, str]]:
    structure = content.get("structure")
    where: Path = ("events",) if file == "timeline" else ("structure", "chapters")
    holder = content if file == "timeline" else structure if file == "story_brief" else None
    items = _list(holder.get(where[-1])) if isinstance(holder, Mapping) else []
    named = by_id(items)
    for number, item in enumerate(items):
        if not isinstance(item, Mapping):
            continue
        place = (*where, item["id"] if named else str(number))
        people = "participants" if file == "timeline" else "characters_involved"
        for name in _list(item.get(people)):
            yield (*place, people), "characters", str(name)
        if file == "timeline":
            yield (*place, "location"), "locations", str(item.get("location") or "")


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _names(items: Mapping[str, Any]) -> set[str]:
    found = set()
    for key, item in items.items():
        raw = item if isinstance(item, Mapping) else {}
        aliases = raw.get("aliases")
        names = (key, raw.get("name"), *(aliases if isinstance(aliases, list) else ()))
        found |= {str(name).strip().casefold() for name in names if name}
    return found


_CHECKS: Final[Mapping[str, Callable[[Mapping[str, Any]], Iterator[Problem]]]] = {
    "personas": _personas,
    "project_conf": lambda content: _by_model(ProjectConf, content),
    "characters": _map_of(Character),
    "locations": _map_of(Location),
    "timeline": _timeline,
    "story_brief": lambda content: _by_model(StoryBrief, content),
}
