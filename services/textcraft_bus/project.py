"""A project's own messages and ports: finds, loads and checks `schemas.py` and `constants.py`; knows no sockets.

Both files are code. They run only when the operator trusted them (`--trust-project`, or the console's question);
otherwise the base schemas serve, and `refused` says so.
"""

import logging
import os
import sys
from collections.abc import Mapping
from dataclasses import field
from enum import Enum
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import Any, Final

from textcraft_bus import schemas_base as base
from textcraft_bus.constants import DEFAULT_PORTS
from textcraft_bus.errors import BusError
from textcraft_bus.records import dataclass
from textcraft_bus.schemas_base import BASE_SCHEMAS, MessageBase
from textcraft_bus.trust import ProjectCode, is_trusted, read_code, remember_trust

log = logging.getLogger(__name__)

PROJECT_VARIABLE: Final = "PROJECT_ENV"
PROJECTS: Final = "projects"
TRUST_FLAG: Final = "--trust-project"
_MODULE: Final = "textcraft_project"
_BASE_PORTS: Final = MappingProxyType(dict(DEFAULT_PORTS))


class ProjectError(BusError):
    """A project's own code cannot be used; the message names the file and what to mend."""


@dataclass(frozen=True, slots=True)
class Project:
    """What a project adds to the ecosystem's schemas and ports."""

    folder: Path | None = None
    names: Mapping[str, Any] = field(default_factory=dict)
    """What its schemas.py defines, by name."""
    schemas: Mapping[str, type[MessageBase]] = field(default_factory=lambda: BASE_SCHEMAS)
    """Every message class by its type, the project's own before the base ones."""
    ports: Mapping[str, int] = field(default_factory=dict)
    """The ports it overrides."""
    refused: str = ""
    """Why its code was not run, one sentence for the operator; empty when it was, or when there is none."""


def project_folder(name: str = "") -> Path | None:
    """The folder of a project, by path or by name below `projects/`; "" means what PROJECT_ENV names. None: none."""
    wanted = name or os.environ.get(PROJECT_VARIABLE, "")
    if not wanted:
        return None
    folders = (Path(wanted).expanduser(), Path(PROJECTS) / wanted)
    return next((folder.resolve() for folder in folders if folder.is_dir()), None)


def load_project(folder: Path | None, *, trust: bool = False) -> Project:
    """Load a project's own code; `trust` remembers that the operator trusts it as it is now.

    Runs the code when it is trusted. Raises ProjectError when it breaks or lacks something, Unreadable, WriteFailed.
    """
    code = read_code(folder) if folder is not None else None
    if code is None or not code.files:
        return Project(folder)
    if trust:
        remember_trust(code)
    elif not is_trusted(code):
        return Project(folder, refused=_refusal(code))
    names = _run(code, "schemas")
    return Project(folder, names, _schemas(names), _ports(_run(code, "constants")))


def _refusal(code: ProjectCode) -> str:
    files = " and ".join(code.files)
    return f"{files} of {code.folder.name} did not run: nobody trusted them yet as they are ({TRUST_FLAG} does)"


# --- the project in play ------------------------------------------------------------------------------------------

_current: list[Project] = []


def use_project(project: Project) -> None:
    """Make this the project of the process: `textcraft_bus.schemas` and DEFAULT_PORTS follow it."""
    _current[:] = [project]
    DEFAULT_PORTS.update({**_BASE_PORTS, **project.ports})
    if project.refused:
        log.warning("%s; the base schemas serve", project.refused)


def project_in_play() -> Project | None:
    """The project of the process when one was loaded already; loads nothing."""
    return _current[0] if _current else None


def current_project(*, trust: bool = False) -> Project:
    """The project of the process, loaded at the first call from what PROJECT_ENV names. Raises as load_project.

    The flag is looked for on the command line itself too: a service imports its schemas before it parses that.
    """
    if not _current or (trust and _current[0].refused):
        use_project(load_project(project_folder(), trust=trust or TRUST_FLAG in sys.argv[1:]))
    return _current[0]


# --- running and checking -----------------------------------------------------------------------------------------


def _run(code: ProjectCode, stem: str) -> dict[str, Any]:
    """The public names a file defines. Raises ProjectError that names file and line."""
    source = code.files.get(f"{stem}.py")
    if source is None:
        return {}
    path = code.folder / f"{stem}.py"
    module = ModuleType(f"{_MODULE}.{stem}")
    module.__file__ = str(path)
    sys.modules[module.__name__] = module  # where pydantic looks names of annotations up
    try:
        exec(compile(source, str(path), "exec"), module.__dict__)  # noqa: S102 - trusted by hash, see trust.py
    except Exception as error:  # a boundary: code of others
        raise ProjectError(f"{stem}.py of {code.folder.name}, line {_line_of(error, path)}: {error}") from error
    return {
        name: value
        for name, value in vars(module).items()
        if not name.startswith("_") and not isinstance(value, ModuleType)
    }


def _line_of(error: Exception, path: Path) -> int:
    if isinstance(error, SyntaxError):
        return error.lineno or 0
    trace, line = error.__traceback__, 0
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == str(path):
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def _schemas(names: Mapping[str, Any]) -> Mapping[str, type[MessageBase]]:
    _check_message_type(names.get("MessageType", base.MessageType))
    own = {_kind_of(value): value for value in names.values() if _is_own_message(value)}
    for kind, cls in own.items():
        known = BASE_SCHEMAS.get(kind)
        if known is not None and not issubclass(cls, known):
            raise ProjectError(f"schemas.py: {cls.__name__} says it is a {kind} and does not extend the base class")
    return MappingProxyType({**BASE_SCHEMAS, **own})


def _is_own_message(value: Any) -> bool:
    return isinstance(value, type) and issubclass(value, MessageBase) and value.__module__ == f"{_MODULE}.schemas"


def _kind_of(cls: type[MessageBase]) -> str:
    kind = cls.model_fields["type"].default
    if not isinstance(kind, str):
        raise ProjectError(f"schemas.py: {cls.__name__} has no type: give it `type: MessageType = MessageType.…`")
    return str(kind.value if isinstance(kind, Enum) else kind)


def _check_message_type(declared: Any) -> None:
    """Enums cannot be extended, so a project declares it anew: whole, or readers of the base would break."""
    members = getattr(declared, "__members__", {})
    missing = [kind.name for kind in base.MessageType if getattr(members.get(kind.name), "value", None) != kind.value]
    if missing:
        told = ", ".join(f'{name} = "{base.MessageType[name].value}"' for name in missing)
        raise ProjectError(f"schemas.py: MessageType lacks {told}")


def _ports(names: Mapping[str, Any]) -> Mapping[str, int]:
    ports = names.get("DEFAULT_PORTS", {})
    if not isinstance(ports, Mapping):
        raise ProjectError("constants.py: DEFAULT_PORTS is no table of name and port")
    for name, port in ports.items():
        if not isinstance(port, int) or isinstance(port, bool) or not 1 <= port <= 65535:
            raise ProjectError(f"constants.py: {str(name)[:60]!r} in DEFAULT_PORTS is no port")
    return {str(name): port for name, port in ports.items()}
