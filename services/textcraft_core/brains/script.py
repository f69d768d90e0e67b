"""The rehearsal's material: a show's `script/` completed from the engine's templates; no role's rules."""

import json
from collections.abc import Mapping
from dataclasses import field
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, Protocol

from textcraft_bus.records import dataclass
from textcraft_core.ai_services.client import BrainError
from textcraft_core.errors import BrainFault

PARTS: Final = (
    "common", "world", "places", "characters", "chapters", "further", "architect", "editor", "illustrator", "report",
)  # fmt: skip
Part = Mapping[str, Any]


class Reading(Protocol):
    """A folder of a show or of the package."""

    def joinpath(self, name: str, /) -> Any:
        """Return what is called so in it."""
        ...


@dataclass(frozen=True)
class Script:
    """All material, by file name without its ending."""

    parts: Mapping[str, Part] = field(default_factory=dict)

    def part(self, name: str) -> Part:
        """Return one file's content, {} when nobody wrote it."""
        return self.parts.get(name, {})

    def pool(self, part: str, key: str) -> tuple[str, ...]:
        """Return the templates under a key of a file."""
        return texts(self.part(part).get(key))

    @cached_property
    def chapters(self) -> dict[str, Part]:
        """The planned chapters by title, compared without regard to case and punctuation."""
        listed = self.part("chapters").get("chapters")
        return {title_key(str(chapter.get("title"))): chapter for chapter in _objects(listed)}

    @cached_property
    def arcs(self) -> tuple[Part, ...]:
        """What chapters beyond the plan are about, in the order they are told."""
        return tuple(_objects(self.part("further").get("arcs")))


def title_key(title: str) -> str:
    """Return what two spellings of a title have in common."""
    return "".join(sign for sign in title.casefold() if sign.isalnum())


def texts(value: Any) -> tuple[str, ...]:
    """Return the texts of a list; anything else holds none."""
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()


def mapping(value: Any) -> Part:
    """Return an object; anything else is an empty one."""
    return value if isinstance(value, Mapping) else {}


def _objects(value: Any) -> list[Part]:
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


class ScriptShelf:
    """Reads the script of one show, again only when one of its files changed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._templates: dict[str, Part] | None = None
        self._seen: tuple[tuple[str, int, int], ...] = ()
        self._script: Script | None = None

    def read(self) -> Script:
        """Return the script as it is on disk. Raises BrainError when a file of it is no JSON object."""
        seen = _signature(self._folder)
        if self._script is None or seen != self._seen:
            self._script, self._seen = self._load(), seen
        return self._script

    def _load(self) -> Script:
        if self._templates is None:
            self._templates = {name: _packaged(name) for name in PARTS}
        own = {name: _own(self._folder / f"{name}.json") for name in PARTS}
        has_own = any(own[name] for name in ("chapters", "further", "characters", "places"))
        return Script({name: _joined(name, self._templates[name], own[name], has_own) for name in PARTS})


def _joined(name: str, template: Part, own: Part, has_own: bool) -> Part:
    """Complete a show's part from the templates; stories are never mixed, so its own arcs stand alone."""
    if name in ("chapters", "further") and has_own and own:
        return own
    return {**template, **own}


def _signature(folder: Path) -> tuple[tuple[str, int, int], ...]:
    found = []
    for name in PARTS:
        try:
            status = (folder / f"{name}.json").stat()
        except OSError:
            continue
        found.append((name, status.st_mtime_ns, status.st_size))
    return tuple(found)


def _own(path: Path) -> Part:
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return {}
    except OSError as fault:
        raise BrainError(BrainFault.MISSING, f"script/{path.name} cannot be read: {fault.strerror}") from fault
    return _parse(path.name, raw)


def _packaged(name: str) -> Part:
    return _parse(name, (files("textcraft_core") / "templates" / "script" / f"{name}.json").read_bytes())


def _parse(name: str, raw: bytes) -> Part:
    try:
        value = json.loads(raw.removeprefix(b"\xef\xbb\xbf"))
    except (ValueError, RecursionError) as fault:
        raise BrainError(BrainFault.MISSING, f"script/{name} is no JSON: {fault}") from fault
    if not isinstance(value, dict):
        raise BrainError(BrainFault.MISSING, f"script/{name} holds no object")
    return value
