"""The tools a model may use: sandboxed, and judged by what they would do; knows nothing of brains.

What a tool may touch is decided by the resolved path and the operation, never by the tool's name. Models write
`manuscripts/**.md` and `plans/*.md`; never the matrix, control or personas.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, field, replace
from typing import Any, Final

from pydantic import ConfigDict, Field, ValidationError

from textcraft_bus.clock import Clock, SystemClock
from textcraft_bus.disk.sandbox_names import split_path
from textcraft_bus.errors import BusError, SecurityError
from textcraft_bus.models import Model
from textcraft_bus.records import dataclass
from textcraft_core.errors import EngineError, ToolRefused
from textcraft_core.events import Event
from textcraft_core.scanner import chapter_id
from textcraft_core.show.folder import ShowFolder
from textcraft_core.show.text_search import search_texts
from textcraft_core.show.writer import ShowWriter

MAX_BYTES: Final = 2 << 20
MAX_LISTED: Final = 5000
MAX_DEPTH: Final = 8
"""Folders in folders that a model may make, the file included: nobody wants a thousand."""
SUCCESS: Final = "success"
ERROR: Final = "error"


@dataclass(frozen=True)
class ToolContext:
    """What the tools of one service call work on; `index` is chapter id → path relative to data/.

    Chapters whose id is in `locked` are read by nobody's leave but written by none of the tools.
    """

    show: ShowFolder
    writer: ShowWriter
    role: str
    index: Mapping[str, str] = field(default_factory=dict)
    clock: Clock = field(default_factory=SystemClock)
    locked: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What one tool call came to.

    `data` is JSON data, on error one sentence; `execution_time` in seconds; `path` what it worked on, relative to
    data/; `alarm` means the sandbox refused it; the caller emits `events`.
    """

    status: str
    data: Any
    bytes_written: int = 0
    execution_time: float = 0.0
    path: str = ""
    alarm: bool = False
    events: tuple[Event, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return what the model is given."""
        meta = {"bytes_written": self.bytes_written, "execution_time": round(self.execution_time, 6)}
        return {"status": self.status, "data": self.data, "meta": meta}


class _Arguments(Model):
    model_config = ConfigDict(strict=True, extra="ignore", frozen=True, defer_build=True)


class _ReadFile(_Arguments):
    path: str = Field(description="File, relative to the data folder.")


class _WriteFile(_Arguments):
    path: str = Field(description="File below manuscripts/ ending in .md.")
    content: str = Field(description="The whole new content.")


class _AppendFile(_Arguments):
    path: str = Field(description="File below manuscripts/ ending in .md.")
    content: str = Field(description="What is added at the end.")


class _EditFile(_Arguments):
    path: str = Field(description="File below manuscripts/ ending in .md.")
    search_text: str = Field(min_length=1, description="Text that occurs exactly once in the file.")
    replace_text: str = Field(description="What stands there afterwards.")


class _ListFiles(_Arguments):
    directory: str = Field(default="", description="Folder, relative to the data folder.")


class _SearchCode(_Arguments):
    query: str = Field(min_length=1, description="Text to find, in any case.")
    directory: str = Field(default="manuscripts", description="Folder to search, relative to the data folder.")


class _AssignTask(_Arguments):
    target_agent: str = Field(min_length=1, description="Role that is to do it.")
    task_description: str = Field(min_length=1, description="What is to be done.")
    target_file: str = Field(default="", description="File it concerns.")


def schemas(allowed: Sequence[str]) -> list[dict[str, Any]]:
    """Return the allowed tools in the OpenAI function format; names that are no tools are left out."""
    return [_schema(name, TOOLS[name]) for name in dict.fromkeys(allowed) if name in TOOLS]


def run(name: str, arguments: dict[str, Any], context: ToolContext, allowed: Sequence[str]) -> ToolResult:
    """Run one tool, blocking. Whatever the model did wrong, or the disk refused, is an error result, never raised."""
    began = context.clock.monotonic()
    result = _run(name, arguments, context, allowed)
    return replace(result, execution_time=max(0.0, context.clock.monotonic() - began))


def may_write(parts: Sequence[str]) -> bool:
    """Say whether models may write the file these components name below data/."""
    if not 2 <= len(parts) <= MAX_DEPTH or not parts[-1].endswith(".md"):
        return False
    if any(part.startswith(".") for part in parts):
        return False
    return parts[0] == "manuscripts" or (parts[0] == "plans" and len(parts) == 2)


def _run(name: str, arguments: dict[str, Any], context: ToolContext, allowed: Sequence[str]) -> ToolResult:
    tool = TOOLS.get(name)
    if tool is None or name not in allowed:
        return ToolResult(ERROR, f"the tool {name[:80]!r} is not available; there are: {', '.join(allowed) or 'none'}")
    try:
        return tool.work(tool.arguments.model_validate(arguments), context)
    except SecurityError as exc:
        return ToolResult(ERROR, str(exc), alarm=True)
    except ValidationError as exc:
        return ToolResult(ERROR, _explain(exc))
    except (BusError, EngineError, OSError) as exc:
        return ToolResult(ERROR, str(exc))


def _read_file(arguments: _ReadFile, context: ToolContext) -> ToolResult:
    path = place_of(arguments.path, context.index)
    return ToolResult(
        SUCCESS, _decode(path, context.show.sandbox.read(path, MAX_BYTES)).removeprefix("\ufeff"), path=path
    )


def _write_file(arguments: _WriteFile, context: ToolContext) -> ToolResult:
    def change(old: bytes | None) -> bytes:
        _decode(arguments.path, old or b"")
        return _encode(arguments.content)

    return _change(arguments.path, change, context, lambda _: _encode(arguments.content))


def _append_file(arguments: _AppendFile, context: ToolContext) -> ToolResult:
    def change(old: bytes | None) -> bytes:
        return _encode(_decode(arguments.path, old or b"") + arguments.content)

    return _change(arguments.path, change, context, lambda _: _encode(arguments.content))


def _edit_file(arguments: _EditFile, context: ToolContext) -> ToolResult:
    def change(old: bytes | None) -> bytes:
        if old is None:
            raise ToolRefused(f"{arguments.path} does not exist")
        return _encode(_replace_once(_decode(arguments.path, old), arguments.search_text, arguments.replace_text))

    return _change(arguments.path, change, context, lambda new: new)


def _list_files(arguments: _ListFiles, context: ToolContext) -> ToolResult:
    folder = "/".join(_parts(arguments.directory, is_folder=True))
    names = context.show.sandbox.list(folder)
    prefix = f"{folder}/" if folder else ""
    shown = [prefix + name for name in names if not name.startswith(".") and not _is_copy(name)]
    return ToolResult(SUCCESS, shown[:MAX_LISTED], path=folder)


def _search_code(arguments: _SearchCode, context: ToolContext) -> ToolResult:
    folder = "/".join(_parts(arguments.directory, is_folder=True))
    hits = [asdict(hit) for hit in search_texts(context.show, arguments.query, folder)]
    return ToolResult(SUCCESS, hits, path=folder)


def _assign_task(arguments: _AssignTask, context: ToolContext) -> ToolResult:
    return ToolResult(SUCCESS, {"assigned_by": context.role, **arguments.model_dump()}, path=arguments.target_file)


def _change(
    given: str, change: Callable[[bytes | None], bytes], context: ToolContext, written: Callable[[bytes], bytes]
) -> ToolResult:
    path = place_of(given, context.index)
    if not may_write(path.split("/")):
        raise SecurityError(given, "only .md files below manuscripts/ and in plans/ may be written")
    if _is_locked(path, context):
        raise ToolRefused(f"{path} was not changed: it is locked or protected")
    made: list[bytes] = []

    def make(old: bytes | None) -> bytes:
        made.append(change(old))
        return made[0]

    event = context.writer.update(path, make, context.role)
    count = len(written(made[0]))
    return ToolResult(SUCCESS, {"path": path, "size": event.size}, count, path=path, events=(event,))


def _is_locked(path: str, context: ToolContext) -> bool:
    """Judge by the path that would be written, whatever it was called."""
    places = {context.index[name] for name in context.locked if name in context.index}
    folder, _, file = path.rpartition("/")
    return path in places or (folder == "manuscripts" and chapter_id(file) in context.locked)


def place_of(given: str, index: Mapping[str, str]) -> str:
    """Return the path relative to data/ that a model means, whether it says id, file name or path.

    Raises SecurityError.
    """
    if given in index:
        return index[given]
    parts = _parts(given)
    is_bare_chapter = len(parts) == 1 and parts[0].endswith(".md")
    return "/".join(("manuscripts", *parts) if is_bare_chapter else parts)


def _parts(given: str, *, is_folder: bool = False) -> tuple[str, ...]:
    """Judge the path as it was given, then take it as one below data/ even if it begins with that name."""
    parts = split_path(given.rstrip("/") if is_folder and given.strip("/") else given)
    return parts[1:] if parts[:1] == ("data",) else parts


def _replace_once(text: str, search: str, new: str) -> str:
    at = text.find(search)
    if at < 0:
        raise ToolRefused("search_text does not occur in the file")
    if text.find(search, at + 1) >= 0:
        raise ToolRefused("search_text occurs more than once: give more of the text around it")
    return text[:at] + new + text[at + len(search) :]


def _decode(path: str, data: bytes) -> str:
    try:
        text = data.decode()
    except UnicodeDecodeError as exc:
        raise ToolRefused(f"{path} is not UTF-8 and is left alone until the operator mends it") from exc
    if "\0" in text:
        raise ToolRefused(f"{path} holds NUL bytes and is left alone until the operator mends it")
    return text


def _encode(text: str) -> bytes:
    try:
        data = text.encode()
    except UnicodeEncodeError as exc:
        raise ToolRefused(f"the text is not valid Unicode (at character {exc.start})") from exc
    if b"\0" in data:
        raise ToolRefused("the text holds NUL characters")
    if len(data) > MAX_BYTES:
        raise ToolRefused(f"the file would have {len(data)} bytes, more than the {MAX_BYTES} allowed")
    return data


def _is_copy(name: str) -> bool:
    return name.endswith(".bak") or ".bad-" in name


def _explain(error: ValidationError) -> str:
    faults = error.errors(include_url=False, include_context=False, include_input=False)
    return "; ".join(f"{'.'.join(map(str, fault['loc'])) or 'arguments'}: {fault['msg']}" for fault in faults[:5])


@dataclass(frozen=True, slots=True)
class _Tool:
    description: str
    arguments: type[_Arguments]
    work: Callable[[Any, ToolContext], ToolResult]


def _schema(name: str, tool: _Tool) -> dict[str, Any]:
    fields = tool.arguments.model_fields
    properties = {key: {"type": "string", "description": info.description} for key, info in fields.items()}
    required = [key for key, info in fields.items() if info.is_required()]
    parameters = {"type": "object", "properties": properties, "required": required, "additionalProperties": False}
    return {"type": "function", "function": {"name": name, "description": tool.description, "parameters": parameters}}


TOOLS: Final[Mapping[str, _Tool]] = {
    "read_file": _Tool("Return the text of a file.", _ReadFile, _read_file),
    "write_file": _Tool("Create a file or replace its whole content.", _WriteFile, _write_file),
    "append_file": _Tool("Add text at the end of a file.", _AppendFile, _append_file),
    "edit_file": _Tool("Replace one passage of a file.", _EditFile, _edit_file),
    "list_files": _Tool("Return the names in a folder.", _ListFiles, _list_files),
    "search_code": _Tool("Return the lines that hold a text.", _SearchCode, _search_code),
    "assign_task": _Tool("Hand a task to another role.", _AssignTask, _assign_task),
}
