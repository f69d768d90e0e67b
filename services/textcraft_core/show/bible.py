"""The story bible, read leniently and always as it is on disk; knows nothing of prompts.

A broken file is set aside and its last good copy used; what the operator should know waits in `take_warnings`.
"""

from typing import Any, Final, TypeVar

import orjson
from pydantic import ValidationError

from textcraft_bus.clock import Clock
from textcraft_bus.errors import Unreadable
from textcraft_core.errors import BibleError, PersonaError
from textcraft_core.events import FileWritten, Warned
from textcraft_core.show.bible_models import (
    Character,
    Location,
    Persona,
    ProjectConf,
    StoryBrief,
    Timeline,
    parse_characters,
    parse_locations,
)
from textcraft_core.show.folder import ShowFolder
from textcraft_core.show.good_copies import SETTLE_SECONDS, GoodFile, Warnings
from textcraft_core.show.lenient import as_objects
from textcraft_core.show.writer import ShowWriter

__all__ = [
    "REQUIRED_ROLES",
    "Bible",
    "Character",
    "Location",
    "Persona",
    "ProjectConf",
    "StoryBrief",
    "Timeline",
    "check_persona",
]

T = TypeVar("T")
REQUIRED_ROLES: Final = ("architect", "narrator", "editor")
_PERSONAS: Final = "story_bible/personas.json"
_HELP: Final = {
    "system_prompt": "write the prompt of this role",
    "temperature": "give a number from 0 to 1",
    "max_tokens": "give a whole number above 0",
    "allowed_tools": "give a list of tool names",
    "confirm": "give true or false",
}


class Bible:
    """Blocking reads of small files, kept while (inode, size, mtime_ns) is the same; `persona` reads each time."""

    def __init__(self, show: ShowFolder, clock: Clock) -> None:
        self._warnings = Warnings()

        def file(name: str, parse: Any) -> GoodFile[Any]:
            path = show.bible / f"{name}.json"
            return GoodFile(path, parse, clock, self._warnings, settle_seconds=SETTLE_SECONDS)

        self._personas: GoodFile[dict[str, Any]] = file("personas", _parse_personas)
        self._conf: GoodFile[ProjectConf] = file("project_conf", ProjectConf.model_validate)
        self._characters: GoodFile[dict[str, Character]] = file("characters", parse_characters)
        self._locations: GoodFile[dict[str, Location]] = file("locations", parse_locations)
        self._timeline: GoodFile[Timeline] = file("timeline", Timeline.model_validate)
        self._brief: GoodFile[StoryBrief] = file("story_brief", StoryBrief.model_validate)

    def persona(self, role: str) -> Persona:
        """Return a role's persona as it is on disk this moment. Raises PersonaError with the field and what to do."""
        raw = self._raw_personas(fresh=True)
        if role not in raw:
            raise PersonaError(role, "", "does not exist", f"add the role {role} to it")
        return check_persona(role, raw[role])

    def personas(self) -> dict[str, Persona]:
        """Return role → persona of all that can be used; the others are told as warnings."""
        found: dict[str, Persona] = {}
        for role, raw in self._raw_personas(fresh=False).items():
            try:
                found[role] = check_persona(role, raw)
            except PersonaError as exc:
                self._warnings.add(f"persona {role}", str(exc), fault=role in REQUIRED_ROLES)
            else:
                self._warnings.settle(f"persona {role}")
        return found

    def missing_roles(self) -> tuple[str, ...]:
        """Return the required roles that cannot be used."""
        found = self.personas()
        return tuple(role for role in REQUIRED_ROLES if role not in found)

    def conf(self) -> ProjectConf:
        """Return project_conf.json, or its defaults."""
        return _or_default(self._conf, ProjectConf())

    def characters(self) -> dict[str, Character]:
        """Return id → character."""
        return _or_default(self._characters, {})

    def locations(self) -> dict[str, Location]:
        """Return id → location."""
        return _or_default(self._locations, {})

    def timeline(self) -> Timeline:
        """Return the timeline."""
        return _or_default(self._timeline, Timeline())

    def brief(self) -> StoryBrief:
        """Return the story brief."""
        return _or_default(self._brief, StoryBrief())

    def raw_persona(self, role: str) -> dict[str, Any]:
        """Return a persona as plain data, as the file has it: what an editor begins from, `{}` for a new one."""
        raw = self._raw_personas(fresh=True).get(role)
        return dict(raw) if isinstance(raw, dict) else {}

    def save_persona(
        self, role: str, data: dict[str, Any], writer: ShowWriter, by: str, base: dict[str, Any] | None = None
    ) -> FileWritten:
        """Put one validated persona into the file, all others as they are on disk now.

        `base` is what the editor began from: if the file holds something else for this role by now, nothing is
        written. Raises PersonaError, BibleError, WriteFailed, JournalError.
        """
        check_persona(role, data)
        return writer.update(_PERSONAS, lambda old: _with_persona(old, role, data, base), by)

    def take_warnings(self) -> tuple[Warned, ...]:
        """Return and forget what the operator should be told since the last call."""
        return self._warnings.take()

    def _raw_personas(self, *, fresh: bool) -> dict[str, Any]:
        try:
            raw = self._personas.read(fresh=fresh)
        except Unreadable as exc:
            raise BibleError(str(exc), "check the rights of the file and the disk") from exc
        if raw is None:
            raise BibleError("there is no usable personas.json", "bring one into data/story_bible")
        return raw


def check_persona(role: str, data: Any) -> Persona:
    """Return the persona plain data describes. Raises PersonaError with the first field that is wrong."""
    try:
        persona = Persona.model_validate(data)
    except ValidationError as exc:
        error = exc.errors(include_url=False, include_context=False, include_input=False)[0]
        field = str(error["loc"][0]) if error["loc"] else ""
        what = "is missing" if error["type"] == "missing" else f"is wrong ({error['msg']})"
        raise PersonaError(role, field, what, _HELP.get(field, "correct it in the persona editor")) from exc
    if not persona.system_prompt.strip():
        raise PersonaError(role, "system_prompt", "is empty", _HELP["system_prompt"])
    return persona


def _parse_personas(value: Any) -> dict[str, Any]:
    inner = value.get("personas") if isinstance(value, dict) and set(value) == {"personas"} else None
    return as_objects(value if inner is None else inner, "id", "role", "name")


def _with_persona(old: bytes | None, role: str, data: dict[str, Any], base: dict[str, Any] | None) -> bytes:
    try:
        raw = _parse_personas(orjson.loads((old or b"{}").removeprefix(b"\xef\xbb\xbf")))
    except ValueError as exc:
        raise BibleError("personas.json is broken", "correct it, or bring an older version back") from exc
    if base is not None and raw.get(role, {}) not in (base, data):
        raise PersonaError(role, "", "was changed by another program meanwhile", "load it again, then save your change")
    return orjson.dumps({**raw, role: data}, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _or_default(file: GoodFile[T], default: T) -> T:
    try:
        value = file.read()
    except Unreadable as exc:
        raise BibleError(str(exc), "check the rights of the file and the disk") from exc
    return default if value is None else value
